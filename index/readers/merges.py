"""Merged cells as a workbook states them → those that a reader can rely on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from index.documents import Merge, address

# Merging down to a sheet's last row is a slip of hand; real items span well under this.
_ABSURD_ROWS = 10_000
# Nobody sees what stands so many empty rows or columns away from the rest.
_FAR_OFF = 1_000
# Cells looked at for one sheet, over all its merges; a real list of 776 rows needs 20,000.
_MAX_COVERED = 5_000_000

Texts = dict[tuple[int, int], str]


class Settled(NamedTuple):
    """Texts that show, merges that hold, and Chinese sentences on what was odd."""

    texts: Texts
    merges: tuple[Merge, ...]
    warnings: tuple[str, ...]


def settle(sheet: str, texts: Texts, merges: Iterable[Merge]) -> Settled:
    """Drop stray texts far off, merges that overlap an earlier one, and texts that a merge hides."""
    near, stray = _near(texts)
    stated = list(dict.fromkeys(merges))
    kept, covered = _apart(stated, near)
    held = set(kept)
    hidden = (near.keys() & covered) - {(merge.top, merge.left) for merge in held}
    shown = {cell: text for cell, text in near.items() if cell not in hidden}
    dropped = [merge for merge in stated if merge not in held]
    remarks = [*_remarks(sheet, stated, dropped, sorted(hidden)), *_stray_remarks(sheet, stray)]
    return Settled(shown, kept, tuple(remarks))


def _near(texts: Texts) -> tuple[Texts, list[tuple[int, int]]]:
    """Texts up to the first long run of empty rows or columns, and the cells beyond."""
    last_row = _last_near({row for row, _ in texts})
    last_column = _last_near({column for _, column in texts})
    near = {
        cell: text for cell, text in texts.items() if cell[0] <= last_row and cell[1] <= last_column
    }
    return near, sorted(texts.keys() - near.keys())


def _last_near(places: set[int]) -> int:
    last = 0
    for place in sorted(places):
        if place - last > _FAR_OFF:
            break
        last = place
    return last


def _stray_remarks(sheet: str, stray: list[tuple[int, int]]) -> Iterator[str]:
    if stray:
        yield (
            f"工作表“{sheet}”在 {_FAR_OFF} 多个空行或空列之外还有 {len(stray)} 格文字"
            f"（如 {address(*stray[0])}），没有读取；如属清单请移近"
        )


def sheet_remarks(sheet: str, texts: Texts, errors: Sequence[str]) -> Iterator[str]:
    """Sentences for an empty sheet, and for cells whose formula failed (their addresses)."""
    if not texts:
        yield f"工作表“{sheet}”是空的"
    if errors:
        yield f"工作表“{sheet}”有 {len(errors)} 格是公式错误（如 {errors[0]}），按空格读取"


def _apart(merges: Sequence[Merge], texts: Texts) -> tuple[tuple[Merge, ...], set[tuple[int, int]]]:
    """Merges without common cells, first come first kept, and the cells with text they cover."""
    last_row = max((row for row, _ in texts), default=0)
    last_column = max((column for _, column in texts), default=0)
    kept: list[Merge] = []
    covered: set[tuple[int, int]] = set()
    budget = _MAX_COVERED
    for merge in merges:
        rows = range(merge.top, min(merge.bottom, last_row) + 1)
        columns = range(merge.left, min(merge.right, last_column) + 1)
        budget -= len(rows) * len(columns)
        if budget < 0:
            break
        cells = [(row, column) for row in rows for column in columns]
        if covered.isdisjoint(cells):
            covered.update(cells)
            kept.append(merge)
    return tuple(kept), covered


def _remarks(
    sheet: str, merges: list[Merge], dropped: list[Merge], hidden: list[tuple[int, int]]
) -> Iterator[str]:
    absurd = [merge for merge in merges if merge.bottom - merge.top > _ABSURD_ROWS]
    if absurd:
        yield f"工作表“{sheet}”的合并区域 {_span(absurd[0])} 大得反常，只算到有文字的行"
    if dropped:
        yield (
            f"工作表“{sheet}”有 {len(dropped)} 处合并区域与别处重叠或大得反常"
            f"（如 {_span(dropped[0])}），按没有合并读取，请核对"
        )
    if hidden:
        yield (
            f"工作表“{sheet}”有 {len(hidden)} 格文字压在合并区域下面、打开看不见"
            f"（如 {address(*hidden[0])}），没有读取"
        )


def _span(merge: Merge) -> str:
    return f"{address(merge.top, merge.left)}:{address(merge.bottom, merge.right)}"
