"""An invented province at any size: near-identical lists of townships and departments, as in life.

A city has 6 counties, each 20 departments and 17 or 18 townships of 340 rows: 60,000 rows. Places take
the common wording of a matter, save for a share that a city, a county or a township words its
own way; so rows grow with places and distinct texts grow slowly.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

import yaml

from index.catalog import Contents
from index.gazetteer import Gazetteer
from index.institutions.collect import collect_bodies
from index.model import (
    Cell,
    Clause,
    ClauseKind,
    DutyItem,
    Level,
    Locator,
    PaperKind,
    Place,
    PowerKind,
    Role,
    SourceDocument,
)

_WORDS = yaml.safe_load((Path(__file__).parent / "city_words.yaml").read_text("utf-8"))
COUNTIES_A_CITY, ROWS_A_CITY = 6, 60_000
# 105 townships in six counties.
_TOWNSHIPS = (18, 17)
# Rows of a township's three duty lists, national averages.
_TOWNSHIP_ROWS = (
    (PaperKind.BASIC_DUTIES, 117),
    (PaperKind.COOPERATION_DUTIES, 99),
    (PaperKind.WITHDRAWN_DUTIES, 124),
)
# Rows of all department lists of a city or a county together: 31 lists held 3,514 in one city.
_DEPARTMENT_ROWS = 3_500
# Share of rows worded otherwise than above: by the city, the county, the township.
_OWN_WORDS = {Level.CITY: 0.15, Level.COUNTY: 0.05, Level.TOWNSHIP: 0.03}
_ON = date(2024, 6, 1)
_COLUMNS = "ABCDEFGH"


@dataclass(frozen=True, slots=True)
class Matter:
    """A matter as everybody words it."""

    name: str
    duty: str
    power: PowerKind
    department: str
    office: str
    basis: str


@dataclass(frozen=True, slots=True)
class List:
    """One paper to be: its source and the matters it lists."""

    source: SourceDocument
    matters: tuple[Matter, ...]


class Province:
    """Places and papers of about `n_rows` rows; the same for the same numbers."""

    def __init__(self, n_rows: int, seed: int = 1) -> None:
        self._random = random.Random(seed)
        self._n_rows = n_rows
        self._top = Place("880000", "云汉省", "云汉省", Level.PROVINCE)

    @cached_property
    def lists(self) -> tuple[List, ...]:
        """All papers, until there are rows enough."""
        lists: list[List] = []
        missing = self._n_rows
        for paper in self._papers():
            lists.append(List(paper.source, paper.matters[:missing]))
            missing -= len(paper.matters)
            if missing <= 0:
                break
        return tuple(lists)

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """The province and every place below it that has a paper, with those between."""
        wanted = {paper.source.place for paper in self.lists}
        codes = {code[:n].ljust(6, "0") for code in wanted for n in (2, 4, 6)} | wanted
        return tuple(p for p in self._all_places if p.code in codes)

    def contents(self) -> Contents:
        """The records, as a build would have read them from files."""
        items = tuple(item for paper in self.lists for item in _items(paper))
        contents = Contents(
            sources=tuple(paper.source for paper in self.lists),
            items=items,
            clauses=tuple(self._clauses()),
            reforms=(),
            places=self.places,
            findings=(),
        )
        return replace(contents, bodies=collect_bodies(contents, (), Gazetteer(self.places)))

    @cached_property
    def _all_places(self) -> tuple[Place, ...]:
        n_cities = self._n_rows // ROWS_A_CITY + 1
        places = [self._top]
        for c in range(1, n_cities + 1):
            city = _below(self._top, f"88{c:02}00", f"{_name(c)}市", Level.CITY)
            places.append(city)
            for k in range(1, COUNTIES_A_CITY + 1):
                county = _below(city, f"88{c:02}2{k}", f"{_name(c * 7 + k, 2)}县", Level.COUNTY)
                places.append(county)
                for t in range(1, _TOWNSHIPS[k % 2] + 1):
                    name = f"{_name(c + k * 5 + t)}{'乡' if t % 4 == 0 else '镇'}"
                    code = f"{county.code}{100 + t}"
                    places.append(_below(county, code, name, Level.TOWNSHIP))
        return tuple(places)

    def _papers(self) -> Iterator[List]:
        every = tuple(_matters())
        national = tuple(self._random.sample(every, _DEPARTMENT_ROWS))
        common = self._random.sample(national, sum(n for _, n in _TOWNSHIP_ROWS))
        worded: dict[str, tuple[tuple[Matter, ...], tuple[Matter, ...]]] = {
            self._top.code: (national, tuple(common))
        }
        by_code = {place.code: place for place in self._all_places}
        for place in self._all_places[1:]:
            above = worded[place.parent or ""]
            own = _OWN_WORDS[place.level]
            listed, duties = (self._reworded(matters, own) for matters in above)
            worded[place.code] = (listed, duties)
            if place.level is Level.TOWNSHIP:
                yield from _township_lists(place, by_code[place.parent or ""], duties)
            else:
                yield from _department_lists(place, listed)

    def _reworded(self, matters: tuple[Matter, ...], share: float) -> tuple[Matter, ...]:
        return tuple(
            self._own_words(matter) if self._random.random() < share else matter
            for matter in matters
        )

    def _own_words(self, matter: Matter) -> Matter:
        qualifier = self._random.choice(_WORDS["qualifiers"])
        verb = self._random.choice(_WORDS["duty_verbs"])
        name = f"{matter.name.split('（')[0]}{qualifier}"
        duty = f"{verb}{matter.name}有关工作{qualifier}，{self._random.choice(_WORDS['duty_verbs'])}相关事项。"
        return Matter(name, duty, matter.power, matter.department, matter.office, matter.basis)

    def _clauses(self) -> Iterator[Clause]:
        """The 三定 clauses that name each township's offices."""
        duties: dict[str, list[str]] = {office: [] for office in _WORDS["township_offices"]}
        for i, department in enumerate(_WORDS["departments"]):
            office = _WORDS["township_offices"][i % len(duties)]
            duties[office] += _WORDS["departments"][department][:6]
        for source in (paper.source for paper in self.lists):
            if source.kind is PaperKind.BASIC_DUTIES:
                for n, (office, objects) in enumerate(duties.items(), start=1):
                    text = f"（{n}）{office}。承担{'、'.join(objects)}等工作。"
                    yield Clause(
                        id=f"{source.id}#第四条（{n}）",
                        source_id=source.id,
                        locator=Locator(article=f"第四条（{n}）", paragraph=n),
                        kind=ClauseKind.OFFICE,
                        body=source.body,
                        place=source.place,
                        text=text,
                        office=office,
                    )


