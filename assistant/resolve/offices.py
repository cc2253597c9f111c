"""Rule 4: which internal office, read from the body's 三定 where the list names none."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from assistant.corpus import Corpus
from assistant.model import Holder
from assistant.resolve.roles import in_force
from assistant.retrieve.likeness import Likeness
from index.matters import without_area
from index.model import Clause, ClauseKind, DutyItem, PaperKind, Role

_UNITS = (ClauseKind.OFFICE.value, ClauseKind.SUBORDINATE.value)
# On 393 rows whose list names the office, these let 0.93 of the answers be right; a wrong office
# is worse than none.
_LEAST = 0.3
_LEAD_OVER_NEXT = 0.1


# Words that any office's duties have.
_HOW = re.compile(r"(?:事务|工作)?(?:监督)?管理$")


class Offices:
    """Finds the office of a body whose duties cover a matter."""

    def __init__(self, corpus: Corpus, likeness: Likeness) -> None:
        self._corpus = corpus
        self._likeness = likeness

    def of(self, holder: Holder, matter: str, on: date) -> tuple[Holder, Clause | None]:
        """The holder with its office, and the clause that names it; as given if none covers it."""
        if holder.office or not holder.body or not matter:
            return holder, None
        units = self.units(holder.body, on)
        ranked = self._ranked(_HOW.sub("", without_area(matter)) or matter, units)
        if not ranked:
            return holder, None
        (best, clause), *others = ranked
        next_best = others[0][0] if others else 0.0
        if best < _LEAST or (others and best - next_best < _LEAD_OVER_NEXT):
            return holder, None
        return replace(holder, office=clause.office, office_from="provision"), clause

    def is_unknown(self, holder: Holder, on: date) -> bool:
        """True if a list names an office that the body's own 三定, which is loaded, does not have."""
        if holder.office_from != "list":
            return False
        known = {clause.office for clause in self.units(holder.body, on).values()}
        return bool(known) and not any(
            name in holder.office or holder.office in name for name in known
        )

    def units(self, body: str, on: date) -> dict[int, Clause]:
        """The clauses in force that define a body's offices, by ordinal."""
        ordinals = self._corpus.catalog.clause_ordinals(body, _UNITS)
        clauses = zip(ordinals, self._corpus.records(list(ordinals)), strict=True)
        return {
            ordinal: clause
            for ordinal, clause in clauses
            if isinstance(clause, Clause) and clause.office and self._corpus.counts(clause, on)
        }

    def _ranked(self, matter: str, units: dict[int, Clause]) -> list[tuple[float, Clause]]:
        """Each office once, by the clause of it that is nearest to the matter."""
        if not units:
            return []
        scores = self._likeness.of_records(matter, list(units))
        best: dict[str, tuple[float, Clause]] = {}
        for score, clause in sorted(
            zip(scores, units.values(), strict=True), key=lambda pair: -pair[0]
        ):
            best.setdefault(clause.office, (float(score), clause))
        return list(best.values())


def listed_office(body: str, rows: tuple[DutyItem, ...], on: date) -> DutyItem | None:
    """A department's own row, of rows about one matter, that names the office."""
    return next(
        (
            row
            for row in rows
            if row.office
            and row.role is Role.LEAD
            and row.paper is PaperKind.DEPARTMENT_LIST
            and body in row.body.split("、")
            and in_force(row, on)
        ),
        None,
    )
