"""What people call a body: its own name, its letters drawn together, names in daily use."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

import yaml

_EVERYDAY = Path(__file__).parent.parent / "lexicon" / "bodies.yaml"
_KIND_OF_OFFICE = re.compile(r"(?:委员会|局|办公室|厅|委|办)$")
_SHORTEST_STEM = 2
# How speech cuts the ends of long names.
_CUT_ENDS = (("人民政府办公室", "政府办"), ("人民政府", "政府"), ("办公室", "办"), ("委员会", "委"))
_SHORTEST_CUT = 3
_GOVERNMENTS = {"人民政府": ("政府",), "办事处": ("街道办事处", "街道办")}
# 生态环境局临溪分局 is what 生态环境局 means in 临溪.
_BRANCH = re.compile(r"(?P<office>.+局)(?P<place>.{2,8})分局$")


def is_short_for(short: str, full: str) -> bool:
    """True if the characters of a short name stand in the full one, in order, first and last alike.

    市场监管局 is short for 市场监督管理局, 卫健委 for 卫生健康委员会.
    """
    if not short or short[0] != full[:1] or len(short) >= len(full):
        return False
    return _stands_in(short, full) and (short[-1] == full[-1] or short[-1] == "委")


@lru_cache(maxsize=16384)
def spoken_names(own: str) -> tuple[str, ...]:
    """All that a body without its place may be called in speech, its own name first."""
    if own in _GOVERNMENTS:
        return (own, *_GOVERNMENTS[own])
    said = (
        word
        for word, formal in everyday_names().items()
        if is_short_for(word, own) or _is_office_of(formal, own)
    )
    cut = (own.removesuffix(end) + short for end, short in _CUT_ENDS if own.endswith(end))
    cuts = (name for name in cut if len(name) >= _SHORTEST_CUT)
    branch = _BRANCH.match(own)
    of_branch = (branch["office"], f"{branch['place']}分局") if branch else ()
    return tuple(dict.fromkeys((own, *of_branch, *cuts, *said)))


def branch_of(own: str) -> str:
    """The short name of the place that a branch serves: 生态环境局临溪分局 → 临溪; "" for others."""
    branch = _BRANCH.match(own)
    return branch["place"] if branch else ""


def organ_of(name: str) -> str:
    """The body that a branch is of: 云岫市生态环境局临溪分局 → 云岫市生态环境局; others as they are."""
    branch = _BRANCH.match(name)
    return branch["office"] if branch else name


@cache
def everyday_names() -> dict[str, str]:
    """Names in daily use → the formal name that they mean, without a place."""
    names: dict[str, str] = yaml.safe_load(_EVERYDAY.read_text("utf-8"))
    return names


def _is_office_of(formal: str, own: str) -> bool:
    """True if a formal name and a body's own speak of one office: 卫生健康委员会, 卫生健康局."""
    wanted, stem = (_KIND_OF_OFFICE.sub("", name) for name in (formal, own))
    is_office = stem != own and len(wanted) >= _SHORTEST_STEM and stem[:1] == wanted[:1]
    return is_office and _stands_in(wanted, stem)


def _stands_in(short: str, full: str) -> bool:
    rest = iter(full)
    return all(character in rest for character in short)
