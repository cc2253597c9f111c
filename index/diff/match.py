"""Old rows to new rows, one to one and always the same way: by name, then by likeness of names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from index.diff.sides import DiffSide
from index.institutions.naming import bare_name
from index.matters import matter, pairs, similarity
from index.model import DutyItem, PaperKind
from index.records import Record

# Dice of character pairs from which two differently named rows of one list are one matter reworded.
# On the two civil-affairs lists of the invented city: rewordings 0.62–0.93, others below 0.55.
SAME_MATTER = 0.6
# Clauses are whole sentences: two duties of one body share more common words by chance.
_SAME_CLAUSE = 0.7
# Character pairs that more rows than this share tell nothing apart and open no comparison.
_COMMONEST_PAIR = 200


@dataclass(frozen=True, slots=True)
class Pair:
    """One matter in both, or in one only. `likeness` of the names, 1 for equal ones."""

    old: Record | None
    new: Record | None
    likeness: float = 1.0


def match(old: DiffSide, new: DiffSide) -> tuple[Pair, ...]:
    """Pairs in the order of the new side, then what is gone in the order of the old.

    First equal names in the same list, then equal names on other departments' lists of the place
    (a move), then the most alike names in the same list, best first.
    """
    is_one_list = old.is_one_list and new.is_one_list
    left, right = list(old.records), list(new.records)
    found: list[Pair] = []
    for key in (_in_list, _between_bodies):
        keys = [_keyed(side, key, is_one_list=is_one_list) for side in (old, new)]
        paired = list(_equal(left, right, keys[0], keys[1]))
        found += paired
        left, right = _rest(left, (p.old for p in paired)), _rest(right, (p.new for p in paired))
    paired = list(_alike(left, right, old, new, is_one_list=is_one_list))
    found += paired
    left, right = _rest(left, (p.old for p in paired)), _rest(right, (p.new for p in paired))
    found += [Pair(None, record) for record in right] + [Pair(record, None) for record in left]
    order = {record.id: n for n, record in enumerate(new.records)}
    last = {record.id: len(order) + n for n, record in enumerate(old.records)}
    return tuple(
        sorted(found, key=lambda p: order[p.new.id] if p.new else last[p.old.id] if p.old else -1)
    )


Key = Callable[[Record], Hashable]


def _keyed(
    side: DiffSide, key: Callable[[Record, DiffSide], Hashable | None], *, is_one_list: bool
) -> Key:
    if is_one_list:
        return lambda record: (type(record), _name(record))
    return lambda record: key(record, side)


def _in_list(record: Record, side: DiffSide) -> Hashable:
    return (list_of(record, side), _name(record))


def _between_bodies(record: Record, side: DiffSide) -> Hashable | None:
    """A power may move between departments of one place; townships' equal rows are no moves."""
    if isinstance(record, DutyItem) and record.paper is PaperKind.DEPARTMENT_LIST:
        return (side.sources[record.source_id].place, record.power, _name(record))
    return None


def list_of(record: Record, side: DiffSide) -> tuple[str, ...]:
    """The list a record belongs to, whatever its edition: kind of paper, place, body."""
    source = side.sources[record.source_id]
    kind = record.paper if isinstance(record, DutyItem) else source.kind
    return (kind.value, source.place, bare_name(source.body or source.publisher))


def _name(record: Record) -> str:
    if isinstance(record, DutyItem):
        return f"{matter(record.name).key}：{matter(record.sub_item).key}"
    return matter(record.text).key


def _equal(left: list[Record], right: list[Record], old: Key, new: Key) -> Iterator[Pair]:
    """Rows of equal keys, in order; what repeats is paired with the like office or body first."""
    waiting: dict[Hashable, list[Record]] = defaultdict(list)
    for record in left:
        if (key := old(record)) is not None:
            waiting[key].append(record)
    for record in right:
        candidates = waiting.get(new(record))
        if candidates:
            best = max(candidates, key=lambda r: (_shared(r, record), -candidates.index(r)))
            candidates.remove(best)
            yield Pair(best, record)


def _shared(one: Record, other: Record) -> int:
    """How many of the plain facts of two rows agree."""
    same = [one.body == other.body, one.office == other.office]
    if isinstance(one, DutyItem) and isinstance(other, DutyItem):
        same += [one.power is other.power, one.field("basis") == other.field("basis")]
    return sum(same)


def _alike(
    left: list[Record], right: list[Record], old: DiffSide, new: DiffSide, *, is_one_list: bool
) -> Iterator[Pair]:
    """The most alike names within a list, best first, then by their order."""
    groups: dict[Hashable, tuple[list[Record], list[Record]]] = defaultdict(lambda: ([], []))
    for side, records, number in ((old, left, 0), (new, right, 1)):
        for record in records:
            key: Hashable = isinstance(record, DutyItem) if is_one_list else list_of(record, side)
            groups[key][number].append(record)
    for before, after in groups.values():
        taken: set[str] = set()
        for likeness, i, j in sorted(_candidates(before, after), key=lambda c: (-c[0], c[1], c[2])):
            one, other = before[i], after[j]
            if not {f"o{one.id}", f"n{other.id}"} & taken:
                taken |= {f"o{one.id}", f"n{other.id}"}
                yield Pair(one, other, likeness)


def _candidates(
    before: Sequence[Record], after: Sequence[Record]
) -> Iterator[tuple[float, int, int]]:
    by_pair: dict[str, list[int]] = defaultdict(list)
    for i, record in enumerate(before):
        for pair in pairs(_name(record)):
            by_pair[pair].append(i)
    for j, record in enumerate(after):
        name = _name(record)
        near = {
            i
            for pair in pairs(name)
            if len(by_pair.get(pair, ())) <= _COMMONEST_PAIR
            for i in by_pair.get(pair, ())
        }
        for i in sorted(near):
            other = before[i]
            least = SAME_MATTER if isinstance(other, DutyItem) else _SAME_CLAUSE
            if (
                type(other) is type(record)
                and (likeness := similarity(_name(other), name)) >= least
            ):
                yield likeness, i, j


def _rest(records: list[Record], gone: Iterable[Record | None]) -> list[Record]:
    ids = {record.id for record in gone if record}
    return [record for record in records if record.id not in ids]
