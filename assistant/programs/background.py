"""What chat front ends ask by themselves: a title, tags, follow-ups. No question to any paper.

Open WebUI sends "### Task:" prompts as a user message; NextChat, LobeChat and Cherry Studio ask in
Chinese for a title of the talk.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

_TITLE_LENGTH = 20
_TASK = re.compile(r"\s*#{1,4} *Task:", re.IGNORECASE)
_TALK = re.compile(
    r"(?:会话|对话|聊天(?:记录|内容)?|这句话|以上内容).{0,60}(?:标题|主题|概括|总结)|"
    r"(?:总结|概括|生成|起|返回).{0,30}(?:会话|对话|聊天|这句话).{0,60}(?:标题|主题)|"
    r"(?:summari[sz]e|title for) (?:this|the) (?:conversation|chat|discussion)",
    re.IGNORECASE | re.DOTALL,
)
_FIRST_OF_HISTORY = re.compile(
    r"<chat_history>.*?USER: *(.+?)(?:\n(?:ASSISTANT|USER):|</chat_history>)", re.DOTALL
)
# The key of the JSON that a task wants → what is in it when there is nothing to say.
_NOTHING: dict[str, object] = {"tags": [], "follow_ups": [], "queries": [], "text": ""}


def background_reply(system: Sequence[str], users: Sequence[str]) -> str | None:
    """A terse reply to a front end's own request; None if a person asks."""
    last = users[-1] if users else ""
    if _TASK.match(last):
        return _of_task(last)
    if _TALK.search(last):
        return _title(users[0]) if len(users) > 1 else ""
    return _title(last) if any(map(_TALK.search, system)) else None


def _of_task(prompt: str) -> str:
    """Open WebUI names the JSON that it wants in the prompt."""
    history = _FIRST_OF_HISTORY.search(prompt)
    if re.search(r'"title"\s*:', prompt):
        return json.dumps({"title": _title(history[1] if history else "")}, ensure_ascii=False)
    for key, nothing in _NOTHING.items():
        if re.search(rf'"{key}"\s*:', prompt):
            return json.dumps({key: nothing})
    return ""


def _title(question: str) -> str:
    """The first question itself, cut: the best title there is."""
    return " ".join(question.split())[:_TITLE_LENGTH]
