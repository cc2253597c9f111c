"""What became of a body or a place, or what it was before: answered by the reform notices."""

from __future__ import annotations

import re

from assistant.corpus import Corpus
from assistant.model import Intent, Query, Status
from assistant.resolve.findings import Resolution
from index.institutions.naming import government_of
from index.model import Level, Reform

# Words that ask for the change itself, not for who does something since.
_ASKS = re.compile(
    r"改名|更名|(?:以前|原来|过去|曾经|现在|后来)(?:的)?(?:改)?叫|变成|改成|改为|撤销|撤并|合并|并入|并到|划到|归到|还(?:存在|在|有)吗"
)

# What else a question about a change may say: 以后, 的事, 哪个局.
_SHORTEST_MATTER = 6


class Reforms:
    """Answers from the history of bodies."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def answer(self, query: Query) -> Resolution | None:
        """The reforms of the body or place asked about; None if no change is asked for."""
        if query.intent is not Intent.CHANGES and not _ASKS.search(query.text):
            return None
        if query.matter and not _ASKS.search(query.text):
            return None
        if (
            len(_ASKS.sub("", query.matter)) >= _SHORTEST_MATTER
        ):  # 撤销登记 is asked about, not 撤销
            return None
        reforms = dict.fromkeys((*query.old_names, *query.old_places, *self._before(query)))
        known = tuple(r for r in reforms if r.on is None or r.on <= query.as_of)
        if not known:
            return None
        body = known[0].new or known[0].old
        return Resolution(Status.ANSWERED, body, reforms=known, rule="机构改革文件")

    def _before(self, query: Query) -> tuple[Reform, ...]:
        """The reforms that led to the bodies named, or to the governments of the places."""
        gazetteer = self._corpus.gazetteer
        towns = (p for p in query.places if p.level is Level.TOWNSHIP)
        governments = (
            government_of(p, gazetteer.get(p.parent) if p.parent else None) for p in towns
        )
        bodies = query.bodies or tuple(governments)
        before = (self._corpus.institutions.before(body) for body in bodies)
        return tuple(step for succession in before for step in succession.reforms)
