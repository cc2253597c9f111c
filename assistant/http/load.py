"""What is asked of the machine at once: a rate for each asker, a fair queue for what is computed."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.http.fair_queue import FairQueue, OverloadedError
from assistant.http.problems import Problem, ProblemError
from assistant.service.metrics import Meter
from assistant.state.database import StateError
from assistant.state.rates import Limits, Rate, address_key

log = logging.getLogger(__name__)

# Messaging platforms ask for all their people from a few addresses, and wait for nobody: their
# signatures are checked and their people counted where the messages are read.
_CHANNELS = "/channels/"
# Answered out of memory, or asked by the machine's own guardians.
_FREE = ("/static/", "/healthz", "/readyz", "/metrics", _CHANNELS)
_FORMS = ("/api/feedback", "/feedback", "/signin", "/signout", "/editors")
# One page view is a handful of such requests.
_CHEAP_FACTOR = 10
# A signed-in program or clerk asks for many people.
_TOKEN_FACTOR = 10
_RETRY_AFTER_S = 5

TOO_MANY = Problem(429, "too_many", "问得太快了", "请稍等片刻再问。")
OVERLOADED = Problem(
    503,
    "overloaded",
    "现在问的人太多",
    "请过几秒再试；您的问题没有丢，重新提交即可。",
    headers={"retry-after": str(_RETRY_AFTER_S)},
)


@dataclass(frozen=True, slots=True)
class Asker:
    """Whose rate counts: a token's, else an address's."""

    key: str
    has_token: bool = False


class RateLimit:
    """Refuses askers that ask faster than `per_minute` questions (ten times as many page views)."""

    def __init__(
        self,
        app: ASGIApp,
        limits: Limits,
        per_minute: int,
        identify: Callable[[Request], Asker],
        refused: Callable[[str], None],
    ) -> None:
        self._app = app
        self._limits = limits
        self._per_minute = per_minute
        self._identify = identify
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http" and not scope["path"].startswith(_FREE):
            await self._count(Request(scope))
        await self._app(scope, receive, send)

    async def _count(self, request: Request) -> None:
        asker, costly = self._identify(request), is_question(request.scope)
        factor = (1 if costly else _CHEAP_FACTOR) * (_TOKEN_FACTOR if asker.has_token else 1)
        per_minute = self._per_minute * factor
        key = f"{'ask' if costly else 'see'}:{asker.key}"
        try:
            wait = await run_in_threadpool(
                self._limits.wait_s, key, Rate(per_minute, max(1, per_minute // 2))
            )
        except StateError as error:
            # Counting is for the public's sake, so its failure must not close the site.
            log.error("askers cannot be counted: %s", error)
            return
        if wait > 0:
            self._refused("rate")
            raise ProblemError(replace(TOO_MANY, headers={"retry-after": str(math.ceil(wait))}))


class Turns:
    """Lets only a few questions be computed at once; the others wait in a fair queue."""

    def __init__(self, app: ASGIApp, queue: FairQueue, meter: Meter) -> None:
        self._app = app
        self._queue = queue
        self._meter = meter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http" or not needs_turn(scope):
            await self._app(scope, receive, send)
            return
        try:
            await self._queue.turn(address_key(_address(scope)))
        except OverloadedError as exc:
            self._meter.refused(exc.reason)
            raise ProblemError(OVERLOADED) from exc
        self._meter.queued(self._queue.n_running, self._queue.n_waiting)
        await self._with_turn(scope, receive, send)

    async def _with_turn(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run with the turn; a stream gives it back with its first piece, for then it only waits."""
        is_held = True

        def give_back() -> None:
            nonlocal is_held
            if is_held:
                is_held = False
                self._queue.release()
                self._meter.queued(self._queue.n_running, self._queue.n_waiting)

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.body":
                give_back()
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            give_back()


def is_question(scope: Scope) -> bool:
    """True for what makes an answer: a question by form, or any POST but feedback and forms."""
    path = scope["path"]
    if scope["method"] == "POST":
        return not path.startswith((*_FORMS, *_FREE))
    return bool(path == "/ask" and scope["query_string"])


def needs_turn(scope: Scope) -> bool:
    """True for a question, and for the desk's searches through all rows."""
    return is_question(scope) or scope["path"].startswith("/desk")


def by_address(request: Request) -> Asker:
    """The address that the server or a trusted proxy in front of it saw."""
    return Asker(address_key(_address(request.scope)))


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""
