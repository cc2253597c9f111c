"""Is what was found here another matter than the one that neighbours list, or that was listed once?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from assistant.corpus import Corpus
from assistant.model import Candidate, Query
from assistant.resolve.standing import in_force
from assistant.retrieve.retriever import Retrieved, Retriever
from index.matters import is_same_matter, is_within
from index.model import DutyItem, Level, Place
from index.passages import duty_text, title_text
from index.records import Record

# For comparing places: nearness in meaning bunches, so the share of the question's rare words
# that a match has is worth as much as the distance between two neighbours.
_COVERED_WEIGHT = 0.06
# A matter that other places list this much nearer is not the one that this place lists. On 600
# plain questions and 40 stories listed here: at most 0.052; listed elsewhere only: 0.078.
_NEARER_ELSEWHERE = 0.06
_FIRST = 5


class Elsewhere:
    """Compares what a place lists on a day with other days and with its whole city."""

    def __init__(self, corpus: Corpus, retriever: Retriever) -> None:
        self._corpus = corpus
        self._retriever = retriever
        # Asked at each of several places of one city.
        self._around = lru_cache(maxsize=64)(self._retrieve_around)
        self._city_codes = lru_cache(maxsize=512)(self._read_city_codes)

    def is_over(self, query: Query, anytime: Retrieved, found: Retrieved) -> bool:
        """True if the matter asked about stands only in papers that do not count on the day."""
        still = {c.record.id for c in found.candidates[:_FIRST]}
        gone = [c for c in anytime.candidates[:_FIRST] if c.record.id not in still]
        if not gone:
            return False
        here = self._nearest(query, found.candidates)
        if self._nearest(query, gone) - here <= _NEARER_ELSEWHERE:
            return False
        return not _has(found, anytime.candidates[0].record)

    def is_nearer(self, query: Query, place: Place, found: Retrieved) -> bool:
        """True if what is listed here is another matter than the one that its neighbours list."""
        if self._corpus.vectors is None:
            return False
        here = self._nearest(query, found.candidates)
        near = self._retriever.nearest(query, self._city_codes(self._city(place).code))
        if near + _COVERED_WEIGHT - here <= _NEARER_ELSEWHERE:  # whatever is found there
            return False
        anywhere = in_force(self.in_city(query, place, found), query.as_of, self._corpus)
        is_nearer = self._nearest(query, anywhere.candidates) - here > _NEARER_ELSEWHERE
        return is_nearer and not _has(found, anywhere.candidates[0].record)

    def in_city(self, query: Query, place: Place, found: Retrieved) -> Retrieved:
        """The best of all that is listed in the place's city; `found` is the place's own."""
        city = self._city(place)
        if city == place and not self._corpus.gazetteer.children(city.code):
            return found
        return self._around(query, city.code)

    def _nearest(self, query: Query, candidates: Sequence[Candidate]) -> float:
        return max((self._fit(query, c) for c in candidates[:_FIRST]), default=0.0)

    def _fit(self, query: Query, candidate: Candidate) -> float:
        """How much a candidate is about the matter, on one scale for all places."""
        words = f"{title_text(candidate.record)} {duty_text(candidate.record)}"
        covered = self._corpus.lexical.covered(query.matter, words)
        if self._corpus.vectors is None:
            return covered
        return candidate.stages.get("dense", 0.0) + _COVERED_WEIGHT * covered

    def _city(self, place: Place) -> Place:
        gazetteer = self._corpus.gazetteer
        return gazetteer.at_level(place.code, Level.CITY) or gazetteer.chain(place.code)[-1]

    def _retrieve_around(self, query: Query, code: str) -> Retrieved:
        return self._retriever.retrieve(query, self._city_codes(code), n_titles=_FIRST)

    def _read_city_codes(self, code: str) -> tuple[str, ...]:
        gazetteer = self._corpus.gazetteer
        above = (p.code for p in gazetteer.chain(code))
        below = (p.code for p in gazetteer.descendants(code))
        return (*above, *below)


def _has(found: Retrieved, record: Record) -> bool:
    """True if what was found has the matter of a record, by its name or said more broadly there."""
    rows = (c.record for c in found.candidates if isinstance(c.record, DutyItem))
    return isinstance(record, DutyItem) and any(
        is_same_matter(record, row) or is_within(row.name, record.name) for row in rows
    )
