"""Rules 1–3: who holds one matter at one place on a day, and how."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from assistant.model import Holder
from assistant.resolve.findings import Ruling
from index.gazetteer import Gazetteer
from index.institutions.naming import government_at
from index.model import HANDED_DOWN, DutyItem, Level, PaperKind, Place, Role

# At the same date the more particular paper counts, highest first.
_PRECEDENCE = {
    Role.WITHDRAWN: 5,
    Role.ENTRUSTED: 4,
    Role.DELEGATED: 4,
    Role.COOPERATING: 3,
    Role.LEAD: 2,
}
# Marks behind a sentence that a reader still takes in.
_MOST_PARTS = 12
_DEPARTMENTS = ("局", "委员会", "委")


def in_force(item: DutyItem, on: date) -> bool:
    """True if the record counts on a day; an unknown start counts as always."""
    return (item.valid_from is None or item.valid_from <= on) and (
        item.valid_to is None or on <= item.valid_to
    )


def resolve_at(
    place: Place, rows: Sequence[DutyItem], gazetteer: Gazetteer, on: date
) -> tuple[Ruling, ...]:
    """Who holds one matter at one place on a day, given all rows of that matter in its chain.

    A township's own papers decide; where it has none, the departments of the nearest level that
    lists the matter, one ruling a body: several are shown, not chosen between.
    """
    valid = [row for row in rows if row.is_answerable and in_force(row, on)]
    own = [row for row in valid if _is_own(row, place)]
    if place.level is Level.TOWNSHIP and own:
        return (_township_ruling(place, own, valid, gazetteer),)
    return _department_rulings(valid, gazetteer.chain(place.code))


def _is_own(row: DutyItem, place: Place) -> bool:
    return place.code in row.places and row.paper is not PaperKind.DEPARTMENT_LIST


def _rank(row: DutyItem) -> tuple[bool, date, int]:
    """Newer first; the basic catalog is only a template, behind every list of the township's own."""
    is_template = row.paper is PaperKind.TOWNSHIP_CATALOG
    return (not is_template, row.valid_from or date.min, _PRECEDENCE[row.role])


def _township_ruling(
    place: Place, own: list[DutyItem], valid: list[DutyItem], gazetteer: Gazetteer
) -> Ruling:
    """Newer 收回 beats an older list; a delegation in force beats the department's own row."""
    deciding = _deciding(own)
    body = _department_named(deciding, place) or government_at(place, gazetteer)
    against = tuple(row for row in own if _contradicts(row, deciding))
    match deciding.role:
        case Role.WITHDRAWN:
            return _withdrawn(deciding, place, valid, against)
        case Role.DELEGATED | Role.ENTRUSTED:
            office = next((r.office for r in own if r.role is Role.LEAD and r.office), "")
            rule = f"{deciding.role.value}在有效期内，优先于部门清单"
            holder = _holder(deciding, body, place, office=deciding.office or office)
            return Ruling(deciding.role, holder, _parts(deciding, own), rule, against=against)
        case Role.COOPERATING:
            return _cooperating(deciding, body, place, against)
    holder = _holder(deciding, body, place, office=deciding.office)
    rule = (
        "基本事项目录（样本），本地没有自己的清单"
        if deciding.paper is PaperKind.TOWNSHIP_CATALOG
        else "乡镇（街道）自己的清单"
    )
    return Ruling(Role.LEAD, holder, _parts(deciding, own), rule, against=against)


def _parts(row: DutyItem, rows: Sequence[DutyItem]) -> tuple[DutyItem, ...]:
    """The row, with the other sub-items that its paper has under the same name, if all are meant."""
    siblings = (
        other
        for other in rows
        if (other.source_id, other.name, other.body, other.role)
        == (row.source_id, row.name, row.body, row.role)
        and other.sub_item != row.sub_item
    )
    return (row, *tuple(siblings if row.sub_item else ())[: _MOST_PARTS - 1])


