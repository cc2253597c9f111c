"""Rules about rows by themselves: empty cells, rows met twice, counts that do not add up."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from index.audit.alarm import Alarm, Side, alarm, side_of
from index.audit.papers import Papers
from index.documents import address
from index.extract.columns import Field
from index.extract.rows import read_rows
from index.extract.tables import Table, find_tables
from index.labels import label
from index.matters import matter
from index.model import DutyItem, PaperKind

_LISTS = (PaperKind.DEPARTMENT_LIST, PaperKind.TOWNSHIP_LIST, PaperKind.TOWNSHIP_CATALOG)
# What a row of each kind of paper may not leave empty, if its list has the column at all.
_NEEDED: dict[PaperKind, tuple[Field, ...]] = {
    **dict.fromkeys(_LISTS, (Field.NAME, Field.BASIS, Field.POWER)),
    PaperKind.DELEGATION_CATALOG: (Field.NAME, Field.PRINCIPAL, Field.RECIPIENTS, Field.BASIS),
    PaperKind.BASIC_DUTIES: (Field.NAME,),
    PaperKind.COOPERATION_DUTIES: (Field.NAME, Field.LEAD_BODY),
    PaperKind.WITHDRAWN_DUTIES: (Field.NAME, Field.RECEIVER),
}
# A column that most rows leave empty is not kept, so its gaps are no slips.
_KEPT_COLUMN = 0.5
_NOTHING = re.compile(r"[\s无／/—\-－–、.。]*")
_TELLS_APART = (Field.BODY, Field.LEVEL, Field.SCOPE, Field.RECIPIENTS, Field.CODE)
_COUNT = re.compile(r"(?:共|合计|总计)\s*(?P<all>\d{1,5})\s*项|[（(]\s*(?P<n>\d{1,5})\s*项\s*[)）]")


def missing_basis(papers: Papers) -> Iterator[Alarm]:
    """Rows without a legal basis in a list that gives bases."""
    return _missing(papers, "basis_missing", (Field.BASIS,))


def missing_power(papers: Papers) -> Iterator[Alarm]:
    """Rows without a kind of power in a list that has the column."""
    return _missing(papers, "power_missing", (Field.POWER,))


def missing_others(papers: Papers) -> Iterator[Alarm]:
    """Rows without a name, a lead, a receiver, a principal or recipients."""
    others = {f for needed in _NEEDED.values() for f in needed} - {Field.BASIS, Field.POWER}
    return _missing(papers, "field_missing", sorted(others))


def _missing(papers: Papers, rule: str, fields: Sequence[Field]) -> Iterator[Alarm]:
    """Cells left empty in a column that the list otherwise fills."""
    for rows in _by_list(papers).values():
        for needed in (f for f in fields if f in _NEEDED.get(rows[0].paper, ())):
            empty = [row for row in rows if _NOTHING.fullmatch(row.field(needed))]
            if len(empty) > len(rows) * (1 - _KEPT_COLUMN):
                continue
            for row in empty:
                message = f"“{row.name or '（无名称）'}”的“{label(needed)}”一栏是空的"
                yield alarm(papers, rule, message, side_of(papers, row))


def listed_twice(papers: Papers) -> Iterator[Alarm]:
    """The same matter twice in one list, with nothing that tells the rows apart."""
    for rows in _by_list(papers).values():
        same: dict[tuple[object, ...], list[DutyItem]] = defaultdict(list)
        for row in rows:
            apart = tuple(matter(row.field(f)).key for f in _TELLS_APART)
            key = (matter(row.name).key, matter(row.sub_item).key, row.power, row.role, apart)
            same[key].append(row)
        for found in same.values():
            if len(found) > 1:
                offices = {row.office for row in found if row.office}
                differ = (
                    f"，承办机构分别写成{'、'.join(sorted(offices))}" if len(offices) > 1 else ""
                )
                message = f"同一清单把“{found[0].name}”列了 {len(found)} 次{differ}"
                sides = (side_of(papers, row, "sub_item", "office", "basis") for row in found)
                yield alarm(papers, "listed_twice", message, *sides)


def wrong_counts(papers: Papers) -> Iterator[Alarm]:
    """Titles and sheet names that state another number of items than the table has."""
    for source_id in dict.fromkeys(item.source_id for item in papers.items):
        for grid in papers.document(source_id).grids:
            tables = find_tables(grid)
            if tables and not grid.hidden:
                yield from _wrong_counts(papers, source_id, tables)


def _wrong_counts(papers: Papers, source_id: str, tables: Sequence[Table]) -> Iterator[Alarm]:
    grid, source = tables[0].grid, papers.sources[source_id]
    stated = [(grid.name, tables, grid.name)] if len(tables) == 1 else []
    for table in tables:
        for row in table.titles:
            stated += [
                (text, (table,), f"{grid.name} {address(row, column)}")
                for column, text in grid.row_cells(row)
            ]
    for text, counted, place in stated:
        found = _COUNT.search(text)
        if not found:
            continue
        n_stated, counts = int(found["all"] or found["n"]), _counts(counted)
        if n_stated not in counts:
            message = f"“{text.strip()}”写明 {n_stated} 项，表内实有 {counts[0]} 项"
            yield alarm(papers, "count_in_title_wrong", message, Side(source, place, text.strip()))


def _counts(tables: Sequence[Table]) -> tuple[int, ...]:
    """Every fair way to count a table's items: by name, by row, by number, with hidden rows."""
    rows = [row for table in tables for row in read_rows(table) if not row.is_note]
    seen = [row for row in rows if not row.is_hidden]
    by_name = len({matter(row.text(Field.NAME)).key for row in seen})
    by_number = len({(row.heading, row.text(Field.NUMBER)) for row in seen})
    return (by_name, len(seen), by_number, len(rows))


def _by_list(papers: Papers) -> dict[tuple[str, PaperKind], list[DutyItem]]:
    """Rows by list: one file may hold several kinds of lists."""
    lists: dict[tuple[str, PaperKind], list[DutyItem]] = defaultdict(list)
    for item in papers.items:
        lists[item.source_id, item.paper].append(item)
    return lists
