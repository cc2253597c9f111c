"""Handing over: what a person asked and what was found, ready for the 12345 hotline."""

from __future__ import annotations

from datetime import datetime

from assistant.channels.layout import Block
from assistant.channels.memory import Talk

_NOT_SAID = "没有说"


def work_order(talk: Talk, *, place: str, channel: str, at: datetime) -> list[Block]:
    """The text of a work order; the questions in it are masked already."""
    first, *further = talk.asked
    lines = [
        "【工单】",
        f"诉求：{first}",
        *(f"补充：{question}" for question in further),
        f"地点：{place or talk.place or _NOT_SAID}",
        f"已查到：{talk.found or '没有查到'}",
        *(f"出处{source}" for source in talk.sources),
        f"来源：{channel}　{at:%Y-%m-%d %H:%M}",
    ]
    return [Block(line, "\n" if number else "") for number, line in enumerate(lines)]
