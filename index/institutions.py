"""Bodies: what a cell or a question calls them → full names; what became of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice

from index.body_names import is_short_for, spoken_names
from index.extract.columns import squeeze
from index.gazetteer import Gazetteer, PlaceMention, parse_path
from index.model import Body, BodyKind, Level, Place, Reform
from index.phrases import PhraseIndex
from index.succession import Succession, Successions
from index.templates import Template, is_level_word, is_nameless, template_of

_RELATIVE = {
    "省": Level.PROVINCE,
    "市": Level.CITY,
    "州": Level.CITY,
    "县": Level.COUNTY,
    "区": Level.COUNTY,
}
_LEVELS = {**_RELATIVE, "镇": Level.TOWNSHIP, "乡": Level.TOWNSHIP}
# The last letter of a name that another word goes on with: 改编办法, 世纪委托, 市场局面.
_GOES_ON = re.compile(r"局[面限势部]|办[法理事案公证结]|委[托派屈任员]|站[点长]|所[有以需在]")
# Every place has one: never meant without a place or a level's letter.
_NEEDS_PLACE = frozenset({"人民政府", "政府", "办事处"})
_NOT_RELATIVE = ("市场", "市政", "市容", "市民", "市域", "区域")
_SHORTEST_OWN = 3
# A name without a place that more bodies bear tells nothing: the place has to be asked.
_MOST_ANYWHERE = 24
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
    r"(?=(?:本级)?[（(]?(?:\d{4}|权责|权力|责任|行政|职权|职责|职能|主要|政务|清单|目录|机构|内设|“三定”|三定))"
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
        return _with_county(name, publisher), ""
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


def _with_county(name: str, publisher: Publisher) -> str:
    """城关镇人民政府 in a county's paper → 临溪县城关镇人民政府."""
    path = parse_path(name)
    county = publisher.at(Level.COUNTY)
    if county and path and path[0][1] is Level.TOWNSHIP:
        return f"{county.name}{name}"
    return name


# The bodies called by one name, by place; rank 0 where it is their own name, 1 where it is said.
_Called = dict[str, list[tuple[int, Body]]]


@dataclass(frozen=True, slots=True)
class BodyMention:
    """A body that a text calls by any of its names: `words` as they stand from `start` on."""

    start: int
    words: str
    body: Body

    @property
    def end(self) -> int:
        """The position behind the words."""
        return self.start + len(self.words)


