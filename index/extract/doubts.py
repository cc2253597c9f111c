"""What is odd about a list and its rows: one finding each, saying where and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from index.documents import Grid, address
from index.extract.columns import Field, field_of
from index.extract.recipients import names_everyone
from index.extract.rows import Row
from index.extract.tables import Table
from index.model import DutyItem, Finding, Locator, PaperKind, Role

_SHOWN = 20
# More rows than this with the same trouble are one finding, at the first.
_ONE_BY_ONE = 5
_INFO = frozenset({"note-row", "hidden-row", "power-from-sheet", "power-from-heading"})


def table_doubts(table: Table, file: str) -> Iterator[Finding]:
    """Columns that are quoted but not understood, and a sheet that is hidden as a whole."""
    if table.grid.hidden:
        message = "这张工作表是隐藏的：记录保留备查，不用于回答；要用请取消隐藏"
        yield Finding("info", "hidden-sheet", file, message, Locator(sheet=table.grid.name))
    for column in table.columns_of(Field.EXTRA):
        header = table.headers[column]
        if field_of(header) is None and any(table.grid.own_text(r, column) for r in table.body):
            message = f"不认得“{_short(header)}”这一列：原文照录，不用于判断"
            where = _header_cell(table, column)
            yield Finding("info", "unknown-column", file, message, where)


def row_doubt(item: DutyItem, row: Row, table: Table, file: str) -> Finding | None:
    """The one thing most worth saying of a row, if any."""
    for code, field, message in _doubts(item, row, table):
        severity = "info" if code in _INFO else "warning"
        return Finding(severity, code, file, message, _where(row, table, field))
    return None


def no_list(grids: Sequence[Grid], file: str) -> Iterator[Finding]:
    """Sheets in which no list was found: never passed over in silence."""
    for grid in grids:
        message = "这张表没有认出表头，没有读取；如果它是清单，请核对表头里有没有“事项名称”一类的列"
        yield Finding("warning", "no-header", file, message, Locator(sheet=grid.name))


def _doubts(item: DutyItem, row: Row, table: Table) -> Iterator[tuple[str, Field, str]]:
    if row.is_note:
        if row.is_doubtful:
            text = _short(row.text(Field.REMARK))
            yield "note-row", Field.NAME, f"“{text}”不像事项，按表内说明保留，不用于回答"
        return
    if row.is_hidden:
        if not table.grid.hidden:
            yield "hidden-row", Field.NUMBER, "隐藏行：保留备查，不用于回答；要用请取消隐藏"
        return
    if not row.text(Field.NAME):
        yield "no-name", Field.NAME, f"没有事项名称，暂记为“{_short(item.name)}”；请在原表补上"
    yield from _party_doubts(item, row)
    yield from _power_doubts(item, row, table)


def _party_doubts(item: DutyItem, row: Row) -> Iterator[tuple[str, Field, str]]:
    if item.paper is PaperKind.DELEGATION_CATALOG and not item.places:
        yield "no-recipient", Field.RECIPIENTS, _no_recipient(row)
    if item.role is Role.COOPERATING and not item.counterpart:
        yield "no-lead", Field.LEAD_BODY, "配合事项没有写牵头的上级部门；请在原表补上"
    if item.role is Role.WITHDRAWN and not item.counterpart:
        yield "no-receiver", Field.RECEIVER, "收回事项没有写承接部门；请在原表补上"


def _no_recipient(row: Row) -> str:
    said = row.text(Field.RECIPIENTS)
    todo = "请在 manifest.yaml 的 places 里写明乡镇（街道）"
    if said and not names_everyone(said):
        return f"认不出“{_short(said)}”是哪些乡镇（街道）；{todo}"
    return f"由各乡镇（街道）承接，但资料里没有它们的名单；{todo}"


def _power_doubts(item: DutyItem, row: Row, table: Table) -> Iterator[tuple[str, Field, str]]:
    if Field.POWER not in table.fields:
        if item.paper is PaperKind.DEPARTMENT_LIST and item.power is None and not row.headings:
            yield "no-power", Field.NAME, "没有写权力类型，表名里也没有；请在原表补上"
        return
    said = row.text(Field.POWER)
    if item.power is None and item.paper is PaperKind.DEPARTMENT_LIST:
        what = f"认不出权力类型“{_short(said)}”" if said.strip() else "权力类型是空白"
        yield "no-power", Field.POWER, f"{what}；请在原表改正"
    for flag, source in (("power-from-sheet", "表名"), ("power-from-heading", "上面的类别行")):
        if flag in item.flags and item.power:
            yield flag, Field.POWER, f"权力类型是空白，按{source}记为{item.power.value}"


def _where(row: Row, table: Table, field: Field) -> Locator:
    """The cell in question: the field's column in the item's first row, else the whole row or form."""
    columns = table.columns_of(field)
    if not columns or row.locator.row is None or row.is_note:
        return row.locator
    return replace(row.locator, cells=address(row.locator.row, columns[0]))


def _header_cell(table: Table, column: int) -> Locator:
    rows = [row for row in table.header if table.grid.text(row, column)]
    row = rows[-1] if rows else table.header.start
    return Locator(sheet=table.grid.name, row=row, cells=address(row, column))


def _short(text: str) -> str:
    flat = "".join(text.split())
    return flat if len(flat) <= _SHOWN else f"{flat[:_SHOWN]}…"


def gathered(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Findings of one list, those that many rows share told once with their number."""
    by_code: dict[str, list[Finding]] = {}
    for finding in findings:
        by_code.setdefault(f"{finding.code} {finding.message}", []).append(finding)
    for alike in by_code.values():
        if len(alike) <= _ONE_BY_ONE:
            yield from alike
        else:
            yield replace(alike[0], message=f"{alike[0].message}（这张表共 {len(alike)} 行如此）")
