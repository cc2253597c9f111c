"""Rule 5: bodies of old records under today's names; institutions are no holders of power."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from assistant.model import Holder
from assistant.resolve.findings import Ruling
from index.model import Reform

_HANDED_ON = "划转"
_LONGEST_CHAIN = 10


class Succession:
    """What became of bodies, by the reform notices of the corpus."""

    def __init__(self, reforms: Iterable[Reform]) -> None:
        self._by_old: dict[str, list[Reform]] = {}
        # What a body became counts before what it handed on to others.
        for reform in sorted(reforms, key=lambda r: r.how == _HANDED_ON):
            self._by_old.setdefault(reform.old, []).append(reform)

    def today(self, body: str, on: date) -> tuple[str, tuple[Reform, ...]]:
        """The body that stands in a body's place on a day, and the reforms that led there."""
        steps: list[Reform] = []
        while len(steps) < _LONGEST_CHAIN and (step := self._step(body, on)):
            steps.append(step)
            body = step.new
        return body, tuple(steps)

    def exists(self, body: str, on: date) -> bool:
        """False for a body that was merged, renamed or abolished by a day."""
        return self._step(body, on) is None

    def _step(self, body: str, on: date) -> Reform | None:
        return next(
            (
                reform
                for reform in self._by_old.get(body, ())
                if reform.new
                and reform.how != _HANDED_ON
                and (reform.on is None or reform.on <= on)
            ),
            None,
        )

    def renamed(self, ruling: Ruling, on: date) -> Ruling:
        """The ruling with every body under the name it has on a day."""
        holder, changes = self._holder(ruling.holder, on)
        helper, more = self._holder(ruling.helper, on) if ruling.helper else (None, ())
        found = (*ruling.changes, *changes, *more)
        return replace(ruling, holder=holder, helper=helper, changes=tuple(dict.fromkeys(found)))

    def _holder(self, holder: Holder, on: date) -> tuple[Holder, tuple[Reform, ...]]:
        body, changes = self._names(holder.body, on)
        principal, more = self._names(holder.principal, on)
        return replace(holder, body=body, principal=principal), (*changes, *more)

    def _names(self, written: str, on: date) -> tuple[str, tuple[Reform, ...]]:
        """Several bodies in one name are joined by 、."""
        found = [self.today(name, on) for name in written.split("、")]
        names = dict.fromkeys(name for name, _ in found)
        return "、".join(names), tuple(step for _, steps in found for step in steps)
