"""Rules about who claims a matter: two bodies, none, lead and helper exchanged, a receiver without a row."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from index.audit.alarm import Alarm, alarm, side_of
from index.audit.papers import Papers
from index.matters import Act, Identity, acts, covered, identity, matter, pairs
from index.model import Clause, ClauseKind, DutyItem, PaperKind, Role

# Acts that the law wants on a list; inspections, tests and mediation are done without one.
_LISTED_ACTS = frozenset(
    {Act.DECIDE, Act.FILE, Act.REGISTER, Act.PUNISH, Act.LEVY, Act.PAY, Act.RULE, Act.COERCE}
)
# Fewer character pairs than this share with any row: no list so much as mentions the matter.
# On the invented city the planted gap has 0.10, the next duty, which is listed, 0.23.
_UNMENTIONED = 0.15
# The same of a receiver's own papers: the planted gap has 0.14, the next, a matter listed in other words, 0.29.
_NOT_RECEIVED = 0.2
_FEWEST_PAIRS = 6
_PHRASES = re.compile(r"[，。；;\n]")
_NUMBERED = re.compile(r"^[（(]?[\d一二三四五六七八九十]+[)）、.．]\s*")
_PASSIVE = re.compile(r"经[^，。]{0,6}(?:批准|审批|同意)后|报[^，。]{0,10}(?:批准|审批|备案)")
_DIVIDED = re.compile(r"职责分工|各自职责|按职责|按照职责|分工负责")
_BY_TOWNSHIP = re.compile(
    r"(?P<thing>[^，。；,;：:（）()\s]{3,24}?)(?:的[^，。；]{0,10})?(?:统一|依法|一律)?由(?:所在地?|当地|各|县级人民政府委托)*的?"
    r"(?:乡镇|乡（镇）|乡、镇|乡级|镇街|街道)[^，。；]{0,16}?(?:负责|登记|管理|审批|办理|实施|处罚|检查|受理|监管|核发)"
)
_NAMES_IT = 0.8
_SAME_IN_WORDS = 0.6
_TEXT_FIELDS = ("name", "sub_item", "basis", "scope", "duty", "department_duty", "remark", "group")


def two_holders(papers: Papers) -> Iterator[Alarm]:
    """One matter on the own lists of two departments of the same place."""
    claims: dict[tuple[str, Identity, str], dict[str, DutyItem]] = defaultdict(dict)
    for body, rows in papers.lists.items():
        for row in rows:
            name = row.sub_item or row.name
            key = (identity(name, row.power), matter(name).brackets)
            claims[papers.sources[row.source_id].place, *key].setdefault(body, row)
    for holders in claims.values():
        rows = tuple(holders.values())
        if len({row.source_id for row in rows}) < 2 or any(map(_is_divided, rows)):
            continue
        bodies = "、".join(holders)
        duties = [clause for body in holders for clause in _duties_on(papers, body, rows[0])]
        judged = "".join(f"；{clause.body}的“三定”写有这项职责" for clause in duties)
        message = f"“{rows[0].sub_item or rows[0].name}”同时列在{bodies}的清单里{judged}"
        sides = (side_of(papers, row, "body", "office", "basis") for row in rows)
        yield alarm(
            papers, "two_holders", message, *sides, *(side_of(papers, clause) for clause in duties)
        )


def _is_divided(row: DutyItem) -> bool:
    """The row itself says that its matter is divided between bodies."""
    return bool(_DIVIDED.search(row.field("remark") + row.field("scope")))


def _duties_on(papers: Papers, body: str, row: DutyItem) -> Iterator[Clause]:
    """The first duty of a body's 三定 that names the matter and an act of its kind."""
    wanted = matter(row.sub_item or row.name)
    for clause in papers.provisions.get(body, ()):
        names_it = covered(wanted.thing, clause.text) >= _SAME_IN_WORDS
        does_it = not wanted.acts or wanted.acts & acts(clause.text)
        if clause.kind is ClauseKind.DUTY and names_it and does_it:
            yield clause
            return


def duties_without_row(papers: Papers) -> Iterator[Alarm]:
    """三定 duties to decide, register or punish that no list of the place so much as mentions."""
    mentioned = _mentioned(papers)
    for body in papers.lists:
        for clause in papers.provisions.get(body, ()):
            phrase = _unlisted(clause, mentioned, papers.area(clause.place))
            if clause.kind is ClauseKind.DUTY and phrase:
                message = f"{body}的“三定”写有“{phrase}”，当地已收录的清单都没有这一项"
                first = papers.lists[body][0]
                listed = papers.sources[first.source_id]
                message += f"（该局清单为《{listed.title}》）"
                yield alarm(papers, "provision_duty_without_row", message, side_of(papers, clause))


