"""Tables → .xlsx (openpyxl) and .xls (xlwt), as an office would lay a list out."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import xlwt
from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from tests.sample_city.packing import repack
from tests.sample_city.papers import Cell, Paper, Row, Table

_THIN = Side(style="thin", color="000000")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_HEADER_FILL = PatternFill("solid", fgColor="DDEBF7")
_LINE_POINTS = 14.0
# Cells of up to this many characters are centred.
_SHORT = 12
# Excel refuses higher rows.
_MAX_POINTS = 409.0
_FORMULA_CELL = re.compile(rb'(<c r="([A-Z]+\d+)"[^>]*>)<f>([^<]*)</f><v\s*/?>(?:</v>)?')


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell of a sheet at its place (1-based), with the part of the sheet it belongs to."""

    row: int
    column: int
    cell: Cell
    part: str


def to_xlsx(paper: Paper) -> bytes:
    """The workbook, a sheet a table; formula cells carry the values a reader would see."""
    book = Workbook()
    book.remove(book.active)
    values: dict[tuple[int, str], str] = {}
    for number, table in enumerate(paper.tables, start=1):
        sheet = book.create_sheet(table.name[:31])
        for placed in place(table):
            cell = sheet.cell(placed.row, placed.column)
            _write(sheet, cell, placed)
            if placed.cell.formula:
                values[number, cell.coordinate] = placed.cell.text
        _dress(sheet, table)
    if paper.style == "spare sheets":
        book.create_sheet("Sheet2")
        book.create_sheet("Sheet3")
    book.properties.title = paper.title
    book.properties.creator = paper.publisher
    out = io.BytesIO()
    book.save(out)
    return repack(out.getvalue(), lambda name, data: _with_values(name, data, values))


def to_xls(paper: Paper) -> bytes:
    """The same in the old binary format."""
    book = xlwt.Workbook(encoding="utf-8")
    plain = xlwt.easyxf(
        "font: name 宋体, height 200; align: wrap on, vert center; "
        "borders: left thin, right thin, top thin, bottom thin"
    )
    title = xlwt.easyxf("font: name 黑体, height 360, bold on; align: horiz center, vert center")
    for table in paper.tables:
        sheet = book.add_sheet(table.name[:31])
        for column, width in enumerate(table.widths):
            sheet.col(column).width = width * 256
        for placed in place(table):
            style = title if placed.part == "title" else plain
            text: str | int = placed.cell.text
            text = int(text) if placed.column == 1 and text.isdigit() else text
            row, column = placed.row - 1, placed.column - 1
            if placed.cell.rows > 1 or placed.cell.cols > 1:
                bottom, right = row + placed.cell.rows - 1, column + placed.cell.cols - 1
                sheet.write_merge(row, bottom, column, right, text, style)
            else:
                sheet.write(row, column, text, style)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def place(table: Table) -> Iterator[Placed]:
    """Every cell of a sheet from the title row to the notes, in reading order."""
    width = len(table.widths)
    row = 1
    for part, lines in (("title", (table.title,)), ("above", table.above)):
        for line in lines:
            yield Placed(row, 1, Cell(line, cols=width), part)
            row += 1
    for part, rows in (("header", table.header), ("body", table.body)):
        for cells in rows:
            yield from _place_row(row, cells, part)
            row += 1
    for line in table.below:
        yield Placed(row, 1, Cell(line, cols=width), "below")
        row += 1


def _place_row(row: int, cells: Row, part: str) -> Iterator[Placed]:
    for column, cell in enumerate(cells, start=1):
        if cell is None:
            continue
        formula = cell.formula.replace("{above}", str(row - 1))
        yield Placed(row, column, replace(cell, formula=formula), part)


def _write(sheet: Worksheet, cell: SheetCell, placed: Placed) -> None:
    text = placed.cell.text
    number = placed.column == 1 and text.isdigit()
    cell.value = placed.cell.formula or (int(text) if number else text or None)
    bottom = placed.row + placed.cell.rows - 1
    right = placed.column + placed.cell.cols - 1
    framed = placed.part in ("header", "body")
    for covered in sheet.iter_rows(placed.row, bottom, placed.column, right):
        for one in covered:
            if framed:
                one.border = _BORDER
    if bottom > placed.row or right > placed.column:
        sheet.merge_cells(
            start_row=placed.row,
            end_row=bottom,
            start_column=placed.column,
            end_column=right,
        )
    cell.font = _font(placed.part)
    band = placed.part == "body" and placed.cell.cols > 1
    short = framed and (number or len(text) <= _SHORT)
    centred = band or short or placed.part in ("title", "header")
    cell.alignment = Alignment(
        horizontal="center" if centred else "left", vertical="center", wrap_text=True
    )
    if placed.part == "header":
        cell.fill = _HEADER_FILL


def _font(part: str) -> Font:
    if part == "title":
        return Font(name="方正小标宋简体", size=20)
    if part == "header":
        return Font(name="黑体", size=11)
    return Font(name="宋体", size=10)


def _dress(sheet: Worksheet, table: Table) -> None:
    """Widths, heights, print settings."""
    for column, width in enumerate(table.widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    for row, points in _heights(table).items():
        sheet.row_dimensions[row].height = points
    head = 1 + len(table.above)
    if table.repeat_header:
        sheet.print_title_rows = f"{head + 1}:{head + len(table.header)}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"


def _heights(table: Table) -> dict[int, float]:
    """Points a row, enough for its wrapped text; a merged cell shares its need over its rows."""
    heights: dict[int, float] = {}
    for placed in place(table):
        span = table.widths[placed.column - 1 : placed.column - 1 + placed.cell.cols]
        size = 2.0 if placed.part == "title" else 1.0
        lines = sum(_lines(line, sum(span) / size) for line in placed.cell.text.split("\n"))
        need = (lines * _LINE_POINTS * size + 8) / placed.cell.rows
        for row in range(placed.row, placed.row + placed.cell.rows):
            heights[row] = min(_MAX_POINTS, max(need, heights.get(row, 20.0)))
    return heights


def _lines(text: str, width: float) -> int:
    used = sum(2 if ord(character) > 0x2E80 else 1 for character in text) * 1.12
    return max(1, -(-int(used) // max(1, int(width))))


def _with_values(name: str, data: bytes, values: dict[tuple[int, str], str]) -> bytes:
    """Put the value next to each formula, as a program that had calculated it would."""
    match = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", name)
    if not match:
        return data
    number = int(match[1])

    def fill(found: re.Match[bytes]) -> bytes:
        value = values[number, found[2].decode()].encode()
        return found[1] + b"<f>" + found[3] + b"</f><v>" + value + b"</v>"

    return _FORMULA_CELL.sub(fill, data)
