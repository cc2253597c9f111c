"""What is sent after a platform's request was answered: in the background, without getting lost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from assistant.channels.message import Reply

log = logging.getLogger(__name__)
T = TypeVar("T")

# Threads wait for a platform's server, some tenths of a second each.
_AT_ONCE = 32

PLEASE_CHOOSE = "请选择"


class Background:
    """Tasks that nobody waits for; each that fails is a line in the log."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self._tasks: set[asyncio.Task[None]] = set()
        self._pool = ThreadPoolExecutor(_AT_ONCE, f"{channel}-push")

    async def in_thread(self, work: Callable[[], T]) -> T:
        """What a SDK's blocking call returns."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def start(self, work: Coroutine[object, object, None]) -> None:
        """Run in the background of the running loop."""
        task = asyncio.create_task(self._logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _logged(self, work: Coroutine[object, object, None]) -> None:
        try:
            await work
        except Exception as exc:
            # Not the traceback: addresses in it may bear access tokens.
            log.error("a message was not sent: channel=%s error=%s", self._channel, _name(exc))


def _name(error: Exception) -> str:
    return f"{type(error).__name__} {getattr(error, 'errcode', '') or ''}".strip()


async def send_rest(
    reply: Reply, send: Callable[[str], Awaitable[None]], *, already: int = 0
) -> None:
    """Send the messages after the first `already` ones, then the better ones once they are there."""
    for message in reply.messages[already:]:
        await send(message)
    if reply.better:
        for message in await reply.better:
            await send(message)
