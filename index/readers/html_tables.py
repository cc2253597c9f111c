"""Tables of web pages: rows and cells with their spans → a Grid; layout tables told from data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lxml import etree

from index.documents import Grid, Merge
from index.readers.html_content import text_of

_MAX_COLUMNS = 512
_SECTION_ORDER = {"thead": 0, "tfoot": 2}
_LONG_CELL = 1_000


def is_data(table: etree._Element) -> bool:
    """True if a table shows records; false if it only places things on the page."""
    if table.get("role") in {"presentation", "none"}:
        return False
    rows = [[cell for cell in _cells(row) if text_of(cell)] for row in rows_of(table)]
    n_full = sum(len(row) >= 2 for row in rows)
    inner = list(table.iterdescendants("table"))
    if not inner:
        return n_full >= 2 or (n_full == 1 and (len(rows) > 1 or _is_plain(rows[0])))
    # Around another table: data only if records go on outside the cells that hold tables.
    outside = [[cell for cell in row if cell.find(".//table") is None] for row in rows]
    return sum(len(row) >= 2 for row in outside) >= 2 or (
        n_full >= 2 and all(len(text_of(cell)) < _LONG_CELL for row in rows for cell in row)
    )


def _is_plain(cells: list[etree._Element]) -> bool:
    return all(cell.find(".//p") is None and len(text_of(cell)) < 100 for cell in cells)


def rows_of(table: etree._Element) -> list[etree._Element]:
    """The rows of one table, not of tables in it, in the order that they are shown."""
    own = (row for row in table.iter("tr") if next(row.iterancestors("table"), None) is table)
    return sorted(own, key=_section)


def _section(row: etree._Element) -> int:
    section = next(row.iterancestors("thead", "tbody", "tfoot", "table"), row)
    return _SECTION_ORDER.get(str(section.tag), 1)


def grid_of(table: etree._Element, name: str, cell_text: Callable[[etree._Element], str]) -> Grid:
    """Place the cells as a browser does: a cell goes to the first column still free in its row."""
    texts: dict[tuple[int, int], str] = {}
    merges: list[Merge] = []
    taken: dict[int, int] = {}  # column → last row that a cell from above reaches
    rows = rows_of(table)
    for row, node in enumerate(rows, start=1):
        column = 1
        for cell in _cells(node):
            while taken.get(column, 0) >= row:
                column += 1
            if column > _MAX_COLUMNS:
                break
            right = min(column + _span(cell, "colspan") - 1, _MAX_COLUMNS)
            down = _span(cell, "rowspan")
            bottom = min(row + down - 1, len(rows)) if down else len(rows)
            if text := cell_text(cell):
                texts[row, column] = text
            if (bottom, right) != (row, column):
                merges.append(Merge(row, column, bottom, right))
            taken.update(dict.fromkeys(range(column, right + 1), bottom))
            column = right + 1
    return Grid(name, texts, tuple(merges))


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    return row.iterchildren("td", "th")


def _span(cell: etree._Element, name: str) -> int:
    """A span as written; `rowspan="0"` means down to the end, anything unreadable 1."""
    match = re.match(r"\s*(\d{1,6})", cell.get(name, "1"))
    number = int(match[1]) if match else 1
    return number if name == "rowspan" else max(number, 1)
