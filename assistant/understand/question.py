"""Question → Query, one kind of thing after the other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from assistant.model import Intent, Query, Question
from assistant.understand.bodies import Actor, Who, read_bodies
from assistant.understand.dates import When, asked_of, read_date
from assistant.understand.laws import LawRead, read_law
from assistant.understand.matter import read_matter
from assistant.understand.names import Names
from assistant.understand.places import Where, read_places
from assistant.understand.sides import Sides, read_sides
from assistant.understand.typos import mend
from assistant.understand.wishes import (
    Wish,
    asks_office,
    read_each,
    read_paper,
    read_power,
    read_wish,
)
from assistant.understand.wording import blank, plain, simplified
from index.matters import acts

_T = TypeVar("_T")
_CLAUSE_END = re.compile(r"[，。！？；,!?;]")
_INSTITUTION_END = re.compile(r"(?:服务)?(?:中心|处|站|所|大队|院)$")
# 青石镇 is where it is asked about, 镇政府 and 镇里 are who is asked about.
_SAID_TO_ACT = re.compile(r"(?:政府|办事处|街道办|街办|里|上)$")
_MAY = re.compile(r"(?:自己|现在|还)?(?:能|可以|可不可以|有权|有没有权|有资格)")
_OF_BODIES = frozenset({Intent.DUTIES_OF_BODY, Intent.STAFF_AND_OFFICES})


def understand(question: Question, names: Names, *, today: date) -> Query:
    """Read a question by itself. `matter` is "" if it names none: a follow-up, or nothing at all."""
    written = simplified(question.text)
    said, asked = plain(written), asked_of(written, today)
    when = _stated(read_date(said if asked == written else plain(asked), today), question.as_of)
    law = read_law(when.rest)
    wants_each, rest = read_each(law.rest)
    text, corrections = mend(rest, question.place, names)
    where = _unbroken(read_places(text, question.place, names, when.as_of), text, written)
    who = read_bodies(text, where, names, when.as_of)
    actors = (*who.bodies, *who.governments)
    sides = read_sides(text, actors)
    wish = read_wish(text, names_actor=bool(actors or who.unlisted or who.offices))
    intent = _intent(wish, sides, when, law)
    named = who.bodies or (who.governments if sides.names or intent in _OF_BODIES else ())
    taken = (*_taken(text, where, who, wish, names), sides.span, _span_of(where.unloaded, text))
    power, rest = read_power(text)
    paper_kind, rest = read_paper(rest, where.places)
    query = Query(
        matter=read_matter(_without(rest, taken)),
        intent=intent,
        as_of=when.as_of,
        is_dated=when.is_dated,
        before_reform=when.before_reform,
        places=where.places,
        old_places=where.old_places,
        unloaded_place=where.unloaded,
        bodies=_distinct(body for actor in named for body in actor.bodies),
        old_names=_distinct(reform for actor in named for reform in actor.reforms),
        unlisted=_distinct(body for actor in who.unlisted for body in actor.bodies),
        governments=_distinct(
            body
            for actor in who.governments
            if _SAID_TO_ACT.search(text[actor.start : actor.end]) or _MAY.match(text, actor.end)
            for body in actor.bodies
        ),
        offices=_distinct(office for _, office in who.offices),
        boundary=sides.names,
        power=power,
        law=law.law,
        article=law.article,
        paper_kind=paper_kind,
        wants_list=wish.wants_list,
        wants_each=wants_each,
        corrections=corrections,
        asks=asks_office(said),
        text=written,
    )
    return before_reform(_beyond(query), query.bodies, names)


def _unbroken(where: Where, text: str, written: str) -> Where:
    """灌，街道来过两回: what stands on both sides of a comma is no name of a place."""
    if not where.unloaded or where.unloaded not in text:
        return where
    clauses = map(plain, _CLAUSE_END.split(written))
    is_joined = not any(where.unloaded in clause for clause in clauses)
    return replace(where, unloaded="") if is_joined else where


def _beyond(query: Query) -> Query:
    """Where others are asked for, the bodies named are those already known."""
    if query.intent is not Intent.WHO_ELSE:
        return query
    known = _distinct((*query.bodies, *query.unlisted, *query.governments))
    return replace(query, beyond=known, bodies=(), unlisted=(), governments=(), boundary=())


def _stated(when: When, as_of: date | None) -> When:
    """A day chosen beside the question counts before the words in it."""
    return replace(when, as_of=as_of, is_dated=True) if as_of else when


def _intent(wish: Wish, sides: Sides, when: When, law: LawRead) -> Intent:
    if wish.intent is not Intent.WHO_HANDLES and not (sides.names and wish.intent in _OF_BODIES):
        return wish.intent
    if sides.names:
        return Intent.BOUNDARY
    if law.law and wish.wants_list:
        return Intent.LEGAL_BASIS
    return Intent.CHANGES if when.before_reform else wish.intent


def _taken(
    text: str, where: Where, who: Who, wish: Wish, names: Names
) -> Iterable[tuple[int, int]]:
    """Stretches that are read as something else than the matter."""
    places = ((mention.start, mention.end) for mention in where.mentions)
    actors = (_span_of_actor(text, actor, names) for actor in _all_named(who))
    offices = ((start, start + len(office)) for start, office in who.offices)
    return (*wish.spans, *places, *actors, *offices)


def _all_named(who: Who) -> Iterable[Actor]:
    return (*who.bodies, *who.unlisted, *who.governments)


def _span_of_actor(text: str, actor: Actor, names: Names) -> tuple[int, int]:
    """An institution is called after the matter it serves: 登记 at the 不动产登记中心 is of 不动产."""
    ending = _INSTITUTION_END.search(text, actor.start, actor.end)
    if not ending or not any(map(names.institutions.is_institution, actor.bodies)):
        return actor.start, actor.end
    named = acts(text[actor.start : ending.start()])
    is_of_matter = named & acts(text[: actor.start] + text[actor.end :])
    return (ending.start() if is_of_matter else actor.start), actor.end


def _span_of(said: str, text: str) -> tuple[int, int]:
    start = text.find(said) if said else -1
    return (start, start + len(said)) if start >= 0 else (0, 0)


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, end in spans:
        text = blank(text, start, end)
    return text


def _distinct(values: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(values))


def before_reform(query: Query, bodies: tuple[str, ...], names: Names) -> Query:
    """Gives 改革前 its day: the one before the last reform of the bodies; unknown stays unknown."""
    if not query.before_reform or query.is_dated:
        return query
    history = names.institutions.reforms_before(bodies)
    days = [reform.on for reform in (*query.old_names, *history) if reform.on]
    if not days:
        return query
    return replace(query, as_of=max(days) - timedelta(days=1), is_dated=True)
