"""Automatic list numbers of Word documents: from numbering.xml to the text that is printed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MAX_LEVELS = 9
_HAN_DIGITS = "〇一二三四五六七八九"
_LEGAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
          (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


def han_number(n: int, digits: str = "零一二三四五六七八九", units: str = "十百千") -> str:
    """Counting number in Han characters, 0–9999: 12 → 十二, 105 → 一百零五."""
    if not 0 < n < 10_000:
        return str(n) if n else digits[0]
    text, is_gap = "", False
    for power in (3, 2, 1, 0):
        digit = n // 10**power % 10
        if digit:
            text += (digits[0] if is_gap else "") + digits[digit]
            text += units[power - 1] if power else ""
        is_gap = bool(text) and not digit
    return text.removeprefix(digits[1]) if 10 <= n < 20 else text


def _han_short(n: int) -> str:
    """Like `han_number` below 100, digit by digit from there (chineseCounting)."""
    return han_number(n) if n < 100 else _han_positional(n)


def _han_positional(n: int) -> str:
    return "".join(_HAN_DIGITS[int(digit)] for digit in str(n))


def _letters(n: int) -> str:
    """1 → a, 26 → z, 27 → aa, 28 → bb, as Word counts."""
    return chr(ord("a") + (n - 1) % 26) * ((n - 1) // 26 + 1) if n else ""


def _roman(n: int) -> str:
    text = ""
    for value, numeral in _ROMAN:
        text += numeral * (n // value)
        n %= value
    return text


def _from_block(first: str, last: int) -> Callable[[int], str]:
    """Numbers that have characters of their own, from `first` (1) up to `last`; else digits."""
    return lambda n: chr(ord(first) + n - 1) if 1 <= n <= last else str(n)


def _from_cycle(characters: str) -> Callable[[int], str]:
    return lambda n: characters[(n - 1) % len(characters)]


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimalZero": lambda n: f"{n:02d}",
    "upperRoman": lambda n: _roman(n).upper(),
    "lowerRoman": _roman,
    "upperLetter": lambda n: _letters(n).upper(),
    "lowerLetter": _letters,
    "chineseCounting": _han_short,
    "taiwaneseCounting": _han_short,
    "chineseCountingThousand": han_number,
    "taiwaneseCountingThousand": han_number,
    "japaneseCounting": han_number,
    "ideographDigital": _han_positional,
    "japaneseDigitalTenThousand": _han_positional,
    "taiwaneseDigital": _han_positional,
    "chineseLegalSimplified": lambda n: han_number(n, _LEGAL_DIGITS, "拾佰仟"),
    "ideographTraditional": _from_cycle("甲乙丙丁戊己庚辛壬癸"),
    "ideographZodiac": _from_cycle("子丑寅卯辰巳午未申酉戌亥"),
    "decimalEnclosedCircle": _from_block("①", 20),
    "decimalEnclosedCircleChinese": _from_block("①", 20),
    "decimalEnclosedParen": _from_block("⑴", 20),
    "decimalEnclosedFullstop": _from_block("⒈", 20),
    "ideographEnclosedCircle": _from_block("㊀", 10),
    "decimalFullWidth": lambda n: str(n).translate({48 + i: 0xFF10 + i for i in range(10)}),
    "decimalFullWidth2": lambda n: str(n).translate({48 + i: 0xFF10 + i for i in range(10)}),
    "none": lambda _: "",
}


@dataclass(frozen=True, slots=True)
class _Level:
    """One level of a list definition; `text` is its pattern, such as "（%2）"."""

    start: int = 1
    format: str = "decimal"
    text: str = ""
    suffix: str = "tab"
    style: str = ""
    is_legal: bool = False
    restarts: bool = True

    @classmethod
    def from_xml(cls, node: etree._Element) -> _Level:
        return cls(
            start=_number(_value(node, "start"), 1),
            format=_value(node, "numFmt") or "decimal",
            text=_value(node, "lvlText"),
            suffix=_value(node, "suff") or "tab",
            style=_value(node, "pStyle"),
            is_legal=node.find(W + "isLgl") is not None,
            restarts=_value(node, "lvlRestart") != "0",
        )


@dataclass(frozen=True, slots=True)
class _List:
    """One `w:num`: the list definition that it counts in, and what it changes there."""

    definition: str
    levels: dict[int, _Level]
    restarts_at: frozenset[int]


class Numbering:
    """The lists of one document, with their running counters. Ask in reading order."""

    def __init__(self, root: etree._Element | None) -> None:
        self._lists = dict(_lists(root)) if root is not None else {}
        self._counters: dict[str, dict[int, int]] = {}
        self._restarted: set[tuple[str, int]] = set()

    def level_of_style(self, num_id: str, style: str) -> int:
        """The level that a list ties to a paragraph style; 0 if to none."""
        found = self._lists.get(num_id)
        levels = found.levels.items() if found else ()
        return next((number for number, level in levels if level.style == style), 0)

    def next_label(self, num_id: str, level: int) -> str:
        """Count one paragraph and return its visible number with what separates it."""
        found = self._lists.get(num_id)
        if found is None or level not in found.levels:
            return ""
        counters = self._counters.setdefault(found.definition, {})
        if level in found.restarts_at and (num_id, level) not in self._restarted:
            self._restarted.add((num_id, level))
            counters.pop(level, None)
        counters[level] = counters.get(level, found.levels[level].start - 1) + 1
        for deeper in [n for n in counters if n > level]:
            if deeper not in found.levels or found.levels[deeper].restarts:
                del counters[deeper]
        return _label(found.levels, counters, level)


def _label(levels: dict[int, _Level], counters: dict[int, int], level: int) -> str:
    shape = levels[level]
    if shape.format == "bullet":
        return ""

    def printed(match: re.Match[str]) -> str:
        shown = int(match[1]) - 1
        if shown not in levels:
            return ""
        count = counters.get(shown, levels[shown].start)
        form = "decimal" if shape.is_legal else levels[shown].format
        return _FORMATS.get(form, str)(count)

    label = re.sub(r"%([1-9])", printed, shape.text)
    # A tab becomes nothing after a mark ("（一）负责"), a space where the number would run on.
    runs_on = label[-1:].isalnum() and shape.suffix != "nothing"
    return label + " " if label and (runs_on or shape.suffix == "space") else label


def _lists(root: etree._Element) -> Iterator[tuple[str, _List]]:
    definitions = {
        node.get(W + "abstractNumId", ""): node for node in root.findall(W + "abstractNum")
    }
    # A definition may lie with a numbering style: link → the definition that owns the style.
    owners = {
        _value(node, "styleLink"): number
        for number, node in definitions.items()
        if _value(node, "styleLink")
    }
    for node in root.findall(W + "num"):
        wanted = _value(node, "abstractNumId")
        if wanted not in definitions:
            continue
        link = _value(definitions[wanted], "numStyleLink")
        definition = owners.get(link, wanted)
        levels = dict(_levels(definitions[definition]))
        restarts = set()
        for override in node.findall(W + "lvlOverride"):
            number = _number(override.get(W + "ilvl", ""), 0)
            levels.update(_levels(override))
            if start := _value(override, "startOverride"):
                restarts.add(number)
                levels[number] = replace(levels.get(number, _Level()), start=_number(start, 1))
        yield node.get(W + "numId", ""), _List(definition, levels, frozenset(restarts))


def _levels(node: etree._Element) -> Iterator[tuple[int, _Level]]:
    for level in node.findall(W + "lvl"):
        number = _number(level.get(W + "ilvl", ""), 0)
        if 0 <= number < MAX_LEVELS:
            yield number, _Level.from_xml(level)


def _value(node: etree._Element, name: str) -> str:
    """`w:val` of a child element, "" if there is none."""
    child = node.find(W + name)
    return child.get(W + "val", "") if child is not None else ""


def _number(text: str, default: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 7 else default