def _name(number: int, size: int = 1) -> str:
    """A made-up place name; numbers beyond the list join two names."""
    names = _WORDS["place_names"]
    first = names[number % len(names)]
    return first + (names[number * 11 // len(names) % len(names)] if size > 1 else "")


def _below(above: Place, code: str, name: str, level: Level) -> Place:
    aliases = (name[:-1],) if level is not Level.PROVINCE else ()
    return Place(code, name, f"{above.full_name}{name}", level, above.code, aliases)


def _matters() -> Iterator[Matter]:
    """Every object of every department with every thing done about it."""
    for department, objects in _WORDS["departments"].items():
        for n, thing in enumerate(objects):
            basis = _basis(department, thing)
            for kind, patterns in _WORDS["power_patterns"].items():
                for i, pattern in enumerate(patterns):
                    if (n + i) % 3 == 0:
                        continue
                    name = (
                        f"对{pattern}{thing}的处罚" if kind == "行政处罚" else f"{thing}{pattern}"
                    )
                    duty = f"{_WORDS['duty_verbs'][i % 8]}{thing}{pattern}工作，建立台账，及时处置有关情况。"
                    office = _WORDS["offices"][n % 8]
                    yield Matter(name, duty, PowerKind(kind), department, office, basis)


def _basis(department: str, thing: str) -> str:
    law = _WORDS["laws"][len(thing) % 5]
    said = f"县级以上人民政府{department.removesuffix('局')}主管部门负责本行政区域内{thing}的监督管理工作。"
    return f"【行政法规】《{thing}{law}》第{len(thing) + 3}条：{said * 4}"


def _department_lists(place: Place, matters: tuple[Matter, ...]) -> Iterator[List]:
    for department in _WORDS["departments"]:
        own = tuple(m for m in matters if m.department == department)
        body = f"{place.name}{department}"
        title = f"{body}权责清单（2024年版）"
        source = _source(place, body, title, PaperKind.DEPARTMENT_LIST)
        yield List(source, own)


def _township_lists(place: Place, county: Place, matters: tuple[Matter, ...]) -> Iterator[List]:
    start = 0
    for kind, n in _TOWNSHIP_ROWS:
        body = f"{county.name}{place.name}人民政府"
        source = _source(place, body, f"{place.name}{kind.value}", kind)
        yield List(source, matters[start : start + n])
        start += n


def _source(place: Place, body: str, title: str, kind: PaperKind) -> SourceDocument:
    source_id = f"{place.code}-{body[-8:]}-{list(PaperKind).index(kind)}"
    return SourceDocument(
        id=source_id,
        file=f"{place.full_name}/{title}.xlsx",
        sha256=source_id,
        title=title,
        kind=kind,
        place=place.code,
        publisher=body,
        body=body,
        document_number=f"云政办〔2024〕{len(title)}号",
        published_on=_ON,
        effective_on=_ON,
        year=2024,
    )


def _items(paper: List) -> Iterator[DutyItem]:
    source = paper.source
    role = {
        PaperKind.COOPERATION_DUTIES: Role.COOPERATING,
        PaperKind.WITHDRAWN_DUTIES: Role.WITHDRAWN,
    }.get(source.kind, Role.LEAD)
    is_list = source.kind is PaperKind.DEPARTMENT_LIST
    for row, matter in enumerate(paper.matters, start=3):
        shown = values_of(matter, source.kind, row - 2)
        yield DutyItem(
            id=f"{source.id}#清单!A{row}",
            source_id=source.id,
            locator=Locator("清单", row, f"A{row}:{_COLUMNS[len(shown) - 1]}{row}"),
            paper=source.kind,
            name=matter.name,
            body=source.body,
            role=role,
            places=(source.place,),
            cells=tuple(
                Cell(field, f"{column}{row}", text)
                for column, (field, text) in zip(_COLUMNS, shown.items(), strict=False)
            ),
            power=matter.power if is_list else None,
            office=matter.office if is_list else "",
            counterpart="" if role is Role.LEAD else f"{_county(source)}{matter.department}",
            valid_from=_ON,
        )


def _county(source: SourceDocument) -> str:
    return source.body[: source.body.index("县") + 1] if "县" in source.body else ""


def values_of(matter: Matter, kind: PaperKind, number: int) -> dict[str, str]:
    """A row of a list of that kind: field → text, in the order of its columns."""
    if kind is PaperKind.DEPARTMENT_LIST:
        return {
            "number": str(number),
            "power": matter.power.value,
            "name": matter.name,
            "basis": matter.basis,
            "office": matter.office,
            "duty": matter.duty,
        }
    county = f"县{matter.department}"
    if kind is PaperKind.COOPERATION_DUTIES:
        rest = {"counterpart": county, "lead_duty": f"牵头{matter.duty}", "own_duty": matter.duty}
    elif kind is PaperKind.WITHDRAWN_DUTIES:
        rest = {"counterpart": county, "way": f"由{county}承接，乡镇不再承担。"}
    else:
        rest = {}
    return {"number": str(number), "name": matter.name, **rest}
