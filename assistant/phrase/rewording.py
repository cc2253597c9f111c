"""A model's help with understanding: a follow-up made whole, plain words as official terms.

Neither is believed. A rewritten follow-up may only hold words of the question and of what was
understood before; a term must lead to a matter that the catalog has. The resolver decides on both.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable

from assistant.check.facts import cut
from assistant.guard.reading import folded
from assistant.guard.screen import screen
from assistant.model import Query
from assistant.phrase.llm import Breaker, Chat, Counts, ModelError, within
from assistant.phrase.prompting import load_prompt

_MOST_TERMS = 3
_TERM = re.compile(r"[\u4e00-\u9fff（）、]{2,24}")
_BEFORE_TERM = re.compile(r"^[\s\d.、\-*·（()）]+")
_LONGEST_QUESTION = 80
# Words of asking, which add nothing to what is asked.
_ASKING_WORDS = """
请问 由 谁 哪个 哪里 哪 部门 科室 负责 找 归 管 管理 办理 办 怎么 如何 的 是 在 到 去 什么 依据 吗 呢
和 有 对 申请 电话 多少
"""
_ASKING = frozenset(_ASKING_WORDS.split())


class Rewording:
    """Asks a model to reword what was not understood, until a moment of `time.monotonic`."""

    def __init__(self, chat: Chat, breaker: Breaker, counts: Counts, *, until: float) -> None:
        self._chat, self._breaker, self._counts = chat, breaker, counts
        self._until = until

    def whole_question(self, question: str, before: Query) -> str:
        """The follow-up as a full question in known words, or ""."""
        known = (before.matter, *before.bodies, *(place.full_name for place in before.places))
        told = self._told(
            "follow_up", {"question": question, "before": "；".join(filter(None, known))}
        )
        line = next(iter(told.strip().splitlines()), "")
        said = line.removeprefix("完整问题：").strip()
        allowed = {*_ASKING, *(word for text in (question, *known) for word in cut(folded(text)))}
        text = folded(said)
        is_known = all(word in allowed or _is_within(word, allowed) for word in cut(text))
        return (
            said
            if said and len(said) <= _LONGEST_QUESTION and is_known and not screen(said)
            else ""
        )

    def official_terms(self, matter: str) -> tuple[str, ...]:
        """What lists may call a matter, likeliest first; to be checked against the catalog."""
        lines = self._told("terms", {"matter": matter}).splitlines()
        bare = (_BEFORE_TERM.sub("", line).strip().rstrip("。；") for line in lines)
        return tuple(dict.fromkeys(t for t in bare if _TERM.fullmatch(t)))[:_MOST_TERMS]

    def _told(self, name: str, values: dict[str, str]) -> str:
        """The model's whole reply, "" if it gives none in time."""
        if time.monotonic() >= self._until or not self._breaker.lets_through():
            return ""
        self._counts.add("reworded")
        system, user = load_prompt(name).rendered(values)
        try:
            told = "".join(within(self._chat, system, user, until=self._until))
        except ModelError as error:
            self._breaker.note(is_ok=False)
            self._counts.add(f"not reworded:{error}")
            return ""
        self._breaker.note(is_ok=True)
        return told


def _is_within(word: str, allowed: Iterable[str]) -> bool:
    """True for a part of a known word, as cutting differs with what stands beside it."""
    return any(word in known for known in allowed)
