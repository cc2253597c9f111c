"""`.xls` (and `.et` with OLE inside) through xlrd, which alone tells merges and hidden flags."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.documents import Document, Grid, Merge, address
from index.errors import ReadingError
from index.readers.cells import cell_text
from index.readers.merges import Texts, settle, sheet_remarks
from index.readers.office_package import LINKS, MACROS
from index.readers.sniff import ole_has_macros

_VISIBLE = 0
_EXTERNAL_BOOK = 2  # xlrd.book.SUPBOOK_EXTERNAL


def read_xls(path: Path) -> Document:
    """Read every worksheet of a BIFF workbook.

    Raises:
        ReadingError: protected or damaged.
    """
    import xlrd

    try:
        book = xlrd.open_workbook(
            path, formatting_info=True, logfile=io.StringIO(), ragged_rows=True
        )
    except xlrd.XLRDError as exc:
        if "encrypted" in str(exc).lower():
            raise ReadingError(f"{path.name}：文件设有打开密码，请去掉密码另存后再放入。") from exc
        raise
    warnings = list(_book_remarks(book, path))
    grids: list[Grid] = []
    for sheet in book.sheets():
        grid, remarks = _grid(sheet, book.datemode)
        warnings += remarks
        grids += [grid] if grid.texts else []
    return Document("xls", tuple(grids), tuple(warnings))


def _book_remarks(book: Any, path: Path) -> Iterator[str]:  # noqa: ANN401 - xlrd has no types
    if ole_has_macros(path):
        yield MACROS
    if _EXTERNAL_BOOK in book._supbook_types:
        yield LINKS


def _grid(sheet: Any, datemode: int) -> tuple[Grid, list[str]]:  # noqa: ANN401
    stated, errors = _texts(sheet, datemode)
    # xlrd gives half-open, 0-based (row_low, row_high, column_low, column_high)
    merged = (Merge(a + 1, c + 1, b, d) for a, b, c, d in sheet.merged_cells)
    texts, merges, remarks = settle(sheet.name, stated, merged)
    grid = Grid(
        name=sheet.name,
        texts=texts,
        merges=merges,
        hidden_rows=frozenset(
            n + 1 for n, row in sheet.rowinfo_map.items() if row.hidden or row.height == 0
        ),
        hidden_columns=frozenset(
            n + 1 for n, column in sheet.colinfo_map.items() if column.hidden or column.width == 0
        ),
        hidden=sheet.visibility != _VISIBLE,
    )
    return grid, [*sheet_remarks(sheet.name, stated, errors), *remarks]


def _texts(sheet: Any, datemode: int) -> tuple[Texts, list[str]]:  # noqa: ANN401
    """The cells with text, and the addresses of those whose formula failed."""
    import xlrd

    texts: Texts = {}
    errors: list[str] = []
    for row in range(sheet.nrows):
        for column, cell in enumerate(sheet.row(row), start=1):
            value: object = cell.value
            if cell.ctype == xlrd.XL_CELL_ERROR:
                errors.append(address(row + 1, column))
                continue
            if cell.ctype == xlrd.XL_CELL_DATE:
                value = _date(cell.value, datemode)
            elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
                value = bool(cell.value)
            if text := cell_text(value):
                texts[row + 1, column] = text
    return texts, errors


def _date(value: float, datemode: int) -> object:
    import xlrd

    try:
        return xlrd.xldate_as_datetime(value, datemode)
    except (ValueError, OverflowError):
        return value
