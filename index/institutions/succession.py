"""What became of a body: today's body for an old name, and what came before, by reform notices."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from index.model import Reform

# Duties that moved leave the giver in being; 设立 has no predecessor.
_TRANSFERRED, _SET_UP = "划转", "设立"
# The receiver was there before.
_JOINING = frozenset({_TRANSFERRED, "并入", "撤销"})
_BRACKETED = re.compile(r"（[^（）]*）")


@dataclass(frozen=True, slots=True)
class Succession:
    """The bodies that a name leads to on a day, and the reforms on the way, in order.

    No bodies: abolished without a successor. No reforms: the name itself stands.
    """

    bodies: tuple[str, ...]
    reforms: tuple[Reform, ...] = ()


class Successions:
    """Follows bodies through reforms, chains of them and days in between."""

    def __init__(self, reforms: Iterable[Reform]) -> None:
        self._after: dict[str, list[Reform]] = defaultdict(list)
        self._before: dict[str, list[Reform]] = defaultdict(list)
        for reform in sorted(reforms, key=_day):
            if reform.old:
                self._after[_key(reform.old)].append(reform)
            if reform.new:
                self._before[_key(reform.new)].append(reform)

    def today(self, name: str, on: date) -> Succession:
        """What a body is on a day; `name` itself if no reform up to then ended it."""
        bodies: list[str] = []
        reforms: list[Reform] = []
        waiting, seen = [(name, date.min)], set()
        while waiting:
            current, since = waiting.pop(0)
            steps = self._ends(current, since, on) if _key(current) not in seen else ()
            seen.add(_key(current))
            reforms += steps
            waiting += [(step.new, _day(step)) for step in steps if step.new]
            if not steps and current not in bodies:
                bodies.append(current)
        return Succession(tuple(bodies), tuple(reforms))

    def before(self, name: str, on: date | None = None) -> Succession:
        """The bodies that were on a day what `name` is now; all first ones without a day."""
        bodies: list[str] = []
        reforms: list[Reform] = []
        waiting, seen = [name], set()
        while waiting:
            current = waiting.pop(0)
            steps = [
                step
                for step in self._before.get(_key(current), ())
                if step.old and step.how != _TRANSFERRED and (on is None or _day(step) > on)
            ]
            steps = steps if _key(current) not in seen else []
            seen.add(_key(current))
            reforms += steps
            waiting += [step.old for step in steps]
            was_there = all(step.how in _JOINING for step in steps)
            if was_there and current not in bodies:
                bodies.append(current)
        return Succession(tuple(bodies), tuple(reforms))

    def transfers(self, name: str, on: date) -> tuple[Reform, ...]:
        """The duties that a body gave to others up to a day, itself staying in being."""
        after = self._after.get(_key(name), ())
        return tuple(r for r in after if r.how == _TRANSFERRED and _day(r) <= on)

    def exists(self, name: str, on: date) -> bool | None:
        """False before a body was set up and after it ended; None for one no reform speaks of."""
        key = _key(name)
        if key not in self._after and key not in self._before:
            return None
        begun = [r for r in self._before.get(key, ()) if r.how not in _JOINING]
        ended = [r for r in self._after.get(key, ()) if _is_end(r)]
        last_begun = max((_day(r) for r in begun if _day(r) <= on), default=None)
        last_ended = max((_day(r) for r in ended if _day(r) <= on), default=None)
        if last_ended is not None:
            return last_begun is not None and last_begun > last_ended
        return last_begun is not None or not begun

    def _ends(self, name: str, since: date, on: date) -> tuple[Reform, ...]:
        """The reforms of one day that ended a body: several where it was split."""
        after = self._after.get(_key(name), ())
        ends = [r for r in after if since <= _day(r) <= on and _is_end(r)]
        return tuple(r for r in ends if r.on == ends[0].on)


def _is_end(reform: Reform) -> bool:
    return reform.how not in (_TRANSFERRED, _SET_UP)


def _key(name: str) -> str:
    return _BRACKETED.sub("", name)


def _day(reform: Reform) -> date:
    """Undated reforms count as older than all others."""
    return reform.on or date.min
