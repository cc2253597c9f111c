"""Tables inside a 三定 provision: staff by office, or offices and duties, a clause a row."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.documents import Grid, block_address
from index.extract.columns import squeeze
from index.extract.outline import Statement
from index.model import Clause, ClauseKind, Locator, SourceDocument

_UNIT_COLUMN = re.compile(r"机构|股室|科室|单位|部门|名称|岗位")
_DUTY_COLUMN = re.compile(r"职责|职能|工作内容")
_HEADER = re.compile(
    r"编制|职数|机构|科室|股室|单位|职务|职责|职能|人数|合计|小计|序号|备注|名称|级别|性质|项目|部门"
    r"|电话|地址|地点|联系|负责人|姓名|时间|邮编|邮箱"
)
_TOTAL = re.compile(r"^(?:合计|总计|小计)$")


def row_clauses(
    statement: Statement, source: SourceDocument, section: ClauseKind
) -> Iterator[Clause]:
    """One clause a row; its text pairs each header with the cell below it, a line each."""
    grid = statement.grid
    if grid is None:
        return
    header = _header_row(grid)
    for row in range(header + 1, grid.n_rows + 1):
        cells = list(grid.row_cells(row))
        if not cells:
            continue
        kind = _kind(grid, header, section)
        yield Clause(
            id=f"{statement.path}表R{row}",
            source_id=source.id,
            locator=_locator(statement, row, [column for column, _ in cells]),
            kind=kind,
            body=source.body,
            place=source.place,
            text="\n".join(_lines(grid, header, row)),
            office=_unit_name(grid, header, row),
        )


def _header_row(grid: Grid) -> int:
    """The last of the first rows whose cells all read as headers; 0 if none does."""
    header = 0
    for row in range(1, min(grid.n_rows, 4) + 1):
        texts = [squeeze(text) for _, text in grid.row_cells(row)]
        if len(texts) > 1 and all(_HEADER.search(text) and len(text) <= 12 for text in texts):
            header = row
        elif len(texts) != 1:
            break
    return header


def _kind(grid: Grid, header: int, section: ClauseKind) -> ClauseKind:
    titles = (
        [grid.text(header, column) for column in range(1, grid.n_columns + 1)] if header else []
    )
    if any(_DUTY_COLUMN.search(title) for title in titles):
        is_unit = section in (ClauseKind.OFFICE, ClauseKind.SUBORDINATE)
        return section if is_unit else ClauseKind.OFFICE
    return ClauseKind.STAFF


def _lines(grid: Grid, header: int, row: int) -> Iterator[str]:
    for column in range(1, grid.n_columns + 1):
        if text := grid.text(row, column):
            if header and (title := grid.text(header, column)) and title != text:
                yield title
            yield text


def _unit_name(grid: Grid, header: int, row: int) -> str:
    """The office a row is about, from the column of offices; "" for totals."""
    columns = range(1, grid.n_columns + 1)
    column = next(
        (c for c in columns if header and _UNIT_COLUMN.search(grid.text(header, c))), None
    )
    name = squeeze(grid.text(row, column)) if column else ""
    return "" if _TOTAL.match(name) else name


def _locator(statement: Statement, row: int, columns: list[int]) -> Locator:
    grid = statement.grid
    return Locator(
        sheet=grid.name if grid else None,
        row=row,
        cells=block_address((row,), columns),
        page=grid.pages.get(row) if grid else None,
        article=statement.article,
    )
