"""What a question wants beside the holder: history, to whom it was handed down, who helps, a basis."""

from __future__ import annotations

from dataclasses import replace

from assistant.corpus import Corpus
from assistant.model import Intent, Query
from assistant.resolve.agreement import county_of
from assistant.resolve.at_place import PlaceRules
from assistant.resolve.findings import Period, Resolution, Statement
from assistant.resolve.history import periods as periods_of
from assistant.resolve.others import others_with
from assistant.retrieve.retriever import Retrieved, Retriever
from index.matters import is_same_matter
from index.model import HANDED_DOWN, DutyItem, Place, Reform, Role

# Another row of the holder may lend its basis if it is as near as this to the best one.
_NEAR = 0.25
_ROLES = {
    Intent.DELEGATION: HANDED_DOWN,
    Intent.COOPERATION: frozenset({Role.COOPERATING}),
}


class Beside:
    """Adds to a resolution at one place what the intent of the question asks for."""

    def __init__(self, corpus: Corpus, retriever: Retriever, rules: PlaceRules) -> None:
        self._corpus = corpus
        self._retriever = retriever
        self._rules = rules

    def added(self, found: Resolution, place: Place, query: Query, hits: Retrieved) -> Resolution:
        """The resolution with what is wanted; `hits` are what was retrieved at the place."""
        first = found.rulings[0].proof[0]
        if not isinstance(first, DutyItem):
            return found
        if query.intent is Intent.CHANGES:
            periods = self._history(first, place, query, hits)
            return replace(found, periods=periods, reforms=self._before(found, query))
        if query.intent is Intent.WHO_ELSE:
            return replace(found, statements=self._others(found, place, query, hits))
        if query.intent is Intent.LEGAL_BASIS and not first.field("basis"):
            rows: tuple[DutyItem, ...] = self._based(found, hits)
        else:
            rows = self._handed(first, place, query, hits)
        return replace(found, statements=tuple(map(Statement, rows)))

    def _handed(
        self, first: DutyItem, place: Place, query: Query, hits: Retrieved
    ) -> tuple[DutyItem, ...]:
        """Rows of the matter by which it was handed down, or by which others help."""
        roles = _ROLES.get(query.intent)
        if roles is None:
            return ()
        near = (c.record for c in (*hits.pool, *self._in_county(first, place, query).pool))
        rows = (row for row in near if isinstance(row, DutyItem) and row.role in roles)
        same = (r for r in rows if is_same_matter(first, r) and self._corpus.counts(r, query.as_of))
        return tuple(dict.fromkeys(same))

    def _others(
        self, found: Resolution, place: Place, query: Query, hits: Retrieved
    ) -> tuple[Statement, ...]:
        """Rows of the same thing that other bodies hold here."""
        near = (c.record for c in hits.pool if isinstance(c.record, DutyItem))
        rows = (row for row in near if self._corpus.counts(row, query.as_of))
        told = others_with(found, place, rows, self._corpus.gazetteer)
        return tuple(s for s in told if s.words not in query.beyond)

    def _in_county(self, first: DutyItem, place: Place, query: Query) -> Retrieved:
        """What is near to the matter anywhere in the county: what was given to neighbours."""
        gazetteer = self._corpus.gazetteer
        county = county_of(place, gazetteer)
        codes = (county.code, *(p.code for p in gazetteer.descendants(county.code)))
        return self._retriever.retrieve(replace(query, matter=first.name), codes)

    def _based(self, found: Resolution, hits: Retrieved) -> tuple[DutyItem, ...]:
        """Where the deciding list gives no basis: the nearest other row of the holder that does."""
        bodies = {ruling.holder.body for ruling in found.rulings}
        rows = (
            c.record
            for c in found.nearby
            if isinstance(c.record, DutyItem) and c.score >= hits.candidates[0].score - _NEAR
        )
        return tuple(r for r in rows if r.field("basis") and bodies & set(r.body.split("、")))[:1]

    def _before(self, found: Resolution, query: Query) -> tuple[Reform, ...]:
        """The reforms that led to the holder, where it is asked who did it before."""
        if not query.before_reform or query.is_dated:
            return ()
        holders = dict.fromkeys(ruling.holder.body for ruling in found.rulings)
        return self._corpus.institutions.reforms_before(holders)

    def _history(
        self, first: DutyItem, place: Place, query: Query, hits: Retrieved
    ) -> tuple[Period, ...]:
        rows = self._rules.rows_of(first, place, hits)
        days = [reform.on for reform in self._corpus.catalog.reforms() if reform.on]
        return periods_of(
            rows, days, query.as_of, lambda on: self._rules.rulings(place, rows, rows, on)
        )
