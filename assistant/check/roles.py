"""Who does what in a sentence: each name with the part that the words beside it give it."""

from __future__ import annotations

import re
from enum import StrEnum

from assistant.check.facts import Names


class Part(StrEnum):
    """What the words beside a name make of it."""

    HOLDS = "负责"
    LEADS = "牵头"
    HELPS = "配合"
    RECEIVES = "收回"
    ENTRUSTS = "委托"
    DELEGATES = "赋权"
    NAMED = "名义"
    LIABLE = "责任"
    DOES = "承办"
    PROVISION = "三定"
    UNCLEAR = "不明"


# In order: (part, what ends the words before the name, what begins those after it).
_ANY = r""
_RULES = (
    (Part.PROVISION, _ANY, r"(?:的)?[“\"]?三定"),
    (Part.ENTRUSTS, r"受(?:了)?$", r"(?:的)?委托"),
    (Part.ENTRUSTS, _ANY, r"(?:的)?委托"),
    (Part.NAMED, r"以$", r"(?:的)?名义"),
    (Part.LIABLE, r"责任[^，。；]{0,4}由$", r"(?:来)?(?:承担|负责)"),
    (Part.LIABLE, _ANY, r"(?:仍|仍然|依然|来)?承担(?:法律)?责任"),
    (Part.DELEGATES, _ANY, r"(?:的|已|已经|将)?(?:赋权|下放|赋予|放权)"),
    (Part.HELPS, _ANY, r"(?:来|负责|予以|做好|则|也)?(?:配合|协助)"),
    (Part.RECEIVES, _ANY, r"(?:已|已经|来|统一)?(?:收回|承接|收归)"),
    (Part.LEADS, _ANY, r"(?:来|负责)?牵头"),
    (Part.DOES, r"(?:具体|具体是|具体的)(?:由|找|到|是|请找)$", _ANY),
    (Part.DOES, _ANY, r"(?:来|具体|负责)?(?:承办|经办)"),
    (Part.HOLDS, r"(?:由|归|找|到|去|是|为|联系|咨询|请向|向)$", _ANY),
    (Part.HOLDS, _ANY, r"(?:来|具体|受|统一)?(?:负责|办理|承担|主管|受理|管)"),
)
_COMPILED = tuple((p, re.compile(before), re.compile(after)) for p, before, after in _RULES)
_OFFICE_PARTS = frozenset({Part.HOLDS, Part.DOES})
_DENIED = re.compile(r"[不没未无非][^，。；]{0,3}$")
_CLAUSE = re.compile(r"[，,。；;：:（）()！？]")


def parts_of(text: str, names: Names) -> frozenset[tuple[str, Part]]:
    """Each name in a sentence with its part; an office does its work, however that is said."""
    found = set()
    pattern = _pattern((*names.bodies, *names.offices))
    for match in pattern.finditer(text) if pattern else ():
        name = match.group()
        part = _part(text[: match.start()], text[match.end() :])
        if name in names.offices and part in _OFFICE_PARTS:
            part = Part.DOES
        found.add((name, part))
    return frozenset(found)


def _part(before: str, after: str) -> Part:
    before = _CLAUSE.split(before)[-1]
    if _DENIED.search(before):
        return Part.UNCLEAR
    for part, left, right in _COMPILED:
        if left.search(before) and right.match(after):
            return part
    return Part.UNCLEAR


def _pattern(names: tuple[str, ...]) -> re.Pattern[str] | None:
    ordered = sorted(names, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ordered))) if ordered else None
