"""Places that a question names but the corpus has no papers of: better said than guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.understand.names import Names
from assistant.understand.wording import blank
from index.words import is_everyday, is_word, words

# Words that a place's name does not hold; what stands before it in a sentence does.
_OTHER = (
    "出进过往离下在去到从是我你他住来回离找给跟问向由归让叫请就那这哪有为的了吗呢谁各"
    "全本该某几多想要不个里上乡镇县省市区办管各什么把被用与或及等"
)
_PLAIN = rf"[^\W\da-zA-Z{_OTHER}]"
_TOWN = re.compile(
    rf"(?P<name>{_PLAIN}{{2,3}}(?:镇|乡|街道))(?![政镇办村亲下土长情音友愁里上道貌容])"
)
_COUNTY = re.compile(rf"(?P<name>{_PLAIN}{{2,3}}(?:县|自治县|旗))(?![城政级里委域乡市官道志界])")
_UPPER = re.compile(rf"(?P<name>{_PLAIN}{{2,3}}(?:县|市|区|旗))$")
_NO_NAME = re.compile(
    r"(?:乡镇|城镇|集镇|小镇|古镇|大镇|强镇|名镇|重镇|老乡|家乡|返乡|下乡|回乡|同乡|异乡|城乡|民族乡|村镇|建制镇|中心镇|特色小镇"
    r"|大县|强县|小县|隔壁县|旁边县|附近县|贫困县|试点县|示范县|先进县|脱贫县|外县|邻县|郊县|跨县|百强县|区县|市县|锦旗|红旗|国旗|彩旗|党旗|军旗)$"
)
# A city's short name is a place where one is spoken of: 杭州的, 在杭州办; not 兰州拉面, 北京路.
_AT = re.compile(r"(?:^|[ 在到去从是住])$")
_THERE = re.compile(r"$|[ 的市]|这边|那边|这里|那里|本地|低保|户口")
_DOING = re.compile(r"[办申想要怎谁哪找能有买住工开租上打读]")
_STRADDLE = re.compile(r"市[场民政容集面]|区[域别分块间号]")
# A zone with an authority of its own, that stands beside counties: 云岫经济技术开发区.
_ZONE = re.compile(
    r"(?:国家级|省级)?(?:(?:经济技术|高新技术(?:产业)?|高新|经济)?开发区|高新区|经开区|综合保税区|新区)(?!管委会|管理委员会)"
)
_KIND = re.compile(r"(?:街道|自治县|镇|乡|县|旗)$")
_SHORTEST_STEM = 2


def unloaded_place(text: str, known: Sequence[tuple[int, int]], names: Names) -> str:
    """A place of the national standard, or one named like a county or township, not in the corpus.

    `known` are the stretches where known places stand.
    """
    free = text
    for start, end in known:
        free = blank(free, start, end)
    return (
        _zone(text, known)
        or _unknown_upper(text, free, known, names)
        or _national(free, names)
        or ("" if known else _city(free, names) or _unknown(_COUNTY, free))
        or _unknown(_TOWN, free)
    )


def _zone(text: str, known: Sequence[tuple[int, int]]) -> str:
    """A development zone named right behind a known place."""
    found = ((start, _ZONE.match(text, end)) for start, end in known)
    return next((text[start : zone.end()] for start, zone in found if zone), "")


def _unknown_upper(text: str, free: str, known: Sequence[tuple[int, int]], names: Names) -> str:
    """清源县 in front of a known 城关镇: that town is another one."""
    for start, end in known:
        match = _UPPER.search(free[:start])
        if match and not _NO_NAME.search(upper := match["name"]):
            is_place = upper.endswith("县") or names.unloaded.at(upper, 0) == upper
            return upper + text[start:end] if is_place else ""
    return ""


def _national(text: str, names: Names) -> str:
    """The path of national names that a text holds: 北京市朝阳区."""
    path, behind = "", -1
    for start, name in names.unloaded.find(text):
        end = start + len(name)
        if _STRADDLE.match(text, end - 1):
            continue
        if path and start != behind:
            break
        path, behind = path + name, end
    return path


def _city(text: str, names: Names) -> str:
    """A city or province by its short name, where a place is spoken of."""
    for start, name in names.unloaded_short.find(text):
        end = start + len(name)
        is_place = _THERE.match(text, end) or (start and _DOING.match(text, end))
        if is_place and _AT.search(text[:start]):
            return name
    return ""


def _unknown(pattern: re.Pattern[str], text: str) -> str:
    for match in pattern.finditer(text):
        name = _without_cut_word(match["name"], text[: match.end("name")])
        stem = _KIND.sub("", name)
        ordinary = is_everyday(name[-2:]) if len(name) - len(stem) == 1 else is_word(stem)
        if len(stem) >= _SHORTEST_STEM and not ordinary and not _NO_NAME.search(name):
            return name
    return ""


def _without_cut_word(name: str, text: str) -> str:
    """口杨柳镇 in 户口杨柳镇 → 杨柳镇: the name does not begin inside a word."""
    start, position = len(text) - len(name), 0
    for word in words(text):
        position += len(word)
        if position > start:
            cut = position - len(word) < start
            return text[position:] if cut else name
    return name
