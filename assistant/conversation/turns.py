"""Turns that lean on the one before: follow-ups, and answers to a question back.

`resume` is pure: (previous turn, question) → the query to answer. Between turns only what was
understood is kept, never what was typed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.model import Answer, Intent, Option, Query, Question
from assistant.understand import Names, before_reform, locate, plain, understand
from index.model import Body, Level, Place

_DIGITS = "一二三四五六七八九十"
_NUMBER = re.compile(rf"(?:我?[选要是])?第?(?P<n>\d{{1,2}}|[{_DIGITS}])(?:个|项|号|种)?(?:吧|的)?")
_ENDS = {
    "前者": 0,
    "前一个": 0,
    "前面那个": 0,
    "后者": -1,
    "后一个": -1,
    "最后一个": -1,
    "后面那个": -1,
}
# Words around a choice: 是城关镇的那个吧.
_BEFORE_CHOICE = re.compile(r"^(?:就?是|选|要|我们?(?:是|在)?(?:说的是|问的是)?|在|说的是|问的是)+")
_AFTER_CHOICE = re.compile(r"(?:的?[那这][个边家里]|吧|的|呢|哦|啊|那里)+$")
_SHORTEST_CHOICE = 2
_TWO_SIDES = 2
# Another matter at the same place and day: 那残疾证呢.
_ALSO = re.compile(r"那么?(?!边|里).+呢|(?:换成|换作|改问).+")
# The level or kind of place that is asked about instead: 那街道呢, 县里呢.
_KIND = re.compile(
    r"(?:那么?|要是|如果|换成|在|到|是|我们|你们|本)*(?P<kind>街道|乡镇|[镇乡县市区])(?:里|上|级|这边|那边|一级)?"
    r"(?:呢|的话|又?归谁管?|谁管|找谁|怎么办|能办|吗)*"
)
_LEVELS = {"县": Level.COUNTY, "区": Level.COUNTY, "市": Level.CITY}
_IT = re.compile(r"那?(?:他们|它们?|这个部门|这个单位|该部门|该局|该单位|这个局|人家|这家)")
_ASKS = re.compile(r"[谁哪找归]|什么|怎么")
# What a body is to do in the matter at hand; 还, 都, 平时 ask for its other work.
_PART = re.compile(r"^(?!.*(?:还[管有负做干要]|都|平时|主要|职责|一般)).*(?:做|干)(?:些|点)?什么")
_OF_BODY = frozenset({Intent.DUTIES_OF_BODY, Intent.STAFF_AND_OFFICES})


@dataclass(frozen=True, slots=True)
class Turn:
    """What is kept of a conversation: the last query, who answered it, the choices offered.

    `home` is the place chosen beside the question; it holds until another is chosen.
    """

    query: Query
    home: str = ""
    holders: tuple[str, ...] = ()
    ask: str = ""
    options: tuple[Option, ...] = ()


def home_of(previous: Turn | None, question: Question) -> str:
    """The place chosen beside this question or, if it says nothing of it, an earlier one."""
    if question.place or question.anywhere or previous is None:
        return question.place
    return previous.home


def turn_of(query: Query, answer: Answer, home: str) -> Turn:
    """What to keep of a question and its answer; the words typed are not kept."""
    holders = (name for h in answer.holders for name in (h.body, h.principal) if name)
    clarify = answer.clarify
    return Turn(
        query=replace(query, text=query.matter, corrections=()),
        home=home,
        holders=tuple(dict.fromkeys(holders)),
        ask=clarify.ask if clarify else "",
        options=clarify.options if clarify else (),
    )


def resume(previous: Turn | None, question: Question, names: Names, *, today: date) -> Query:
    """The query of a question in the light of the turn before it."""
    home = home_of(previous, question)
    asked = understand(replace(question, place=home), names, today=today)
    if previous is None:
        return asked
    said = plain(question.text)
    if option := chosen(previous.options, said) or _chosen_beside(previous, question, asked):
        return _with_choice(previous, option, names)
    if kind := _KIND.fullmatch(said):
        asked = replace(asked, matter="", places=(), unloaded_place="")
        places = _of_kind(kind["kind"], previous.query.places, names)
        return _carried(previous, replace(asked, places=places), names)
    if asked.matter and previous.query.matter and not _ALSO.fullmatch(said):
        return asked
    leaning = _leaning(previous, question, home, names, today=today)
    return _beside(previous.query, leaning) if asked.matter else _carried(previous, leaning, names)


def _leaning(previous: Turn, question: Question, home: str, names: Names, *, today: date) -> Query:
    """The question read at the place of the turn before; `places` only if it names one itself."""
    near = previous.query.places
    bare = understand(replace(question, place=""), names, today=today)
    place = near[0].code if len(near) == 1 and not bare.places else home
    asked = understand(replace(question, place=place), names, today=today)
    if home != previous.home:  # chosen anew beside the question
        return replace(asked, places=bare.places or locate(home, names))
    if len(bare.places) > 1 and len(near) == 1:  # the name alone could be several places
        here = understand(replace(question, place=near[0].code), names, today=today)
        return replace(asked, places=here.places)
    return replace(asked, places=bare.places)


def _beside(before: Query, asked: Query) -> Query:
    """Another matter at the place and on the day of the turn before."""
    return replace(
        asked,
        places=asked.places or before.places,
        unloaded_place=asked.unloaded_place or ("" if asked.places else before.unloaded_place),
        as_of=asked.as_of if asked.is_dated else before.as_of,
        is_dated=asked.is_dated or before.is_dated,
        asks=asked.asks or before.asks,
    )


def _carried(previous: Turn, asked: Query, names: Names) -> Query:
    """A question without a matter of its own: matter, place and day go on from the turn before."""
    before = previous.query
    asked = _of_part(previous, _of_holder(previous, asked))
    is_about_body = asked.intent in _OF_BODY and bool(asked.bodies)
    moved = bool(asked.places) and asked.places != before.places
    kept = _moved(before.bodies, asked.places, names) if moved else before.bodies
    intent = asked.intent if _is_wish(asked) else before.intent
    sides = _moved(before.boundary, asked.places, names) if moved else before.boundary
    boundary = asked.boundary or (sides if len(sides) == _TWO_SIDES else ())
    if intent is Intent.BOUNDARY and not boundary:
        intent = Intent.WHO_HANDLES
    query = replace(
        _beside(before, asked),
        matter="" if is_about_body else before.matter,
        intent=intent,
        bodies=() if intent is Intent.WHO_ELSE else asked.bodies or kept,
        beyond=(asked.beyond or previous.holders) if intent is Intent.WHO_ELSE else (),
        old_names=asked.old_names or (() if moved or asked.bodies else before.old_names),
        old_places=asked.old_places or (() if moved else before.old_places),
        boundary=boundary,
        power=asked.power or before.power,
        law=asked.law or before.law,
        article=asked.article or before.article,
        offices=asked.offices or (() if moved else before.offices),
        paper_kind=asked.paper_kind or before.paper_kind,
        text=f"{before.text}{asked.text}",
    )
    if asked.before_reform and not asked.is_dated:
        query = replace(query, as_of=asked.as_of, is_dated=False)
        return before_reform(query, query.bodies or previous.holders, names)
    return query


def _of_holder(previous: Turn, asked: Query) -> Query:
    """它还管什么, 有几个科室: of the body that was just named as responsible."""
    before = previous.query
    meant = before.bodies[:1] if before.intent in _OF_BODY else previous.holders[:1]
    if asked.bodies or not meant:
        return asked
    if asked.wants_list and _IT.match(plain(asked.text)):
        return replace(asked, intent=Intent.DUTIES_OF_BODY, bodies=meant)
    return replace(asked, bodies=meant) if asked.intent in _OF_BODY else asked


def _of_part(previous: Turn, asked: Query) -> Query:
    """镇里要做什么 asks for a township's part in the matter before; 镇里还管什么 for all it does."""
    is_party = bool(asked.bodies) and set(asked.bodies) <= set(previous.holders)
    asks_part = bool(_PART.search(asked.text)) and not asked.wants_list
    if asked.intent is not Intent.DUTIES_OF_BODY or not is_party or not asks_part:
        return asked
    return (
        replace(asked, intent=previous.query.intent, bodies=()) if previous.query.matter else asked
    )


