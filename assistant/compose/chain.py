"""The responsibility chain: province to township to office, and what each body on it does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from assistant.compose.cards import office_words, parties
from assistant.model import Answer, Holder
from index.model import Place, Role

_LEVEL_WORD = re.compile(r"(?:街道|[省市县区旗镇乡苏木])$")
_LEADS = frozenset({"负责", "负责办理", "牵头负责", "承接办理", "委托机关，仍由它负责"})
_GONE = frozenset({"不再办理", "原行使机关"})


@dataclass(frozen=True, slots=True)
class Party:
    """A body on the chain.

    `weight` is "main" for who answers for the matter, "side" for who helps or acts for another,
    "gone" for who no longer does; `name_of` is in whose name it acts, "" for its own.
    """

    body: str
    part: str
    weight: str
    name_of: str = ""
    office: str = ""
    office_words: str = ""


@dataclass(frozen=True, slots=True)
class Rung:
    """A level of the chain with its bodies; `level` is 市, 县, 镇 …, "" for bodies of no place."""

    level: str
    place: str
    parties: tuple[Party, ...]


def chain_of(answer: Answer) -> tuple[Rung, ...]:
    """The rungs top down; none where the answer names nobody or is not about one place."""
    bodies = _parties(answer.holders)
    if not bodies or not answer.line:
        return ()
    levels = {party.body: _level(party.body, answer.line) for party in bodies.values()}
    found = [party for party in bodies.values() if levels[party.body] is None]
    rungs = [Rung("", "", tuple(found))] if found else []
    for place in answer.line:
        held = tuple(party for party in bodies.values() if levels[party.body] is place)
        rungs.append(Rung(_level_word(place), place.name, held))
    return tuple(rungs)


def _parties(holders: Iterable[Holder]) -> dict[str, Party]:
    """Each body once: what its own card says of it goes before what another's card says."""
    found: dict[str, Party] = {}
    for holder in holders:
        for body, part in parties(holder):
            party = _party(holder, body, part)
            known = found.get(body)
            if known and (known.part, part) == ("负责", "牵头负责"):  # somebody helps it
                known = found[body] = replace(known, part=part)
            if known is None or (body == holder.body and not known.office):
                found[body] = party if known is None else replace(party, part=known.part)
    return found


def _party(holder: Holder, body: str, part: str) -> Party:
    weight = "main" if part in _LEADS else "gone" if part in _GONE else "side"
    if body != holder.body:
        return Party(body, part, weight)
    acts_for = holder.principal if holder.role is Role.ENTRUSTED else ""
    return Party(body, part, weight, acts_for, holder.office, office_words(holder))


def _level(body: str, line: Sequence[Place]) -> Place | None:
    """The place that a body's name begins with, the deepest one: 临溪县城关镇人民政府 → 城关镇."""
    found, rest = None, body
    for place in line:
        named = (name for name in (place.full_name, place.name) if rest.startswith(name))
        if name := next(named, ""):
            found, rest = place, rest.removeprefix(name)
    return found


def _level_word(place: Place) -> str:
    ending = _LEVEL_WORD.search(place.name)
    return ending.group() if ending else place.level.value
