"""Typed text → the plain text that is read: one script, one width, no punctuation, no dialect."""

from __future__ import annotations

import re
import unicodedata

from index.words import to_simplified

# What people say at home → the word that the patterns know. In order: longer ones first.
_DIALECT = {
    "俺们": "我们",
    "俺": "我",
    "咱们": "我们",
    "咱": "我们",
    "阿拉": "我们",
    "侬": "你",
    "啥子": "什么",
    "啥": "什么",
    "咋个": "怎么",
    "咋": "怎么",
    "晓得": "知道",
    "哪儿": "哪里",
    "哪搭": "哪里",
    "哪旮旯": "哪里",
    "那儿": "那里",
    "这儿": "这里",
}
_DIALECT_WORD = re.compile("|".join(_DIALECT))
# Brackets and title marks belong to names; a dot, dash or colon only inside numbers and codes.
_PUNCTUATION = re.compile(
    r"(?<![0-9A-Za-z])[-./:]+|[-./:]+(?![0-9A-Za-z])|(?<![0-9A-Za-z])\s+|\s+(?![0-9A-Za-z])"
    r"|[^\w\s《》()〔〕./:-]+"
)


def simplified(text: str) -> str:
    """The text in simplified characters and half width."""
    return to_simplified(unicodedata.normalize("NFKC", text)).strip()


def plain(text: str) -> str:
    """The text in simplified characters and half width, without punctuation, spaces and dialect."""
    flat = simplified(text)
    bare = _PUNCTUATION.sub("", _PUNCTUATION.sub(" ", flat)).strip()
    return _DIALECT_WORD.sub(lambda match: _DIALECT[match.group()], bare)


def blank(text: str, start: int, end: int) -> str:
    """The text with a stretch taken out, all else at its position."""
    return f"{text[:start]}{' ' * (end - start)}{text[end:]}"
