"""Matters × holders: which of several bodies, or of several places, have a part in which matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from index.gazetteer import Gazetteer
from index.matters import Identity, identity
from index.model import DutyItem, Level, Role
from index.records import Record

MOST_ROWS, MOST_COLUMNS = 60, 10


class By(StrEnum):
    """What the columns are."""

    BODY = "body"
    PLACE = "place"


# What the other side of a row does in the matter.
_OTHER_SIDE = {
    Role.DELEGATED: "赋权给下级",
    Role.ENTRUSTED: "委托下级",
    Role.COOPERATING: "牵头",
    Role.WITHDRAWN: "承接",
}


@dataclass(frozen=True, slots=True)
class Part:
    """The part that a row gives a column's body or place: 主责, 牵头, 配合 …, in words."""

    item: DutyItem
    words: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One matter, and for each column the rows that give it a part there."""

    name: str
    cells: tuple[tuple[Part, ...], ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """The table, and how many matters and columns it left out."""

    columns: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    n_more_rows: int
    n_more_columns: int


def matrix(records: Iterable[Record], by: By, gazetteer: Gazetteer) -> Matrix:
    """The matters of some rows in their order; the columns with most of them first."""
    items = [record for record in records if isinstance(record, DutyItem)]
    columns_of = _bodies if by is By.BODY else _townships(gazetteer)
    n_items = Counter(column for item in items for column in columns_of(item))
    columns = [column for column, _ in n_items.most_common(MOST_COLUMNS)]
    matters: dict[tuple[Identity, str], list[DutyItem]] = {}
    for item in items:
        matters.setdefault((identity(item.name, item.power), item.sub_item), []).append(item)
    rows = [
        MatrixRow(
            name=f"{group[0].name}：{group[0].sub_item}" if group[0].sub_item else group[0].name,
            cells=tuple(
                tuple(Part(i, _part(i, column, by)) for i in group if column in columns_of(i))
                for column in columns
            ),
        )
        for group in matters.values()
    ]
    shown = [row for row in rows if any(row.cells)]
    return Matrix(
        tuple(columns),
        tuple(shown[:MOST_ROWS]),
        max(len(shown) - MOST_ROWS, 0) + len(rows) - len(shown),
        max(len(n_items) - MOST_COLUMNS, 0),
    )


def _part(item: DutyItem, column: str, by: By) -> str:
    is_other = by is By.BODY and column not in item.body.split("、")
    return _OTHER_SIDE.get(item.role, item.role.value) if is_other else item.role.value


def _bodies(item: DutyItem) -> Sequence[str]:
    """Who holds it and who is on the other side of it."""
    named = (*item.body.split("、"), *item.counterpart.split("、"))
    return tuple(dict.fromkeys(filter(None, named)))


def _townships(gazetteer: Gazetteer) -> Callable[[DutyItem], Sequence[str]]:
    def named(item: DutyItem) -> Sequence[str]:
        places = (gazetteer.get(code) for code in item.places)
        return tuple(p.full_name for p in places if p and p.level is Level.TOWNSHIP)

    return named
