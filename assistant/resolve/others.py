"""Who else has a part in a matter: other bodies' rows of the same thing at a place."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.resolve.findings import Resolution, Statement
from index.gazetteer import Gazetteer
from index.institutions.naming import government_at
from index.matters import is_of_thing
from index.model import DutyItem, Level, PaperKind, Place, Role


def others_with(
    found: Resolution, place: Place, rows: Iterable[DutyItem], gazetteer: Gazetteer
) -> tuple[Statement, ...]:
    """One row of each body that the resolution does not name, nearest first.

    `rows` are those that count at the place, of whatever matter.
    """
    first = found.rulings[0].proof[0]
    if not isinstance(first, DutyItem):
        return ()
    parties = (holder for ruling in found.rulings for holder in ruling.parties)
    told = {name for h in parties for name in (h.body, *h.body.split("、"))}
    others: dict[str, Statement] = {}
    for row in rows:
        body = _holder_of(row, place, gazetteer)
        if body and body not in told and is_of_thing(row.name, first.name):
            holder = body if row.role is Role.LEAD else ""
            others.setdefault(body, Statement(row, words=body, holder=holder))
    return tuple(others.values())


def _holder_of(row: DutyItem, place: Place, gazetteer: Gazetteer) -> str:
    """Who holds a row here: the township its own papers' rows, the department its list's."""
    if row.paper is PaperKind.DEPARTMENT_LIST:
        return row.body
    is_own = place.level is Level.TOWNSHIP and place.code in row.places
    is_held = row.role is not Role.WITHDRAWN and row.paper is not PaperKind.TOWNSHIP_CATALOG
    return government_at(place, gazetteer) if is_own and is_held else ""
