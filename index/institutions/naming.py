"""Names of bodies in papers: a cell or a title as written → the full name of the body meant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from index.extract.columns import squeeze
from index.gazetteer import Gazetteer, parse_path
from index.institutions.names import is_short_for
from index.institutions.templates import Template, is_level_word, is_nameless, template_of
from index.model import Level, Place

_RELATIVE = {
    "省": Level.PROVINCE,
    "市": Level.CITY,
    "州": Level.CITY,
    "县": Level.COUNTY,
    "区": Level.COUNTY,
}
_NOT_RELATIVE = ("市场", "市政", "市容", "市民", "市域", "区域")
_BRACKETED = re.compile(r"（[^（）]*）")
# 本县民政局, 全市民政局: said from within the place.
_OUR = re.compile(r"^(?:本|全|我)(?=[省市县区州旗])")
_GOVERNMENT = re.compile(r"(?:政府|办事处)$")
# Fields that have a department of their own everywhere: 民政部门 is never the 水利局.
_FIELDS = re.compile(
    r"发展改革|教育|科技|科学技术|工业|公安|民政|司法|财政|人力资源|社会保障|自然资源|生态环境|住房|建设|交通|农业|水利|商务|文化"
    r"|卫生|退役军人|应急|审计|市场监|统计|医疗保障|信访|城市管理|税务|气象|^水$"
)
_FIELD_END = re.compile(r"(?:行政)?(?:主管|管理)?(?:部门|机关|单位)$")
_SELF = re.compile(r"^(?:本部门|本单位|本局|本机关|本级|县级|市级|区级|我局|我委|本委)$")
_BODY_END = r"(?:局|委员会|委|办公室|厅|院|中心|政府|办事处|国动办|办|会|署|处|大队|支队|总队|站|所|社|团|台)"
_IN_TITLE = re.compile(
    rf"^(?:附件\d*[：:、]?)?(?:关于)?(?:印发|公布|调整)?(?P<body>[^年\d（(《]*?{_BODY_END}(?:[（(][^年）)]*{_BODY_END}[）)])?)"
    r"(?=(?:本级)?[（(]?(?:\d{4}|权责|权力|责任|行政|职权|职责|职能|主要|部门职|工作职|单位职|科室|股室|政务|清单|目录|机构|内设|“三定”|三定))"
)
# 甲县人民政府办公室关于印发《乙局…规定》的通知: the paper is the one it carries.
_ISSUING = re.compile(r"^(?:.{0,60}?关于)?(?:印发|公布|批转|转发)(?:《|“)?")
_ISSUER = re.compile(rf"^(?P<issuer>[^《》（）]{{4,60}}?{_BODY_END})关于")
_ISSUERS = re.compile(r"(?<=办公室)(?=[^（])|(?<=人民政府)(?!办公室)(?=[^（])|(?<=局)(?=[^（])")
_YEAR_FIRST = re.compile(r"^(?:附件\d*[：:]?)?\d{4}年(?:度)?")
# Separators outside brackets; a line break counts only after a whole name, as cells break words.
_SEPARATORS = re.compile(
    rf"[、，,；;/]+(?=[^（）()]*(?:[（(]|$))|(?<={'[局委室厅院心府处会站所队]'})\n(?=[^（）()]*(?:[（(]|$))"
)


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes a list, as far as known: the body's full name and the chain of its place."""

    body: str
    chain: tuple[Place, ...]

    @property
    def place(self) -> Place | None:
        """The body's own place."""
        return self.chain[0] if self.chain else None

    def at(self, level: Level) -> Place | None:
        """The place of a level in the chain."""
        return next((place for place in self.chain if place.level is level), None)


def tidy_name(written: str) -> str:
    """A name without spaces and line breaks, its brackets full-width as published names have them."""
    return squeeze(written).replace("(", "（").replace(")", "）")


def body_in_title(title: str) -> str:
    """The body named by a title or file name: 克拉玛依市财政局2025年权责清单 → 克拉玛依市财政局; or ""."""
    match = _IN_TITLE.match(_YEAR_FIRST.sub("", own_title(title)))
    return match.group("body") if match else ""


def own_title(title: str) -> str:
    """A title without who issues it: 甲县人民政府关于印发《乙镇…规定》的通知 → 乙镇…规定》的通知."""
    tidied = tidy_name(title)
    issuer = _ISSUER.match(tidied)
    return _ISSUING.sub("", tidied[issuer.end() :] if issuer else tidied)


def publisher_in_title(title: str) -> str:
    """Who issues a paper by its title: 甲县委办公室 甲县人民政府办公室关于印发… → both, with 、; or ""."""
    match = _ISSUER.match(tidy_name(title))
    return "、".join(_ISSUERS.split(match["issuer"])) if match else ""


def government_of(place: Place, county: Place | None) -> str:
    """The government of a township-level place: 临溪县东坝街道 → 临溪县东坝街道办事处."""
    prefix = county.name if county else ""
    return f"{prefix}{place.name}{'办事处' if place.name.endswith('街道') else '人民政府'}"


