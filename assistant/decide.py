"""Query and candidates → Resolution: which matter is meant, for which places, and whether to ask back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from assistant.corpus import Corpus
from assistant.model import Candidate, Holder, Query, Status
from assistant.resolve import Resolution, Ruling, in_force, resolve_at, same_matter
from assistant.retrieve import Retrieved, Retriever
from index.model import Clause, ClauseKind, DutyItem, Level, Place, Role
from index.passages import title_text

# A match needs nearness in meaning, or shared words with it; E5 cosines bunch at 0.80–0.93, so the
# cosine alone refuses only what is far off. Provisional until fitted on labelled questions.
_FAR = 0.872
_NEAR = 0.895
_SHARED_WORDS = 2.0
# Later candidates may stand in for a first one that no longer counts, if nearly as good.
_FALLBACK_MARGIN = 0.12
_NEARBY = 3
_MOST_CHOICES = 12
_OFFICE_KINDS = (ClauseKind.OFFICE.value, ClauseKind.SUBORDINATE.value)


class Decider:
    """Applies the rules to what was retrieved from one corpus."""

    def __init__(self, corpus: Corpus, retriever: Retriever) -> None:
        self._corpus = corpus
        self._retriever = retriever

    def decide(self, query: Query, found: Retrieved) -> Resolution:
        """The resolution of one question."""
        if query.unloaded_place:
            return Resolution(Status.OUT_OF_COVERAGE)
        nearby = found.candidates[:_NEARBY]
        if not found.candidates or not self._fits(found.candidates[0]):
            return Resolution(Status.NO_EVIDENCE, nearby=nearby)
        for candidate in self._worth_trying(found):
            if resolution := self._resolve(candidate, query, found):
                others = tuple(c for c in found.candidates[: _NEARBY + 1] if c is not candidate)
                return replace(resolution, nearby=others[:_NEARBY])
        return Resolution(Status.NO_EVIDENCE, nearby=nearby)

    def _fits(self, best: Candidate) -> bool:
        dense, words = best.stages["dense"], best.stages["lexical"]
        if self._corpus.vectors is None:
            return words >= _SHARED_WORDS
        if dense < _FAR:
            return False
        return dense >= _NEAR and words > 0 or words >= _SHARED_WORDS

    def _worth_trying(self, found: Retrieved) -> list[Candidate]:
        floor = found.candidates[0].score - _FALLBACK_MARGIN
        return [candidate for candidate in found.candidates if candidate.score >= floor]

    def _resolve(self, candidate: Candidate, query: Query, found: Retrieved) -> Resolution | None:
        record = candidate.record
        if isinstance(record, Clause):
            return self._by_clause(record)
        rows = same_matter(record, [c.record for c in found.pool if isinstance(c.record, DutyItem)])
        matter = title_text(record)
        if len(query.places) == 1:
            return self._at_one_place(matter, query.places[0], rows, query)
        return self._anywhere(matter, query.places, rows, query)

    def _by_clause(self, clause: Clause) -> Resolution | None:
        if clause.kind not in {ClauseKind.DUTY, ClauseKind.OFFICE, ClauseKind.SUBORDINATE, ClauseKind.BOUNDARY}:
            return None
        return Resolution(
            Status.ANSWERED, title_text(clause)[:40], rulings=(), clause=clause
        )

    def _at_one_place(
        self, matter: str, place: Place, rows: Sequence[DutyItem], query: Query
    ) -> Resolution | None:
        rulings = self._rulings(place, rows, query)
        if rulings:
            return Resolution(Status.ANSWERED, matter, rulings)
        if place.level is Level.TOWNSHIP:
            return None
        below = self._corpus.gazetteer.descendants(place.code)
        return self._anywhere(matter, tuple(p for p in below if p.level is Level.TOWNSHIP), rows, query)

    def _anywhere(
        self, matter: str, places: Sequence[Place], rows: Sequence[DutyItem], query: Query
    ) -> Resolution | None:
        """No place, or several of one name: answer if all places agree, else ask which."""
        candidates = places or self._places_of(rows, query)
        answers = {place: self._rulings(place, rows, query) for place in candidates}
        answers = {place: rulings for place, rulings in answers.items() if rulings}
        if not answers:
            return None
        first = next(iter(answers.values()))
        if len(answers) == 1:
            return Resolution(Status.ANSWERED, matter, first)
        if len({_holders(rulings) for rulings in answers.values()}) == 1:
            return Resolution(Status.ANSWERED, matter, first)
        return Resolution(Status.CLARIFY, matter, choices=self._choices(answers))

    def _places_of(self, rows: Sequence[DutyItem], query: Query) -> tuple[Place, ...]:
        """The lowest places that any valid row speaks for, with all townships below its county."""
        valid = [row for row in rows if in_force(row, query.as_of)]
        codes = dict.fromkeys(code for row in valid for code in row.places)
        found = [place for code in codes if (place := self._corpus.gazetteer.get(code))]
        towns = [place for place in found if place.level is Level.TOWNSHIP]
        counties = {p.parent for p in towns}
        siblings = [p for code in counties if code for p in self._corpus.gazetteer.children(code)]
        upper = [place for place in found if place.level is not Level.TOWNSHIP and place.code not in counties]
        return tuple(dict.fromkeys((*siblings, *upper)))

    def _choices(self, answers: dict[Place, tuple[Ruling, ...]]) -> tuple[Place, ...]:
        """Counties, where all townships of each agree; else the townships themselves."""
        by_county: dict[str, set[tuple[object, ...]]] = {}
        for place, rulings in answers.items():
            by_county.setdefault(self._county(place).code, set()).add(_roles(rulings))
        if len(by_county) > 1 and all(len(kinds) == 1 for kinds in by_county.values()):
            gazetteer = self._corpus.gazetteer
            return tuple(p for code in by_county if (p := gazetteer.get(code)))
        return tuple(answers)[:_MOST_CHOICES]

    def _county(self, place: Place) -> Place:
        chain = self._corpus.gazetteer.chain(place.code)
        return next((p for p in chain if p.level is Level.COUNTY), place)

    def _rulings(self, place: Place, rows: Sequence[DutyItem], query: Query) -> tuple[Ruling, ...]:
        chain = {p.code for p in self._corpus.gazetteer.chain(place.code)}
        near = [row for row in rows if chain & set(row.places)]
        rulings = resolve_at(place, near, self._corpus.gazetteer, query.as_of)
        return tuple(self._with_office(ruling, query) for ruling in rulings)

    def _with_office(self, ruling: Ruling, query: Query) -> Ruling:
        """The second hop: the office whose 三定 duties cover the matter, where the list names none."""
        holder = ruling.holder
        body = holder.principal if holder.role is Role.WITHDRAWN else holder.body
        if holder.office or not body:
            return ruling
        ordinals = np.array(self._corpus.catalog.clause_ordinals(body, _OFFICE_KINDS), np.int32)
        ranked = self._retriever.among(title_text(ruling.proof[0]), ordinals)
        if not ranked:
            return ruling
        clause = self._corpus.records([ranked[0][0]])[0]
        if not isinstance(clause, Clause) or not clause.office:
            return ruling
        named = replace(holder, office=clause.office, office_from="provision")
        return replace(ruling, holder=named, office_clause=clause)


def _holders(rulings: Sequence[Ruling]) -> tuple[tuple[str, ...], ...]:
    return tuple((r.holder.body, r.holder.office, r.holder.role, r.holder.principal) for r in rulings)


def _roles(rulings: Sequence[Ruling]) -> tuple[object, ...]:
    """Who holds it, a township's own body being "the township" wherever it is."""
    return tuple((_generic(r.holder), r.holder.role, r.holder.principal) for r in rulings)


def _generic(holder: Holder) -> str:
    return "" if holder.body.endswith(("镇人民政府", "乡人民政府", "街道办事处")) else holder.body
