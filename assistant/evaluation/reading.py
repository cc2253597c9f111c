"""A plain reading of the rules of place, date and role, independent of how the assistant decides."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from assistant.corpus import Corpus
from index.editions import starts_on
from index.institutions.naming import government_of
from index.model import HANDED_DOWN, DutyItem, Level, PaperKind, Place, Role

_DAY = timedelta(days=1)
_NOT_OWN = frozenset({PaperKind.DEPARTMENT_LIST, PaperKind.TOWNSHIP_CATALOG})
_NAMES_NO_OFFICE = frozenset({Role.COOPERATING, Role.WITHDRAWN})
# Words of a name that do not tell one matter from another.
_WRAPPING = re.compile(r"对|的|行政|处罚|检查|监督|审批|核发|备案|许可|审核|登记|认定|申请|办理")
# Names that share so much may mean one matter: either reading is then right.
_NEAR = 0.5
_CACHED_PLACES = 512


@dataclass(frozen=True, slots=True)
class Truth:
    """Who is right to be named first for a matter at a place on a day, and the rows that say so.

    `also` are holders of nearly equally named rows: right too, as names alone cannot part them.
    `beside` are other rows in force that may be cited too: those of the very name, and where the
    paper names no office of who leads or takes back, nearly equally named ones of theirs that do.
    """

    bodies: frozenset[str] = frozenset()
    rows: tuple[DutyItem, ...] = ()
    also: frozenset[str] = frozenset()
    beside: tuple[DutyItem, ...] = ()

    @property
    def all_bodies(self) -> frozenset[str]:
        """Every name that is right."""
        return self.bodies | self.also


class PlainReading:
    """Reads who holds a matter from all rows of a place's chain."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._today = {
            reform.old: (reform.on or date.min, reform.new)
            for reform in corpus.catalog.reforms()
            if reform.new and reform.how != "划转"
        }
        self._rows = lru_cache(maxsize=_CACHED_PLACES)(self._read_rows)

    def holds(self, row: DutyItem, on: date) -> bool:
        """True if a row is in force on a day."""
        since, until = self.term(row)
        return (since is None or since <= on) and (until is None or on <= until)

    def term(self, row: DutyItem) -> tuple[date | None, date | None]:
        """First and last day of a row, as it or its paper says."""
        source = self._corpus.sources[row.source_id]
        return row.valid_from or starts_on(source), row.valid_to or source.expires_on

    def truth(self, place: Place, asked: DutyItem, on: date) -> Truth:
        """Who holds what `asked` names, at a place on a day."""
        rows = self._in_force(place, on)
        same = [row for row in rows if _is_same(asked, row)]
        near = [row for row in rows if row not in same and _is_near(asked, row)]
        chosen = self._right(place, same)
        bodies = frozenset(self._named(place, chosen, on))
        also = {*self._named(place, self._right(place, near), on)}
        also.update(self._named(place, self._right(place, [*same, *near]), on))
        beside = [row for row in same if row not in chosen]
        if any(row.role in _NAMES_NO_OFFICE for row in chosen):
            beside += [row for row in near if row.office and row.body in bodies]
        return Truth(bodies, tuple(chosen), frozenset(also) - bodies, tuple(beside))

    def named(self, place: Place, asked: DutyItem, on: date) -> frozenset[str]:
        """Who holds it by its very name."""
        same = [row for row in self._in_force(place, on) if _is_same(asked, row)]
        return frozenset(self._named(place, self._right(place, same), on))

    def _in_force(self, place: Place, on: date) -> list[DutyItem]:
        return [row for row in self._rows(place.code) if self.holds(row, on)]

    def _right(self, place: Place, rows: Sequence[DutyItem]) -> list[DutyItem]:
        """The rows that decide."""
        own = [r for r in rows if place.code in r.places and r.paper not in _NOT_OWN]
        if place.level is not Level.TOWNSHIP or not own:
            return self._nearest([r for r in rows if r.paper is PaperKind.DEPARTMENT_LIST], place)
        taken = [r for r in own if r.role is Role.WITHDRAWN]
        handed = [r for r in own if r.role in HANDED_DOWN]
        led = [r for r in own if r.role is Role.LEAD]
        if taken and self._start(taken) >= self._start([*handed, *led]):
            equal = [r for r in (*handed, *led) if self._start([r]) == self._start(taken)]
            return [*taken, *equal]
        if handed:
            return handed
        return led or own

    def _start(self, rows: Iterable[DutyItem]) -> date:
        return max((self.term(row)[0] or date.min for row in rows), default=date.min)

    def _nearest(self, rows: list[DutyItem], place: Place) -> list[DutyItem]:
        """Those of the lowest place of the chain that has any."""
        for above in self._corpus.gazetteer.chain(place.code):
            if found := [row for row in rows if above.code in row.places]:
                return found
        return []

    def _named(self, place: Place, rows: Iterable[DutyItem], on: date) -> Iterable[str]:
        """The bodies those rows make responsible, under the names they have on the day."""
        county = self._corpus.gazetteer.at_level(place.code, Level.COUNTY)
        for row in rows:
            if row.role in {Role.COOPERATING, Role.WITHDRAWN}:
                names = row.counterpart.split("、")
            elif row.paper is PaperKind.DEPARTMENT_LIST:
                names = row.body.split("、")
            else:
                names = [government_of(place, county)]
            yield from (self._current(name, on) for name in names if name)

    def _current(self, body: str, on: date) -> str:
        while body in self._today and self._today[body][0] <= on:
            body = self._today[body][1]
        return body

    def _read_rows(self, code: str) -> tuple[DutyItem, ...]:
        chain = tuple(place.code for place in self._corpus.gazetteer.chain(code))
        ordinals = [int(ordinal) for ordinal in self._corpus.ordinals_at(chain)]
        records = self._corpus.records(ordinals)
        return tuple(r for r in records if isinstance(r, DutyItem) and r.is_answerable)


def _is_same(asked: DutyItem, other: DutyItem) -> bool:
    """Equal names; a sub-item equals its parent's row without one, or a row called like it."""
    name, sub, other_name, other_sub = map(
        _plain, (asked.name, asked.sub_item, other.name, other.sub_item)
    )
    if name == other_name:
        return not sub or not other_sub or sub == other_sub
    return (bool(sub) and other_name == sub and not other_sub) or (
        bool(other_sub) and other_sub == name and not sub
    )


def _is_near(asked: DutyItem, other: DutyItem) -> bool:
    """Names that share half of their pairs of characters, or one of which holds the other."""
    return any(
        _share(one, two) >= _NEAR
        for one in _pairs_of(asked.name, asked.sub_item)
        for two in _pairs_of(other.name, other.sub_item)
    )


def _share(one: frozenset[str], two: frozenset[str]) -> float:
    least = min(len(one), len(two))
    return len(one & two) / least if least else 0.0


@lru_cache(maxsize=65536)
def _pairs_of(name: str, sub_item: str) -> tuple[frozenset[str], ...]:
    bare = (_WRAPPING.sub("", _plain(text)) for text in (name, sub_item) if text)
    return tuple(frozenset(text[i : i + 2] for i in range(len(text) - 1)) for text in bare)


@lru_cache(maxsize=65536)
def _plain(text: str) -> str:
    return re.sub(r"[\s，,、：:；;。（）()“”\"]", "", unicodedata.normalize("NFKC", text))
