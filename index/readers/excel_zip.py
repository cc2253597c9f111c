"""`.xlsx` (and `.et` with zip inside) through openpyxl: values, merges, hidden rows and columns."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from index.documents import Document, Grid, Merge
from index.errors import ReadingError
from index.readers.cells import cell_text

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

# A published list of 5,000 rows unpacks to about 20 MB; past this it is a bomb or no list.
_MAX_UNPACKED_BYTES = 256 * 1024 * 1024


def read_xlsx(path: Path) -> Document:
    """Read every worksheet; formulas give the value that was stored with them."""
    from openpyxl import load_workbook

    _refuse_bomb(path)
    with path.open("rb") as file:  # by path, openpyxl refuses whatever is not named .xlsx
        workbook = load_workbook(file, data_only=True, keep_links=False)
    grids = tuple(_grid(sheet) for sheet in workbook.worksheets)
    warnings = tuple(f"工作表“{grid.name}”是空的" for grid in grids if not grid.texts)
    return Document("xlsx", tuple(grid for grid in grids if grid.texts), warnings)


def _refuse_bomb(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(info.file_size for info in archive.infolist())
    if unpacked > _MAX_UNPACKED_BYTES:
        raise ReadingError(
            f"{path.name}：展开后有 {unpacked // 2**20} MB，超过 {_MAX_UNPACKED_BYTES // 2**20} MB 的上限，"
            "请删去空白区域后另存。"
        )


def _grid(sheet: Worksheet) -> Grid:
    texts = {(cell[0], cell[1]): cell[2] for cell in _cells(sheet)}
    return Grid(
        name=sheet.title,
        texts=texts,
        merges=tuple(
            Merge(r.min_row, r.min_col, r.max_row, r.max_col) for r in sheet.merged_cells.ranges
        ),
        hidden_rows=frozenset(n for n, row in sheet.row_dimensions.items() if row.hidden),
        hidden_columns=frozenset(_hidden_columns(sheet)),
        hidden=sheet.sheet_state != "visible",
    )


def _cells(sheet: Worksheet) -> Iterator[tuple[int, int, str]]:
    for row in sheet.iter_rows():
        for cell in row:
            if text := cell_text(cell.value):
                yield int(cell.row or 0), int(cell.column or 0), text


def _hidden_columns(sheet: Worksheet) -> Iterator[int]:
    """Columns hidden one by one or as a span (`min`–`max` of one dimension)."""
    for dimension in sheet.column_dimensions.values():
        if dimension.hidden and dimension.min and dimension.max:
            yield from range(dimension.min, min(dimension.max, sheet.max_column) + 1)
