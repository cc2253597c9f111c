"""What no list has but a clause says word for word: a duty, an office's work, a boundary, a reform."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from assistant.corpus import Corpus
from assistant.model import Query
from assistant.resolve.findings import Resolution
from index.model import Clause, ClauseKind, DutyItem, Level, Place
from index.words import verbs_apart

_KINDS = frozenset(
    {
        ClauseKind.DUTY,
        ClauseKind.OFFICE,
        ClauseKind.SUBORDINATE,
        ClauseKind.BOUNDARY,
        ClauseKind.REFORM,
    }
)
# All but the commonest words of the matter must stand in the clause.
_NAMED = 0.9
# What so many records name is a common word, no matter.
_FEWEST_CHARACTERS = 3
# Official names of four characters are mostly kinds of work: 便民服务, 市场监管.
_SHORTEST_OFFICIAL = 5
_MOST_NAMING = 8
# 村口的古井: where a thing happens to stand is no word of a paper.
_STANDS_AT = re.compile(r"^[^\s的]{1,4}?(?:口|边|旁|头|尾|下|上|里|后|前|附近)的")
_HARDLY = 0.3
_LOOKED_AT = 24


class Clauses:
    """Finds clauses by the words of a matter."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def naming(
        self, query: Query, place: Place, listed: Resolution | None, official: Sequence[str]
    ) -> tuple[str, tuple[Clause, ...]]:
        """The matter's name, and the clauses in force for a place that say it, the lowest place's first.

        None if a list names it as well, or if it is named so often that it is no matter of its own.
        What the lists gave is left alone unless it hardly has a word of the matter or of its
        official names; these are looked for only where the lists gave nothing.
        """
        if listed:
            is_listed = any(
                self._says(name, listed) > _HARDLY for name in (query.matter, *official)
            )
            return query.matter, () if is_listed else self._called(query.matter, query, place)
        spoken = dict.fromkeys((query.matter, _STANDS_AT.sub("", query.matter)))
        names = (
            *map(verbs_apart, spoken),
            *(name for name in official if len(name) >= _SHORTEST_OFFICIAL),
        )
        told = ((name, self._called(name, query, place)) for name in names)
        return next((pair for pair in told if pair[1]), (query.matter, ()))

    def _called(self, matter: str, query: Query, place: Place) -> tuple[Clause, ...]:
        if len(matter.replace(" ", "")) < _FEWEST_CHARACTERS:
            return ()
        chain = [above.code for above in self._corpus.gazetteer.chain(place.code)]
        ordinals = self._corpus.ordinals_at(tuple(chain))
        scores = self._corpus.lexical.scores(matter)[self._corpus.titles[ordinals]]
        best = ordinals[np.argsort(-scores, kind="stable")[:_LOOKED_AT]]
        records = self._corpus.records([int(ordinal) for ordinal in best])
        named = [r for r in records if self._names(matter, r)]
        if len(named) > _MOST_NAMING or any(isinstance(r, DutyItem) for r in named):
            return ()
        clauses = [r for r in named if isinstance(r, Clause) and self._counts(r, query, chain)]
        return tuple(sorted(clauses, key=lambda clause: chain.index(clause.place)))

    def _says(self, matter: str, listed: Resolution) -> float:
        words = (_text(record) for ruling in listed.rulings for record in ruling.proof)
        return self._corpus.lexical.covered(matter, "".join((listed.matter, *words)))

    def _names(self, matter: str, record: DutyItem | Clause) -> bool:
        return self._corpus.lexical.covered(matter, _text(record)) >= _NAMED

    def _counts(self, clause: Clause, query: Query, chain: list[str]) -> bool:
        """True for a clause that states something of the place: not of one other township alone."""
        if clause.kind not in _KINDS or not self._corpus.counts(clause, query.as_of):
            return False
        named = (m.places for m in self._corpus.gazetteer.mentions(clause.text) if not m.is_short)
        towns = [p.code for places in named for p in places if p.level is Level.TOWNSHIP]
        return clause.place in chain and (not towns or bool(set(towns) & set(chain)))


def _text(record: DutyItem | Clause) -> str:
    return record.text if isinstance(record, Clause) else f"{record.name}{record.sub_item}"
