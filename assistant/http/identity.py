"""Every request gets a number that its sender sees, a caller, a line in the log, and a time."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.caller import Caller, calling

log = logging.getLogger("assistant.access")

_ID_BYTES = 6
# Paths by their beginning → the channel that a question came through.
_CHANNELS = {
    "/api/": "api",
    "/v1/": "openai",
    "/mcp": "mcp",
    "/channels/": "channel",
    "/hooks/": "webhook",
}

Timed = Callable[[str, str, int, float], None]
"""(method, route, status, seconds) of a finished request."""

Pinned = Callable[[], AbstractContextManager[None]]


class Identified:
    """Outermost: what is inside can say `current_caller()`, and sees one version throughout."""

    def __init__(self, app: ASGIApp, timed: Timed, pinned: Pinned = nullcontext) -> None:
        self._app = app
        self._timed = timed
        self._pinned = pinned

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = secrets.token_hex(_ID_BYTES)
        status, start = 500, time.perf_counter()

        async def numbered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        client = scope.get("client")
        address = client[0] if client else ""
        caller = Caller(_channel(Request(scope)), address, request_id)
        with calling(caller), self._pinned():
            try:
                await self._app(scope, receive, numbered)
            finally:
                self._told(scope, status, time.perf_counter() - start)

    def _told(self, scope: Scope, status: int, seconds: float) -> None:
        """The route, never the path with what was asked in it."""
        route = getattr(scope.get("route"), "path", "") or "other"
        self._timed(scope["method"], route, status, seconds)
        values = {"method": scope["method"], "route": route, "status": status}
        values["ms"] = round(seconds * 1000, 1)
        log.info("%(method)s %(route)s %(status)d %(ms)s ms", values, extra=values)


def _channel(request: Request) -> str:
    """The page's own script calls the same endpoint as programs do; browsers say which it is."""
    if request.headers.get("sec-fetch-site") == "same-origin":
        return "page"
    path = request.url.path
    return next((name for start, name in _CHANNELS.items() if path.startswith(start)), "page")
