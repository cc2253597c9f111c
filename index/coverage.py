"""Which place has which papers, from when, and which it lacks; pure over the catalog."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

from index.catalog import Catalog
from index.editions import starts_on
from index.gazetteer import Gazetteer
from index.institutions.graph import Institutions
from index.institutions.naming import government_at
from index.model import DutyItem, Level, PaperKind, Place, Role, SourceDocument
from index.records import Record

# What a place of each level is to publish; a city's departments publish lists as a county's do.
EXPECTED: dict[Level, tuple[PaperKind, ...]] = {
    Level.CITY: (PaperKind.DEPARTMENT_LIST,),
    Level.COUNTY: (PaperKind.DEPARTMENT_LIST, PaperKind.DELEGATION_CATALOG),
    Level.TOWNSHIP: (
        PaperKind.TOWNSHIP_LIST,
        PaperKind.BASIC_DUTIES,
        PaperKind.COOPERATION_DUTIES,
        PaperKind.WITHDRAWN_DUTIES,
        PaperKind.TOWNSHIP_PROVISION,
    ),
}
_NAMED_ROLES = {
    Role.COOPERATING: "牵头",
    Role.WITHDRAWN: "承接",
    Role.DELEGATED: "赋权",
    Role.ENTRUSTED: "委托",
}
# A body that a list of powers is expected of; party offices, associations and courts publish none.
_DEPARTMENT = re.compile(r"(?:局|委员会|厅)$")
_BRANCH = re.compile(r"^(?P<body>.+局).{2,8}分局$")


class Why(StrEnum):
    """How it is known that a department's list should be there; the value is what a reader sees."""

    PROVISION = "有“三定”"
    NAMED = "被乡镇清单或赋权目录点名"
    BESIDE = "邻县（区）的同一部门有清单"


@dataclass(frozen=True, slots=True)
class Holding:
    """The papers of one kind that a place has: how many, how many records, from when."""

    kind: PaperKind
    sources: tuple[SourceDocument, ...]
    n_records: int
    since: date | None


@dataclass(frozen=True, slots=True)
class PlaceCoverage:
    """One place: what it has, and the kinds it is to publish and has not."""

    place: Place
    holdings: tuple[Holding, ...]
    missing: tuple[PaperKind, ...]


@dataclass(frozen=True, slots=True)
class MissingDepartment:
    """A department whose list is not loaded. `records` are ids of what names it, at most a few."""

    body: str
    why: Why
    detail: str
    records: tuple[str, ...] = ()


