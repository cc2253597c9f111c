"""`.xlsx`, `.xlsm` (and `.et` with zip inside) through openpyxl, row by row.

openpyxl's own sheets hold an object for every formatted cell (10 million empty ones take 4 GB), and
its streaming mode leaves out merges and hidden rows. So its parser of cells is fed from here.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from lxml import etree

from index.documents import Document, Grid, Merge, address
from index.errors import ReadingError
from index.readers.cells import cell_text
from index.readers.merges import Texts, settle, sheet_remarks
from index.readers.office_package import inspect

_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ROW, _COLUMN, _MERGE = _NS + "row", _NS + "col", _NS + "mergeCell"
_VALUE, _FORMULA, _INLINE = _NS + "v", _NS + "f", _NS + "is"
# The longest published list has 5,000 rows; a province in one sheet would have some 300,000 cells.
_MAX_CELLS = 2_000_000
_ON = {"1", "true"}
_ERROR = "e"
_MEND = "请用 Excel 或 WPS 打开修复后另存"


def read_xlsx(path: Path) -> Document:
    """Read every worksheet; formulas give the value that was stored with them.

    Raises:
        ReadingError: damaged, too large, or made to burst.
    """
    from openpyxl import load_workbook

    warnings = list(inspect(path))
    grids: list[Grid] = []
    with path.open("rb") as file:  # by path, openpyxl refuses whatever is not named .xlsx
        workbook = load_workbook(file, data_only=True, keep_links=False, read_only=True)
        for sheet in workbook.worksheets:
            if hasattr(sheet, "_get_source"):  # else it holds nothing but a chart
                grid, remarks = _Sheet(sheet, path.name).read()
                grids.append(grid)
                warnings += remarks
    return Document("xlsx", tuple(grid for grid in grids if grid.texts), tuple(warnings))


class _Sheet:
    """One worksheet: its XML walked once, with no more than a row of it in memory."""

    def __init__(self, source: Any, file: str) -> None:  # noqa: ANN401 - parts without types
        from openpyxl.worksheet._reader import WorkSheetParser

        book = source.parent
        self._source = source
        self._where = f"{file}：工作表“{source.title}”"
        self._parser: Any = WorkSheetParser(
            BytesIO(),  # it is given cells, not a sheet
            source._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        self._texts: Texts = {}
        self._merges: list[Merge] = []
        self._hidden_rows: set[int] = set()
        self._hidden_columns: list[tuple[int, int]] = []
        self._errors: list[str] = []
        self._without_value: list[str] = []

    def read(self) -> tuple[Grid, list[str]]:
        """The sheet, and what was odd about it as Chinese sentences."""
        try:
            with self._source._get_source() as stream:
                self._walk(stream)
        except (etree.XMLSyntaxError, KeyError, ValueError) as exc:
            row = self._parser.row_counter
            raise ReadingError(f"{self._where}在第 {row} 行之后已损坏，{_MEND}。（{exc}）") from exc
        name = self._source.title
        texts, merges, remarks = settle(name, self._texts, self._merges)
        last = max((column for _, column in texts), default=0)
        hidden = (range(low, min(high, last) + 1) for low, high in self._hidden_columns)
        grid = Grid(
            name=name,
            texts=texts,
            merges=merges,
            hidden_rows=frozenset(self._hidden_rows),
            hidden_columns=frozenset(column for span in hidden for column in span),
            hidden=self._source.sheet_state != "visible",
        )
        return grid, [*self._remarks(), *remarks]

    def _walk(self, stream: Any) -> None:  # noqa: ANN401
        walk = etree.iterparse(
            stream, tag=(_ROW, _COLUMN, _MERGE), resolve_entities=False, no_network=True
        )
        for _, node in walk:
            if node.tag == _ROW:
                self._row(node)
            elif node.tag == _COLUMN and _is_hidden(node, "width"):
                self._hidden_columns.append((int(node.get("min", "1")), int(node.get("max", "1"))))
            elif node.tag == _MERGE:
                self._merges += _merge(node.get("ref", ""))
            node.clear()
            while node.getprevious() is not None:
                del node.getparent()[0]

    def _row(self, node: etree._Element) -> None:
        parser = self._parser
        stated = node.get("r")
        parser.row_counter = int(float(stated)) if stated else parser.row_counter + 1
        parser.col_counter = 0
        if next(node.iter(_VALUE, _INLINE, _FORMULA), None) is None:
            return
        if _is_hidden(node, "ht"):
            self._hidden_rows.add(parser.row_counter)
        for cell in node:
            if len(cell) or not cell.get("r"):  # a cell without address counts even if empty
                self._cell(cell)

    def _cell(self, node: etree._Element) -> None:
        parser = self._parser
        try:
            cell = parser.parse_cell(node)
        except (ValueError, IndexError, TypeError, OverflowError) as exc:
            where = node.get("r") or address(parser.row_counter, parser.col_counter)
            raise ReadingError(f"{self._where}的 {where} 单元格已损坏，{_MEND}。（{exc}）") from exc
        row, column = cell["row"], cell["column"]
        if cell["data_type"] == _ERROR and cell["value"]:
            self._errors.append(address(row, column))
        elif text := cell_text(cell["value"]):
            self._texts[row, column] = text
        elif cell["value"] is None and node.find(_FORMULA) is not None:
            self._without_value.append(address(row, column))
        if len(self._texts) > _MAX_CELLS:
            raise ReadingError(f"{self._where}有文字的单元格超过 {_MAX_CELLS} 个，请拆成几个文件。")

    def _remarks(self) -> Iterator[str]:
        name = self._source.title
        yield from sheet_remarks(name, self._texts, self._errors)
        if found := self._without_value:
            yield (
                f"工作表“{name}”有 {len(found)} 格公式没有存下结果（如 {found[0]}），按空格读取；"
                "请用 Excel 打开、保存后再放入"
            )


def _is_hidden(node: etree._Element, size: str) -> bool:
    """Hidden by name, or drawn with no height or width."""
    try:
        return node.get("hidden") in _ON or float(node.get(size, "1")) == 0
    except ValueError:
        return False


def _merge(ref: str) -> Iterator[Merge]:
    from openpyxl.utils.cell import range_boundaries

    left, top, right, bottom = range_boundaries(ref)
    if left and top and right and bottom:
        yield Merge(top, left, bottom, right)
