"""Small sheets for tests: as grids in memory, and as real .xlsx and .xls files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import openpyxl
import xlwt
from openpyxl.utils.cell import range_boundaries

from index.documents import Grid, Merge

Rows = Sequence[Sequence[str]]


def merge_of(cells: str) -> Merge:
    left, top, right, bottom = range_boundaries(cells)
    return Merge(top, left, bottom, right)


def grid_of(
    rows: Rows, *, merges: Iterable[str] = (), hidden: Iterable[int] = (), name: str = "清单"
) -> Grid:
    """A grid whose first row is row 1; "" leaves a cell empty."""
    texts = {(r, c): t for r, row in enumerate(rows, 1) for c, t in enumerate(row, 1) if t}
    return Grid(name, texts, tuple(map(merge_of, merges)), hidden_rows=frozenset(hidden))


def save_xlsx(path: Path, rows: Rows, *, merges: Iterable[str] = (), hidden: Iterable[int] = ()):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "清单"
    for r, row in enumerate(rows, 1):
        for c, text in enumerate(row, 1):
            if text:
                sheet.cell(r, c, text)
    for cells in merges:
        sheet.merge_cells(cells)
    for row in hidden:
        sheet.row_dimensions[row].hidden = True
    book.save(path)
    return path


def save_xls(path: Path, rows: Rows, *, merges: Iterable[str] = (), hidden: Iterable[int] = ()):
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("清单")
    merged = {(m.top, m.left): m for m in map(merge_of, merges)}
    for r, row in enumerate(rows, 1):
        for c, text in enumerate(row, 1):
            if m := merged.get((r, c)):
                sheet.write_merge(m.top - 1, m.bottom - 1, m.left - 1, m.right - 1, text)
            elif text:
                sheet.write(r - 1, c - 1, text)
    for row in hidden:
        sheet.row(row - 1).hidden = True
    with path.open("wb") as file:
        book.save(file)
    return path
