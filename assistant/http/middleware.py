"""What every HTTP exchange is held to: security headers, one way of failing, a limit on what comes in."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.editing.shelf import MAX_UPLOAD_BYTES
from assistant.http.problems import TOO_LARGE, Answering, ProblemError

MAX_BODY_BYTES = 64 * 1024  # a question of 500 characters needs 3 KB, escaped
# Chat programs send the whole conversation along, some thousand characters a turn.
# Editors send published files; a megabyte is for what the form says beside them.
_LARGER_BODIES = {"/v1/": 1024 * 1024, "/editors/files": MAX_UPLOAD_BYTES + 1024 * 1024}

PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
    )
)
SECURITY_HEADERS = {
    "content-security-policy": PAGE_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(self)",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


# What other sites may show in a frame, and the script that puts it there.
_FRAMED = frozenset({"/", "/ask", "/feedback", "/look"})
_FRAMED_BELOW = "/source/"  # shown in a frame of the framed page: every frame above it is checked
_WIDGET = ("/static/widget", "/widget")


class SecurityHeaders:
    """Adds the headers to every response that does not set its own.

    `origins` are other sites that may frame the chat page and load the widget's script.
    """

    def __init__(self, app: ASGIApp, origins: Sequence[str] = ()) -> None:
        self._app = app
        ancestors = " ".join(("frame-ancestors 'self'", *origins))
        framed = PAGE_POLICY.replace("frame-ancestors 'self'", ancestors)
        self._framed = SECURITY_HEADERS | {"content-security-policy": framed}
        if origins:  # this older header knows of no list
            del self._framed["x-frame-options"]

    def _headers(self, path: str) -> dict[str, str]:
        if path.startswith(_WIDGET):
            return self._framed | {"cross-origin-resource-policy": "cross-origin"}
        is_framed = path in _FRAMED or path.startswith(_FRAMED_BELOW)
        return self._framed if is_framed else SECURITY_HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers(scope["path"]).items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class Failures:
    """Answers whatever is raised inside, middleware included, so that headers go with it."""

    def __init__(self, app: ASGIApp, answer: Answering) -> None:
        self._app = app
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_started = False

        async def watched(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            if has_started:  # the answer is half sent: only the connection can still tell
                raise
            await self._answer(Request(scope), error)(scope, receive, send)


class BodyLimit:
    """Refuses a body that is larger than its endpoint takes, declared or not."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = _most_bytes(scope["path"])
        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isdigit() or int(declared) > most:
            raise ProblemError(TOO_LARGE)
        body = _Counted(receive, most)
        try:
            await self._app(scope, body.receive, body.unless_too_large(send))
        except Exception as error:
            if body.is_too_large:  # whatever the reader made of the stream's end
                raise ProblemError(TOO_LARGE) from error
            raise


def _most_bytes(path: str) -> int:
    return next(
        (n for start, n in _LARGER_BODIES.items() if path.startswith(start)), MAX_BODY_BYTES
    )


class _Counted:
    """A body that ends, as if its sender had gone, once it is too large."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._left = most

    @property
    def is_too_large(self) -> bool:
        return self._left < 0

    async def receive(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        return {"type": "http.disconnect"} if self.is_too_large else message

    def unless_too_large(self, send: Send) -> Send:
        async def watched(message: Message) -> None:
            if self.is_too_large and message["type"] == "http.response.start":
                raise ProblemError(TOO_LARGE)
            await send(message)

        return watched
