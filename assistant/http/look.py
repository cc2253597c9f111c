"""How a person wants pages to look: large type, light or dark, simplified or traditional.

Kept in one cookie that says nothing else, set only when a person presses a button; no script
is needed. The address may say it too (`?look=large-dark-hant`), for a frame without cookies.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

COOKIE = "look"
KEPT_S = 365 * 24 * 3600
_LARGE, _THEMES, _TRADITIONAL = "large", ("light", "dark"), "hant"


@dataclass(frozen=True, slots=True)
class Look:
    """The wishes; `theme` is "" for what the device says."""

    is_large: bool = False
    theme: str = ""
    is_traditional: bool = False

    @classmethod
    def parse(cls, text: str) -> Look:
        """From "large-dark-hant"; unknown words are ignored."""
        words = text.split("-")
        theme = next((word for word in words if word in _THEMES), "")
        return cls(_LARGE in words, theme, _TRADITIONAL in words)

    def __str__(self) -> str:
        large, hant = _LARGE * self.is_large, _TRADITIONAL * self.is_traditional
        return "-".join(word for word in (large, self.theme, hant) if word)

    @property
    def classes(self) -> str:
        """Classes of the root element."""
        return " ".join(word for word in (_LARGE * self.is_large, self.theme) if word)


_current: ContextVar[Look] = ContextVar("look", default=Look())  # noqa: B039 - frozen


def current_look() -> Look:
    """How the page being rendered is to look."""
    return _current.get()


class Looks:
    """Middleware: reads the wishes of each request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http":
            asked = HTTPConnection(scope)
            said = asked.query_params.get("look", asked.cookies.get(COOKIE, ""))
            _current.set(Look.parse(said))
        await self._app(scope, receive, send)


def look_routes() -> APIRouter:
    """The buttons of the page's head."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/look")
    def look(
        request: Request,
        size: Literal["large", "usual"] | None = None,
        theme: Literal["light", "dark", "auto"] | None = None,
        script: Annotated[Literal["hans", "hant"] | None, Query()] = None,
    ) -> Response:
        wanted = current_look()
        if size:
            wanted = replace(wanted, is_large=size == "large")
        if theme:
            wanted = replace(wanted, theme="" if theme == "auto" else theme)
        if script:
            wanted = replace(wanted, is_traditional=script == "hant")
        response = RedirectResponse(_back(request), status_code=303)
        response.set_cookie(COOKIE, str(wanted), max_age=KEPT_S, samesite="lax")
        return response

    return routes


def _back(request: Request) -> str:
    """The page that the button was pressed on, if it is one of ours."""
    came = urlsplit(request.headers.get("referer", ""))
    if came.netloc != request.headers.get("host") or not came.path.startswith("/"):
        return "/"
    path = "/" + came.path.lstrip("/\\")
    return f"{path}?{came.query}" if came.query else path
