"""Who does what in a sentence: each name with the part that the words beside it give it."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from assistant.check.claims import DENIAL
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
_WHICH = r"(?:负责)?(?:的)?(?:单位|部门|机关|机构)?(?:是|为)"
_TOWARDS = r"(?:由|归|找|到|去|是|为|给|属于|前往|联系|咨询|向)"
_RULES = (
    (Part.PROVISION, _ANY, r"(?:的)?(?:[“\"]?三定|(?:公布的)?机构职能)"),
    (Part.ENTRUSTS, r"受(?:了)?$", r"(?:的)?委托"),
    (Part.ENTRUSTS, _ANY, r"(?:的)?委托"),
    (Part.NAMED, r"以$", r"(?:的)?名义"),
    (Part.LIABLE, r"责任[^，。；]{0,4}由$", r"(?:来)?(?:承担|负责)"),
    (Part.LIABLE, _ANY, r"(?:仍|仍然|依然|来)?承担(?:法律)?责任"),
    (Part.DELEGATES, _ANY, r"(?:的|已|已经|将)?(?:赋权|下放|赋予|放权)"),
    (Part.HELPS, _ANY, r"(?:来|负责|予以|给予|做好|则|也|会|将)*(?:配合|协助)"),
    (Part.HELPS, rf"(?:配合|协助){_WHICH}$", _ANY),
    (Part.RECEIVES, _ANY, r"(?:已|已经|来|统一)?(?:收回|承接|收归)"),
    (Part.LEADS, _ANY, r"(?:来|负责)?牵头"),
    (Part.LEADS, rf"牵头{_WHICH}$", _ANY),
    (Part.DOES, rf"具体[^，。；：]{{0,8}}{_TOWARDS}$", _ANY),
    (Part.DOES, _ANY, r"(?:来|具体|负责)?(?:承办|经办)"),
    (Part.HOLDS, rf"(?:{_TOWARDS}|赋权|委托)$", _ANY),
    (Part.HOLDS, _ANY, r"(?:来|具体|受|统一)?(?:负责|办理|承担|主管|受理|管)"),
)
_COMPILED = tuple((p, re.compile(before), re.compile(after)) for p, before, after in _RULES)
_OFFICE_PARTS = frozenset({Part.HOLDS, Part.DOES})
_CLAUSE = re.compile(r"[，,。；;：:（）()！？]")
_OF = r"(?:的|下设的|内设的)?"
# "The bureau's" before an office; whose office it is, is plain while one body is named.
_ITS = r"该(?:局|委|办|镇|单位|部门|机关)(?:的|下设的|内设的)?"


def parts_of(text: str, names: Names) -> frozenset[tuple[str, Part]]:
    """Each name in a sentence with its part; an office of a body named before does its work.

    An office right behind its body takes the words before both, and the body those after both.
    """
    found = set()
    is_body_named = False
    bodies, offices = _any_of(names.bodies), _any_of(names.offices)
    for match in re.finditer(_any_of((*names.bodies, *names.offices)), text):
        name, before, after = match.group(), text[: match.start()], text[match.end() :]
        if name in names.offices:
            part = _part(re.sub(rf"{bodies}{_OF}$", "", before), after)
            part = Part.DOES if is_body_named and part in _OFFICE_PARTS else part
        else:
            part = _part(before, re.sub(rf"^{_OF}{offices}", "", after))
            is_body_named = True
        found.add((name, part))
    return frozenset(found)


def with_bare_offices(text: str, names: Names) -> str:
    """The text without "该局的" before an office, where only one body is named."""
    if sum(name in text for name in names.bodies) != 1:
        return text
    return re.sub(rf"{_ITS}(?={_any_of(names.offices)})", "", text)


def _part(before: str, after: str) -> Part:
    before = _CLAUSE.split(before.rstrip("：:"))[-1]
    if DENIAL.search(before) or DENIAL.search(_CLAUSE.split(after)[0]):
        return Part.UNCLEAR
    for part, left, right in _COMPILED:
        if left.search(before) and right.match(after):
            return part
    return Part.UNCLEAR


@lru_cache(maxsize=1024)
def _any_of(names: tuple[str, ...]) -> str:
    """A pattern of any of the names, the longest first; of nothing, if there is none."""
    ordered = sorted(names, key=len, reverse=True)
    return f"(?:{'|'.join(map(re.escape, ordered))})" if ordered else r"(?!)"
