"""When a channel answers: within the platform's clock, once a message, and better later.

The platforms drop what comes after some seconds. So the answer of the resolver goes out in time
whatever a model does; the model's better words follow where messages can be pushed, and wait
under a number (“回复 4821 查看”) where they cannot.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from assistant.channels import says
from assistant.channels.clerk import Clerk, House, Said
from assistant.channels.layout import Block, pack
from assistant.channels.memory import Memory
from assistant.channels.message import Incoming, Kind, Messages, Reply, Way
from assistant.contract import Assistant
from assistant.model import Answer

log = logging.getLogger(__name__)
T = TypeVar("T")

# WeChat hangs up after 5 s, of which the way there and back takes some.
LIMIT_S = 4.5
# How long an answer may be computed before a number is given for it, and how long a person waits
# for better words of an answer that is there; the rest is for writing down what was said.
_COMPUTING_S = 3.2
_PHRASING_S = 2.5
# Two sentences about tickets at the end of a text.
_TAILS_BYTES = 200
_POLL_S = 0.05
# Turns are computed under one lock for the most part; more threads would not be quicker.
_TURNS_AT_ONCE = 4
# Models wait for their server, not for this processor.
_MODELS_AT_ONCE = 8
_MODELS_WAITING = 32


class Desk:
    """The flow that all channels share. One event loop; closes with `close`.

    `patience` stretches the times that are waited for, for tests that have none.
    """

    def __init__(
        self,
        assistant: Assistant,
        memory: Memory,
        house: House,
        *,
        patience: float = 1.0,
    ) -> None:
        self._clerk = Clerk(assistant, memory, house)
        self._memory = memory
        self._assistant = assistant
        self._patience = patience
        self._failed = says.FAILED.format(hotline=house.hotline)
        self._turns = ThreadPoolExecutor(_TURNS_AT_ONCE, "channel-turn")
        self._notes = ThreadPoolExecutor(_MODELS_AT_ONCE, "channel-note")
        self._models = ThreadPoolExecutor(_MODELS_AT_ONCE, "channel-model")
        self._n_phrasing = 0
        self._tasks: set[asyncio.Future[None]] = set()

    def close(self) -> None:
        """Stop waiting for whatever is still being made."""
        for pool in (self._turns, self._notes, self._models):
            pool.shutdown(wait=False, cancel_futures=True)

    async def reply(self, incoming: Incoming, way: Way) -> Reply | None:
        """What to say to a message, within the limit; None to say nothing."""
        if incoming.kind is Kind.NOTHING:
            return None
        task = asyncio.ensure_future(self._reply(incoming, way))
        done, _ = await asyncio.wait({task}, timeout=LIMIT_S)
        if not done:
            log.error("a channel ran out of time: channel=%s", way.name)
            return Reply((self._failed,))
        return task.result()

    async def _reply(self, incoming: Incoming, way: Way) -> Reply | None:
        start = asyncio.get_running_loop().time()
        number = incoming.message_id
        if number and not await self._in(
            self._notes, lambda: self._memory.claim_delivery(way.name, number, keep_s=way.keep_s)
        ):
            return await self._said_before(way, number, start) if way.inline else None
        reply = await self._answer(incoming, way, start)
        if number and way.inline:
            await self._in(
                self._notes,
                lambda: self._memory.keep_reply(way.name, number, reply, keep_s=way.keep_s),
            )
        return reply if reply.messages else None

    async def _said_before(self, way: Way, number: str, start: float) -> Reply | None:
        """The reply to a message that was delivered before, perhaps to another worker."""
        while asyncio.get_running_loop().time() < start + _COMPUTING_S:
            if said := await self._in(self._notes, lambda: self._memory.reply(way.name, number)):
                return said if said.messages else None
            await asyncio.sleep(_POLL_S)
        return None

    async def _answer(self, incoming: Incoming, way: Way, start: float) -> Reply:
        """The turn, if it is over in time, in the model's words if they are ready in time."""

        async def wait_for(work: asyncio.Future[T], seconds: float) -> bool:
            left = start + seconds * self._patience - asyncio.get_running_loop().time()
            await asyncio.wait({work}, timeout=max(0.0, left))
            return work.done()

        turn = asyncio.ensure_future(self._in(self._turns, lambda: self._clerk.turn(incoming, way)))
        if not await wait_for(turn, _COMPUTING_S):
            return await self._busy(turn, incoming, way)
        if error := turn.exception():
            log.error("a channel could not answer: channel=%s", way.name, exc_info=error)
            return Reply((self._failed,))
        said = turn.result()
        better = self._start_phrasing(said, way)
        if better is None:
            return await self._fit(said, way)
        if await wait_for(better, _PHRASING_S):
            return await self._fit(better.result() or said, way)
        return await self._fit_with_better(said, better, way)

    def _start_phrasing(self, said: Said, way: Way) -> asyncio.Future[Said | None] | None:
        """Have a model phrase an answer, unless too many wait for that already."""
        question, answer = said.question, said.answer
        full = self._n_phrasing >= _MODELS_AT_ONCE + _MODELS_WAITING
        if question is None or answer is None or answer.clarify or full:
            return None

        def work() -> Said | None:
            words = self._assistant.phrase(question, answer)
            if words is None or words.text == answer.text or not _same_finding(words, answer):
                return None
            return self._clerk.say(said.who, words, way, frame=said.frame)

        self._n_phrasing += 1
        return asyncio.ensure_future(self._phrasing(work))

    async def _phrasing(self, work: Callable[[], Said | None]) -> Said | None:
        try:
            return await self._in(self._models, work)
        except Exception:
            log.exception("a model's words were lost")
            return None
        finally:
            self._n_phrasing -= 1

    async def _busy(self, turn: asyncio.Future[Said], incoming: Incoming, way: Way) -> Reply:
        """Say that it takes longer; what is found is pushed or waits under a number."""
        if way.pushes:
            return Reply(
                (says.BUSY_PUSHED,), better=asyncio.ensure_future(self._messages_of(turn, way))
            )
        who = self._memory.who(way.name, incoming.user)
        number = await self._in(self._notes, lambda: self._memory.new_ticket(who))
        self._fill_later(who, number, self._messages_of(turn, way))
        return Reply((says.BUSY.format(ticket=number),))

    async def _fit_with_better(
        self, said: Said, better: asyncio.Future[Said | None], way: Way
    ) -> Reply:
        """The resolver's answer now; the model's words pushed or under a number."""
        if way.pushes:
            plain = await self._fit(said, way)
            later = asyncio.ensure_future(self._messages_of(better, way))
            return Reply(plain.messages, plain.card, plain.choices, better=later)
        number = await self._in(self._notes, lambda: self._memory.new_ticket(said.who))
        instead = pack(said.blocks, way.limit_bytes - _TAILS_BYTES)
        self._fill_later(said.who, number, self._messages_of(better, way), instead)
        return await self._fit(said, way, tail=says.BETTER.format(ticket=number))

    async def _messages_of(
        self, coming: asyncio.Future[Said] | asyncio.Future[Said | None], way: Way
    ) -> Messages:
        """The messages of what is still being made; none if nothing comes of it."""
        try:
            said = await coming
        except Exception:
            log.exception("a late answer was lost: channel=%s", way.name)
            return (self._failed,)
        limit = way.limit_bytes - (0 if way.pushes else _TAILS_BYTES)
        return (said.messages or pack(said.blocks, limit)) if said else ()

    def _fill_later(
        self, who: str, number: str, coming: Awaitable[Messages], instead: Messages = ()
    ) -> None:
        """Put what is coming under a number; what was said already if nothing comes."""

        async def fill() -> None:
            messages = await coming or instead
            with suppress(RuntimeError):  # the desk was closed meanwhile
                await self._in(self._notes, lambda: self._memory.fill_ticket(who, number, messages))

        task = asyncio.ensure_future(fill())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _fit(self, said: Said, way: Way, *, tail: str = "") -> Reply:
        """What was said as messages: all of them, or the first with a number for the rest."""
        tails = (Block(tail, "\n\n"),) if tail else ()
        messages = said.messages or pack((*said.blocks, *tails), way.limit_bytes)
        if way.pushes or len(messages) <= 1:
            return Reply(messages, said.card if said.labels else "", said.labels)
        if not said.messages:
            messages = pack(said.blocks, way.limit_bytes - _TAILS_BYTES)
        first, rest = messages[0], messages[1:]
        number = await self._in(self._notes, lambda: self._memory.new_ticket(said.who, rest))
        ends = [first, says.MORE.format(ticket=number), *([tail] if tail else [])]
        return Reply(("\n\n".join(ends),))

    async def _in(self, pool: Executor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, work)


def _same_finding(words: Answer, answer: Answer) -> bool:
    """True if a model phrased what was found and found nothing else."""
    return (
        words.status is answer.status
        and words.holders == answer.holders
        and {c.item_id for c in words.citations} <= {c.item_id for c in answer.citations}
    )
