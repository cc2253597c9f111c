"""The bodies and offices that a question names, by full, short, old, plate or everyday name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.understand.names import Names
from assistant.understand.places import Where
from index.institutions.names import everyday_names
from index.model import Body, Level, Place, Reform

_ENDS = (*"局委会厅办院队站所社处部署", "中心", "政府", "公室")
_GOVERNMENTS = frozenset({"人民政府", "办事处"})
# 民政, 城管, 人社 said without 局 name a body only where one is spoken of, not in 民政救助.
_BEFORE_BARE = re.compile(r"(?:^|[ 归找是由问去到让叫给和跟与还县市区们的管])$")
_AFTER_BARE = re.compile(
    r"$|[ 管负办批说让推那这的和跟与呢吗干做有能会来不谁查处还执要应]|审批|部门|罚"
)
# A body named with its place that has no papers here: 望川县税务局.
_UNKNOWN = re.compile(
    r"[^\W\da-zA-Z谁哪找归问吗呢的是和跟与还在去到管办]{2,10}?(?:局|委员会|办公室)"
)
_LETTERS = frozenset("省市县区旗州")
# A body said by its kind alone, behind a word of asking or a level's letter.
_KIND_OF_BODY = re.compile(
    r"(?:(?<=[ 归由找是问去让叫给和跟与还省市县区旗州])|^)(?!这个|那个|什么|哪|本|该|各)"
    r"[^\W\da-zA-Z谁哪找归由问吗呢的是和跟与还去到管办省县区旗]{2,9}?局(?![面部限])"
)
_GOVERNMENT = re.compile(r"(?:人民)?政府|(?:街道)?办事处|街道办|街办")
_OWN_GOVERNMENT = re.compile(
    r"(?:镇|乡)(?:人民)?政府|街道办事处|街道办|(?:^|(?<=[归由找是问去]))(?:镇|乡|街道)(?:里|上)?(?![\w]{0,2}(?:镇|乡))"
)


@dataclass(frozen=True, slots=True)
class Actor:
    """A body named at `text[start:end]`: its names in papers on the day asked for.

    `reforms` led from the name said to today's, if that name is an old one.
    """

    start: int
    end: int
    bodies: tuple[str, ...]
    reforms: tuple[Reform, ...] = ()


@dataclass(frozen=True, slots=True)
class Who:
    """Bodies, township governments and offices named, in the order said.

    `unlisted` are bodies said by their kind alone of which the place asked about has no papers.
    """

    bodies: tuple[Actor, ...] = ()
    governments: tuple[Actor, ...] = ()
    unlisted: tuple[Actor, ...] = ()
    offices: tuple[tuple[int, str], ...] = ()


def read_bodies(text: str, where: Where, names: Names, as_of: date) -> Who:
    """Read the bodies of a text, those of the place asked about where it says no other."""
    offices = tuple(names.offices.find(text))
    codes = tuple(place.code for place in where.places)
    found: dict[tuple[int, int], list[Body]] = {}
    for mention in names.institutions.named(text, codes):
        span = (mention.start, mention.end)
        is_body = mention.body.own not in _GOVERNMENTS or not _is_township(mention.body, names)
        spoken_of = is_body and _is_spoken_of(text, mention.start, mention.words)
        if spoken_of and not _overlap(span, offices):
            found.setdefault(span, []).append(mention.body)
    actors = [_actor(span, text, bodies, names, as_of) for span, bodies in found.items()]
    actors += _unknown(text, where, found)
    taken = [*found, *((actor.start, actor.end) for actor in actors)]
    taken += [(start, start + len(office)) for start, office in offices]
    return Who(
        bodies=tuple(sorted(actors, key=lambda actor: actor.start)),
        governments=tuple(_governments(text, where, names)),
        unlisted=tuple(_of_kind(text, where, taken, names)),
        offices=offices,
    )


def _is_township(body: Body, names: Names) -> bool:
    place = names.gazetteer.get(body.place)
    return place is not None and _is_town(place)


def _is_town(place: Place) -> bool:
    return place.level is Level.TOWNSHIP


def _is_spoken_of(text: str, start: int, words: str) -> bool:
    """False for a short word that only may mean a body, where none is spoken of."""
    if words.endswith(_ENDS):
        return True
    said = next((word for word in everyday_names() if words.endswith(word)), words)
    end = start + len(words)
    has_place = len(said) < len(words)
    return (has_place or bool(_BEFORE_BARE.search(text[:start]))) and bool(
        _AFTER_BARE.match(text, end)
    )


def _overlap(span: tuple[int, int], offices: Sequence[tuple[int, str]]) -> bool:
    return any(span[0] < start + len(name) and start < span[1] for start, name in offices)


def _actor(
    span: tuple[int, int], text: str, bodies: Sequence[Body], names: Names, as_of: date
) -> Actor:
    """What the bodies called so are on the day asked for."""
    today: dict[str, None] = {}
    reforms: dict[Reform, None] = {}
    for body in bodies:
        now = names.institutions.today(body.name, as_of)
        is_to_come = not now.reforms and names.institutions.exists(body.name, as_of) is False
        if is_to_come and len(bodies) > 1:
            continue
        reforms.update(dict.fromkeys(now.reforms))
        for name in now.bodies:
            today.update(dict.fromkeys(names.papers_names(name)))
    is_old_name = text[span[0] : span[1]].endswith(_ENDS)
    return Actor(*span, tuple(today), tuple(reforms) if is_old_name else ())


def _unknown(text: str, where: Where, known: Iterable[tuple[int, int]]) -> Iterable[Actor]:
    """Bodies said with their place of which the corpus has no papers."""
    for mention in where.mentions:
        match = _UNKNOWN.match(text, mention.end)
        if match is None or len(mention.places) != 1 or _is_town(mention.places[0]):
            continue
        span = (mention.start, match.end())
        if not any(span[0] < end and start < span[1] for start, end in known):
            yield Actor(*span, (f"{mention.places[0].name}{match.group()}",))


def _of_kind(
    text: str, where: Where, known: Sequence[tuple[int, int]], names: Names
) -> Iterable[Actor]:
    """Bodies said without their place of which the place asked about has no papers: 由公安局处罚.

    Without a place, those of which no place has any, by their kind alone.
    """
    if len(where.places) > 1:
        return
    chain = names.gazetteer.chain(where.places[0].code) if where.places else ()
    everyday = ((start, said) for start, said in names.everyday.find(text) if said.endswith(_ENDS))
    other = ((match.start(), match.group()) for match in _KIND_OF_BODY.finditer(text))
    taken = list(known)
    for start, said in (*everyday, *other):
        letter = text[max(start - 1, 0) : start]
        home = _home(letter, chain)
        span = (start - (letter in _LETTERS), start + len(said))
        is_known = home or not where.places
        if is_known and not any(span[0] < end and begin < span[1] for begin, end in taken):
            taken.append(span)
            place = home.name if home else ""
            yield Actor(*span, (f"{place}{everyday_names().get(said, said)}",))


def _home(letter: str, chain: Sequence[Place]) -> Place | None:
    """Whose a body is by the letter before it: 县公安局; without one the lowest place's above towns."""
    named = (place for place in chain if place.name.endswith(letter))
    upper = (place for place in chain if not _is_town(place))
    return next(named if letter in _LETTERS else upper, None)


def _governments(text: str, where: Where, names: Names) -> Iterable[Actor]:
    """Governments of the townships named: 城关镇(政府), or 镇政府 where one township is meant."""
    for mention in where.mentions:
        towns = [place for place in mention.places if place in where.places]
        if len(towns) == 1 and _is_town(towns[0]):
            follow = _GOVERNMENT.match(text, mention.end)
            yield _government(
                mention.start, follow.end() if follow else mention.end, towns[0], names
            )
    if len(where.places) == 1 and _is_town(where.places[0]):
        for match in _OWN_GOVERNMENT.finditer(text):
            yield _government(*match.span(), where.places[0], names)


def _government(start: int, end: int, town: Place, names: Names) -> Actor:
    return Actor(start, end, names.papers_names(names.government(town)))
