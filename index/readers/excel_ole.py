"""`.xls` (and `.et` with OLE inside) through xlrd, which alone tells merges and hidden flags."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.documents import Document, Grid, Merge
from index.errors import ReadingError
from index.readers.cells import cell_text

_VISIBLE = 0


def read_xls(path: Path) -> Document:
    """Read every worksheet of a BIFF workbook."""
    import xlrd

    try:
        book = xlrd.open_workbook(path, formatting_info=True, logfile=io.StringIO())
    except xlrd.XLRDError as exc:
        if "encrypted" in str(exc).lower():
            raise ReadingError(f"{path.name}：文件设有打开密码，请去掉密码另存后再放入。") from exc
        raise
    grids = tuple(_grid(sheet, book.datemode) for sheet in book.sheets())
    warnings = tuple(f"工作表“{grid.name}”是空的" for grid in grids if not grid.texts)
    return Document("xls", tuple(grid for grid in grids if grid.texts), warnings)


def _grid(sheet: Any, datemode: int) -> Grid:  # noqa: ANN401 - xlrd has no types
    return Grid(
        name=sheet.name,
        texts={(row, column): text for row, column, text in _cells(sheet, datemode)},
        # xlrd gives half-open, 0-based (row_low, row_high, column_low, column_high)
        merges=tuple(Merge(a + 1, c + 1, b, d) for a, b, c, d in sheet.merged_cells),
        hidden_rows=frozenset(n + 1 for n, row in sheet.rowinfo_map.items() if row.hidden),
        hidden_columns=frozenset(n + 1 for n, info in sheet.colinfo_map.items() if info.hidden),
        hidden=sheet.visibility != _VISIBLE,
    )


def _cells(sheet: Any, datemode: int) -> Iterator[tuple[int, int, str]]:  # noqa: ANN401
    import xlrd

    for row in range(sheet.nrows):
        for column, cell in enumerate(sheet.row(row)):
            value: object = cell.value
            if cell.ctype == xlrd.XL_CELL_DATE:
                value = xlrd.xldate_as_datetime(cell.value, datemode)
            elif cell.ctype == xlrd.XL_CELL_ERROR:
                value = None
            if text := cell_text(value):
                yield row + 1, column + 1, text
