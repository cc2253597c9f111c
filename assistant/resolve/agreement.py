"""Rule 1 without a place: one answer if all places agree, else which places to ask about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from assistant.model import Holder, Status
from assistant.resolve.findings import Resolution, Ruling
from index.gazetteer import Gazetteer
from index.model import Level, Place

_TOWNSHIP_BODIES = ("镇人民政府", "乡人民政府", "街道办事处")
_ANY_TOWNSHIP = "所在乡镇人民政府、街道办事处"


def compare(answers: Mapping[Place, Resolution], gazetteer: Gazetteer) -> Resolution:
    """The answer that holds at all places, or the choices between which it differs."""
    found = {p: r for p, r in answers.items() if r.status is Status.ANSWERED}
    if not found:
        return next(iter(answers.values()))
    first = next(iter(found.values()))
    if len({_signature(r) for r in answers.values()}) == 1:
        if len({_holders(r) for r in found.values()}) == 1:
            return first
        where = _common(tuple(answers), gazetteer)
        return replace(first, agree_in=where, rulings=tuple(map(_generic, first.rulings)))
    matter = Counter(r.matter for r in found.values()).most_common(1)[0][0]
    return Resolution(
        Status.CLARIFY,
        matter,
        choices=_choices(answers, gazetteer),
        candidates=first.candidates,
        rule="各地不同，先问是哪里",
    )


def county_of(place: Place, gazetteer: Gazetteer) -> Place:
    """The county of a place; the place itself above counties."""
    chain = gazetteer.chain(place.code)
    return next((p for p in chain if p.level is Level.COUNTY), place)


def _choices(answers: Mapping[Place, Resolution], gazetteer: Gazetteer) -> tuple[Place, ...]:
    """Counties first, where several may be meant; else the places themselves."""
    counties = dict.fromkeys(county_of(place, gazetteer) for place in answers)
    names = Counter(place.name for place in answers)
    is_same_name = len(names) == 1  # 城关镇 in two counties: offered as they are
    if len(counties) > 1 and len(answers) > len(counties) and not is_same_name:
        return tuple(counties)
    return tuple(answers)


def _common(places: tuple[Place, ...], gazetteer: Gazetteer) -> str:
    """Which townships agree, in words: 全县各乡镇 or 各地."""
    counties = {county_of(place, gazetteer) for place in places}
    if len(counties) > 1:
        return "各县（市、区）的乡镇（街道）"
    kind = "区" if next(iter(counties)).name.endswith("区") else "县"
    kind = "市" if next(iter(counties)).name.endswith("市") else kind
    has_streets = any(place.name.endswith("街道") for place in places)
    return f"全{kind}各乡镇（街道）" if has_streets else f"全{kind}各乡镇"


def _signature(resolution: Resolution) -> tuple[object, ...]:
    """Who holds it, a township's own body being "the township" wherever it is."""
    parties = (
        (_kind_of_body(h.body), h.role, h.principal)
        for ruling in resolution.rulings
        for h in (ruling.holder, ruling.helper)
        if h
    )
    return (resolution.status, *((body, role, principal) for body, role, principal in parties))


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
    holder, helper = _everywhere(ruling.holder), ruling.helper
    is_kept = holder.body == ruling.holder.body
    return replace(
        ruling,
        holder=holder,
        helper=_everywhere(helper) if helper else None,
        office_clause=ruling.office_clause if is_kept else None,
        changes=(),
    )


def _everywhere(holder: Holder) -> Holder:
    if _kind_of_body(holder.body) == holder.body:
        return replace(holder, place="")
    return replace(holder, body=_ANY_TOWNSHIP, office="", office_from="", place="")
