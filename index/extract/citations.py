"""Numbers of provisions as papers cite them: 第六十二条第一款第（三）项, 第62条、第63条, 第三条至第五条."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from index.extract.numbering import han_number, number_value

_N = r"(?:[〇○零一二三四五六七八九十百千两]{1,9}|\d{1,4})"
_RANGE = r"至|到|-|—+|－|–|~|～"
_JOINT = rf"(?:[、，,和及与或]|以及|{_RANGE})"
_SUB = r"(?:\s*之\s*(?P<sub>[一二三四五六七八九十]{1,2}|\d{1,2})(?!\s*规定))?"
_LISTED = rf"{_N}(?:\s*{_JOINT}\s*第?\s*{_N})*"
# 第六十二条, 第一、二款, 第（三）项, （三）项; a bare （三） only where no words of a quote follow.
_GROUP = re.compile(
    rf"第?\s*(?P<numbers>{_LISTED})\s*(?P<unit>[条款项目]){_SUB}"
    rf"|第?\s*(?P<bracketed>[（(]\s*{_N}\s*[）)](?:\s*{_JOINT}?\s*[（(]\s*{_N}\s*[）)])*)"
    rf"(?:\s*(?P<bracket_unit>[项目款])|(?=\s*(?:[、，,：:。；;）)《]|第|规定|$)))"
)
_GAP = re.compile(rf"\s*(?P<joint>{_JOINT})?\s*")
_ONE = re.compile(_N)
_LEVELS = {"条": 0, "款": 1, "项": 2, "目": 3}
# A longer range is a slip of the pen; its two ends are kept.
_LONGEST_RANGE = 60
Number = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Provision:
    """One place in a law, printed as laws do: 第六十二条, 第一款, 第三项; "" where not cited."""

    article: str = ""
    paragraph: str = ""
    item: str = ""


def read_provisions(text: str, start: int) -> tuple[tuple[Provision, ...], int]:
    """The provisions cited from a position on, and where the citation ends; none if there is none.

    Several articles, paragraphs or items make several provisions; ranges are written out.
    """
    found: list[Provision] = []
    levels: dict[int, list[Number]] = {}
    last, at = -1, start
    while True:
        gap = _GAP.match(text, at)
        if gap is None or not (group := _GROUP.match(text, gap.end())):
            break
        unit = group["unit"] or group["bracket_unit"] or "项"
        level, numbers = _LEVELS[unit], list(_numbers(group))
        if last < 0 and not (level == 0 or (level == 2 and group["numbers"])):
            break
        if level <= last:
            found += _provisions(levels)
            numbers = _since(levels.get(level), numbers, gap["joint"])
        levels = {k: v for k, v in levels.items() if k < level} | {level: numbers}
        last, at = level, group.end()
    return (*found, *_provisions(levels)), at


def article_number(written: str) -> str:
    """An article as laws print it: 第62条, 62, 六十二条, 第六十二条第一款 → 第六十二条; "" for none."""
    bare = re.sub(r"\s", "", written)
    match = re.match(rf"第?(?P<n>{_N})条?(?:之(?P<sub>{_N}))?", bare)
    if not match:
        return ""
    return _printed((number_value(match["n"]), number_value(match["sub"] or "零")), "条")


def _numbers(group: re.Match[str]) -> Iterator[Number]:
    written = group["numbers"] or group["bracketed"]
    sub = number_value(group["sub"]) if group["sub"] else 0
    last, end = 0, 0
    for match in _ONE.finditer(written):
        value = number_value(match.group())
        if last and re.search(_RANGE, written[end : match.start()]):
            yield from ((n, 0) for n in _between(last, value))
        yield value, sub
        last, end = value, match.end()


def _since(before: list[Number] | None, numbers: list[Number], joint: str | None) -> list[Number]:
    """第三条至第五条: the numbers between two ends that each have their unit."""
    if not before or not joint or not re.fullmatch(_RANGE, joint):
        return numbers
    return [*((n, 0) for n in _between(before[-1][0], numbers[0][0])), *numbers]


def _between(first: int, last: int) -> range:
    return range(first + 1, last if last - first <= _LONGEST_RANGE else first + 1)


def _provisions(levels: dict[int, list[Number]]) -> Iterator[Provision]:
    if not levels:
        return
    for article, paragraph, item in product(*(levels.get(k, [(0, 0)]) for k in range(3))):
        yield Provision(_printed(article, "条"), _printed(paragraph, "款"), _printed(item, "项"))


def _printed(number: Number, unit: str) -> str:
    value, sub = number
    if not value:
        return ""
    return f"第{han_number(value)}{unit}" + (f"之{han_number(sub)}" if sub else "")
