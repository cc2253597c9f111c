"""The place that a question is about: named in it, stated beside it, or named but unknown here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.understand.landmarks import is_part_of_other_name
from assistant.understand.names import Names
from assistant.understand.unloaded import unloaded_place
from assistant.understand.wording import plain
from index.gazetteer import PlaceMention
from index.model import Level, Place, Reform
from index.words import is_everyday

# 东方市场 is no 东方市.
_NOT_A_KIND = re.compile(r"市[场民政容集]|区[域别分块间]")
# A short name goes on with the kind of another place; in 临溪县城, 青石镇上 it would be a full name.
_OTHER_KIND = re.compile(r"(?:[县区旗](?![里域级内间直])|(?:镇|乡)(?![镇村里上亲土下情]))")
_OFFICE_OF_STREET = re.compile(r"街道办事处|街道办|办事处|街办|街道")
_FULL_ENDS = (*"省市县区旗镇乡盟", "街道", "街道办", "办事处", "苏木", "自治州")
_ORDER = list(Level)


@dataclass(frozen=True, slots=True)
class Where:
    """The places meant, how they were named, and what was named but is not in the corpus."""

    places: tuple[Place, ...] = ()
    mentions: tuple[PlaceMention, ...] = ()
    old_places: tuple[Reform, ...] = ()
    unloaded: str = ""


def read_places(text: str, stated_name: str, names: Names, as_of: date) -> Where:
    """Read the places of a text, in the light of the place stated beside it.

    Places that are no more on the day asked for stand for those that took their place.
    """
    stated = locate(stated_name, names)
    mentions = named_in(text, names)
    paths, missing = _paths(mentions, text, names)
    stated, stated_reforms = _today(stated, names, as_of)
    named, reforms = _today(_choose(paths, stated, names), names, as_of)
    spans = [(mention.start, mention.end) for mention in mentions]
    unknown = missing or unloaded_place(text, spans, names) or _of_other_kind(text, names)
    former = _former(mentions, named, names)
    lost = stated_name if stated_name and not stated and not named else ""
    return Where(
        places=_in_context(named, stated, names) or stated,
        mentions=mentions,
        old_places=tuple(dict.fromkeys((*stated_reforms, *reforms, *former))),
        unloaded=unknown or lost,
    )


def locate(stated: str, names: Names) -> tuple[Place, ...]:
    """The places that a name or code stated beside the question means."""
    known = names.gazetteer
    return (known.locate(stated) or known.locate(plain(stated))) if stated else ()


def named_in(text: str, names: Names) -> tuple[PlaceMention, ...]:
    """The places that a text names; roads, schools and villages called after them left out."""
    found: list[PlaceMention] = []
    for mention in names.gazetteer.mentions(text):
        follows = bool(found) and found[-1].end == mention.start
        if tidied := _tidy(text, mention, names, follows=follows):
            found.append(tidied)
    return tuple(found)


def _tidy(text: str, mention: PlaceMention, names: Names, *, follows: bool) -> PlaceMention | None:
    """The mention as it is meant; `follows`: it stands right behind another place."""
    start, words = mention.start, mention.words
    if words.endswith(_FULL_ENDS):
        if not _NOT_A_KIND.match(text, mention.end - 1):
            return mention
        shorter = names.gazetteer.named(words[:-1])  # 云岫市场监管局 speaks of 云岫
        return PlaceMention(start, words[:-1], shorter, True) if shorter else None
    if _OTHER_KIND.match(text, mention.end):  # 克拉玛依区 is not 克拉玛依市
        return None
    if follow := _OFFICE_OF_STREET.match(text, mention.end):
        street = tuple(p for p in mention.places if p.name.endswith("街道"))
        if street:
            return PlaceMention(start, words + follow.group(), street, False)
    if is_everyday(words) and not follows and words != text:  # 文化 is seldom 文化街道
        return None
    return None if is_part_of_other_name(text, start, mention.end) else mention


def _of_other_kind(text: str, names: Names) -> str:
    """A place called like a known one but of another kind: 云岫区 beside 云岫市."""
    short = (mention for mention in names.gazetteer.mentions(text) if mention.is_short)
    found = ((m.start, _OTHER_KIND.match(text, m.end)) for m in short)
    return next((text[start : kind.end()] for start, kind in found if kind), "")


def _paths(
    mentions: Sequence[PlaceMention], text: str, names: Names
) -> tuple[list[tuple[Place, ...]], str]:
    """Mentions that stand together are one path: 临溪县(的)城关镇. A path that is none is missing."""
    paths: list[tuple[Place, ...]] = []
    missing = ""
    last: PlaceMention | None = None
    for mention in mentions:
        joined = last is not None and text[last.end : mention.start] in ("", "的")
        if not joined or last is None:
            paths.append(mention.places)
        elif below := inside(mention.places, paths[-1], names):
            paths[-1] = below
        elif _is_lower(mention.places, paths[-1]):
            missing = missing or text[last.start : mention.end]
        elif not inside(paths[-1], mention.places, names) and not _is_locality(mention, paths[-1]):
            paths.append(mention.places)
        last = mention
    return paths, missing


def _is_lower(lower: tuple[Place, ...], upper: tuple[Place, ...]) -> bool:
    """True for a township behind a county that is not its own."""
    lowest = min(_ORDER.index(place.level) for place in lower)
    return lowest > max(_ORDER.index(place.level) for place in upper)


def _is_locality(mention: PlaceMention, upper: tuple[Place, ...]) -> bool:
    """A short name right behind a township is a part of it: 青石镇东坝."""
    short = not mention.words.endswith(_FULL_ENDS)
    return short and all(place.level is Level.TOWNSHIP for place in upper)


def _choose(
    paths: list[tuple[Place, ...]], stated: tuple[Place, ...], names: Names
) -> tuple[Place, ...]:
    """The places named: those below others named stand for both; ambiguous ones lean on the rest."""
    near = tuple(path[0] for path in paths if len(path) == 1) or stated
    chosen: dict[str, Place] = {}
    for path in paths:
        for place in path if len(path) == 1 else _in_context(path, near, names):
            chosen.setdefault(place.code, place)
    above = {code for p in chosen.values() for code in names.chain_codes(p) - {p.code}}
    return tuple(place for code, place in chosen.items() if code not in above)


def _in_context(
    named: tuple[Place, ...], context: tuple[Place, ...], names: Names
) -> tuple[Place, ...]:
    """Of the places named, those below the context or in its county; a place above it adds nothing."""
    if not named or not context:
        return named
    if below := inside(named, context, names):
        return below
    if all(inside(context, (place,), names) for place in named):
        return context
    counties = {
        upper.code
        for place in context
        for upper in names.gazetteer.chain(place.code)
        if upper.level is Level.COUNTY
    }
    near = tuple(place for place in named if counties & names.chain_codes(place))
    return near if len(named) > 1 and near else named


def inside(places: Iterable[Place], uppers: Iterable[Place], names: Names) -> tuple[Place, ...]:
    """Of some places, those that are or lie in one of the others."""
    codes = {place.code for place in uppers}
    return tuple(place for place in places if codes & names.chain_codes(place))


def _today(
    places: tuple[Place, ...], names: Names, as_of: date
) -> tuple[tuple[Place, ...], tuple[Reform, ...]]:
    """The places that some are on a day, and the reforms that led there: 河西镇 → 河西街道."""
    known: dict[Place, None] = {}
    reforms: dict[Reform, None] = {}
    for place in places:
        steps, successors = _successors(place, names, as_of)
        known.update(dict.fromkeys(successors or (place,)))
        reforms.update(dict.fromkeys(steps if successors else ()))
    return tuple(known), tuple(reforms)


def _successors(
    place: Place, names: Names, as_of: date
) -> tuple[tuple[Reform, ...], tuple[Place, ...]]:
    """The reforms that ended a township up to a day, and the places whose bodies took over."""
    if place.level is not Level.TOWNSHIP:
        return (), ()
    after = names.institutions.today(names.government(place), as_of)
    bodies = (names.institutions.get(body) for body in after.bodies if after.reforms)
    found = (names.gazetteer.get(body.place) for body in bodies if body)
    return after.reforms, tuple(new for new in found if new)


def _former(
    mentions: Iterable[PlaceMention], named: tuple[Place, ...], names: Names
) -> Iterable[Reform]:
    """Reforms of places that were called by a former name: 河西镇 for 河西街道."""
    for mention in mentions:
        for place in set(mention.places) & set(named):
            if mention.words in (place.name, place.full_name):
                continue
            history = names.institutions.before(names.government(place)).reforms
            for reform in history:
                if mention.words in reform.old and mention.words not in reform.new:
                    yield reform
