"""Template organs: names that mean "the body of this level, wherever this list is used"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.model import Level

# A level's word, not where it opens another word: 市场, 县城管理局, 地方, 区域.
_CITY = r"市(?!场|政(?!府)|容|域|民(?!政|族|宗|主))"
_WORDS: tuple[tuple[Level, str], ...] = (
    (Level.PROVINCE, r"自治区|直辖市|省"),
    (Level.COUNTY, rf"自治县|自治旗|旗|县级{_CITY}|县(?!城(?!市|管|乡|关))|区(?!域|划)"),
    (Level.CITY, rf"设区的?市|自治州|地区|地(?!方|质|震|理|名|税)|盟|州|{_CITY}"),
    (Level.TOWNSHIP, r"乡(?!村|镇企)|镇|街道"),
)
_WORD = "|".join(f"(?:{pattern})" for _, pattern in _WORDS)
_JOINT = r"[、，（）()/·]"
_TEMPLATE = re.compile(
    rf"^(?P<every>(?:地方)?各级?|本|所在地|所辖)?(?P<levels>(?:{_JOINT}*(?:{_WORD})(?:级(?=、))?)*{_JOINT}*)"
    r"(?P<grade>级)?(?P<above>以上)?(?P<span>[两三四]级|各级)?(?:地方)?(?:各级)?(?:人民政府(?=.*(?:部门|机关|局|委员会)$))?的?"
    r"(?P<core>[^、，；。（(][^、，；。]+)$"
)
# XX县民政局, 某某县民政局: a form that nobody filled in.
_BLANK = re.compile(
    rf"^(?:[Xx\uff38×〇○*＊]{{1,3}}|某某?)(?P<level>{_WORD})(?P<core>[^、，；。]{{2,}})$"
)
_TOWNSHIPS = re.compile(
    r"^(?:各|本|所在地)?(?:乡[、（(]?镇?[）)]?|镇|镇街|街道)(?:[（(、]?街道[）)]?)?(?:办事处|人民政府|政府)?"
    r"(?:[（(、和]?(?:或者)?街道办事处[）)]?)?$"
)
# A body named by what it is for, not by name: 商务主管部门, 公安机关.
_NAMELESS = re.compile(r"(?:部门|机关|单位)$")
_ORDER = (Level.TOWNSHIP, Level.COUNTY, Level.CITY, Level.PROVINCE)


@dataclass(frozen=True, slots=True)
class Template:
    """A template organ: the levels it may be of, and its name without them ("农业农村局")."""

    levels: frozenset[Level]
    core: str

    @property
    def is_nameless(self) -> bool:
        """True for a body named by its field only."""
        return is_nameless(self.core)


def template_of(name: str) -> Template | None:
    """The template that a tidied name is: 地（州、市）农业农村局, 县级以上人民政府民政部门, XX县民政局.

    One level's word alone (县民政局) is a real body called from within its place, no template.
    """
    if blank := _BLANK.match(name):
        return Template(frozenset(_levels(blank["level"])), blank["core"])
    if _TOWNSHIPS.match(name):
        return Template(frozenset({Level.TOWNSHIP}), name)
    match = _TEMPLATE.match(name)
    if match is None:
        return None
    words = re.findall(_WORD, match["levels"])
    levels = _levels(match["levels"])
    is_graded = match["grade"] or match["above"] or match["span"]
    if not words and match["every"] and match["every"].endswith("各级"):
        return Template(frozenset(_ORDER), match["core"])
    is_one = len(words) == 1 and not words[0].startswith("设区") and match["every"] != "各"
    if not words or (is_one and not is_graded):
        return None
    if match["above"]:
        lowest = min(map(_ORDER.index, levels))
        levels = set(_ORDER[lowest:])
    return Template(frozenset(levels), match["core"])


def is_nameless(name: str) -> bool:
    """True for bodies named by what they are for: 民政部门, 水行政主管部门, 公安机关."""
    return bool(_NAMELESS.search(name))


def is_level_word(text: str) -> bool:
    """True for a text of levels' words alone, cut off a template: 市, 省、市."""
    return bool(re.fullmatch(rf"(?:各|{_JOINT}|{_WORD}|级)+", text))


def _levels(text: str) -> set[Level]:
    """The levels of a prefix; 市 behind 县 or 区 is a county-level city: 县（市、区）."""
    levels: set[Level] = set()
    for word in re.findall(_WORD, text):
        level = next(level for level, pattern in _WORDS if re.match(pattern, word))
        is_small = word == "市" and Level.COUNTY in levels
        levels.add(Level.COUNTY if is_small else level)
    return levels
