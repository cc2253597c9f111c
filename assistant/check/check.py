"""A sentence of a model against the finding: which of its sentences it says, or why it may not.

The rule is closed: every word must be a clerk's word or stand in the sentences that are said anew,
names and numbers whole. What it says must then be the same: names, numbers in order, who does what,
denials, and the citations. So nothing can be invented, lost or turned round; a sentence that says
it rightly in words that are not known is dropped as well, and the plain words go out instead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.check.claims import adds_somebody, denials_of, fits_time
from assistant.check.facts import Facts, Names, facts_of, is_closed, labels_of, marks_of, numbers_of
from assistant.check.roles import Part, parts_of, with_bare_offices
from assistant.model import Answer, Segment

_CLERK_WORDS = Path(__file__).with_name("clerk_words.txt")
_PUNCTUATION = re.compile(r"[，。、：；（）“”《》！？,:;()?!\s—…]+")
_ALLOWED = re.compile(r"[\w，。、：；（）“”《》！？,:;()?!\s—…〔〕%.\-/]*")
_LONGEST = 160
# Sentences that warn, quote or point elsewhere are shown as they are.
_AS_IT_IS = re.compile(
    r"^(?:是。|没有。|不是|注意|清单备注|清单写明|清单公布|相近的事项|文件写的是|这出自|如果|没有收录)"
    r"|[：:].{40,}"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of the finding that a model may say in its own way."""

    segment: Segment
    facts: Facts
    parts: frozenset[tuple[str, Part]]


class Checker:
    """Holds a model's sentences to the finding of one answer."""

    def __init__(self, answer: Answer) -> None:
        self._names = Names.of(answer)
        self.statements = tuple(map(self._statement, answer.segments))

    def _statement(self, segment: Segment) -> Statement | None:
        """None for a sentence that is not to be said otherwise."""
        text = segment.text
        if len(text) > _LONGEST or _AS_IT_IS.search(text):
            return None
        statement = Statement(segment, facts_of(text, self._names), parts_of(text, self._names))
        says_it = bool(statement.facts.names) and is_closed(statement.facts)
        is_clear = all(part is not Part.UNCLEAR for _, part in statement.parts)
        return statement if says_it and is_clear else None

    def said(self, sentence: Segment, waiting: Sequence[Statement]) -> tuple[Statement, ...]:
        """The statements that a sentence says, all of it and nothing else; () if it may not pass."""
        text, labels = with_bare_offices(sentence.text, self._names), frozenset(sentence.citations)
        if not _ALLOWED.fullmatch(text):
            return ()
        meant = tuple(
            s
            for s in waiting
            if labels_of([s.segment]) <= labels and all(name in text for name in s.facts.names)
        )
        return meant if meant and self._is_same(text, labels, meant) else ()

    def _is_same(self, text: str, labels: frozenset[int], meant: Sequence[Statement]) -> bool:
        names = frozenset[str]().union(*(s.facts.names for s in meant))
        rest = _without(names, text)
        stated = _without(names, "".join(s.segment.text for s in meant))
        numbers = tuple(number for s in meant for number in s.facts.numbers)
        marks = frozenset[str]().union(*(s.facts.marks for s in meant))
        parts = frozenset[tuple[str, Part]]().union(*(s.parts for s in meant))
        return (
            labels == labels_of([s.segment for s in meant])
            and numbers_of(rest) == numbers
            and marks_of(rest) == marks
            and parts_of(text, self._names) == parts
            and _holds_marks_whole(text, names)
            and denials_of(rest) == denials_of(stated)
            and not adds_somebody(rest, stated)
            and fits_time(rest)
            and self._is_spelled(rest, meant)
        )

    def _is_spelled(self, rest: str, meant: Sequence[Statement]) -> bool:
        """True if all but names and numbers is a clerk's words and words of the statements."""
        known = frozenset[str]().union(*(s.facts.words for s in meant))
        numbers = {number for s in meant for number in s.facts.numbers}
        vocabulary = clerk_words() | known | numbers
        return all(_is_made_of(run, vocabulary) for run in _PUNCTUATION.split(rest) if run)


def _without(names: frozenset[str], text: str) -> str:
    """The text with a blank in the place of each name."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "　")
    return text


def _holds_marks_whole(text: str, names: frozenset[str]) -> bool:
    """True if marks of a quotation or title enclose a whole name or 三定."""
    enclosed = re.findall(r"“([^“”]*)”|《([^《》]*)》", text)
    return all(name in names or name == "三定" for pair in enclosed for name in pair if name)


def _is_made_of(run: str, vocabulary: frozenset[str] | set[str]) -> bool:
    """True if a run of characters can be cut into words of the vocabulary."""
    longest = max(map(len, vocabulary), default=0)
    reached = [True, *([False] * len(run))]
    for end in range(1, len(run) + 1):
        starts = range(max(0, end - longest), end)
        reached[end] = any(reached[start] and run[start:end] in vocabulary for start in starts)
    return reached[-1]


@cache
def clerk_words() -> frozenset[str]:
    """Words that claim nothing: courtesy, and the plain verbs of who does what."""
    lines = _CLERK_WORDS.read_text("utf-8").splitlines()
    return frozenset(w for line in lines if not line.startswith("#") for w in line.split())
