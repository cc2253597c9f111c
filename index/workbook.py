"""Reports as .xlsx that an office can send round: bold frozen header, filters, wrapped columns."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.worksheet.worksheet import Worksheet

# Control characters that the format forbids, and its longest cell.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LONGEST_CELL = 32_767
_HEADER_FILL = "DDE7F0"
Value = str | int | float | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, lines above the table, and the table. `widths` are in characters."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[Value]]
    widths: Sequence[int]
    notes: Sequence[str] = ()


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write the sheets; texts that begin with "=" stay texts."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(to_bytes(sheets))


def to_bytes(sheets: Sequence[Sheet]) -> bytes:
    """The workbook's file."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        _fill(book.create_sheet(sheet.name), sheet)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _fill(page: Worksheet, sheet: Sheet) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    for number, note in enumerate(sheet.notes, start=1):
        _put(page.cell(number, 1), note)
    top = len(sheet.notes) + 1
    for column, title in enumerate(sheet.header, start=1):
        cell = page.cell(top, column)
        _put(cell, title)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=_HEADER_FILL)
        page.column_dimensions[get_column_letter(column)].width = sheet.widths[column - 1]
    for row, values in enumerate(sheet.rows, start=top + 1):
        for column, value in enumerate(values, start=1):
            _put(page.cell(row, column), value)
            page.cell(row, column).alignment = Alignment(wrap_text=True, vertical="top")
    page.freeze_panes = f"A{top + 1}"
    last = f"{get_column_letter(len(sheet.header))}{top + max(len(sheet.rows), 1)}"
    page.auto_filter.ref = f"A{top}:{last}"


def _put(cell: Cell | MergedCell, value: Value) -> None:
    """A value as itself: a published text is never taken for a formula."""
    if not isinstance(value, str):
        cell.value = value
        return
    cell.value = _FORBIDDEN.sub("", value)[:_LONGEST_CELL]
    cell.data_type = "s"
