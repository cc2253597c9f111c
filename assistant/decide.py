"""Query → Resolution: what is the case at each place that may be meant, and do they agree?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from assistant.corpus import Corpus
from assistant.model import Candidate, Holder, Query, Status
from assistant.resolve import Resolution, Ruling, matter_key, resolve_at, same_matter
from assistant.retrieve import Retrieved, Retriever
from index.model import Clause, ClauseKind, DutyItem, Level, PaperKind, Place, Role
from index.passages import duty_text, title_text

# E5 cosines bunch at 0.80–0.93, so a cosine alone cannot refuse; with the share of the question's
# rare words that the best match has, matters listed (44) and not (41) part at 0.885 with 7 errors.
# Provisional until fitted on labelled questions.
_COVERED_WEIGHT = 0.06
_FIT = 0.885
_FIT_BY_WORDS = 0.2
# Later candidates may stand in for a first one that no longer counts, if nearly as good.
_FALLBACK_MARGIN = 0.12
_NEARBY = 3
# More places than this are not compared one by one: the county is asked first.
_MOST_COMPARED = 24
_STATEMENTS = frozenset(
    {ClauseKind.DUTY, ClauseKind.OFFICE, ClauseKind.SUBORDINATE, ClauseKind.BOUNDARY}
)
_OFFICE_KINDS = (ClauseKind.OFFICE.value, ClauseKind.SUBORDINATE.value)
_TOWNSHIP_BODIES = ("镇人民政府", "乡人民政府", "街道办事处")
_ANY_TOWNSHIP = "所在乡镇人民政府、街道办事处"


class Decider:
    """Applies the rules of place, date and role to one corpus."""

    def __init__(self, corpus: Corpus, retriever: Retriever) -> None:
        self._corpus = corpus
        self._retriever = retriever
        covered = {source.place for source in corpus.sources.values()}
        self._covered = {p.code for code in covered for p in corpus.gazetteer.chain(code)}
        self._lowest = tuple(p for p in corpus.gazetteer if self._is_lowest(p))
        self._listed = {
            source.place
            for source in corpus.sources.values()
            if source.kind is PaperKind.TOWNSHIP_LIST
        }

    def decide(self, query: Query) -> Resolution:
        """The resolution of one question: at its place, or at all that may be meant."""
        if query.unloaded_place:
            return Resolution(Status.OUT_OF_COVERAGE)
        places = self._meant(query)
        if len(places) == 1:
            return self._at(places[0], query)
        if len(places) > _MOST_COMPARED:
            return self._ask_county(places, query)
        answers = {place: self._at(place, query) for place in places}
        return self._compare(answers)

    def _meant(self, query: Query) -> tuple[Place, ...]:
        """The lowest covered places within those named, or all; a place with none below is itself."""
        if not query.places:
            return self._lowest
        if query.old_names and len(query.places) == 1:  # a department is meant, not its townships
            return query.places
        gazetteer = self._corpus.gazetteer
        named = {place.code for place in query.places}
        below = (p for p in self._lowest if named & {q.code for q in gazetteer.chain(p.code)})
        return tuple(below) or query.places

    def _is_lowest(self, place: Place) -> bool:
        children = self._corpus.gazetteer.children(place.code)
        return place.code in self._covered and not any(c.code in self._covered for c in children)

    def _at(self, place: Place, query: Query) -> Resolution:
        """What is the case at one place."""
        chain = tuple(p.code for p in self._corpus.gazetteer.chain(place.code))
        found = self._retriever.retrieve(query, chain)
        nearby = found.candidates[:_NEARBY]
        if not found.candidates or not self._fits(query, found.candidates[0]):
            return Resolution(Status.NO_EVIDENCE, nearby=nearby, candidates=found.candidates)
        for candidate in _worth_trying(found):
            if resolution := self._by_record(candidate.record, place, query, found):
                others = tuple(c for c in found.candidates[: _NEARBY + 1] if c is not candidate)
                return replace(resolution, nearby=others[:_NEARBY], candidates=found.candidates)
        return Resolution(Status.NO_EVIDENCE, nearby=nearby, candidates=found.candidates)

    def _fits(self, query: Query, best: Candidate) -> bool:
        """True if the best match is about the matter at all."""
        words = f"{title_text(best.record)} {duty_text(best.record)}"
        covered = self._corpus.lexical.covered(query.matter, words)
        if self._corpus.vectors is None:
            return covered >= _FIT_BY_WORDS
        return best.stages["dense"] + _COVERED_WEIGHT * covered >= _FIT

    def _by_record(
        self, record: DutyItem | Clause, place: Place, query: Query, found: Retrieved
    ) -> Resolution | None:
        if isinstance(record, Clause):
            return _by_clause(record, place)
        listed = [c.record for c in found.pool if isinstance(c.record, DutyItem)]
        if place.code in self._listed:  # the catalog is a template; the place's own list decides
            listed = [row for row in listed if row.paper is not PaperKind.TOWNSHIP_CATALOG]
        rows = same_matter(record, listed)
        rulings = resolve_at(place, rows, self._corpus.gazetteer, query.as_of)
        if not rulings:
            return None
        named = tuple(self._with_office(_with_receiver(ruling, listed)) for ruling in rulings)
        return Resolution(Status.ANSWERED, title_text(record), named)

    def _compare(self, answers: Mapping[Place, Resolution]) -> Resolution:
        """One answer if every place has the same; else a question back."""
        found = {p: r for p, r in answers.items() if r.status is Status.ANSWERED}
        if not found:
            return next(iter(answers.values()))
        first = next(iter(found.values()))
        matter = Counter(r.matter for r in found.values()).most_common(1)[0][0]
        if len({_signature(r) for r in answers.values()}) == 1:
            if len({_holders(r) for r in found.values()}) == 1:
                return first
            return replace(first, agree=True, rulings=tuple(map(_generic, first.rulings)))
        return Resolution(
            Status.CLARIFY, matter, choices=self._choices(answers), candidates=first.candidates
        )

    def _choices(self, answers: Mapping[Place, Resolution]) -> tuple[Place, ...]:
        """Counties, where all townships of each agree; else the townships themselves."""
        by_county: dict[Place, set[tuple[object, ...]]] = {}
        for place, resolution in answers.items():
            by_county.setdefault(self._county(place), set()).add(_signature(resolution))
        if len(by_county) > 1 and len(answers) > len(by_county):
            return tuple(by_county)
        return tuple(answers)

    def _ask_county(self, places: Sequence[Place], query: Query) -> Resolution:
        """Too many places to compare: ask for the county, if the matter is listed anywhere."""
        found = self._retriever.retrieve(query, ())
        if not found.candidates or not self._fits(query, found.candidates[0]):
            return Resolution(Status.NO_EVIDENCE, nearby=found.candidates[:_NEARBY])
        counties = tuple(dict.fromkeys(self._county(place) for place in places))
        matter = title_text(found.candidates[0].record)
        choices = counties if len(counties) > 1 else tuple(places)
        return Resolution(Status.CLARIFY, matter, choices=choices, candidates=found.candidates)

    def _county(self, place: Place) -> Place:
        chain = self._corpus.gazetteer.chain(place.code)
        return next((p for p in chain if p.level is Level.COUNTY), place)

    def _with_office(self, ruling: Ruling) -> Ruling:
        """The second hop: the office whose 三定 duties cover the matter, where the list names none."""
        holder = ruling.holder
        if holder.office or not holder.body:
            return ruling
        ordinals = self._corpus.catalog.clause_ordinals(holder.body, _OFFICE_KINDS)
        ranked = self._retriever.among(title_text(ruling.proof[0]), np.array(ordinals, np.int32))
        for ordinal in ranked[:1]:
            clause = self._corpus.records([ordinal])[0]
            if isinstance(clause, Clause) and clause.office:
                named = replace(holder, office=clause.office, office_from="provision")
                return replace(ruling, holder=named, office_clause=clause)
        return ruling


def _worth_trying(found: Retrieved) -> list[Candidate]:
    floor = found.candidates[0].score - _FALLBACK_MARGIN
    return [candidate for candidate in found.candidates if candidate.score >= floor]


def _with_receiver(ruling: Ruling, listed: Sequence[DutyItem]) -> Ruling:
    """A matter taken back: the receiving department's own row for it, if one came up."""
    holder = ruling.holder
    if holder.role is not Role.WITHDRAWN or holder.office:
        return ruling
    key = matter_key(ruling.proof[0].name)
    theirs = (row for row in listed if row.body == holder.body and row.role is Role.LEAD)
    row = next((row for row in theirs if matter_key(row.name) in key and row.office), None)
    if row is None:
        return ruling
    named = replace(holder, office=row.office, office_from="list")
    return replace(ruling, holder=named, proof=(*ruling.proof, row))


def _by_clause(clause: Clause, place: Place) -> Resolution | None:
    """A matter that only a 三定 names: said to be read from there."""
    if clause.kind not in _STATEMENTS:
        return None
    return Resolution(Status.ANSWERED, title_text(clause)[:40], clause=clause)


def _signature(resolution: Resolution) -> tuple[object, ...]:
    """Who holds it, a township's own body being "the township" wherever it is."""
    if resolution.clause:
        return (resolution.clause.id,)
    holders = (ruling.holder for ruling in resolution.rulings)
    return (
        resolution.status,
        *((_kind_of_body(h.body), h.role, h.principal) for h in holders),
    )


def _kind_of_body(body: str) -> str:
    return _ANY_TOWNSHIP if body.endswith(_TOWNSHIP_BODIES) else body


def _holders(resolution: Resolution) -> tuple[Holder, ...]:
    return tuple(replace(r.holder, place="", item_id="") for r in resolution.rulings)


def _generic(ruling: Ruling) -> Ruling:
    """The ruling as it holds everywhere: the place's own township, its office left open."""
    holder = replace(
        ruling.holder, body=_kind_of_body(ruling.holder.body), office="", office_from="", place=""
    )
    return replace(ruling, holder=holder, office_clause=None)
