"""Bodies: from what a cell says ("市科技局", "地州市农业农村局") to a full, unambiguous name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.extract.columns import squeeze
from index.gazetteer import parse_path
from index.model import Level, Place

# Placeholders of provincial templates for "the body of this level, wherever this list is used".
_TEMPLATE = re.compile(
    r"^(?:各)?(?:地[（(]?[、州]?[州、市]*[)）]?市?|设区的?市|州市|市州|盟市|县[（(]?[、市]+[、区]*[)）]?|县市区|市县|县区|市区县|区县)"
    r"(?:级)?(?:人民政府)?(?P<core>.{2,})$"
)
_TEMPLATE_LEVELS = (
    (re.compile(r"^(?:各)?(?:地|设区|州|盟|市州)"), Level.CITY),
    (re.compile(r"^(?:各)?(?:县|市县|区县)"), Level.COUNTY),
)
# A body named by what it is for, not by name: 商务主管部门, 渔业行政主管部门.
_NAMELESS = re.compile(r"(?:行政)?(?:主管|管理)部门$")
_RELATIVE = {
    "省": Level.PROVINCE,
    "市": Level.CITY,
    "州": Level.CITY,
    "县": Level.COUNTY,
    "区": Level.COUNTY,
}
_NOT_RELATIVE = ("市场", "市政", "市容", "市民", "市域", "区域")
_SELF = re.compile(r"^(?:本部门|本单位|本局|本机关|本级|县级|市级|区级|我局|我委|本委)$")
_BODY_END = r"(?:局|委员会|委|办公室|厅|院|中心|政府|办事处|国动办|办|会|署|处|大队|支队|总队|站|所|社|团|台)"
_IN_TITLE = re.compile(
    rf"^(?:附件\d*[：:、]?)?(?:关于)?(?:印发|公布|调整)?(?P<body>[^年\d（(《]*?{_BODY_END}(?:[（(][^年）)]*{_BODY_END}[）)])?)"
    r"(?=(?:本级)?[（(]?(?:\d{4}|权责|权力|责任|行政|职权|职责|职能|主要|政务|清单|目录|机构|内设|“三定”|三定))"
)
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
    match = _IN_TITLE.match(_YEAR_FIRST.sub("", tidy_name(title)))
    return match.group("body") if match else ""


def government_of(place: Place, county: Place | None) -> str:
    """The government of a township-level place: 临溪县东坝街道 → 临溪县东坝街道办事处."""
    prefix = county.name if county else ""
    return f"{prefix}{place.name}{'办事处' if place.name.endswith('街道') else '人民政府'}"


def resolve_body(written: str, publisher: Publisher) -> tuple[str, str]:
    """(full name, flag) of a body as written in a list of `publisher`.

    Flags: "template-body" when the cell holds a template organ, "body-from-title" when it holds
    none, "" when the name was completed or stands in full.
    """
    name = tidy_name(written)
    if not name or _SELF.match(name):
        return publisher.body, "body-from-title"
    if template := _TEMPLATE.match(name):
        return _fill_template(name, template.group("core"), publisher), "template-body"
    if parse_path(name) or not publisher.chain:
        return _with_county(name, publisher), ""
    return _complete(name, publisher), ""


def split_bodies(written: str) -> tuple[str, ...]:
    """Several bodies in one cell, separated by 、 or line breaks outside brackets."""
    return tuple(part for part in _SEPARATORS.split(written.strip()) if part.strip())


def _fill_template(name: str, core: str, publisher: Publisher) -> str:
    level = next((lv for pattern, lv in _TEMPLATE_LEVELS if pattern.match(name)), None)
    place = publisher.at(level) if level else publisher.place
    if place is None:
        return name
    if _NAMELESS.search(core):
        return publisher.body or name
    return f"{place.name}{core}"


def _complete(name: str, publisher: Publisher) -> str:
    """市科技局 → 克拉玛依市科技局; 民政局 → 临溪县民政局; other levels' bodies stay as written."""
    level = None if name.startswith(_NOT_RELATIVE) else _RELATIVE.get(name[0])
    if level:
        place = _nearest(name[0], publisher) or publisher.at(level)
        return f"{place.name}{name[1:]}" if place else name
    if name.startswith(("省", "自治区", "国家", "中共", "国务院")):
        return name
    office_place = _department_place(publisher)
    return f"{office_place.name}{name}" if office_place else name


def _nearest(kind: str, publisher: Publisher) -> Place | None:
    """What 市 means to a county-level city is that city, to its districts the city above."""
    named = (place for place in publisher.chain if not place.name.endswith("自治区"))
    return next((place for place in named if place.name.endswith(kind)), None)


def _department_place(publisher: Publisher) -> Place | None:
    """Where a department without a place belongs: a township's lists speak of the county's."""
    if publisher.place and publisher.place.level is Level.TOWNSHIP:
        return publisher.at(Level.COUNTY)
    return publisher.place


def _with_county(name: str, publisher: Publisher) -> str:
    """城关镇人民政府 in a county's paper → 临溪县城关镇人民政府."""
    path = parse_path(name)
    county = publisher.at(Level.COUNTY)
    if county and path and path[0][1] is Level.TOWNSHIP:
        return f"{county.name}{name}"
    return name
