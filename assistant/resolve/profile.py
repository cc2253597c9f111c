"""What a body is and does: its duties, offices and staff as its 三定 and lists state them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from assistant.corpus import Corpus
from assistant.model import Intent, Query, Status
from assistant.resolve.findings import Resolution, Statement
from assistant.resolve.roles import in_force
from index.institutions.naming import government_at
from index.model import Clause, ClauseKind, DutyItem, Level, Place
from index.records import Record

_STAFF = (ClauseKind.STAFF.value,)
_OFFICES = (ClauseKind.OFFICE.value, ClauseKind.SUBORDINATE.value)
_DUTIES = (ClauseKind.DUTY.value,)
# Sections of a 三定 that a question may name by their words.
_SECTIONS = (
    (re.compile(r"解释"), (ClauseKind.INTERPRETATION.value,)),
    (
        re.compile(r"(?:下属|所属|直属)[^，。]{0,4}(?:单位|机构|站所)|事业单位"),
        (ClauseKind.SUBORDINATE.value,),
    ),
)


class Profiles:
    """Reads one body's papers."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def answer(self, query: Query) -> Resolution | None:
        """What the body asked about is or does; None if the question is not about a body."""
        section = self._section(query)
        if section:
            return section
        if query.intent not in {Intent.DUTIES_OF_BODY, Intent.STAFF_AND_OFFICES}:
            return None
        bodies = query.bodies or query.unlisted or tuple(self._governments(query))
        if len(bodies) > 1 and len(places := self._homes(bodies, query)) > 1:
            return Resolution(
                Status.CLARIFY,
                query.matter or bodies[0],
                choices=places,
                rule="几个地方都有同名机构",
            )
        return self._of(bodies[0], query) if bodies else None

    def _section(self, query: Query) -> Resolution | None:
        """A section of a body's 三定 that the question names: who interprets it, its institutions."""
        kinds = next((kinds for words, kinds in _SECTIONS if words.search(query.text)), ())
        is_asked = "三定" in query.text or query.intent is Intent.STAFF_AND_OFFICES
        if not kinds or not is_asked or not query.bodies:
            return None
        found = self._clauses(query.bodies[0], kinds, query.as_of)
        statements = tuple(map(Statement, found))
        rule = "“三定”规定的有关条款"
        if not statements:
            return None
        return Resolution(Status.ANSWERED, query.bodies[0], statements=statements, rule=rule)

    def _of(self, body: str, query: Query) -> Resolution:
        is_structure = query.intent is Intent.STAFF_AND_OFFICES
        found = (
            self.structure(body, query.as_of)
            if is_structure
            else self.duties(body, query.offices, query.as_of)
        )
        if found:
            rule = "机构的“三定”规定和清单"
            return Resolution(Status.ANSWERED, body, statements=found, rule=rule)
        papers = "“三定”规定" if is_structure else "权责清单和“三定”规定"
        missing = (f"{body}的{papers}",)
        return Resolution(Status.OUT_OF_COVERAGE, body, missing=missing, rule="没有收录它的文件")

    def _governments(self, query: Query) -> Iterable[str]:
        """The governments of the townships named, where no body is."""
        for place in query.places:
            if place.level is Level.TOWNSHIP:
                yield government_at(place, self._corpus.gazetteer)

    def _homes(self, bodies: tuple[str, ...], query: Query) -> tuple[Place, ...]:
        """The places of bodies of one name, to ask which is meant."""
        if len(query.places) > 1:
            return query.places
        asked = (Level.CITY, Level.COUNTY)
        homes = (p for p in self._corpus.gazetteer if p.level in asked)
        return tuple(p for p in homes if any(body.startswith(p.name) for body in bodies))

    def duties(self, body: str, offices: tuple[str, ...], on: date) -> tuple[Statement, ...]:
        """Its duties by its 三定, or those of the named offices; by its lists if none is loaded."""
        if offices:
            units = self._clauses(body, _OFFICES, on)
            named = [clause for clause in units if _is_named(clause.office, offices)]
            return tuple(map(Statement, named))
        stated = tuple(map(Statement, self._clauses(body, _DUTIES, on)))
        return stated or tuple(map(Statement, self.items(body, on)))

    def structure(self, body: str, on: date) -> tuple[Statement, ...]:
        """Its offices, each once, then its staff."""
        offices: dict[str, Clause] = {}
        for clause in self._clauses(body, _OFFICES, on):
            if clause.office:
                offices.setdefault(clause.office, clause)
        named = (Statement(clause, words=office) for office, clause in offices.items())
        return (*named, *map(Statement, self._clauses(body, _STAFF, on)))

    def items(self, body: str, on: date) -> tuple[DutyItem, ...]:
        """What its lists in force give it."""
        ordinals = self._corpus.catalog.item_ordinals(body)
        return tuple(
            record
            for record in self._records(ordinals)
            if isinstance(record, DutyItem) and record.is_answerable and in_force(record, on)
        )

    def _clauses(self, body: str, kinds: tuple[str, ...], on: date) -> list[Clause]:
        ordinals = self._corpus.catalog.clause_ordinals(body, kinds)
        return [
            record
            for record in self._records(ordinals)
            if isinstance(record, Clause) and self._corpus.counts(record, on)
        ]

    def _records(self, ordinals: Iterable[int]) -> list[Record]:
        return self._corpus.records(list(ordinals))


def _is_named(office: str, wanted: tuple[str, ...]) -> bool:
    return any(name in office or office in name for name in wanted if office)
