"""All bodies that a corpus names, gathered from its records: full names, places, plates, kinds."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from index.catalog import Contents
from index.gazetteer import Gazetteer
from index.institutions.kinds import is_listed_institution, kind_by_name, stated_kinds
from index.institutions.names import branch_of
from index.institutions.naming import government_at, tidy_name
from index.institutions.templates import template_of
from index.model import Body, BodyKind, Clause, ClauseKind, Place

_PARTY = "中共"
Plate = tuple[str, str]
_BRACKETED = re.compile(r"（([^（）]{2,40})）")
_BODY_END = re.compile(
    r"(?:局|委员会|委|办公室|办|厅|院|中心|政府|办事处|会|署|大队|支队|队|站|所|社|馆|校|部)$"
)
# Named by what they do, or all of a kind: no body of their own.
_NAMELESS = re.compile(
    r"部门|机关$|单位$|组织$|^(?:各|有关|相关|其他|全[县市区])|镇街|^乡镇|（街道）|[，。；：]|等$|以上"
    r"|^(?:街道办事处|(?:乡镇?|镇)?(?:人民)?政府)$"
)
_PARTY_KINDS = frozenset(
    {ClauseKind.BOUNDARY, ClauseKind.REFORM, ClauseKind.SUBORDINATE, ClauseKind.INTERPRETATION}
)


@dataclass(slots=True)
class _Known:
    place: str
    own: str
    names: dict[str, None] = field(default_factory=dict)


def collect_bodies(
    contents: Contents, plates: Iterable[Plate], gazetteer: Gazetteer
) -> tuple[Body, ...]:
    """Every body that holds, leads, receives or is named as a party, each once, sorted by name.

    `plates` are pairs of full names: a body, and what its plate (加挂牌子) says.
    """
    known: dict[str, _Known] = {}
    near = {source.id: source.place for source in contents.sources}
    for name, place in dict.fromkeys(_named(contents, near)):
        _add(known, name, gazetteer, near=place)
    for reform in contents.reforms:
        source = reform.clause_id.partition("#")[0]
        for name in (reform.old, reform.new):
            _add(known, name, gazetteer, near=near.get(source, ""))
    for name in _governments(gazetteer):
        _add(known, name, gazetteer, near="")
    for body, plate in (*_institutions(contents.clauses, gazetteer), *plates):
        if entry := _add(known, body, gazetteer, near=""):
            entry.names[tidy_name(plate)] = None
    stated = _stated(contents.clauses, gazetteer)
    return tuple(
        Body(_name(key, entry), entry.place, entry.own, _kind(key, entry.own, stated), names)
        for key, entry in sorted(known.items())
        for names in [tuple(entry.names)]
    )


def _key(name: str) -> str:
    """A party body is one with and without 中共 before its name."""
    return _BRACKETED.sub("", name).removeprefix(_PARTY)


def _name(key: str, entry: _Known) -> str:
    return f"{_PARTY}{key}" if f"{_PARTY}{key}" in entry.names else key


def _named(contents: Contents, near: dict[str, str]) -> Iterator[tuple[str, str]]:
    """(full name, place of the paper) of every body that a record names."""
    for source in contents.sources:
        for name in (source.body, *source.publisher.split("、")):
            yield name, source.place
    for item in contents.items:
        for name in (*item.body.split("、"), *item.counterpart.split("、")):
            yield name, near.get(item.source_id, "")
    for clause in contents.clauses:
        for name in clause.body.split("、"):
            yield name, clause.place
        if clause.kind in _PARTY_KINDS and not clause.office:
            yield from ((name, clause.place) for name in clause.bodies)


def _institutions(clauses: Iterable[Clause], gazetteer: Gazetteer) -> Iterator[Plate]:
    """The institutions that a 三定 lists as its body's own, full names, with each of their plates."""
    for clause in clauses:
        if clause.kind is ClauseKind.SUBORDINATE and clause.office:
            holder = gazetteer.split_body(clause.body, clause.place)[1]
            prefix = clause.body.removesuffix(holder)
            for plate in (clause.office, *clause.bodies):
                yield _full(clause.office, prefix, gazetteer), _full(plate, prefix, gazetteer)


def _full(name: str, prefix: str, gazetteer: Gazetteer) -> str:
    return tidy_name(name if gazetteer.split_body(name)[0] else f"{prefix}{name}")


def _governments(gazetteer: Gazetteer) -> Iterator[str]:
    return (government_at(place, gazetteer) for place in gazetteer)


def _add(known: dict[str, _Known], written: str, gazetteer: Gazetteer, near: str) -> _Known | None:
    """Note a name under its body; None if it names no single body."""
    name = tidy_name(written)
    main = _BRACKETED.sub("", name)
    if _NAMELESS.search(main) or template_of(main) or not _BODY_END.search(main):
        return None
    entry = known.get(_key(main))
    if entry is None:
        place, own = gazetteer.split_body(main, near)
        place = place_served(own, place, gazetteer)
        entry = known[_key(main)] = _Known(place.code if place else "", own)
    entry.names[main] = None
    if name not in entry.names:
        entry.names[name] = None
        prefix = main.removesuffix(entry.own)
        for plate in (part for inside in _BRACKETED.findall(name) for part in inside.split("、")):
            if _BODY_END.search(plate):
                entry.names[_full(plate, prefix, gazetteer)] = None
    return entry


def place_served(own: str, place: Place | None, gazetteer: Gazetteer) -> Place | None:
    """The place that a branch serves (生态环境局临溪分局), else the body's own."""
    below = gazetteer.named(branch_of(own), within=place.code) if place else ()
    return below[0] if len(below) == 1 else place


def _stated(clauses: Iterable[Clause], gazetteer: Gazetteer) -> dict[str, set[BodyKind]]:
    stated: dict[str, set[BodyKind]] = defaultdict(set)
    for name, kind in stated_kinds(clauses):
        stated[_key(tidy_name(name))].add(kind)
    for clause in filter(is_listed_institution, clauses):
        for name, _ in _institutions((clause,), gazetteer):
            stated[_key(name)].add(BodyKind.INSTITUTION)
    return stated


def _kind(name: str, own: str, stated: dict[str, set[BodyKind]]) -> BodyKind:
    """What papers state, if they agree; else what the name tells."""
    kinds = stated.get(name, set())
    if len(kinds) > 1:
        return BodyKind.UNKNOWN
    return next(iter(kinds)) if kinds else kind_by_name(own)
