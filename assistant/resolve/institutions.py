"""Rule 5: bodies of old records under today's names; a 事业单位 is no holder of a power."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from assistant.corpus import Corpus
from assistant.model import Holder
from assistant.resolve.findings import Ruling
from index.model import DutyItem, Reform, Role

# A row that says so lets an institution act: by law in its own name, or in the principal's.
_MAY_ACT = re.compile(r"委托|授权")


class InstitutionRules:
    """Names the body of today, and the organ where a list names its institution."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._institutions = corpus.institutions

    def is_gone(self, body: str, on: date) -> bool:
        """True for a body that was merged, renamed or abolished by a day."""
        return self._institutions.exists(body, on) is False

    def apply(self, ruling: Ruling, on: date) -> Ruling:
        """The ruling with every body under the name it has on a day, and held by an organ."""
        ruling = self._held_by_organ(ruling)
        holder, changes = self._renamed(ruling.holder, on)
        helper, more = self._renamed(ruling.helper, on) if ruling.helper else (None, ())
        found = (*ruling.changes, *changes, *more)
        return replace(ruling, holder=holder, helper=helper, changes=tuple(dict.fromkeys(found)))

    def _held_by_organ(self, ruling: Ruling) -> Ruling:
        """An institution in the body column works for the organ whose list it is."""
        holder, row = ruling.holder, ruling.proof[0]
        if ruling.role is not Role.LEAD or not self._institutions.is_institution(holder.body):
            return ruling
        organ = self._corpus.sources[row.source_id].body
        is_allowed = isinstance(row, DutyItem) and _MAY_ACT.search(
            row.field("basis") + row.field("remark")
        )
        if is_allowed or not organ or self._institutions.is_institution(organ):
            return ruling
        named = replace(holder, body=organ, office=holder.body, office_from="list")
        return replace(ruling, holder=named, rule=f"{ruling.rule}；事业单位不作为行使主体")

    def _renamed(self, holder: Holder, on: date) -> tuple[Holder, tuple[Reform, ...]]:
        body, changes = self._names(holder.body, on)
        principal, more = self._names(holder.principal, on)
        return replace(holder, body=body, principal=principal), (*changes, *more)

    def _names(self, written: str, on: date) -> tuple[str, tuple[Reform, ...]]:
        """Several bodies in one name are joined by 、.

        One abolished without heir keeps its name; one that no reform changed keeps it as the paper
        has it, plate and all.
        """
        found = [(name, self._institutions.today(name, on)) for name in written.split("、") if name]
        names = dict.fromkeys(
            heir
            for name, succession in found
            for heir in (succession.reforms and succession.bodies) or (name,)
        )
        return "、".join(names), tuple(step for _, s in found for step in s.reforms)