def _is_wish(asked: Query) -> bool:
    """True if the words themselves say what is wanted; 临溪县呢 goes on with the wish before."""
    return asked.intent is not Intent.WHO_HANDLES or bool(_ASKS.search(asked.text))


def _moved(bodies: Sequence[str], places: Sequence[Place], names: Names) -> tuple[str, ...]:
    """The bodies of the same names at other places: 临溪县民政局 → 望川县民政局; words as said stay."""
    found: dict[str, None] = {}
    for body in bodies:
        known = names.institutions.get(body)
        there = _named_alike(known, places, names) if known else (body,)
        found.update(dict.fromkeys(there))
    return tuple(found)


def _named_alike(known: Body, places: Sequence[Place], names: Names) -> tuple[str, ...]:
    """Bodies at the places that bear the name of a body, or that of one of its plates."""
    codes = tuple(place.code for place in places)
    for name in (known.name, *known.names):
        own = names.gazetteer.split_body(name)[1]
        mentions = names.institutions.named(own, codes)
        if found := [m.body.name for m in mentions if m.words == own]:
            return tuple(written for body in found for written in names.papers_names(body))
    return ()


def _of_kind(kind: str, near: Sequence[Place], names: Names) -> tuple[Place, ...]:
    """The county or city of some places, or its townships of one kind."""
    chains = [names.gazetteer.chain(place.code) for place in near]
    level = _LEVELS.get(kind, Level.COUNTY)
    uppers = dict.fromkeys(p for chain in chains for p in chain if p.level is level)
    if kind in _LEVELS:
        return tuple(uppers)
    ends = ("镇", "乡") if kind == "乡镇" else (kind,)
    below = (town for upper in uppers for town in names.gazetteer.children(upper.code))
    return tuple(town for town in below if town.name.endswith(ends))


