"""A queue in which each asker has a lane of its own, so that one with many questions delays nobody.

Answers are computed, so only a few run at once; the lanes take turns. With the queue full it is the
longest lane that loses its newest.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from typing import Literal

Refusal = Literal["queue_full", "queue_timeout"]


class OverloadedError(Exception):
    """There is no turn for this one now."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason: Refusal = reason


class FairQueue:
    """Turns for one event loop."""

    def __init__(self, *, n_running: int, n_waiting: int, wait_s: float) -> None:
        self._n_free = n_running
        self._n_running = n_running
        self._n_waiting_most = n_waiting
        self._wait_s = wait_s
        self._lanes: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @property
    def n_waiting(self) -> int:
        """How many wait for a turn."""
        return sum(map(len, self._lanes.values()))

    @property
    def n_running(self) -> int:
        """How many have a turn."""
        return self._n_running - self._n_free

    async def turn(self, lane: str) -> None:
        """Wait for a turn; whoever gets one must `release` it.

        Raises:
            OverloadedError: no room to wait, or waited too long.
        """
        if self._n_free and not self._lanes:
            self._n_free -= 1
            return
        if self.n_waiting >= self._n_waiting_most:
            self._make_room(lane)
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._lanes.setdefault(lane, deque()).append(waiter)
        try:
            async with asyncio.timeout(self._wait_s):
                await waiter
        except TimeoutError:
            self._leave(lane, waiter)
            raise OverloadedError("queue_timeout") from None
        except BaseException:
            self._leave(lane, waiter)
            raise

    def release(self) -> None:
        """Give the turn to the next lane, or keep it free."""
        while self._lanes:
            lane, waiters = self._lanes.popitem(last=False)
            waiter = waiters.popleft()
            if waiters:
                self._lanes[lane] = waiters  # at the end: the other lanes come first
            if not waiter.done():
                waiter.set_result(None)
                return
        self._n_free += 1

    def _make_room(self, lane: str) -> None:
        """Turn away the newest of the longest lane, be it this one."""
        longest = max(self._lanes, key=lambda name: len(self._lanes[name]))
        if len(self._lanes[longest]) <= len(self._lanes.get(lane, ())) + 1:
            raise OverloadedError("queue_full")
        newest = self._lanes[longest].pop()
        if not newest.done():
            newest.set_exception(OverloadedError("queue_full"))

    def _leave(self, lane: str, waiter: asyncio.Future[None]) -> None:
        """Take a waiter out; one that was given its turn in the same moment passes it on."""
        if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
            self.release()
            return
        waiters = self._lanes.get(lane)
        if waiters and waiter in waiters:
            waiters.remove(waiter)
            if not waiters:
                del self._lanes[lane]
