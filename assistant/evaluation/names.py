"""When two names of a body or an office mean the same: brackets, everyday short forms, relative names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import yaml

from index.gazetteer import Gazetteer

_BODY_NAMES = Path(__file__).parents[2] / "index" / "lexicon" / "bodies.yaml"
_RELATIVE = ("市", "县", "区")


def same_name(expected: str, given: str) -> bool:
    """True for equal names in any spelling; "市X局" means the X局 of the city in question."""
    left, right = _plain(expected), _plain(given)
    return left == right or (left.startswith(_RELATIVE) and right.endswith(left))


def is_one_of(expected: Iterable[str], given: str) -> bool:
    """True if a name is one of those expected."""
    return bool(given) and any(same_name(name, given) for name in expected)


def same_kind_elsewhere(expected: str, given: str, gazetteer: Gazetteer) -> bool:
    """True for the right sort of body of a wrong place: 望川县民政局 for 临溪县民政局."""
    return not same_name(expected, given) and _placeless(expected, gazetteer) == _placeless(
        given, gazetteer
    )


def _placeless(name: str, gazetteer: Gazetteer) -> str:
    """临溪县城关镇人民政府 → 人民政府: every known place name taken off the front."""
    rest = _plain(name)
    while place := next((n for n in gazetteer.names() if rest.startswith(n) and rest != n), ""):
        rest = rest.removeprefix(place)
    return rest


def _plain(name: str) -> str:
    plain = re.sub(r"[\s()]", "", unicodedata.normalize("NFKC", name))
    for everyday, formal in _everyday_names().items():
        if plain.endswith(everyday) and not plain.endswith(formal):
            return plain.removesuffix(everyday) + formal
    return plain


@cache
def _everyday_names() -> dict[str, str]:
    names: dict[str, str] = yaml.safe_load(_BODY_NAMES.read_text("utf-8"))
    return names
