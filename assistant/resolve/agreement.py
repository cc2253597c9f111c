"""Rule 1 at several places: one answer if all agree, else each one's, or which to ask about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from assistant.model import Holder, Status
from assistant.resolve.findings import Part, Resolution, Ruling, Statement
from index.gazetteer import Gazetteer
from index.model import DutyItem, Level, Place, Role
from index.records import Record

_TOWNSHIP_BODIES = ("镇人民政府", "乡人民政府", "街道办事处")
_ANY_TOWNSHIP = "所在乡镇人民政府、街道办事处"


def compare(answers: Mapping[Place, Resolution], gazetteer: Gazetteer) -> Resolution:
    """The answer that holds at all places, or the choices between which it differs."""
    found = {p: r for p, r in answers.items() if r.status is Status.ANSWERED}
    if not found:
        absent = next(iter(answers.values()))
        return absent if len(answers) == 1 else replace(absent, covered=())
    first = min(found.values(), key=_speaks_of_one_township)
    signatures = {_signature(r) for r in found.values()}
    if len(signatures) == 1 and (
        len(found) == len(answers) or _is_for_all(first, answers, gazetteer)
    ):
        if len({_holders(r) for r in found.values()}) == 1:
            return first
        where = everywhere(tuple(answers), gazetteer)
        return replace(
            first,
            agree_in=where,
            rulings=tuple(map(_generic, first.rulings)),
            statements=tuple(map(_generic_statement, first.statements)),
        )
    matter = Counter(r.matter for r in found.values()).most_common(1)[0][0]
    return Resolution(
        Status.CLARIFY,
        matter,
        choices=_choices(answers, gazetteer),
        candidates=first.candidates,
        rule="各地不同，先问是哪里",
    )


def apart(answers: Mapping[Place, Resolution]) -> Resolution:
    """The answer at each of the places, those that have the same holders told together."""
    groups: dict[object, list[Place]] = {}
    for place, found in answers.items():
        groups.setdefault((found.status, _holders(found)), []).append(place)
    parts = tuple(Part(tuple(places), answers[places[0]]) for places in groups.values())
    rulings = tuple(ruling for part in parts for ruling in part.found.rulings)
    matters = Counter(part.found.matter for part in parts if part.found.rulings)
    return Resolution(
        Status.ANSWERED,
        matters.most_common(1)[0][0],
        rulings=rulings,
        parts=parts,
        candidates=next(part.found.candidates for part in parts if part.found.rulings),
        rule="各地不同，逐个地方回答",
    )


def _speaks_of_one_township(resolution: Resolution) -> bool:
    """True if a township's own paper decided: what it took back holds there only."""
    return any(ruling.role is Role.WITHDRAWN for ruling in resolution.rulings)


def _is_for_all(resolution: Resolution, places: Iterable[Place], gazetteer: Gazetteer) -> bool:
    """True if it rests on papers that speak for every place: not finding it at one says nothing."""
    chains = ({upper.code for upper in gazetteer.chain(place.code)} for place in places)
    above_all = set[str].intersection(*chains)
    return all(_spoken_for(ruling.proof[0]) & above_all for ruling in resolution.rulings)


def _spoken_for(record: Record) -> set[str]:
    return set(record.places) if isinstance(record, DutyItem) else {record.place}


def county_of(place: Place, gazetteer: Gazetteer) -> Place:
    """The county of a place; the place itself above counties."""
    return gazetteer.at_level(place.code, Level.COUNTY) or place


def _choices(answers: Mapping[Place, Resolution], gazetteer: Gazetteer) -> tuple[Place, ...]:
    """Counties first, where several may be meant; else the places themselves."""
    counties = dict.fromkeys(county_of(place, gazetteer) for place in answers)
    names = Counter(place.name for place in answers)
    is_same_name = len(names) == 1  # 城关镇 in two counties: offered as they are
    if len(counties) > 1 and len(answers) > len(counties) and not is_same_name:
        return tuple(counties)
    return tuple(answers)


def everywhere(places: tuple[Place, ...], gazetteer: Gazetteer) -> str:
    """Which townships agree, in words: 全县各乡镇 or 各地."""
    counties = {county_of(place, gazetteer) for place in places}
    if len(counties) > 1:
        return "各县（市、区）的乡镇（街道）"
    kind = "区" if next(iter(counties)).name.endswith("区") else "县"
    kind = "市" if next(iter(counties)).name.endswith("市") else kind
    has_streets = any(place.name.endswith("街道") for place in places)
    return f"全{kind}各乡镇（街道）" if has_streets else f"全{kind}各乡镇"


def _signature(resolution: Resolution) -> tuple[object, ...]:
    """Who holds it, a township's own body being "the township" wherever it is.

    A department holds alike what it has always held and what it took back.
    """
    return tuple(
        (_kind_of_body(h.body), Role.LEAD, "")
        if h.role is Role.WITHDRAWN
        else (_kind_of_body(h.body), h.role, h.principal)
        for ruling in resolution.rulings
        for h in ruling.parties
    )


def _kind_of_body(body: str) -> str:
    return _ANY_TOWNSHIP if body.endswith(_TOWNSHIP_BODIES) else body


def _holders(resolution: Resolution) -> tuple[Holder | None, ...]:
    return tuple(
        replace(holder, place="", item_id="") if holder else None
        for ruling in resolution.rulings
        for holder in (ruling.holder, ruling.helper)
    )


def _generic(ruling: Ruling) -> Ruling:
    """The ruling as it holds everywhere: the place's own township, its office left open."""
    holder, helper = _generic_holder(ruling.holder), ruling.helper
    is_kept = holder.body == ruling.holder.body
    return replace(
        ruling,
        holder=holder,
        helper=_generic_holder(helper) if helper else None,
        office_clause=ruling.office_clause if is_kept else None,
        changes=(),
    )


def _generic_statement(statement: Statement) -> Statement:
    """A statement of a place's own township as it holds for all of them."""
    if not statement.words.endswith(_TOWNSHIP_BODIES):
        return statement
    return replace(statement, words=_ANY_TOWNSHIP, holder="")


def _generic_holder(holder: Holder) -> Holder:
    if _kind_of_body(holder.body) == holder.body:
        return replace(holder, place="")
    return replace(holder, body=_ANY_TOWNSHIP, office="", office_from="", place="")
