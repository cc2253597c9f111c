"""How much one asker may ask: a steady rate with room for a burst (GCRA, ITU-T I.371)."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

# Of some 150 bytes each; whoever was not seen for longest is forgotten first.
_MOST_KEYS = 100_000
# What adding and taking away may lose of a time of day in seconds.
_GRAIN_S = 1e-3
# One household or phone is given a whole /64 of IPv6 addresses.
_IPV6_PREFIX = 64


@dataclass(frozen=True, slots=True)
class Rate:
    """So many a minute on average, and at most `burst` at once."""

    per_minute: float
    burst: int

    @property
    def interval_s(self) -> float:
        """Seconds between two at the steady rate."""
        return 60 / self.per_minute

    def next_due(self, due: float | None, now: float) -> tuple[float, float]:
        """(when the next is due, seconds to wait): a wait above 0 means that this one may not pass.

        `due` is what was kept of the same asker. One further ahead than the rule can put it comes
        from a clock that was set back, and counts for nothing.
        """
        slack = self.interval_s * (self.burst - 1)
        if due is None or due < now or due - now > slack + self.interval_s + _GRAIN_S:
            due = now
        wait = due - now - slack
        return (due, wait) if wait > 0 else (due + self.interval_s, 0.0)


class Limits(Protocol):
    """Counts askers, within one process or across several."""

    def wait_s(self, key: str, rate: Rate) -> float:
        """Count one; 0 if it may pass, else the seconds after which it may."""


class MemoryLimits:
    """Counts within this process. Safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._due: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def wait_s(self, key: str, rate: Rate) -> float:
        """See `Limits`."""
        with self._lock:
            due, wait = rate.next_due(self._due.get(key), self._clock())
            self._due[key] = due
            self._due.move_to_end(key)
            if len(self._due) > _MOST_KEYS:
                self._due.popitem(last=False)
            return wait


def address_key(address: str) -> str:
    """What counts as one asker: an IPv4 address, or the network of an IPv6 one."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, _IPV6_PREFIX), strict=False))
    return address
