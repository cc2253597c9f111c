"""Small published lists, each with one trouble: how it looks, and the records it must give.

A sheet is drawn as text: one line a row, cells parted by |, ↵ for a line break inside a cell, a
lone | for an empty row. What is expected is drawn likewise, its first line naming fields;
`heading` is the innermost category above a record, `ticks` the townships ticked, `hidden` and
`power` what the row is marked with.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
from openpyxl.utils.cell import get_column_letter

from index.documents import Grid

BREAK = "↵"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet; `merges` and hidden rows and columns as "A1:C1 B2:B3", "4 5", "D"."""

    drawn: str
    merges: str = ""
    hidden_rows: str = ""
    hidden_columns: str = ""
    name: str = "清单"
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """A file named after its trouble, and its records as {field: text}, in order."""

    trouble: str
    sheets: tuple[Sheet, ...]
    records: tuple[dict[str, str], ...]
    suffix: str = "xlsx"
    content: str = field(default="", repr=False)
    grids: tuple[Grid, ...] = field(default=(), repr=False)

    def save(self, folder: Path) -> Path:
        path = folder / f"{self.trouble}.{self.suffix}"
        if self.content:
            path.write_text(self.content, "utf-8")
            return path
        book = openpyxl.Workbook()
        book.remove(book.active)
        for sheet in self.sheets:
            _draw(book.create_sheet(sheet.name), sheet)
        for grid in self.grids:
            _copy(grid, book.create_sheet(grid.name))
        book.save(path)
        return path


def layout(trouble: str, drawn: str, expected: str, **odd: str) -> Layout:
    """A workbook of one sheet."""
    return Layout(trouble, (Sheet(drawn, **odd),), records_of(expected))


def book(trouble: str, sheets: tuple[Sheet, ...], expected: str) -> Layout:
    """A workbook of several sheets; records in the order of the sheets."""
    return Layout(trouble, sheets, records_of(expected))


def text_file(trouble: str, suffix: str, content: str, expected: str) -> Layout:
    """A file that is text itself: .txt, .csv, .html."""
    return Layout(trouble, (), records_of(expected), suffix, content)


def records_of(drawn: str) -> tuple[dict[str, str], ...]:
    """Records as drawn; empty cells are absent fields."""
    names, *rows = _rows(drawn)
    return tuple(
        {name: text for name, text in zip(names, row, strict=True) if text} for row in rows
    )


def _rows(drawn: str) -> Iterator[list[str]]:
    for line in drawn.strip("\n").splitlines():
        yield [cell.strip(" ").replace(BREAK, "\n") for cell in line.strip(" ").split("|")]


def _copy(grid: Grid, to) -> None:
    for (row, column), text in grid.texts.items():
        to.cell(row, column, text)
    for merge in grid.merges:
        to.merge_cells(
            start_row=merge.top,
            start_column=merge.left,
            end_row=merge.bottom,
            end_column=merge.right,
        )


def _draw(to, sheet: Sheet) -> None:
    for r, row in enumerate(_rows(sheet.drawn), 1):
        for c, text in enumerate(row, 1):
            if text:
                to.cell(r, c, int(text) if text.isdecimal() and text.isascii() else text)
    for cells in sheet.merges.split():
        to.merge_cells(cells)
    for row in sheet.hidden_rows.split():
        to.row_dimensions[int(row)].hidden = True
    for letter in sheet.hidden_columns.split():
        to.column_dimensions[letter].hidden = True
    if sheet.hidden:
        to.sheet_state = "hidden"
    to.column_dimensions[get_column_letter(2)].width = 30
