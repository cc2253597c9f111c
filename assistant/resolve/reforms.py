"""What became of a body, a place or a duty, or what was before it: answered by the reform notices."""

from __future__ import annotations

import re

from assistant.corpus import Corpus
from assistant.model import Intent, Query, Status
from assistant.resolve.findings import Resolution
from index.institutions.naming import government_at
from index.model import Clause, Level, Reform

# Words that ask for the change itself, not for who does something since.
_ASKS = re.compile(
    r"改名|更名|(?:以前|原来|过去|曾经|现在|后来)(?:的)?(?:改)?叫|变成|改成|改为|撤销|撤并|合并|并入|并到|划到|归到|还(?:存在|在|有)吗"
)
_ASKS_NAME = re.compile(r"叫(?:什么|啥)|还(?:存在|在|有)吗")
# What was handed from one body to another: 森林火灾扑救指挥划给谁了.
_MOVED = re.compile(r"(?:划|移交|转|交)(?:给|到|入|归)了?(?:谁|哪)")
# So much of a duty's words must the question say.
_NAMED = 0.4
# What else a question about a change may say: 以后, 的事, 哪个局.
_SHORTEST_MATTER = 6
_RULE = "机构改革文件"


class Reforms:
    """Answers from the history of bodies."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def answer(self, query: Query) -> Resolution | None:
        """The reforms asked about; None if no change is asked for."""
        if moved := self._moved(query):
            return Resolution(Status.ANSWERED, query.matter, reforms=(moved,), rule=_RULE)
        if not _is_asked(query):
            return None
        reforms = dict.fromkeys((*query.old_names, *query.old_places, *self._before(query)))
        known = tuple(r for r in reforms if r.on is None or r.on <= query.as_of)
        if known:
            body = known[0].new or known[0].old
            return Resolution(Status.ANSWERED, body, reforms=known, rule=_RULE)
        if query.bodies and (_ASKS_NAME.search(query.text) or not query.matter):
            missing = (f"{query.bodies[0]}更名、撤并的文件",)
            return Resolution(Status.OUT_OF_COVERAGE, missing=missing, rule="没有收录改革文件")
        return None

    def _moved(self, query: Query) -> Reform | None:
        """The transfer from a named body that names the duty asked about."""
        if not query.matter or not _MOVED.search(query.text):
            return None
        olds = dict.fromkeys((*(reform.old for reform in query.old_names), *query.bodies))
        moved = [r for old in olds for r in self._corpus.institutions.transfers(old, query.as_of)]
        named = [(self._named(query, reform), reform) for reform in moved]
        best = max(named, key=lambda pair: pair[0], default=None)
        return best[1] if best and best[0] >= _NAMED else None

    def _named(self, query: Query, reform: Reform) -> float:
        clause = self._corpus.catalog.record(reform.clause_id)
        text = clause.text if isinstance(clause, Clause) else ""
        return self._corpus.lexical.covered(query.matter, text)

    def _before(self, query: Query) -> tuple[Reform, ...]:
        """The reforms that led to the bodies named, or to the governments of the places."""
        towns = (p for p in query.places if p.level is Level.TOWNSHIP)
        gazetteer = self._corpus.gazetteer
        bodies = query.bodies or tuple(government_at(town, gazetteer) for town in towns)
        return self._corpus.institutions.reforms_before(bodies)


def _is_asked(query: Query) -> bool:
    """True if the change itself is asked for: 撤销登记 is a matter, 撤销 is a change."""
    if not _ASKS.search(query.text):
        return query.intent is Intent.CHANGES and not query.matter
    return len(_ASKS.sub("", query.matter)) < _SHORTEST_MATTER
