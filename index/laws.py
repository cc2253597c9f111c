"""Names of laws: one full name for every way a paper writes it, and what is known to be repealed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

import yaml

from index.words import to_simplified

_LEXICON = Path(__file__).parent / "lexicon" / "laws.yaml"
_REPUBLIC = "中华人民共和国"
_NOISE = re.compile(r"[\s\u200b“”\"'‘’]+")
_EDITION_WORDS = r"(?:修正|修订|修改|颁布|公布|发布|通过|施行|实施|版本?|本|令|号|废止|失效|简称)"
_TRAILING_EDITION = re.compile(
    rf"[（\[〔][^（）]*(?:\d{{4}}|{_EDITION_WORDS})[^（）]*[）\]〕]$"
    rf"|\d{{4}}年?(?:\d+月)?(?:\d+日)?(?:第[一二三四五六七八九十]+次)?{_EDITION_WORDS}?$"
)
_WRAPPED = re.compile(r"^[《<\uff1c〈]+(.*?)[》>\uff1e〉]*$")
_MARKS = str.maketrans("()《》<>\uff1c\uff1e", "（）〈〉〈〉〈〉")
# A statute of the National People's Congress ends so; 办法 and 方法 do not.
_STATUTE = re.compile(r"(?<![办方做作算用语])法$|^民法(?:典|通则|总则)$")
# Statutes whose full name does not open with 中华人民共和国.
_WITHOUT_REPUBLIC = frozenset({"反分裂国家法"})


@dataclass(frozen=True, slots=True)
class Repeal:
    """A law that no longer holds: since when, and the full name of what holds instead, or ""."""

    since: date
    successor: str


@lru_cache(maxsize=65536)
def law_name(written: str) -> str:
    """The full name of a law as a paper writes it: 《土地管理法》（2019年修正） → 中华人民共和国土地管理法."""
    bare = _NOISE.sub("", to_simplified(written))
    bare = _WRAPPED.sub(_unwrapped, bare).translate(_MARKS)
    while (shorter := _TRAILING_EDITION.sub("", bare)) != bare and len(shorter) > 1:
        bare = shorter
    bare = _WRAPPED.sub(_unwrapped, bare)
    key = bare.removeprefix(_REPUBLIC)
    key = _lexicon().short.get(key, key)
    if bare.startswith(_REPUBLIC) or key in _lexicon().republic:
        return _REPUBLIC + key
    is_statute = _STATUTE.search(key) and "〈" not in key and key not in _WITHOUT_REPUBLIC
    return _REPUBLIC + key if is_statute else key


def _unwrapped(match: re.Match[str]) -> str:
    """The inside of a title; a mark that closes a law named inside stays."""
    inside = match[1]
    n_open = sum(map(inside.count, "《〈<")) - sum(map(inside.count, "》〉>"))
    return inside + "〉" * n_open


def law_key(name: str) -> str:
    """What all ways of writing one law have in common: its full name without 中华人民共和国."""
    return law_name(name).removeprefix(_REPUBLIC)


def repeal_of(name: str) -> Repeal | None:
    """When and by what a law was repealed; None if it holds or nothing is known."""
    known = _lexicon().repealed.get(law_key(name))
    if known is None or not known.successor:
        return known
    return replace(known, successor=law_name(known.successor))


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """The reviewed facts of `laws.yaml`; names stand without 中华人民共和国."""

    republic: frozenset[str]
    short: dict[str, str]
    repealed: dict[str, Repeal]


@cache
def _lexicon() -> _Lexicon:
    facts = yaml.safe_load(_LEXICON.read_text("utf-8"))
    repealed = {
        name: Repeal(fact["since"], fact.get("by", "")) for name, fact in facts["repealed"].items()
    }
    return _Lexicon(frozenset(facts["republic"]), facts["short"], repealed)
