"""What changed: who held one matter at one place from one day to the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from assistant.resolve.findings import Period, Ruling
from index.model import DutyItem


def periods(
    rows: Sequence[DutyItem],
    changes: Sequence[date],
    until: date,
    resolve: Callable[[date], tuple[Ruling, ...]],
) -> tuple[Period, ...]:
    """The periods up to a day in which different bodies held the matter, oldest first.

    `rows` are all rows of the matter, in force or not; `changes` are days of reforms. Spans for
    which no paper is loaded have no period.
    """
    starts = {row.valid_from for row in rows if row.valid_from}
    ends = {row.valid_to + timedelta(days=1) for row in rows if row.valid_to}
    days = sorted(day for day in {*starts, *ends, *changes} if day <= until)
    found: list[Period] = []
    for day in days or [until]:
        rulings = resolve(day)
        if not found or _who(found[-1].rulings) != _who(rulings):
            found.append(Period(day, rulings))
    return tuple(period for period in found if period.rulings)


def _who(rulings: tuple[Ruling, ...]) -> tuple[tuple[str, str, str], ...]:
    return tuple((r.holder.body, r.role, r.holder.principal) for r in rulings)
