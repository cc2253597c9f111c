"""What differs in a pair: added, removed, reworded, moved; with the words that changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from index.diff.match import Pair, list_of, match
from index.diff.sides import DiffSide
from index.extract.columns import Field
from index.gazetteer import Gazetteer
from index.labels import label
from index.model import DutyItem
from index.records import Record

# A row's number changes whenever another row comes or goes; its body and office are compared as read.
_NOT_COMPARED = frozenset(
    {Field.NUMBER, Field.BODY, Field.OFFICE, Field.POWER, Field.NAME, Field.SUB_ITEM}
    | {Field.PRINCIPAL, Field.RECIPIENTS, Field.LEAD_BODY, Field.MODE}
)
_SPACE = re.compile(r"\s+")


class Kind(StrEnum):
    """What happened to a matter; the value is what a reader sees."""

    ADDED = "新增"
    REMOVED = "取消"
    REWORDED = "改写"
    MOVED = "调整"
    BOTH = "改写并调整"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after. `words` are (kept, gone or come: "=", "-", "+"; text) in order."""

    label: str
    before: str
    after: str
    is_move: bool
    words: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One matter that is not as it was. `list_name` is kind of paper, place and body."""

    kind: Kind
    list_name: tuple[str, ...]
    old: Record | None
    new: Record | None
    fields: tuple[FieldChange, ...] = ()
    likeness: float = 1.0


def changes(old: DiffSide, new: DiffSide) -> tuple[Change, ...]:
    """Everything that differs between two sides, in the order of the new one."""
    return tuple(_changed(match(old, new), old, new))


def _columns(side: DiffSide) -> frozenset[str]:
    """Columns that any list of the side has; one that only the other side has is no change of rows."""
    items = (record for record in side.records if isinstance(record, DutyItem))
    return frozenset(label(cell.field) for item in items for cell in item.cells)


def _changed(found: Iterable[Pair], old: DiffSide, new: DiffSide) -> Iterator[Change]:
    only_one = _columns(old) ^ _columns(new)
    for pair in found:
        if pair.old is None and pair.new is not None:
            yield Change(Kind.ADDED, list_of(pair.new, new), None, pair.new)
        elif pair.new is None and pair.old is not None:
            yield Change(Kind.REMOVED, list_of(pair.old, old), pair.old, None)
        elif pair.old is not None and pair.new is not None:
            differing = differences(pair.old, pair.new, new.places)
            fields = tuple(field for field in differing if field.label not in only_one)
            if fields:
                kind = _kind(fields)
                yield Change(
                    kind, list_of(pair.new, new), pair.old, pair.new, fields, pair.likeness
                )


def _kind(fields: tuple[FieldChange, ...]) -> Kind:
    moved = {field.is_move for field in fields}
    return Kind.BOTH if len(moved) > 1 else Kind.MOVED if True in moved else Kind.REWORDED


def differences(old: Record, new: Record, places: Gazetteer) -> Iterator[FieldChange]:
    """Every field whose words differ, white space aside."""
    before, after = dict(_facts(old, places)), dict(_facts(new, places))
    for name in dict.fromkeys((*before, *after)):
        one, other = before.get(name, ("", False)), after.get(name, ("", False))
        if _bare(one[0]) != _bare(other[0]):
            words = tuple(_words(one[0], other[0]))
            yield FieldChange(name, one[0], other[0], one[1] or other[1], words)


def _facts(record: Record, places: Gazetteer) -> Iterator[tuple[str, tuple[str, bool]]]:
    """(what a field is called, (its text, whether another text there is a move))."""
    yield "部门", (record.body, True)
    yield "科室", (record.office, True)
    if not isinstance(record, DutyItem):
        yield "条款", (record.text, False)
        return
    yield label(Field.NAME), (record.name, False)
    yield label(Field.SUB_ITEM), (record.sub_item, False)
    yield label(Field.POWER), (record.power.value if record.power else "", True)
    yield "责任方式", (record.role.value, True)
    yield "另一方", (record.counterpart, True)
    named = (places.get(code) for code in record.places)
    yield "适用地方", ("、".join(sorted(place.full_name for place in named if place)), True)
    for field in dict.fromkeys(cell.field for cell in record.cells):
        if field not in _NOT_COMPARED:
            yield label(field), (record.field(field), False)


def _words(before: str, after: str) -> Iterator[tuple[str, str]]:
    """The changed words in order, unchanged text between them."""
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for step, i, j, k, m in steps:
        if step == "equal":
            yield "=", before[i:j]
            continue
        if j > i:
            yield "-", before[i:j]
        if m > k:
            yield "+", after[k:m]


def _bare(text: str) -> str:
    return _SPACE.sub("", text)
