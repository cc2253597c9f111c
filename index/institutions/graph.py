"""The graph of bodies: what a question calls them, of what kind they are, what became of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from index.gazetteer import Gazetteer, PlaceMention
from index.institutions.names import spoken_names
from index.institutions.naming import bare_name
from index.institutions.succession import Succession, Successions
from index.model import Body, BodyKind, Level, Place, Reform
from index.phrases import PhraseIndex

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
_SHORTEST_OWN = 3
# A name without a place that more bodies bear tells nothing: the place has to be asked.
_MOST_ANYWHERE = 24


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

    def reforms_before(self, names: Iterable[str]) -> tuple[Reform, ...]:
        """The reforms that led to bodies, body by body."""
        return tuple(reform for name in names for reform in self.before(name).reforms)

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
