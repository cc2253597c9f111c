"""Two bodies or two places side by side: one line a matter, who has it how on either side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.matters import Identity, identity
from index.model import DutyItem
from index.records import Record


@dataclass(frozen=True, slots=True)
class Line:
    """One matter with the rows of either side that name it."""

    name: str
    left: tuple[DutyItem, ...]
    right: tuple[DutyItem, ...]

    @property
    def is_alike(self) -> bool:
        """True if both have it, in the same role and as the same kind of power."""
        return bool(self.left) and _how(self.left) == _how(self.right)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All matters of two sides: what both have differently, then what one has, then what is alike."""

    different: tuple[Line, ...]
    only_left: tuple[Line, ...]
    only_right: tuple[Line, ...]
    alike: tuple[Line, ...]

    @property
    def n_matters(self) -> int:
        """How many matters there are on either side."""
        parts = (self.different, self.only_left, self.only_right, self.alike)
        return sum(map(len, parts))


def compare(left: Iterable[Record], right: Iterable[Record]) -> Comparison:
    """The list rows of two sides by matter, however either words its kind (的处罚, 审批)."""
    sides: dict[tuple[Identity, str], tuple[list[DutyItem], list[DutyItem]]] = {}
    for number, rows in enumerate((left, right)):
        for row in rows:
            if isinstance(row, DutyItem):
                key = (identity(row.name, row.power), row.sub_item)
                sides.setdefault(key, ([], []))[number].append(row)
    lines = [Line(_called((*a, *b)), tuple(a), tuple(b)) for a, b in sides.values()]
    both = [line for line in lines if line.left and line.right]
    return Comparison(
        different=tuple(line for line in both if not line.is_alike),
        only_left=tuple(line for line in lines if not line.right),
        only_right=tuple(line for line in lines if not line.left),
        alike=tuple(line for line in both if line.is_alike),
    )


def n_by(rows: Iterable[Record], kind: str) -> Counter[str]:
    """How many rows there are of each power or role."""
    values = (getattr(row, kind) for row in rows if isinstance(row, DutyItem))
    return Counter(value.value if value else "未写类型" for value in values)


def _how(rows: Sequence[DutyItem]) -> set[tuple[object, object]]:
    return {(row.role, row.power) for row in rows}


def _called(rows: Sequence[DutyItem]) -> str:
    first = rows[0]
    return f"{first.name}：{first.sub_item}" if first.sub_item else first.name