def _deciding(own: list[DutyItem]) -> DutyItem:
    """The row that decides.

    A 收回 unless something handed down is newer, then what is handed down, then the newest of what
    the township carries or helps with.
    """
    listed = [row for row in own if row.role in {Role.LEAD, Role.WITHDRAWN}]
    handed = [row for row in own if row.role in HANDED_DOWN]
    helping = [row for row in own if row.role is Role.COOPERATING]
    newest = max(listed, key=_rank, default=None)
    if newest and newest.role is Role.WITHDRAWN and not _has_newer(handed, newest):
        return newest
    if handed:
        return max(handed, key=_rank)
    if newest is None or (helping and _rank(max(helping, key=_rank)) > _rank(newest)):
        return max(helping, key=_rank)
    return newest


def _has_newer(rows: Iterable[DutyItem], than: DutyItem) -> bool:
    start = than.valid_from or date.min
    return any((row.valid_from or date.min) > start for row in rows)


def _contradicts(row: DutyItem, deciding: DutyItem) -> bool:
    """True if a paper in force gives the township another part in the matter.

    An older list overtaken by a 收回, a template, and a list row beside a delegation are in order.
    """
    roles = {row.role, deciding.role}
    if row.role is deciding.role or row.paper is PaperKind.TOWNSHIP_CATALOG:
        return False
    if Role.WITHDRAWN in roles and roles & HANDED_DOWN:
        return True
    is_same_day = row.valid_from == deciding.valid_from
    return is_same_day and not roles & HANDED_DOWN


def _department_named(row: DutyItem, place: Place) -> str:
    """The department that a township's own list names as holder; "" for the township itself.

    A body called after the town is the town's: its government, or an institution of it, which holds
    no power of its own.
    """
    is_other = row.role is Role.LEAD and row.paper is PaperKind.TOWNSHIP_LIST
    is_named = bool(row.body_as_written) and row.body.endswith(_DEPARTMENTS)
    return row.body if is_other and is_named and place.name not in row.body else ""


def _holder(row: DutyItem, body: str, place: Place, *, office: str) -> Holder:
    return Holder(
        body=body,
        role=row.role,
        place=place.full_name,
        item_id=row.id,
        office=office,
        office_from="list" if office else "",
        principal=row.counterpart,
    )


def _withdrawn(
    row: DutyItem, place: Place, valid: list[DutyItem], against: tuple[DutyItem, ...]
) -> Ruling:
    """The receiving department holds it; its own row for the matter tells the office."""
    theirs = [
        other
        for other in valid
        if other.paper is PaperKind.DEPARTMENT_LIST and other.body and other.body in row.counterpart
    ]
    office = theirs[0].office if theirs else ""
    holder = _holder(row, row.counterpart, place, office=office)
    rule = "收回清单优先于较早的乡镇清单"
    return Ruling(Role.WITHDRAWN, holder, (row, *theirs[:1]), rule, against=against)


def _cooperating(
    row: DutyItem, township: str, place: Place, against: tuple[DutyItem, ...]
) -> Ruling:
    lead = Holder(row.counterpart, Role.LEAD, place.full_name, row.id)
    helper = _holder(row, township, place, office=row.office)
    rule = "配合清单：上级部门牵头，乡镇配合"
    return Ruling(Role.COOPERATING, lead, (row,), rule, helper=helper, against=against)


def _department_rulings(valid: list[DutyItem], chain: tuple[Place, ...]) -> tuple[Ruling, ...]:
    """One ruling a body of the nearest level, in the order found."""
    levels = {place.code: rank for rank, place in enumerate(chain)}
    rows = [row for row in valid if row.paper is PaperKind.DEPARTMENT_LIST and row.body]
    nearest = min((_distance(row, levels) for row in rows), default=0)
    rulings: dict[str, Ruling] = {}
    for row in rows:
        if _distance(row, levels) == nearest:
            parts = _parts(row, rows)
            office = "、".join(dict.fromkeys(part.office for part in parts if part.office))
            holder = Holder(row.body, row.role, "", row.id, office, "list" if office else "")
            ruling = Ruling(row.role, holder, parts, "部门权责清单（最近的一级）")
            rulings.setdefault(row.body, ruling)
    return tuple(rulings.values())


def _distance(row: DutyItem, levels: dict[str, int]) -> int:
    return min((levels[code] for code in row.places if code in levels), default=len(levels))