def chosen(options: Sequence[Option], said: str) -> Option | None:
    """The option that words choose: its label or value, its number, or a part of its label alone."""
    for option in options:
        if said in (plain(option.label), plain(option.value)):
            return option
    if (number := _position(said, len(options))) is not None:
        return options[number]
    bare = _AFTER_CHOICE.sub("", _BEFORE_CHOICE.sub("", said))
    if len(bare) < _SHORTEST_CHOICE:
        return None
    found = [option for option in options if bare in plain(option.label)]
    return found[0] if len(found) == 1 else None


def _chosen_beside(previous: Turn, question: Question, asked: Query) -> Option | None:
    """The option whose value came as the place, with the words of the waiting question again."""
    option = next((o for o in previous.options if o.value == question.place), None)
    leans = _KIND.fullmatch(plain(question.text)) or asked.matter in ("", previous.query.matter)
    return option if leans else None


def _position(said: str, n_options: int) -> int | None:
    if said in _ENDS and n_options:
        return _ENDS[said] % n_options
    match = _NUMBER.fullmatch(said)
    if not match:
        return None
    digit = match["n"]
    number = int(digit) if digit.isdigit() else _DIGITS.index(digit) + 1
    return number - 1 if 1 <= number <= n_options else None


def _with_choice(previous: Turn, option: Option, names: Names) -> Query:
    """The waiting question with what was missing."""
    query = previous.query
    if previous.ask == "place":
        places = locate(option.value, names) or query.places
        return replace(query, places=places, bodies=_moved(query.bodies, places, names))
    if previous.ask == "body":
        return replace(query, bodies=names.papers_names(option.value))
    return replace(query, matter=option.value, text=option.value)
