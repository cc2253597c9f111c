"""A comparison and a matrix as sheets to take away, each row with where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from assistant.desk.compare import Comparison, Line
from assistant.desk.matrix import Matrix
from assistant.desk.sheet import cited
from index.model import DutyItem, SourceDocument
from index.provenance import where
from index.workbook import Sheet, Value

Sources = Mapping[str, SourceDocument]


def compared(
    found: Comparison, names: Sequence[str], sources: Sources, notes: Sequence[str]
) -> Sheet:
    """One row a matter: what it is on either side, and the proof of each."""
    left, right = names
    groups = (
        ("两边都有，方式或类型不同", found.different),
        (f"只有{left}有", found.only_left),
        (f"只有{right}有", found.only_right),
        ("两边一样", found.alike),
    )
    lines = [(group, line) for group, ones in groups for line in ones]
    rows = [_line(number, group, line, sources) for number, (group, line) in enumerate(lines, 1)]
    header = ("序号", "异同", "事项", left, f"{left}：出处", right, f"{right}：出处")
    return Sheet("对比", header, rows, (6, 24, 44, 26, 50, 26, 50), notes)


def _line(number: int, group: str, line: Line, sources: Sources) -> tuple[Value, ...]:
    sides = ((_held(rows), _proofs(rows, sources)) for rows in (line.left, line.right))
    return (number, group, line.name, *(text for side in sides for text in side))


def _held(rows: Iterable[DutyItem]) -> str:
    return "\n".join(dict.fromkeys(" ".join(_how(row)) for row in rows))


def _how(row: DutyItem) -> Iterator[str]:
    yield row.role.value
    yield from (row.power.value,) if row.power else ()
    yield from (row.office,) if row.office else ()
    yield from (f"另一方：{row.counterpart}",) if row.counterpart else ()


def _proofs(rows: Iterable[DutyItem], sources: Sources) -> str:
    proofs = (f"{cited(sources[row.source_id])}，{where(row)}" for row in rows)
    return "\n".join(dict.fromkeys(proofs))


def crossed(table: Matrix, sources: Sources, notes: Sequence[str]) -> Sheet:
    """One row a matter with each column's part in it, and the proofs of all."""
    rows: list[tuple[Value, ...]] = []
    for row in table.rows:
        parts = ["\n".join(dict.fromkeys(part.words for part in cell)) for cell in row.cells]
        items = (part.item for cell in row.cells for part in cell)
        rows.append((row.name, *parts, _proofs(items, sources)))
    widths = (44, *[18] * len(table.columns), 60)
    return Sheet("事项与部门", ("事项", *table.columns, "出处"), rows, widths, notes)