class Institutions:
    """The bodies of a corpus and their history. Immutable; safe to share between threads."""

    def __init__(
        self, bodies: Iterable[Body], reforms: Iterable[Reform], gazetteer: Gazetteer
    ) -> None:
        self._gazetteer = gazetteer
        self._by_name: dict[str, Body] = {}
        self._called: dict[str, _Called] = defaultdict(lambda: defaultdict(list))
        for body in bodies:
            self._add(body)
        self._phrases = PhraseIndex(self._called)
        self._successions = Successions(reforms)

    def __iter__(self) -> Iterator[Body]:
        return iter(dict.fromkeys(self._by_name.values()))

    def get(self, name: str) -> Body | None:
        """The body with a full name, its plates' names included."""
        return self._by_name.get(bare_name(name))

    def named(self, text: str, place_codes: Sequence[str] = ()) -> tuple[BodyMention, ...]:
        """The bodies called in a text by full, short or everyday name or plate, longest first.

        A place named right before a body decides whose it is (临溪县民政局, 临溪民政局), and so does
        the letter of a level (县民政局) within the places asked about; else the nearest body in the
        chain of those places. Without places those of two dozen places are named.
        """
        places = self._gazetteer.mentions(text)
        found = [
            BodyMention(start, text[start:end], body)
            for at, words in self._phrases.find(text)
            if not _GOES_ON.match(text, at + len(words) - 1)
            for start, end, bodies in [self._whose(text, at, words, places, place_codes)]
            for body in bodies
        ]
        return tuple(sorted(found, key=lambda m: (-len(m.words), m.start, m.body.name)))

    def words(self, text: str) -> tuple[tuple[int, str], ...]:
        """(start, words) of what is called like some body, whoever that may be."""
        return tuple(self._phrases.find(text))

    def today(self, name: str, on: date) -> Succession:
        """What a body is on a day, and the reforms that led there."""
        return self._successions.today(bare_name(name), on)

    def before(self, name: str, on: date | None = None) -> Succession:
        """What on a day were the bodies that a body came from; the first ones without a day."""
        return self._successions.before(bare_name(name), on)

    def transfers(self, name: str, on: date) -> tuple[Reform, ...]:
        """The duties that a body handed to others up to a day."""
        return self._successions.transfers(bare_name(name), on)

    def exists(self, name: str, on: date) -> bool | None:
        """Whether a body is in being on a day; None for one that no paper knows."""
        by_reform = self._successions.exists(bare_name(name), on)
        return by_reform if by_reform is not None else (True if self.get(name) else None)

    def is_institution(self, name: str) -> bool | None:
        """True for a 事业单位, False for an organ or another kind of body, None if not known."""
        body = self.get(name)
        kind = body.kind if body else BodyKind.UNKNOWN
        return None if kind is BodyKind.UNKNOWN else kind is BodyKind.INSTITUTION

    def _add(self, body: Body) -> None:
        prefix = body.name.removesuffix(body.own)
        for name in dict.fromkeys((body.name, *map(bare_name, body.names))):
            self._by_name.setdefault(name, body)
            own = name.removeprefix(prefix) if prefix else name
            if body.place and len(own) >= _SHORTEST_OWN:
                for rank, said in enumerate(spoken_names(own)):
                    self._called[said][body.place].append((min(rank, 1), body))

    def _whose(
        self,
        text: str,
        at: int,
        words: str,
        places: Sequence[PlaceMention],
        place_codes: Sequence[str],
    ) -> tuple[int, int, tuple[Body, ...]]:
        """(start, end, bodies) of a name: told by the place before it, a level's letter, the chain."""
        called, end = self._called[words], at + len(words)
        # A place may end within the name: 临溪县 in 临溪县委编办, 东坝街道 in 东坝街道办.
        before = next((m for m in places if m.start < at <= m.end), None)
        if before and (meant := self._narrowed(before, place_codes)):
            return before.start, end, self._at(called, meant, words)
        chains = [self._gazetteer.chain(code) for code in place_codes]
        if (letter := text[at - 1 : at]) in _LEVELS:
            return at - 1, end, self._of_level(called, letter, chains)
        if words in _NEEDS_PLACE:
            return at, end, ()
        if not chains:
            return at, end, _best(called, islice(called, _MOST_ANYWHERE))
        return at, end, tuple(dict.fromkeys(b for chain in chains for b in _nearest(called, chain)))

    def _of_level(
        self, called: _Called, letter: str, chains: Sequence[Sequence[Place]]
    ) -> tuple[Body, ...]:
        """县民政局: the body of the place so called in each chain; of every such place without one.

        What 市 means to a county-level city is that city. A level without such a body has none:
        never the next level's.
        """
        if chains:
            named = (_called_by_letter(letter, chain) for chain in chains)
            return _best(called, {place.code for place in named if place})
        places = filter(None, map(self._gazetteer.get, called))
        return _best(called, {p.code for p in places if _called_by_letter(letter, (p,))})

    def _at(self, called: _Called, places: Sequence[Place], words: str) -> tuple[Body, ...]:
        """Bodies of the places named; a township without one of its own speaks of its county's."""
        if found := _best(called, {place.code for place in places}):
            return found
        if words in _NEEDS_PLACE or any(p.level is not Level.TOWNSHIP for p in places):
            return ()
        chains = [self._gazetteer.chain(place.code) for place in places]
        return tuple(dict.fromkeys(b for chain in chains for b in _nearest(called, chain)))

    def _narrowed(self, named: PlaceMention, place_codes: Sequence[str]) -> tuple[Place, ...]:
        """The places that a name means: of several, those below or above the places asked about.

        A township's short name elsewhere (文化 for 文化镇) is taken for an ordinary word.
        """
        chain = self._gazetteer.chain
        above = {place.code for code in place_codes for place in chain(code)}
        near = tuple(
            place
            for place in named.places
            if place.code in above or {p.code for p in chain(place.code)} & set(place_codes)
        )
        is_word = named.is_short and place_codes and named.places[0].level is Level.TOWNSHIP
        return near or (() if is_word else named.places)


def _best(called: _Called, codes: Iterable[str]) -> tuple[Body, ...]:
    """Of the bodies called so at some places, those whose own name it is, else all."""
    inside = [pair for code in codes for pair in called.get(code, ())]
    first = min((rank for rank, _ in inside), default=0)
    bodies = (body for rank, body in inside if rank == first)
    return tuple({body.name: body for body in bodies}.values())


def _called_by_letter(letter: str, chain: Sequence[Place]) -> Place | None:
    """The place of a chain that a level's letter means."""
    by_name = (p for p in chain if p.name.endswith(letter) and not p.name.endswith("自治区"))
    by_level = (p for p in chain if p.level is _LEVELS[letter])
    return next(by_name, None) or next(by_level, None)


def _nearest(called: _Called, chain: Sequence[Place]) -> tuple[Body, ...]:
    return next((found for place in chain if (found := _best(called, {place.code}))), ())


@lru_cache(maxsize=65536)
def bare_name(name: str) -> str:
    """A full name without the plate in brackets."""
    return _BRACKETED.sub("", tidy_name(name))
