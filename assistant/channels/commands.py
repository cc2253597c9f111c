"""What a person types that is no question: 帮助, 换地方, 转人工, a ticket's number, "我在城关镇"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from assistant.understand import plain, simplified

_HELP = frozenset(
    ("帮助", "帮忙", "help", "菜单", "使用说明", "说明", "怎么用", "你好", "您好", "你是谁", "在吗")
)
# What is written behind a command stands apart from it: 人工降雨归谁管 is a question.
_BEHIND = r"\s*(?:[,:;。!\s]+(?P<rest>.*))?"
_ELSEWHERE = re.compile(
    r"(?:我?要?|我想)(?:换|更换|改|修改|切换|重选)(?:一?[个下])?(?:地方|地点|地区|乡镇|街道)(?:了|吧)?"
    rf"(?:[到为成](?P<to>[\u4e00-\u9fff]{{2,20}})|{_BEHIND})",
    re.DOTALL,
)
_CLERK = re.compile(
    rf"(?:我?要|请)?(?:转接?|找|接|联系)?(?:人工(?:服务|客服|坐席)?|客服|12345(?:热线)?){_BEHIND}",
    re.DOTALL,
)
_TICKET = re.compile(r"[1-9]\d{3}")
# 我在城关镇, 我家住石门镇, 我们是临溪县的 — and, after a comma, a question about it.
_HERE = re.compile(
    r"我们?(?:家|现在)*(?:住在|是在|住|在|是)(?P<place>[\u4e00-\u9fff]{2,20}?)(?:的|这边|这里|那边|人)?"
    rf"{_BEHIND}",
    re.DOTALL,
)


class Order(StrEnum):
    """What a command wants."""

    HELP = "帮助"
    ELSEWHERE = "换地方"
    CLERK = "转人工"


@dataclass(frozen=True, slots=True)
class Command:
    """A command and what was written behind it: 换地方 石门镇."""

    order: Order
    rest: str = ""


def command_of(text: str) -> Command | None:
    """The command that a text is, if it is one."""
    said = simplified(text)
    if plain(said).lower() in ("", *_HELP):
        return Command(Order.HELP)
    if found := _ELSEWHERE.fullmatch(said):
        return Command(Order.ELSEWHERE, (found["to"] or found["rest"] or "").strip())
    found = _CLERK.fullmatch(said)
    return Command(Order.CLERK, (found["rest"] or "").strip()) if found else None


def ticket_of(text: str) -> str:
    """The number that a text is, "" if it is none."""
    said = plain(text)
    return said if _TICKET.fullmatch(said) else ""


@dataclass(frozen=True, slots=True)
class Here:
    """A place somebody says to be at, and the question behind it."""

    place: str
    rest: str


def here_of(text: str) -> Here | None:
    """The statement of a place that a text is or starts with; whether it is one, a gazetteer knows."""
    found = _HERE.fullmatch(simplified(text))
    return Here(found["place"], (found["rest"] or "").strip()) if found else None
