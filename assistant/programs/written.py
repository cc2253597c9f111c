"""An answer as one plain text: sentences, choices, proofs with their links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.model import Answer, Status
from assistant.wire.schemas import CitationOut

_LABEL = re.compile(r"\[(\d{1,3})\]")
_CHOOSE = "（回答序号或名称即可）"
_MOST_RELATED = 5


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a citation's label stands in the text: characters `start` to `end`, exclusive."""

    start: int
    end: int
    title: str
    url: str


def tail_of(answer: Answer, base_url: str) -> str:
    """What follows the sentences: choices of a question back, near matters, proofs."""
    return "".join(f"\n\n{part}" for part in _tail(answer, base_url))


def _tail(answer: Answer, base_url: str) -> Iterator[str]:
    if answer.clarify and answer.clarify.options:
        options = answer.clarify.options
        yield "\n".join([*(f"{n}. {o.label}" for n, o in enumerate(options, 1)), _CHOOSE])
    if answer.related and answer.status is not Status.ANSWERED:
        names = "、".join(near.name for near in answer.related[:_MOST_RELATED])
        yield f"相近的事项：{names}"
    if answer.citations:
        yield "\n".join(["出处：", *_proofs(answer, base_url)])


def _proofs(answer: Answer, base_url: str) -> Iterator[str]:
    for citation in map(CitationOut.from_citation, answer.citations):
        facts = "，".join([*citation.facts, citation.where])
        yield f"[{citation.label}] 《{citation.source.title}》{facts}\n{base_url}{citation.href}"


def marks_of(answer: Answer, text: str, base_url: str) -> list[Mark]:
    """Where the labels of the answer's citations stand in its sentences, with what they lead to."""
    cited = {c.label: CitationOut.from_citation(c) for c in answer.citations}
    found = ((match, cited.get(int(match[1]))) for match in _LABEL.finditer(text))
    return [
        Mark(match.start(), match.end(), f"《{to.source.title}》{to.where}", base_url + to.href)
        for match, to in found
        if to
    ]
