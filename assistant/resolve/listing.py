"""Which matters a place holds in some way, and which rest on a law: rows, not one holder."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.corpus import Corpus
from assistant.model import Intent, Query, Status
from assistant.resolve.findings import Resolution, Statement
from index.model import HANDED_DOWN, DutyItem, PaperKind, Place, Role

_OWN = frozenset({Role.LEAD, *HANDED_DOWN})
# 能自己办的 are its own as well; only these words ask for what was handed down alone.
_SAYS_HANDED_DOWN = re.compile(r"赋权|放权|下放|下沉|委托|交办|授权|承接")
_ENTRUSTED = re.compile(r"[受被]委托")
_ROLES = {Intent.DELEGATION: HANDED_DOWN, Intent.COOPERATION: frozenset({Role.COOPERATING})}


class Listings:
    """Lists rows of one corpus."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def resting_on(self, query: Query) -> Resolution | None:
        """The rows whose basis names the law (and article) asked about; None if none was."""
        if not query.law or (query.matter and not query.wants_list):
            return None
        ordinals = self._corpus.catalog.resting_on(query.law, query.article or None)
        within = self._codes_within(query.places)
        rows = [
            row
            for row in self._rows(ordinals, query)
            if (not within or within & set(row.places)) and (not query.bodies or _is_of(row, query))
        ]
        return _listed(f"依据《{query.law}》{query.article}的事项", rows, "清单写明的依据")

    def held_at(self, query: Query) -> Resolution | None:
        """The rows of a place by role, kind of power and kind of list; None if no list is wanted."""
        if not query.wants_list or query.matter or len(query.places) != 1:
            return None
        place = query.places[0]
        ordinals = self._corpus.ordinals_at((place.code,))
        rows = [row for row in self._rows(ordinals, query) if _is_wanted(row, query)]
        what = query.bodies[0] if query.bodies else place.name
        return _listed(what, rows, "按地方、机构和类型列出清单事项")

    def _rows(self, ordinals: Iterable[int], query: Query) -> list[DutyItem]:
        records = self._corpus.records([int(ordinal) for ordinal in ordinals])
        return [
            record
            for record in records
            if isinstance(record, DutyItem)
            and record.is_answerable
            and self._corpus.counts(record, query.as_of)
        ]

    def _codes_within(self, places: tuple[Place, ...]) -> set[str]:
        """Codes of the places, all below them and all above them."""
        gazetteer = self._corpus.gazetteer
        below = (q for p in places for q in gazetteer.descendants(p.code))
        above = (q for p in places for q in gazetteer.chain(p.code))
        return {place.code for place in (*below, *above)}


def _is_wanted(row: DutyItem, query: Query) -> bool:
    roles = frozenset(Role) if query.paper_kind else _ROLES.get(query.intent, _OWN)
    if query.intent is Intent.DELEGATION and not _SAYS_HANDED_DOWN.search(query.text):
        roles = _OWN
    if _ENTRUSTED.search(query.text):
        roles = frozenset({Role.ENTRUSTED})
    return (
        row.role in roles
        and (not query.bodies or _is_of(row, query))
        and row.paper is (query.paper_kind or row.paper)
        and row.power is (query.power or row.power)
        and row.paper is not PaperKind.TOWNSHIP_CATALOG
    )


def _is_of(row: DutyItem, query: Query) -> bool:
    return bool(set(query.bodies) & set(row.body.split("、")))


def _listed(what: str, rows: list[DutyItem], rule: str) -> Resolution:
    if not rows:
        return Resolution(Status.NO_EVIDENCE, what, rule="没有这样的事项")
    return Resolution(Status.ANSWERED, what, statements=tuple(map(Statement, rows)), rule=rule)