class Coverage:
    """Answers what is loaded for a place on a day. Immutable."""

    def __init__(
        self,
        sources: Iterable[SourceDocument],
        records: Iterable[Record],
        institutions: Institutions,
        places: Gazetteer,
        on: date,
    ) -> None:
        self._places, self._institutions, self._on = places, institutions, on
        self._sources = {s.id: s for s in sources if _in_force(s, on)}
        self._kinds: dict[str, Counter[PaperKind]] = defaultdict(Counter)
        self._listed: dict[str, dict[str, SourceDocument]] = defaultdict(dict)
        self._named: dict[str, dict[str, list[DutyItem]]] = defaultdict(lambda: defaultdict(list))
        for record in records:
            if record.source_id in self._sources:
                self._take(record, self._sources[record.source_id])

    @classmethod
    def from_catalog(cls, catalog: Catalog, on: date) -> Coverage:
        """The coverage of a published version on a day."""
        places, records = catalog.gazetteer(), catalog.all_records()
        return cls(catalog.sources(), records, catalog.institutions(), places, on)

    def lists_of(self, place: str) -> tuple[SourceDocument, ...]:
        """Every paper in force that speaks for a place: its own, then those of the levels above."""
        chain = [p.code for p in self._places.chain(place)] or [place]
        return tuple(s for code in chain for s in self._sources_at.get(code, ()))

    def has_list(self, body: str) -> bool:
        """True if a department's own list is in force; a branch's is that of its body."""
        return bool(self._listed.get(self._today(body)))

    def missing_departments(self, place: str) -> tuple[MissingDepartment, ...]:
        """Departments responsible for a place whose list is not loaded, the surest first.

        Known from a 三定 without a list, from a township's or a delegation's row that names them,
        or because the same department of a neighbouring place has a list.
        """
        found: dict[str, MissingDepartment] = {}
        chain = self._places.chain(place)
        for missing in (
            *self._only_provisions(chain),
            *self._only_named(chain, place),
            *self._only_beside(chain),
        ):
            found.setdefault(missing.body, missing)
        return tuple(found.values())

    def places(self) -> tuple[PlaceCoverage, ...]:
        """Every place that has papers or lies below one that has, top down."""
        codes = {p.code for code in self._sources_at for p in self._places.chain(code)}
        codes |= {p.code for c in tuple(codes) for p in self._places.children(c)}
        known = (p for p in self._places if p.code in codes and not self._is_gone(p))
        return tuple(self._of(p) for p in sorted(known, key=self._path))

    def _is_gone(self, place: Place) -> bool:
        """True for a township that was abolished and that only an old paper names."""
        if place.level is not Level.TOWNSHIP or place.code in self._sources_at:
            return False
        return self._institutions.exists(government_at(place, self._places), self._on) is False

    @cached_property
    def _sources_at(self) -> dict[str, list[SourceDocument]]:
        at: dict[str, list[SourceDocument]] = defaultdict(list)
        for source in self._sources.values():
            at[source.place].append(source)
        return at

    def _take(self, record: Record, source: SourceDocument) -> None:
        if not isinstance(record, DutyItem):
            self._kinds[source.id][source.kind] += 1
            return
        if not record.is_answerable:  # a note under a table is no item
            return
        self._kinds[source.id][record.paper] += 1
        if record.paper is PaperKind.DEPARTMENT_LIST:
            for body in (source.body, *record.body.split("、")):
                self._listed[self._today(body)][source.id] = source
        elif record.role in _NAMED_ROLES:
            for body in filter(None, record.counterpart.split("、")):
                for place in record.places:
                    self._named[place][self._today(body)].append(record)

    def _today(self, body: str) -> str:
        """A body by the one name that it has on the day; a branch by its body's."""
        branch = _BRANCH.match(body)
        known = self._institutions.get(branch["body"] if branch else body)
        name = known.name if known else branch["body"] if branch else body
        today = self._institutions.today(name, self._on).bodies
        return today[0] if len(today) == 1 else name

    def _of(self, place: Place) -> PlaceCoverage:
        by_kind: dict[PaperKind, list[SourceDocument]] = defaultdict(list)
        n_records: Counter[PaperKind] = Counter()
        for source in self._sources_at.get(place.code, ()):
            for kind, n in (self._kinds.get(source.id) or {source.kind: 0}).items():
                by_kind[kind].append(source)
                n_records[kind] += n
        holdings = tuple(
            Holding(kind, tuple(sources), n_records[kind], _since(sources))
            for kind, sources in sorted(
                by_kind.items(), key=lambda held: list(PaperKind).index(held[0])
            )
        )
        expected = EXPECTED.get(place.level, ())
        return PlaceCoverage(place, holdings, tuple(k for k in expected if k not in by_kind))

    def _path(self, place: Place) -> tuple[str, ...]:
        return tuple(p.code for p in reversed(self._places.chain(place.code)))

    def _only_provisions(self, chain: tuple[Place, ...]) -> Iterator[MissingDepartment]:
        for place in chain:
            for source in self._sources_at.get(place.code, ()):
                body = self._today(source.body)
                if source.kind is PaperKind.DEPARTMENT_PROVISION and not self._listed.get(body):
                    yield MissingDepartment(body, Why.PROVISION, f"《{source.title}》")

    def _only_named(self, chain: tuple[Place, ...], place: str) -> Iterator[MissingDepartment]:
        codes = {place, *(p.code for p in chain[:1] for p in self._places.descendants(p.code))}
        for code in sorted(codes):
            for body, items in self._named.get(code, {}).items():
                if _DEPARTMENT.search(body) and not self._listed.get(body):
                    first = items[0]
                    detail = (
                        f"“{first.name}”由它{_NAMED_ROLES[first.role]}，共 {len(items)} 条点到它"
                    )
                    yield MissingDepartment(body, Why.NAMED, detail, tuple(i.id for i in items[:3]))

    def _only_beside(self, chain: tuple[Place, ...]) -> Iterator[MissingDepartment]:
        for place in (p for p in chain if p.level is not Level.TOWNSHIP):
            beside = [p for p in self._places.children(place.parent or "") if p != place]
            for body, sources in sorted(self._listed.items()):
                other = next((p for p in beside if body.startswith(p.name)), None)
                if other and sources and _DEPARTMENT.search(body):
                    yield from self._same_at(place, other, body, next(iter(sources.values())))

    def _same_at(
        self, place: Place, other: Place, body: str, listed: SourceDocument
    ) -> Iterator[MissingDepartment]:
        """A neighbour's department here, unless one with its name or its plate's has a list."""
        known = self._institutions.get(body)
        names = {n.removeprefix(other.name) for n in (body, *(known.names if known else ()))}
        here = {self._today(f"{place.name}{name}") for name in names}
        if not any(map(self._listed.get, here)):
            same = f"{place.name}{body.removeprefix(other.name)}"
            yield MissingDepartment(same, Why.BESIDE, f"《{listed.title}》")


def _in_force(source: SourceDocument, on: date) -> bool:
    start = starts_on(source)
    return (start is None or start <= on) and (source.expires_on is None or on <= source.expires_on)


def _since(sources: Iterable[SourceDocument]) -> date | None:
    return min(filter(None, map(starts_on, sources)), default=None)


def as_values(coverage: Coverage) -> list[dict[str, Any]]:
    """Every place for programs: holdings, missing kinds, missing departments."""
    return [
        {
            "place": covered.place.code,
            "name": covered.place.full_name,
            "holdings": [
                {
                    "kind": held.kind.value,
                    "n_papers": len(held.sources),
                    "n_records": held.n_records,
                    "since": held.since,
                    "files": [source.file for source in held.sources],
                }
                for held in covered.holdings
            ],
            "missing": [kind.value for kind in covered.missing],
            "missing_departments": [
                asdict(missing) for missing in coverage.missing_departments(covered.place.code)
            ],
        }
        for covered in coverage.places()
    ]