def government_at(place: Place, gazetteer: Gazetteer) -> str:
    """The government of a place; a township's name opens with its county's, if it has one."""
    is_township = place.level is Level.TOWNSHIP
    county = gazetteer.at_level(place.code, Level.COUNTY) if is_township else None
    return government_of(place, county)


def resolve_body(written: str, publisher: Publisher) -> tuple[str, str]:
    """(full name, flag) of a body as written in a list of `publisher`.

    Flags: "template-body" when the cell holds a template organ or only a field's name (民政部门),
    "body-from-title" when it holds none, "" when the name was completed or stands in full.
    """
    name = tidy_name(written)
    if not name or _SELF.match(name):
        return publisher.body, "body-from-title"
    if template := template_of(name):
        return _fill_template(name, template, publisher), "template-body"
    if is_nameless(name):
        is_own = _field(name) in publisher.body and _department(publisher)
        return (publisher.body if is_own else name), "template-body"
    if parse_path(name) or not publisher.chain:
        return _with_county(from_own_place(name), publisher), ""
    return _complete(_OUR.sub("", name), publisher), ""


def split_bodies(written: str) -> tuple[str, ...]:
    """Several bodies in one cell, separated by 、 or line breaks outside brackets.

    市、县民政局 is one template, not two bodies.
    """
    parts: list[str] = []
    for part in _SEPARATORS.split(written.strip()):
        if parts and is_level_word(squeeze(parts[-1])):
            parts[-1] = f"{parts[-1]}、{part}"
        elif part.strip():
            parts.append(part)
    return tuple(parts)


def _fill_template(name: str, template: Template, publisher: Publisher) -> str:
    """The body of the publisher's own level or the nearest above; as written where there is none."""
    if template.levels == {Level.TOWNSHIP}:
        is_township = publisher.place is not None and publisher.place.level is Level.TOWNSHIP
        return publisher.body if is_township else name
    own = _department_place(publisher)
    above = (place for place in publisher.chain if own and place.level in template.levels)
    place = next((p for p in above if p.level is not Level.TOWNSHIP), None)
    if place is None:
        return name
    if template.is_nameless:
        field = _field(template.core)
        is_anothers = field not in publisher.body and bool(_FIELDS.search(field))
        return (place == own and not is_anothers and _department(publisher)) or name
    return f"{place.name}{template.core}"


def _department(publisher: Publisher) -> str:
    """The publisher's name if it is a department; "" for a government, whose departments are many."""
    return "" if _GOVERNMENT.search(publisher.body) else publisher.body


def _field(name: str) -> str:
    """What a body named by its field is for: 商务主管部门 → 商务."""
    return _FIELD_END.sub("", name)


def _complete(name: str, publisher: Publisher) -> str:
    """市科技局 → 克拉玛依市科技局; 民政局 → 临溪县民政局; other levels' bodies stay as written.

    A name that is short for the publisher's is the publisher.
    """
    full = _completed(name, publisher)
    place = _department_place(publisher)
    prefix = place.name if place else ""
    own = publisher.body.removeprefix(prefix)
    is_own = full.startswith(prefix) and is_short_for(full.removeprefix(prefix), own)
    return publisher.body if prefix and is_own else full


def _completed(name: str, publisher: Publisher) -> str:
    level = None if name.startswith(_NOT_RELATIVE) else _RELATIVE.get(name[0])
    if level:
        place = _nearest_place(name[0], publisher) or publisher.at(level)
        return f"{place.name}{name[1:]}" if place else name
    if name.startswith(("省", "自治区", "国家", "中共", "国务院")):
        return name
    office_place = _department_place(publisher)
    return f"{office_place.name}{name}" if office_place else name


def _nearest_place(kind: str, publisher: Publisher) -> Place | None:
    """What 市 means to a county-level city is that city, to its districts the city above."""
    named = (place for place in publisher.chain if not place.name.endswith("自治区"))
    return next((place for place in named if place.name.endswith(kind)), None)


def _department_place(publisher: Publisher) -> Place | None:
    """Where a department without a place belongs: a township's lists speak of the county's."""
    if publisher.place and publisher.place.level is Level.TOWNSHIP:
        return publisher.at(Level.COUNTY)
    return publisher.place


def from_own_place(name: str) -> str:
    """岚川市枫溪区民政局 → 枫溪区民政局: papers name a body with and without the places above its own."""
    uppers = [step for step, level in parse_path(name) if level is not Level.TOWNSHIP]
    party = "中共" if name.startswith("中共") else ""
    return party + name.removeprefix(party).removeprefix("".join(uppers[:-1]))


def _with_county(name: str, publisher: Publisher) -> str:
    """城关镇人民政府 in a county's paper → 临溪县城关镇人民政府."""
    path = parse_path(name)
    county = publisher.at(Level.COUNTY)
    if county and path and path[0][1] is Level.TOWNSHIP:
        return f"{county.name}{name}"
    return name


# The bodies called by one name, by place; rank 0 where it is their own name, 1 where it is said.


@lru_cache(maxsize=65536)
def bare_name(name: str) -> str:
    """A full name without the plate in brackets."""
    return _BRACKETED.sub("", tidy_name(name))
