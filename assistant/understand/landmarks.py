"""A place's short name inside another name: 临溪河, 城关小学, 青石板, 黄河西路."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

from index.words import words

_LANDMARKS = Path(__file__).parents[2] / "index" / "lexicon" / "landmarks.yaml"
# A word that ends in the first character of a name is none if it begins with one of these: 在望|川.
_LEADING = "在去到从是我你住来回离找给和跟问向于由归让叫请就那这有为的了"
_WIDTH = 6


def is_part_of_other_name(text: str, start: int, end: int) -> bool:
    """True if the short name is a part of a longer word, or the name of a road, school or village."""
    after = text[end:]
    if _heads().match(after) and not _matters().match(after):
        return True
    return _is_cut_from_word(text, start, end)


def _is_cut_from_word(text: str, start: int, end: int) -> bool:
    """True if a word of the general dictionary reaches over the name's border."""
    position = max(start - _WIDTH, 0)
    for word in words(text[position : end + _WIDTH]):
        behind = position + len(word)
        over_left = position < start < behind and word[0] not in _LEADING
        over_right = start <= position < end < behind
        if over_left or over_right or (position < start and end < behind):
            return True
        position = behind
    return False


@cache
def _heads() -> re.Pattern[str]:
    known = _known()
    between, heads = "|".join(known["between"]), "|".join(sorted(known["heads"], key=len)[::-1])
    return re.compile(rf"(?:{between})*(?:{heads})")


@cache
def _matters() -> re.Pattern[str]:
    return re.compile("|".join(_known()["unless"]))


@cache
def _known() -> dict[str, list[str]]:
    known: dict[str, list[str]] = yaml.safe_load(_LANDMARKS.read_text("utf-8"))
    return known
