"""Candidates → Resolution, by the rules of place, date, role and institution. Pure; no text is made here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from assistant.model import Candidate, Holder, Status
from index.gazetteer import Gazetteer
from index.institutions import government_of
from index.model import Clause, DutyItem, Level, PaperKind, Place, Role

# A cell that a township's row is weighed by, highest first: what is newest and most particular.
_PRECEDENCE = {
    Role.WITHDRAWN: 5,
    Role.ENTRUSTED: 4,
    Role.DELEGATED: 4,
    Role.COOPERATING: 3,
    Role.LEAD: 2,
}
_WRAPPING = re.compile(
    r"^对|的?(?:行政)?(?:处罚|检查|强制|监督检查|审批|核发|备案|许可)$|[（(].*?[)）]|[\s，,、：:“”\"]"
)


@dataclass(frozen=True, slots=True)
class Ruling:
    """One holder, the records that prove it (the deciding one first), and the rule that decided.

    `office_clause` is the 三定 clause that names the office where the list names none.
    """

    holder: Holder
    proof: tuple[DutyItem, ...]
    rule: str
    office_clause: Clause | None = None


@dataclass(frozen=True, slots=True)
class Resolution:
    """What was found out. `choices` are the places to ask about when the answer differs."""

    status: Status
    matter: str = ""
    rulings: tuple[Ruling, ...] = ()
    clause: Clause | None = None
    nearby: tuple[Candidate, ...] = ()
    choices: tuple[Place, ...] = ()
    agree: bool = False
    candidates: tuple[Candidate, ...] = ()
    notes: tuple[str, ...] = field(default=())


def in_force(item: DutyItem, on: date) -> bool:
    """True if the record counts on a day; an unknown start counts as always."""
    return (item.valid_from is None or item.valid_from <= on) and (
        item.valid_to is None or on <= item.valid_to
    )


def matter_key(name: str) -> str:
    """What a matter is called without the wrapping of its kind: 对占道经营的处罚 → 占道经营."""
    key, before = name, ""
    while key != before:
        before, key = key, _WRAPPING.sub("", key)
    return key or name


def same_matter(item: DutyItem, records: Iterable[DutyItem]) -> tuple[DutyItem, ...]:
    """Records that call their matter as `item` does; a sub-item only matches the same or none."""
    key = matter_key(item.name)
    return tuple(
        other
        for other in records
        if matter_key(other.name) == key
        and (not other.sub_item or not item.sub_item or other.sub_item == item.sub_item)
    )


def resolve_at(
    place: Place,
    rows: Sequence[DutyItem],
    gazetteer: Gazetteer,
    on: date,
) -> tuple[Ruling, ...]:
    """Who holds one matter at one place on a day, given all rows of that matter in its chain."""
    valid = [row for row in rows if row.is_answerable and in_force(row, on)]
    own = [
        row
        for row in valid
        if place.code in row.places and row.paper is not PaperKind.DEPARTMENT_LIST
    ]
    if place.level is Level.TOWNSHIP and own:
        return (_township_ruling(place, own, valid, gazetteer),)
    return _department_rulings(valid)


def _township_ruling(
    place: Place,
    own: list[DutyItem],
    valid: list[DutyItem],
    gazetteer: Gazetteer,
) -> Ruling:
    """Newer 收回 beats an older list; a delegation in force beats the department's own row."""

    def rank(row: DutyItem) -> tuple[bool, date, int]:
        is_template = row.paper is PaperKind.TOWNSHIP_CATALOG
        return (not is_template, row.valid_from or date.min, _PRECEDENCE[row.role])

    listed = [row for row in own if row.role in {Role.LEAD, Role.WITHDRAWN}]
    handed = [row for row in own if row.role in {Role.DELEGATED, Role.ENTRUSTED}]
    helping = [row for row in own if row.role is Role.COOPERATING]
    newest = max(listed, key=rank, default=None)
    withdrawn = newest is not None and newest.role is Role.WITHDRAWN
    if withdrawn and newest and not _newer(handed, newest):
        return _withdrawn(newest, place, valid)
    if handed:
        return _handed(max(handed, key=rank), place, gazetteer, valid)
    if newest is None or (helping and rank(max(helping, key=rank)) > rank(newest)):
        return _helping(max(helping, key=rank), place, gazetteer)
    return _leading(newest, place, gazetteer)


def _newer(rows: Iterable[DutyItem], than: DutyItem) -> bool:
    start = than.valid_from or date.min
    return any((row.valid_from or date.min) > start for row in rows)


def _township_body(row: DutyItem, place: Place, gazetteer: Gazetteer) -> str:
    named = next((body for body in row.body.split("、") if place.name in body), "")
    county = next((p for p in gazetteer.chain(place.code) if p.level is Level.COUNTY), None)
    return named or government_of(place, county)


def _withdrawn(row: DutyItem, place: Place, valid: list[DutyItem]) -> Ruling:
    receiver = row.counterpart
    theirs = [
        other
        for other in valid
        if other.paper is PaperKind.DEPARTMENT_LIST and other.body and other.body in receiver
    ]
    office = theirs[0].office if theirs else ""
    holder = Holder(
        body=receiver,
        role=Role.WITHDRAWN,
        place=place.full_name,
        item_id=row.id,
        office=office,
        office_from="list" if office else "",
        principal=receiver,
    )
    return Ruling(holder, (row, *theirs[:1]), "收回清单优先于较早的乡镇清单")


def _handed(row: DutyItem, place: Place, gazetteer: Gazetteer, valid: list[DutyItem]) -> Ruling:
    body = _township_body(row, place, gazetteer)
    listed = [r for r in valid if r.role is Role.LEAD and place.code in r.places and r.office]
    office = row.office or next((r.office for r in listed), "")
    holder = Holder(
        body=body,
        role=row.role,
        place=place.full_name,
        item_id=row.id,
        office=office,
        office_from="list" if office else "",
        principal=row.counterpart,
    )
    return Ruling(holder, (row,), f"{row.role.value}在有效期内，优先于部门清单")


def _helping(row: DutyItem, place: Place, gazetteer: Gazetteer) -> Ruling:
    holder = Holder(
        body=_township_body(row, place, gazetteer),
        role=Role.COOPERATING,
        place=place.full_name,
        item_id=row.id,
        office=row.office,
        office_from="list" if row.office else "",
        principal=row.counterpart,
    )
    return Ruling(holder, (row,), "配合清单：上级部门牵头，乡镇配合")


def _leading(row: DutyItem, place: Place, gazetteer: Gazetteer) -> Ruling:
    holder = Holder(
        body=_township_body(row, place, gazetteer),
        role=Role.LEAD,
        place=place.full_name,
        item_id=row.id,
        office=row.office,
        office_from="list" if row.office else "",
    )
    return Ruling(holder, (row,), "乡镇（街道）自己的清单")


def _department_rulings(valid: list[DutyItem]) -> tuple[Ruling, ...]:
    """One ruling a body, in the order found; several bodies are shown, not chosen between."""
    rulings: dict[str, Ruling] = {}
    for row in valid:
        if row.paper is not PaperKind.DEPARTMENT_LIST or not row.body:
            continue
        holder = Holder(
            body=row.body,
            role=row.role,
            place="",
            item_id=row.id,
            office=row.office,
            office_from="list" if row.office else "",
        )
        rulings.setdefault(row.body, Ruling(holder, (row,), "部门权责清单"))
    return tuple(rulings.values())