def _mentioned(papers: Papers) -> list[tuple[str, frozenset[str]]]:
    """(place of the paper, character pairs) of every distinct row."""
    distinct = {
        (papers.sources[item.source_id].place, "".join(map(item.field, _TEXT_FIELDS)))
        for item in papers.items
    }
    return [(place, pairs(text)) for place, text in distinct]


def _unlisted(
    clause: Clause, mentioned: list[tuple[str, frozenset[str]]], area: frozenset[str]
) -> str:
    """The first phrase of a duty that names a listed act on something no row mentions; or ""."""
    for phrase in _PHRASES.split(_NUMBERED.sub("", clause.text)):
        named = matter(phrase)
        wanted = pairs(named.thing)
        if not named.acts & _LISTED_ACTS or _PASSIVE.search(phrase) or len(wanted) < _FEWEST_PAIRS:
            continue
        n_needed = _UNMENTIONED * len(wanted)
        if all(len(wanted & row) < n_needed for place, row in mentioned if place in area):
            return phrase
    return ""


def leads_swapped(papers: Papers) -> Iterator[Alarm]:
    """Matters a township helps with whose lead says, in its own papers, that the township does them."""
    said: dict[str, list[tuple[str, DutyItem]]] = defaultdict(list)
    for body, rows in papers.lists.items():
        for row in rows:
            text = "。".join(row.field(f) for f in ("remark", "scope", "duty", "level"))
            said[body] += [(m["thing"], row) for m in _BY_TOWNSHIP.finditer(text)]
    for item in papers.items:
        if item.role is not Role.COOPERATING:
            continue
        for lead in item.counterpart.split("、"):
            likest = max(
                ((covered(thing, item.name), thing, row) for thing, row in said.get(lead, ())),
                key=lambda found: found[0],
                default=None,
            )
            if likest and likest[0] >= _NAMES_IT:
                likeness, thing, row = likest
                message = f"乡镇清单写“{item.name}”由{lead}牵头、乡镇配合；{lead}的清单写{thing}由乡镇负责"
                sides = (
                    side_of(papers, item, "lead_body", "own_duty"),
                    side_of(papers, row, "remark", "scope"),
                )
                yield alarm(papers, "lead_swapped", message, *sides, likeness=likeness)


def receivers_without_row(papers: Papers) -> Iterator[Alarm]:
    """Matters taken back by a department whose loaded list and 三定 do not have them."""
    said: dict[str, tuple[frozenset[str], ...]] = {}
    likest: dict[tuple[str, str], float] = {}
    for item in papers.items:
        if item.paper is not PaperKind.WITHDRAWN_DUTIES:
            continue
        for receiver in filter(None, item.counterpart.split("、")):
            rows = papers.list_of(receiver)
            if not rows:
                continue
            if receiver not in said:
                said[receiver] = tuple(_said_by(papers, receiver, rows))
            key = (matter(item.name).thing, receiver)
            if key not in likest:  # neighbouring townships give back the same matters
                likest[key] = _likeness(key[0], said[receiver])
            if likest[key] < _NOT_RECEIVED:
                listed = papers.sources[rows[0].source_id]
                message = f"收回清单写“{item.name}”由{receiver}承接，《{listed.title}》和该部门“三定”都没有这一项"
                side = side_of(papers, item, "receiver", "method")
                yield alarm(papers, "receiver_without_row", message, side, likeness=likest[key])


def _said_by(papers: Papers, body: str, rows: tuple[DutyItem, ...]) -> Iterator[frozenset[str]]:
    """Character pairs of every row of a body's list and of every duty in its 三定."""
    for row in rows:
        yield pairs("".join(map(row.field, _TEXT_FIELDS)))
    for clause in papers.provisions.get(body, ()):
        if clause.kind in {ClauseKind.DUTY, ClauseKind.OFFICE}:
            yield pairs(clause.text)


def _likeness(thing: str, said: tuple[frozenset[str], ...]) -> float:
    """The largest share of a thing's character pairs that one text has."""
    wanted = pairs(thing)
    return max((len(wanted & text) for text in said), default=0) / max(len(wanted), 1)
