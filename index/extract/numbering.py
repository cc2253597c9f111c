"""What the number before a paragraph means: its rank, its value, the words after it.

Papers of every decade rank their numbers in one order: 第一章, 第一节, 第一条, 一、, （一）, 1.,
（1）, ①. A paper leaves ranks out but does not turn two of them round.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise


class Rank(IntEnum):
    """Rank of a number; a higher rank stands further in."""

    CHAPTER = 1
    SECTION = 2
    ARTICLE = 3
    HAN = 4
    PAREN_HAN = 5
    ARABIC = 6
    PAREN_ARABIC = 7
    CIRCLED = 8


@dataclass(frozen=True, slots=True)
class Mark:
    """A leading number.

    `printed` is the number as it stands, without the full stop after a bare digit ("第四条",
    "二、", "（三）", "1"); `value` is what it counts, 0 for a heading without a number; `rest` is
    the text after it.
    """

    rank: Rank
    printed: str
    value: int
    rest: str


_HAN = "[\u3007○零一二三四五六七八九十百千两]{1,9}"
_DIGITS = r"[0-9\uff10-\uff19]{1,3}"
_NUMBER = rf"(?:{_HAN}|{_DIGITS})"
# "第七条规定的情形" opens a sentence about an article, not an article.
_REFERENCE = r"(?!\s*(?:规定|的|所|第|和|至|或|款|以外|、|，))"
_PATTERNS = (
    (Rank.CHAPTER, re.compile(rf"(?P<p>第\s*(?P<n>{_NUMBER})\s*章){_REFERENCE}")),
    (Rank.SECTION, re.compile(rf"(?P<p>第\s*(?P<n>{_NUMBER})\s*节){_REFERENCE}")),
    (Rank.ARTICLE, re.compile(rf"(?P<p>第\s*(?P<n>{_NUMBER})\s*条){_REFERENCE}")),
    (Rank.HAN, re.compile(rf"(?P<p>(?P<n>{_HAN})\s*[、\uff0e.])(?!{_HAN}[、级类等])")),
    (Rank.PAREN_HAN, re.compile(rf"(?P<p>[（(]\s*(?P<n>{_HAN})\s*[）)])[、\uff0e.]?")),
    (Rank.PAREN_HAN, re.compile(r"(?P<p>(?P<n>[㈠-㈩]))[、\uff0e.]?")),
    (
        Rank.ARABIC,
        re.compile(r"(?P<p>(?P<n>[0-9\uff10-\uff19]{1,2}))\s*[.\uff0e、](?![0-9\uff10-\uff19])"),
    ),
    (Rank.ARABIC, re.compile(r"(?P<p>(?P<n>[⒈-⒛]))")),
    (Rank.PAREN_ARABIC, re.compile(rf"(?P<p>[（(]?\s*(?P<n>{_DIGITS})\s*[）)])[、\uff0e.]?")),
    (Rank.PAREN_ARABIC, re.compile(r"(?P<p>(?P<n>[⑴-⒇]))[、\uff0e.]?")),
    (Rank.CIRCLED, re.compile(r"(?P<p>(?P<n>[①-⑳]))[、\uff0e.]?")),
)
_HAN_LETTERS = "零一二三四五六七八九"
_HAN_DIGITS = {c: i for i, c in enumerate(_HAN_LETTERS)} | {"\u3007": 0, "○": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_INLINE = re.compile(
    rf"(?<=[。；;：:\s])(?=[（(]{_HAN}[）)]|[㈠-㈩]|[0-9\uff10-\uff19]{{1,2}}[.\uff0e、]|[⒈-⒛])"
)


def leading_mark(text: str) -> Mark | None:
    """The number that opens a paragraph; None if it opens with words."""
    body = text.lstrip()
    for rank, pattern in _PATTERNS:
        if match := pattern.match(body):
            printed = re.sub(r"\s", "", match["p"])
            return Mark(rank, printed, number_value(match["n"]), body[match.end() :].strip())
    return None


def number_value(printed: str) -> int:
    """What a printed number counts: "十一" → 11, "一千零三" → 1003, "㈢" → 3, "⒈" → 1."""
    plain = unicodedata.normalize("NFKC", printed).strip("（）().")
    if plain.isdecimal():
        return int(plain)
    total, digit = 0, 0
    for character in plain:
        if unit := _UNITS.get(character):
            total += (digit or 1) * unit
            digit = 0
        else:
            digit = digit * 10 + _HAN_DIGITS.get(character, 0)
    return total + digit


def han_number(value: int) -> str:
    """A number below 10,000 as articles print it: 10 → 十, 62 → 六十二, 1003 → 一千零三."""
    printed, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // unit % 10
        if digit:
            printed += ("零" if gap and printed else "") + _HAN_LETTERS[digit] + name
        gap = not digit
    return printed.removeprefix("一") if 10 <= value < 20 else printed or "零"


def split_inline(text: str) -> tuple[str, ...]:
    """A paragraph that runs its items on, cut before each item; one piece if it does not.

    Only items that count from one without a gap are cut, so "依照前条（二）" stays whole. The
    pieces are substrings of the text, in order.
    """
    own = leading_mark(text)
    marks = [(at, mark) for at, mark in _inline_marks(text) if own is None or mark.rank > own.rank]
    if not marks:
        return (text,)
    rank = marks[0][1].rank
    cuts = [at for at, mark in marks if mark.rank == rank]
    values = [mark.value for _, mark in marks if mark.rank == rank]
    if len(values) < 2 or values != list(range(1, len(values) + 1)):
        return (text,)
    edges = [0, *cuts, len(text)]
    pieces = (text[a:b].strip() for a, b in pairwise(edges))
    return tuple(part for piece in pieces if piece for part in split_inline(piece))


def _inline_marks(text: str) -> Iterator[tuple[int, Mark]]:
    """Numbers inside a paragraph that stand where an item may begin."""
    for match in _INLINE.finditer(text):
        mark = leading_mark(text[match.start() :])
        if mark and text[: match.start()].strip():
            yield match.start(), mark
