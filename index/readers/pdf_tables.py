"""Ruled tables of PDF pages: cells placed by their edges, pieces joined over page breaks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from index.documents import Grid, Merge
from index.readers.cells import clean_text

T = TypeVar("T")

# Blanks stay as they are set; a gap of half a character without one is a blank too.
TEXT_SETTINGS: dict[str, Any] = {"keep_blank_chars": True, "x_tolerance_ratio": 0.5}
# What opens a paragraph, or a line of its own inside a cell.
MARK = re.compile(
    r"^(?:第[一二三四五六七八九十百\d]+[条章节]|[一二三四五六七八九十]{1,3}、"
    r"|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[.．、](?!\d)|[①-⑳]|【|注[:：]|附件)"
)
_LINE_END = re.compile(r"[。；;：:！？]$")
_NUMBER = re.compile(r"\d{1,4}(?:[.\-]\d{1,3})*$")
# Points: column edges this near are one.
_EDGE = 3.0
# Share of a scanned table's width by which its columns may differ from page to page.
_SCANNED = 0.02
# A line of a cell shorter than this share of the widest one was ended on purpose.
_SHORT = 0.7


@dataclass(frozen=True, slots=True)
class PageTable:
    """The piece of a table that stands on one page; rows and columns 1-based.

    `confidences` are those of recognised cells, 0–1. `columns` are (left, right) of the text of
    each column where these were told by alignment; `continues` for the table of the page before.
    """

    page: int
    edges: tuple[float, ...]
    texts: dict[tuple[int, int], str]
    merges: tuple[Merge, ...]
    n_rows: int
    confidences: Mapping[tuple[int, int], float] = field(default_factory=dict)
    columns: tuple[tuple[float, float], ...] = ()
    continues: bool = False


def page_table(table: Any, page: int) -> PageTable:  # noqa: ANN401 - pdfplumber has no types
    """A found table; a cell over several columns or rows is a merge."""
    cells = [
        (box, text or "")
        for row, texts in zip(table.rows, table.extract(**TEXT_SETTINGS), strict=True)
        for box, text in zip(row.cells, texts, strict=True)
        if box
    ]
    lefts = _edges(box[0] for box, _ in cells)
    tops = _edges(box[1] for box, _ in cells)
    texts: dict[tuple[int, int], str] = {}
    merges: list[Merge] = []
    for (x0, top, x1, bottom), text in cells:
        row, last_row = _nearest(tops, top), _last_before(tops, bottom)
        column, last_column = _nearest(lefts, x0), _last_before(lefts, x1)
        if joined := unwrapped(text):
            texts[row, column] = joined
        if (last_row, last_column) != (row, column):
            merges.append(Merge(row, column, last_row, last_column))
    edges = (*lefts, max(box[2] for box, _ in cells))
    return PageTable(page, edges, texts, tuple(merges), len(tops))


def goes_on(table: PageTable, following: PageTable) -> bool:
    """True where the piece on the next page has the same columns."""
    if following.page != table.page + 1 or len(table.edges) != len(following.edges):
        return False
    if following.continues:
        return True
    pairs = zip(table.edges, following.edges, strict=True)
    if not table.confidences or not following.confidences:
        return all(abs(a - b) <= _EDGE for a, b in pairs)
    # Sheets lie differently on the glass: only the widths of columns count.
    near = _SCANNED * (table.edges[-1] - table.edges[0])
    shift = following.edges[0] - table.edges[0]
    return all(abs(b - a - shift) <= near for a, b in pairs)


def joined_grid(name: str, tables: Sequence[PageTable]) -> Grid:
    """The pieces of one table, one below the other; a row that a page break cuts is one row."""
    texts: dict[tuple[int, int], str] = {}
    merges: list[Merge] = []
    pages: dict[int, int] = {}
    sure: dict[tuple[int, int], float] = {}
    n_above = 0
    for table in tables:
        cut = _cut_row(texts, n_above, table)
        if cut:
            for column, text in cut.items():
                texts[n_above, column] = unwrapped(f"{texts[n_above, column]}\n{text}")
            table = _without_first_row(table)
        texts |= {(row + n_above, column): text for (row, column), text in table.texts.items()}
        merges += [
            Merge(m.top + n_above, m.left, m.bottom + n_above, m.right) for m in table.merges
        ]
        sure |= {(row + n_above, column): n for (row, column), n in table.confidences.items()}
        pages |= {row + n_above: table.page for row in range(1, table.n_rows + 1)}
        n_above += table.n_rows
    return Grid(name, texts, tuple(merges), pages=pages, confidences=sure)


def _cut_row(texts: dict[tuple[int, int], str], last: int, table: PageTable) -> dict[int, str]:
    """Texts by which a table's first row goes on with the row above it; none for a row of its own.

    It has no number though rows above have, repeats nothing, and only lengthens cells whose
    sentences are not at their end.
    """
    first = {column: text for (row, column), text in table.texts.items() if row == 1}
    above = {column: text for (row, column), text in texts.items() if row == last}
    numbered = [c for c, text in above.items() if _NUMBER.match(text)]
    is_merged = any(merge.top == 1 for merge in table.merges)
    if not first or not numbered or is_merged or not first.keys() < above.keys():
        return {}
    is_open = any(not _LINE_END.search(above[column]) for column in first)
    repeats = any(text == above[column] for column, text in first.items())
    return first if is_open and not repeats and not first.keys() & set(numbered) else {}


def _without_first_row(table: PageTable) -> PageTable:
    def up(cells: Mapping[tuple[int, int], T]) -> dict[tuple[int, int], T]:
        return {(row - 1, column): value for (row, column), value in cells.items() if row > 1}

    return replace(
        table,
        texts=up(table.texts),
        confidences=up(table.confidences),
        merges=tuple(Merge(m.top - 1, m.left, m.bottom - 1, m.right) for m in table.merges),
        n_rows=table.n_rows - 1,
    )


def glue(lines: Iterable[str]) -> str:
    """Wrapped lines as one; only two Latin words get a blank between them."""
    joined = ""
    for line in lines:
        joined += " " if _is_latin(joined[-1:]) and _is_latin(line[:1]) else ""
        joined += line
    return joined


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalpha()


def _edges(values: Iterable[float]) -> list[float]:
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > _EDGE:
            edges.append(value)
    return edges


def _nearest(edges: list[float], value: float) -> int:
    return 1 + min(range(len(edges)), key=lambda i: abs(edges[i] - value))


def _last_before(edges: list[float], value: float) -> int:
    return max(1, sum(edge < value - _EDGE for edge in edges))


def unwrapped(text: str) -> str:
    """A cell's lines joined; a numbered line after an ended one stays a line of its own."""
    lines = [line.strip() for line in clean_text(text).split("\n") if line.strip()]
    widest = max(map(_width, lines), default=0)
    kept: list[list[str]] = []
    for before, line in zip(["", *lines], lines, strict=False):
        is_ended = bool(_LINE_END.search(before))
        is_short = _width(before) < _SHORT * widest
        # 【 follows ； within a line as often as it opens one.
        is_item = (
            MARK.match(line)
            and (is_short or is_ended)
            and (line[0] != "【" or before.endswith("。"))
        )
        if not kept or is_item or (is_ended and is_short):
            kept.append([])
        kept[-1].append(line)
    return "\n".join(map(glue, kept))


def _width(text: str) -> int:
    return sum(1 if char.isascii() else 2 for char in text)
