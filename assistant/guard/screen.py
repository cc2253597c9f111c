"""A question → the verdict that keeps it from being answered, or None. No model, under a millisecond."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from assistant.guard.reading import folded, squeezed, views
from assistant.model import Status

_SENTENCE_END = re.compile(r"[。！？；!?;\n]|另外|顺便")
_RULES = Path(__file__).with_name("rules.yaml")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a question is not answered (不予回答), in which words, by which family of rules."""

    family: str
    status: Status
    reply: str


@dataclass(frozen=True, slots=True)
class Family:
    """One family of rules: `marks` are looked for in the text, `patterns` in its squeezed views.

    `unless` lets a question through in spite of `patterns`, as whoever reports a harm is no harm.
    """

    verdict: Verdict
    patterns: re.Pattern[str] | None
    marks: re.Pattern[str] | None
    unless: re.Pattern[str] | None

    def catches(self, text: str, readings: tuple[str, ...]) -> bool:
        """True if a question belongs to the family; `readings` are its views."""
        if self.marks and self.marks.search(text):
            return True
        if not self.patterns or not any(map(self.patterns.search, readings)):
            return False
        return not (self.unless and self._is_excused(text, readings[0], self.unless))

    def _is_excused(self, text: str, plain: str, unless: re.Pattern[str]) -> bool:
        """True if each sentence that is caught excuses itself; a harmless one beside it does not."""
        assert self.patterns, "only what a pattern caught is excused"
        sentences = [squeezed(sentence) for sentence in _SENTENCE_END.split(text)]
        caught = [sentence for sentence in sentences if self.patterns.search(sentence)]
        return all(map(unless.search, caught or [plain]))


def screen(text: str) -> Verdict | None:
    """The verdict on a question that must not be answered as one; None for every other."""
    flat, readings = folded(text), tuple(dict.fromkeys(views(text)))
    for family in _families():
        if family.catches(flat, readings):
            return family.verdict
    return None


def warning(text: str) -> str:
    """What to say before an answer to a question in which there may be danger, or ""."""
    plain = next(views(text))
    rule = _warning()
    return rule[1] if rule[0].search(plain) else ""


def instructs(plain: str) -> bool:
    """True if the squeezed text of a paper gives an assistant orders."""
    return bool(_instructions().search(plain))


@cache
def _instructions() -> re.Pattern[str]:
    found = _any(_loaded()["papers"])
    assert found, "there are patterns for papers"
    return found


@cache
def _loaded() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(_RULES.read_text("utf-8"))
    return loaded


@cache
def _families() -> tuple[Family, ...]:
    """The families in the order in which they are tried."""
    return tuple(
        Family(
            Verdict(rule["family"], Status(rule["status"]), "".join(rule["reply"].split())),
            _any(rule.get("patterns", ())),
            _any(rule.get("marks", ())),
            _any(rule.get("unless", ())),
        )
        for rule in _loaded()["families"]
    )


@cache
def _warning() -> tuple[re.Pattern[str], str]:
    rule = _loaded()["warning"]
    found = _any(rule["patterns"])
    assert found, "the warning has patterns"
    return found, "".join(rule["reply"].split())


def _any(patterns: list[str] | tuple[str, ...]) -> re.Pattern[str] | None:
    """One pattern for several; what <OLD>, <RULES> … stand for is put in."""
    if not patterns:
        return None
    parts = _loaded()["parts"]
    joined = "|".join(f"(?:{pattern})" for pattern in patterns)
    for name, words in parts.items():
        joined = joined.replace(f"<{name}>", f"(?:{words})")
    return re.compile(joined)
