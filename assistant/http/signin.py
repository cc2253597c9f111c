"""Signing in with a token, and out again."""

from __future__ import annotations

import logging
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from assistant.caller import current_caller
from assistant.http.access import Gate
from assistant.http.session import Session, Sessions, new_session
from assistant.http.templates import Templates
from assistant.service.access import Principal, Role
from assistant.state.deeds import Deed

log = logging.getLogger(__name__)

_WRONG = "令牌不对、已停用或已过期。"


class SignIn:
    """The sign-in page and its two forms."""

    def __init__(
        self, gate: Gate, sessions: Sessions, templates: Templates, *, has_oidc: bool = False
    ) -> None:
        self._gate = gate
        self._sessions = sessions
        self._templates = templates
        self._has_oidc = has_oidc

    def routes(self) -> APIRouter:
        """The pages' routes."""
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/signin", self.form, response_class=HTMLResponse)
        routes.add_api_route("/signin", self.sign_in, methods=["POST"])
        routes.add_api_route("/signout", self.sign_out, methods=["POST"])
        return routes

    def form(self, request: Request, next: str = "/") -> Response:
        """The form; it brings a session of its own, for the CSRF token."""
        return self._page(request, next)

    async def sign_in(
        self,
        request: Request,
        token: Annotated[str, Form()] = "",
        next: Annotated[str, Form()] = "/",
    ) -> Response:
        """Check the token and open a session under a new name."""
        await self._gate.check_csrf(request)
        principal = self._gate.tokens.principal(token) if self._gate.tokens else None
        if principal is None:
            log.warning("a sign-in with a wrong token")
            return self._page(request, next, problem=_WRONG)
        await self._gate.write_down(signed_in(principal))
        response = RedirectResponse(local_path(next), status_code=303)
        self._sessions.write(request, response, new_session(token_id=principal.id))
        return response

    async def sign_out(self, request: Request) -> Response:
        """End the session."""
        await self._gate.check_csrf(request)
        response = RedirectResponse("/", status_code=303)
        self._sessions.end(request, response)
        return response

    def _page(self, request: Request, back: str, *, problem: str = "") -> Response:
        session = self._sessions.read(request) or new_session()
        principal = self._gate.principal(request)
        response = self._templates.page(
            "signin.html",
            status=403 if problem else 200,
            next=local_path(back),
            csrf=self._sessions.csrf(session),
            problem=problem,
            who=principal.name if principal.role > Role.PUBLIC else "",
            has_oidc=self._has_oidc,
        )
        response.headers["cache-control"] = "private, no-store"
        self._keep(request, response, session)
        return response

    def _keep(self, request: Request, response: Response, session: Session) -> None:
        if self._sessions.read(request) is None:
            self._sessions.write(request, response, session)


def signed_in(principal: Principal) -> Deed:
    """The deed of signing in."""
    role, request_id = principal.role.name.lower(), current_caller().request_id
    return Deed(principal.name, role, "signed in", detail=principal.id, request_id=request_id)


def local_path(wanted: str) -> str:
    """Where to go after signing in: a path of this site, never another one."""
    parts = urlsplit(wanted)
    is_local = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if is_local and not parts.scheme and not parts.netloc else "/"
