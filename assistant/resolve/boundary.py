"""Rule 6: A or B — what 职责分工 clauses of both sides say, and whether they agree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from assistant.corpus import Corpus
from assistant.resolve.findings import Statement
from assistant.retrieve.likeness import Likeness
from index.extract.parties import PaperNames
from index.extract.shares import Share, shares_in
from index.institutions.names import organ_of
from index.matters import is_called
from index.model import Clause, ClauseKind

_PARTS = re.compile(r"[；;。\n]")
_MENTION = re.compile(
    r"[\u4e00-\u9fff]{2,16}?(?:局|委员会|委|分局|支队|大队|办公室|政府|办事处|部门|机关)"
)
_TOPIC = re.compile(
    r"^.{0,60}?关于(?P<topic>[^。：]{2,30}?)的?(?:有关)?(?:工作)?职责(?:分工|边界|划分)[。：]"
)
_PLACE = re.compile(r"^.{2,6}?[县市区旗](?=.{3})")
# A clause names what it parts; one this far behind the nearest parts something else.
_AS_NEAR = 0.35
_LEAST = 0.15
# A half-sentence names a matter by all but its commonest words.
_NAMED = 0.9


class Boundaries:
    """The clauses that part the duties of named bodies."""

    def __init__(self, corpus: Corpus, likeness: Likeness) -> None:
        self._corpus = corpus
        self._likeness = likeness

    def between(
        self, sides: Sequence[str], matter: str, on: date, *, listed: str = ""
    ) -> tuple[Statement, ...]:
        """What the 三定 of either side says, nearest to the matter first; all without a matter.

        `listed` is what lists call the matter, "" if none has it.
        """
        found = {
            ordinal: clause
            for side in sides
            for body in dict.fromkeys((side, organ_of(side)))
            for ordinal, clause in self._clauses(body, on)
            if self._names_another(clause, side, sides)
        }
        if not found or not matter:
            return tuple(Statement(clause) for clause in found.values())
        called = dict.fromkeys(filter(None, (matter, listed)))
        scores = [self._likeness.of_records(name, list(found)) for name in called]
        stated = [
            (float(score), self._part(_between(clause, sides), matter))
            for score, clause in zip(np.max(scores, axis=0), found.values(), strict=True)
        ]
        best = max(score for score, _ in stated)
        near = [
            s for score, s in stated if score >= max(_LEAST, best - _AS_NEAR) or len(stated) == 1
        ]
        return tuple(statement for statement in near if statement.words)

    def _clauses(self, side: str, on: date) -> Iterable[tuple[int, Clause]]:
        ordinals = self._corpus.catalog.clause_ordinals(side, (ClauseKind.BOUNDARY.value,))
        records = self._corpus.records(list(ordinals))
        for ordinal, clause in zip(ordinals, records, strict=True):
            if isinstance(clause, Clause) and self._corpus.counts(clause, on):
                yield ordinal, clause

    def _names_another(self, clause: Clause, side: str, sides: Sequence[str]) -> bool:
        others = [other for other in sides if other != side]
        return any(other in clause.bodies or _is_called(other, clause.text) for other in others)

    def charged_with(self, clause: Clause, matter: str) -> str:
        """The one body that a clause charges with a matter which it names; "" if it charges none."""
        source = self._corpus.sources[clause.source_id]
        names = PaperNames.from_paper(source, clause.text)
        covered = self._corpus.lexical.covered
        bodies: dict[str, None] = {}
        for part in _PARTS.split(clause.text):
            if covered(matter, part) >= _NAMED:
                shares = list(shares_in(part, list(names.spans(part))))
                own = [share for share in shares if covered(matter, share.thing) >= _NAMED]
                bodies.update(dict.fromkeys(share.body for share in own or shares))
        return next(iter(bodies)) if len(bodies) == 1 else ""

    def _charged(self, part: str, clause: Clause, matter: str) -> str:
        """The body that a half-sentence charges with a matter: who 牵头, else whose share is nearest."""
        shares = _shares_of(part, clause)
        leading = [share.body for share in shares if share.leads]
        if leading or len({share.body for share in shares}) == 1:
            return (leading or [shares[0].body])[0]
        return shares[int(self._likeness.of_texts(matter, [s.thing for s in shares]).argmax())].body

    def _part(self, clause: Clause, matter: str) -> Statement:
        """The half-sentence nearest to the matter, and whom it charges.

        Halves that are as near and charge another body are quoted with it: then the clause parts
        the matter between them, and neither alone has it. So does one that is all about the matter.
        """
        topic = _TOPIC.match(clause.text)
        if topic and is_called(matter, topic["topic"]):
            return Statement(clause, clause.text[topic.end() :].strip())
        parts = [part for part in _PARTS.split(clause.text) if _shares_of(part, clause)]
        if not parts:
            return Statement(clause)
        scores = self._likeness.of_texts(matter, parts)
        near = [p for p, s in zip(parts, scores, strict=True) if s >= scores.max() - _AS_NEAR]
        charged = list(dict.fromkeys(self._charged(part, clause, matter) for part in near))
        if len(charged) == 1:
            words = parts[int(scores.argmax())]
            return Statement(clause, words.strip(), charged[0])
        start, end = clause.text.index(near[0]), clause.text.index(near[-1]) + len(near[-1])
        return Statement(clause, clause.text[start:end].strip())


def _shares_of(part: str, clause: Clause) -> list[Share]:
    """Whom a half-sentence of a clause charges, with what."""
    found = ((match, _resolved(match.group(), clause.bodies)) for match in _MENTION.finditer(part))
    spans = [(m.start() + body[0], m.end(), body[1]) for m, body in found if body]
    return list(shares_in(part, spans))


def _between(clause: Clause, sides: Sequence[str]) -> Clause:
    """The clause as it reads for the sides: 县农业农村局 in a city's paper is the side's own."""
    own = {_PLACE.sub("", side) for side in sides}
    bodies = tuple(b for b in clause.bodies if b in sides or _PLACE.sub("", b) not in own)
    return replace(clause, bodies=bodies)


def disagree(statements: Sequence[Statement]) -> bool:
    """True if papers of different sources charge different bodies with it."""
    charged = {s.record.source_id: s.holder for s in statements if s.holder}
    return len(set(charged.values())) > 1


def _resolved(mention: str, bodies: Sequence[str]) -> tuple[int, str] | None:
    """Where a shortened name begins and the body that it means: 县市场监管局 → 临溪县市场监督管理局."""
    for start in range(len(mention) - 2):
        found = [body for body in bodies if _is_shortened(mention[start:], body)]
        if len(found) == 1:
            return start, found[0]
    return None


def _is_shortened(short: str, name: str) -> bool:
    """True if the short name keeps the order of the name's characters and its last one."""
    rest = iter(name)
    return short[-1] == name[-1] and all(char in rest for char in short)


def _is_called(body: str, text: str) -> bool:
    return any(_resolved(match.group(), (body,)) for match in _MENTION.finditer(text))
