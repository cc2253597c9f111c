"""Ruled tables of PDF pages: cells placed by their edges, pieces joined over page breaks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from index.documents import Grid, Merge
from index.readers.cells import clean_text

# Blanks stay as they are set; a gap of half a character without one is a blank too.
TEXT_SETTINGS: dict[str, Any] = {"keep_blank_chars": True, "x_tolerance_ratio": 0.5}
# What opens a paragraph, or a line of its own inside a cell.
MARK = re.compile(
    r"^(?:第[一二三四五六七八九十百\d]+[条章节]|[一二三四五六七八九十]{1,3}、"
    r"|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[.．、](?!\d)|[①-⑳]|【|注[:：]|附件)"
)
_LINE_END = re.compile(r"[。；;：:！？]$")
# Points: column edges this near are one.
_EDGE = 3.0
# A line of a cell shorter than this share of the widest one was ended on purpose.
_SHORT = 0.7


@dataclass(frozen=True, slots=True)
class PageTable:
    """The piece of a table that stands on one page; rows and columns 1-based."""

    page: int
    edges: tuple[float, ...]
    texts: dict[tuple[int, int], str]
    merges: tuple[Merge, ...]
    n_rows: int


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
        if joined := _unwrapped(text):
            texts[row, column] = joined
        if (last_row, last_column) != (row, column):
            merges.append(Merge(row, column, last_row, last_column))
    edges = (*lefts, max(box[2] for box, _ in cells))
    return PageTable(page, edges, texts, tuple(merges), len(tops))


def goes_on(table: PageTable, following: PageTable) -> bool:
    """True where the piece on the next page has the same columns."""
    return (
        following.page == table.page + 1
        and len(table.edges) == len(following.edges)
        and all(abs(a - b) <= _EDGE for a, b in zip(table.edges, following.edges, strict=True))
    )


def joined_grid(name: str, tables: Iterable[PageTable]) -> Grid:
    """The pieces of one table, one below the other."""
    texts: dict[tuple[int, int], str] = {}
    merges: list[Merge] = []
    pages: dict[int, int] = {}
    n_above = 0
    for table in tables:
        texts |= {(row + n_above, column): text for (row, column), text in table.texts.items()}
        merges += [
            Merge(m.top + n_above, m.left, m.bottom + n_above, m.right) for m in table.merges
        ]
        pages |= {row + n_above: table.page for row in range(1, table.n_rows + 1)}
        n_above += table.n_rows
    return Grid(name, texts, tuple(merges), pages=pages)


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


def _unwrapped(text: str) -> str:
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
