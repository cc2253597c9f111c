"""Rule 2 before all others: of what was found only what counts on the day may answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from assistant.corpus import Corpus
from assistant.model import Candidate
from assistant.retrieve.retriever import Retrieved, distinct
from index.matters import is_called
from index.model import DutyItem
from index.passages import title_text

_K = 20
# 生育登记, 工伤认定: shorter names are parts of others.
_SHORTEST_NAME = 4
# So much of the matter asked about must be the name: 临时救助 is not what 小额临时救助 means.
_NAMED = 0.8
_NOT_WORD = re.compile(r"[\W_]+")


def in_force(found: Retrieved, on: date, corpus: Corpus) -> Retrieved:
    """What was found, its candidates only those that count on a day; the pool keeps all.

    A candidate that was read a second time keeps the score that this gave it.
    """
    reread = {c.record.id: c for c in found.candidates}
    pool = (reread.get(c.record.id, c) for c in found.pool)
    ranked = sorted(pool, key=lambda c: -c.score)
    counting = (c for c in ranked if corpus.counts(c.record, on))  # no more than are wanted
    return replace(found, candidates=distinct(counting, _K))


def named_first(found: Retrieved, matter: str) -> Retrieved:
    """The matters that the question names word for word go before others."""
    said = _bare(matter)
    ordered = sorted(found.candidates, key=lambda c: -_named(c, said, matter))
    return replace(found, candidates=_in_order(ordered))


def _named(candidate: Candidate, said: str, matter: str) -> int:
    """How many characters of the question are the candidate's name; 0 if they are not most of it."""
    record = candidate.record
    if not isinstance(record, DutyItem):
        return 0
    if len(said) >= _SHORTEST_NAME and is_called(matter, record.name):
        return len(said)  # not a part of it: 林木采伐许可证 is no more that of 自留山
    names = map(_bare, (record.sub_item, record.name, title_text(record)))
    least = max(_SHORTEST_NAME, _NAMED * len(said))
    return max((len(name) for name in names if len(name) >= least and name in said), default=0)


def _in_order(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Candidates in a new order, none with a lower score than one behind it."""
    best = max((c.score for c in candidates), default=0.0)
    first, rest = candidates[:1], candidates[1:]
    return (*(replace(c, score=best) for c in first), *rest)


def _bare(name: str) -> str:
    return _NOT_WORD.sub("", name)
