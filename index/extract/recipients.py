"""Which townships or counties a delegation names: by name, by "各乡镇", by ticks, with exceptions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index.documents import Grid
from index.extract.columns import Field, squeeze, township_of
from index.extract.tables import Table
from index.gazetteer import Gazetteer, parse_path
from index.institutions.naming import tidy_name
from index.model import Level, Place
from index.words import to_simplified

_EXCEPT = re.compile(r"(?:除|不含|不包括|不含有)(?P<out>[^。；;]*?)(?:以外|之外|除?外|[）)]|$)")
_EXCEPTED = re.compile(r"(?<=[（(，,])(?P<out>[^（(，,]*?)除外")
_EVERY = re.compile(
    r"全部|所有|各|全县|全区|全市|全域|其[他余它]|均(?:可|予)?(?:承接|赋权|下放)|每个"
)
_KINDS = (
    (re.compile(r"乡(?!镇|（镇）)|乡镇|乡（镇）"), ("乡", "苏木")),
    (re.compile(r"镇(?!街)|镇街"), ("镇",)),
    (re.compile(r"街"), ("街道",)),
)
_COUNTIES = re.compile(r"县（?[市、]|县区|区县|市县|各县|县级|旗县")
_PARTS = re.compile(r"[、，,；;/\n\s　和及与]+|(?<=[镇乡道处府])(?=\d)")
_SUFFIX = re.compile(r"(?:人民政府|政府|办事处|等)$")
_NUMBER = re.compile(r"^[（(]?\d+[）)、.．]?(?=[\u4e00-\u9fff])")
# A township's name holds none of these; 有条件的镇 and 其他乡 name none.
_NO_NAME = re.compile(
    r"[的有其他除无未均等可需含以与和及]|^(?:全|本|该|重点|中心|试点|建制|城)[镇乡]$"
)


def recipients(text: str, place: Place | None, gazetteer: Gazetteer) -> tuple[Place, ...]:
    """The places below `place` that a cell names: all of them for an empty cell or "各乡镇"."""
    if place is None:
        return ()
    candidates = _candidates(text, place, gazetteer)
    flat = to_simplified(tidy_name(text))
    out = [m["out"] for pattern in (_EXCEPT, _EXCEPTED) for m in pattern.finditer(flat)]
    kept = _EXCEPT.sub("", _EXCEPTED.sub("", flat))
    excluded = {p.code for part in out for p in _named(part, candidates, text)}
    named = _named(kept, candidates, text)
    if not named and (not flat or _EVERY.search(kept) or (out and excluded)):
        named = _of_kinds(kept, candidates)
    return tuple(p for p in named if p.code not in excluded)


def names_everyone(text: str) -> bool:
    """True for a cell that names a whole (全部, 各乡镇, or nothing), not single places."""
    return not squeeze(text) or bool(_EVERY.search(to_simplified(squeeze(text))))


def stated_townships(tables: Sequence[Table]) -> Iterator[tuple[str, ...]]:
    """Paths of townships that lists name in full as recipients: (城关镇,), (临溪县, 城关镇)."""
    for table in tables:
        for column in table.columns_of(Field.RECIPIENTS):
            for row in table.body:
                yield from _paths(table.grid, row, column)
        for column in table.columns_of(Field.MARK):
            yield (_bare(township_of(table.headers[column])),)


def _paths(grid: Grid, row: int, column: int) -> Iterator[tuple[str, ...]]:
    for part in _parts(grid.own_text(row, column)):
        name = _bare(part)
        path = parse_path(name)
        names = tuple(step for step, _ in path)
        is_whole = path and "".join(names) == name and path[-1][1] is Level.TOWNSHIP
        if is_whole and not _NO_NAME.search(names[-1]) and township_of(names[-1]):
            yield names


def _parts(text: str) -> list[str]:
    flat = to_simplified(tidy_name(re.sub(r"[\s　]+", "、", text.strip())))
    return [_NUMBER.sub("", part) for part in _PARTS.split(flat) if part]


def _bare(name: str) -> str:
    return _SUFFIX.sub("", name)


def _candidates(text: str, place: Place, gazetteer: Gazetteer) -> tuple[Place, ...]:
    """The townships below, or the counties where a city's paper speaks of counties."""
    if place.level is Level.TOWNSHIP:
        return (place,)
    below = gazetteer.descendants(place.code)
    counties = tuple(p for p in below if p.level is Level.COUNTY)
    flat = tidy_name(text)
    names_counties = any(p.name in flat for p in counties) or _COUNTIES.search(flat)
    towns = tuple(p for p in below if p.level is Level.TOWNSHIP)
    is_of_towns = any(p.name in flat for p in towns) or re.search(r"乡|镇|街道", flat)
    return counties if counties and names_counties and not is_of_towns else towns


def _named(flat: str, candidates: Sequence[Place], written: str) -> tuple[Place, ...]:
    """Candidates whose names stand in a text, longest first, each stretch of text read once.

    A name that two counties share counts only beside its county's; short names (东坝) count only
    where they stand alone between separators.
    """
    rest = flat
    found: set[str] = set()
    for place in sorted(candidates, key=lambda p: -len(p.name)):
        if place.name in rest:
            same = [p for p in candidates if p.name == place.name]
            meant = [p for p in same if len(same) == 1 or _county_name(p) in flat]
            found |= {p.code for p in meant}
            rest = rest.replace(place.name, "、")
    alone = {_bare(part) for part in _parts(written)} & {_bare(part) for part in _parts(flat)}
    for place in candidates:
        found |= {place.code} if alone & set(place.aliases) else set()
    return tuple(p for p in candidates if p.code in found)


def _county_name(place: Place) -> str:
    return place.full_name.removesuffix(place.name)[-3:]


def _of_kinds(flat: str, candidates: Sequence[Place]) -> tuple[Place, ...]:
    """各镇, 各街道: only places of that kind, if the county has any; else all."""
    endings = tuple(e for pattern, kinds in _KINDS if pattern.search(flat) for e in kinds)
    of_kind = tuple(p for p in candidates if p.name.endswith(endings)) if endings else ()
    return of_kind or tuple(candidates)
