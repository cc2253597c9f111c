"""Rule 6: A or B — what 职责分工 clauses of both sides say, and whether they agree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from assistant.corpus import Corpus
from assistant.resolve.findings import Statement
from assistant.retrieve.likeness import Likeness
from index.model import Clause, ClauseKind

_PARTS = re.compile(r"[；;。\n]")
_MENTION = re.compile(
    r"[\u4e00-\u9fff]{2,16}?(?:局|委员会|委|分局|支队|大队|办公室|政府|办事处|部门|机关)"
)
_LEADS = re.compile(
    r"^(?:（[^）]*）)?(?:依法|统一|具体)?(?:牵头|负责|行使|查处|处理|承担|核发|审批|监督|管理)"
)
_HELPS = re.compile(r"^(?:（[^）]*）)?(?:[^，；]{0,4})(?:配合|协助|协同)")
# A clause names what it parts; one this far behind the nearest parts something else.
_AS_NEAR = 0.35
_LEAST = 0.15


class Boundaries:
    """The clauses that part the duties of named bodies."""

    def __init__(self, corpus: Corpus, likeness: Likeness) -> None:
        self._corpus = corpus
        self._likeness = likeness

    def between(self, sides: Sequence[str], matter: str, on: date) -> tuple[Statement, ...]:
        """What the 三定 of either side says, nearest to the matter first; all without a matter."""
        found = {
            ordinal: clause
            for side in sides
            for ordinal, clause in self._clauses(side, on)
            if self._names_another(clause, side, sides)
        }
        if not found or not matter:
            return tuple(Statement(clause) for clause in found.values())
        scores = self._likeness.of_records(matter, list(found))
        stated = [
            (float(score), self._part(clause, matter))
            for score, clause in zip(scores, found.values(), strict=True)
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

    def _part(self, clause: Clause, matter: str) -> Statement:
        """The half-sentence nearest to the matter, and whom it charges.

        Halves that are as near and charge another body are quoted with it: then the clause parts
        the matter between them, and neither alone has it.
        """
        parts = [part for part in _PARTS.split(clause.text) if lead_in(part, clause.bodies)]
        if not parts:
            return Statement(clause)
        scores = self._likeness.of_texts(matter, parts)
        near = [p for p, s in zip(parts, scores, strict=True) if s >= scores.max() - _AS_NEAR]
        charged = list(dict.fromkeys(lead_in(part, clause.bodies) for part in near))
        if len(charged) == 1:
            words = parts[int(scores.argmax())]
            return Statement(clause, words.strip(), charged[0])
        start, end = clause.text.index(near[0]), clause.text.index(near[-1]) + len(near[-1])
        return Statement(clause, clause.text[start:end].strip())


def lead_in(part: str, bodies: Sequence[str]) -> str:
    """The body that a half-sentence charges: who 牵头, else who is named first and does not help."""
    mentions = [
        (body, part[match.end() :], "由" in part[max(match.start() - 1, 0) : match.end()])
        for match in _MENTION.finditer(part)
        if (body := _resolved(match.group(), bodies))
    ]
    leads = [body for body, after, _ in mentions if after.startswith("牵头")]
    charged = [
        body
        for body, after, is_told in mentions
        if (is_told or _LEADS.match(after)) and not _HELPS.match(after)
    ]
    return next(iter((*leads, *charged)), "")


def disagree(statements: Sequence[Statement]) -> bool:
    """True if papers of different sources charge different bodies with it."""
    charged = {s.record.source_id: s.holder for s in statements if s.holder}
    return len(set(charged.values())) > 1


def _resolved(mention: str, bodies: Sequence[str]) -> str:
    """The body that a shortened name means: 县市场监管局 → 临溪县市场监督管理局."""
    for start in range(len(mention) - 2):
        found = [body for body in bodies if _is_shortened(mention[start:], body)]
        if len(found) == 1:
            return found[0]
    return ""


def _is_shortened(short: str, name: str) -> bool:
    """True if the short name keeps the order of the name's characters and its last one."""
    rest = iter(name)
    return short[-1] == name[-1] and all(char in rest for char in short)


def _is_called(body: str, text: str) -> bool:
    return any(_resolved(match.group(), (body,)) for match in _MENTION.finditer(text))
