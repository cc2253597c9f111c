"""The gate: which requests may pass, for whom they are, and that an editor's act is written down.

An endpoint names the role it needs:

    @routes.post("/editors/publish")
    def publish(editor: Annotated[Principal, Depends(require(Role.EDITOR))]) -> Response: ...

Programs send `Authorization: Bearer <token>`. Browsers have a session; what changes something must
then bring the session's CSRF token, in the form field `csrf` or the header `x-csrf-token`.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Protocol
from urllib.parse import quote

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from assistant.caller import current_caller
from assistant.http.load import Asker, by_address
from assistant.http.problems import Problem, ProblemError, wants_page
from assistant.http.session import SAFE_METHODS, Session, Sessions
from assistant.service.access import PUBLIC, Principal, Role, Tokens
from assistant.state.database import StateError, storable
from assistant.state.deeds import Deed

log = logging.getLogger(__name__)

_LONGEST_TARGET = 300
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

UNAUTHENTICATED = Problem(
    401,
    "sign_in_needed",
    "需要登录",
    "这里要先登录，或在请求里带上令牌。",
    headers={"www-authenticate": "Bearer"},
)
BAD_TOKEN = replace(
    UNAUTHENTICATED, code="token_invalid", title="令牌无效", detail="令牌不对、已停用或已过期。"
)
FORBIDDEN = Problem(403, "role_too_low", "没有权限", "这个账号不能做这件事，请联系管理员。")
BAD_CSRF = Problem(
    403, "csrf_invalid", "请求来路不明", "页面可能开得太久了。请刷新页面，再做一次。"
)

NOT_WRITTEN = Problem(
    503,
    "deed_not_written",
    "暂时不能办理",
    "操作记录写不进去（磁盘可能已满），所以没有执行。请联系管理员。",
)


class DeedLog(Protocol):
    """Where acts are written down."""

    def add(self, deed: Deed) -> None:
        """Write one down, now; raises if it cannot."""


class NoDeeds:
    """For a site without editors."""

    def add(self, deed: Deed) -> None:
        """Nobody may do anything that would have to be written down."""


class Gate:
    """Knows tokens and sessions; without tokens nobody is more than the public."""

    def __init__(
        self,
        tokens: Tokens | None = None,
        sessions: Sessions | None = None,
        deeds: DeedLog | None = None,
    ) -> None:
        self.tokens = tokens
        self.sessions = sessions
        self.deeds = deeds or NoDeeds()

    def principal(self, request: Request) -> Principal:
        """Who sends a request, by bearer token, else by session.

        Raises:
            ProblemError: a bearer token was sent and is wrong.
        """
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            found = self.tokens.principal(token) if self.tokens else None
            if found is None:
                raise ProblemError(BAD_TOKEN)
            return found
        session = self.session(request)
        return (self._of_session(session) if session else None) or PUBLIC

    def asker(self, request: Request) -> Asker:
        """Whose rate counts: a signed-in person's or program's own, else that of the address."""
        try:
            principal = self.principal(request)
        except ProblemError:
            principal = PUBLIC
        return Asker(principal.id, has_token=True) if principal.id else by_address(request)

    def session(self, request: Request) -> Session | None:
        """The session of a browser, if it has one."""
        return self.sessions.read(request) if self.sessions else None

    def csrf(self, request: Request) -> str:
        """What the page's forms and scripts must send along; "" without a session."""
        session = self.session(request)
        return self.sessions.csrf(session) if self.sessions and session else ""

    async def admit(self, request: Request, role: Role) -> Principal:
        """Let a request pass or end it; an editor's act is written down before it is done.

        Raises:
            ProblemError: not signed in, not allowed, or not sent by one of our pages.
        """
        principal = self.principal(request)
        if principal.role < role:
            if principal.role is Role.PUBLIC:
                raise ProblemError(_sign_in_instead(request))
            raise ProblemError(FORBIDDEN)
        if request.method in SAFE_METHODS:
            return principal
        if "authorization" not in request.headers:
            await self.check_csrf(request)
        if role >= Role.EDITOR:
            await self.write_down(_deed(principal, request, await _target(request)))
        return principal

    async def write_down(self, deed: Deed) -> None:
        """Write an act down before it is done.

        Raises:
            ProblemError: that is not possible, so the act must not be done.
        """
        try:
            await run_in_threadpool(self.deeds.add, deed)
        except StateError as exc:
            log.error("an act could not be written down and was refused: %s", exc)
            raise ProblemError(NOT_WRITTEN) from exc

    async def check_csrf(self, request: Request) -> None:
        """End a request that no page of the same session sent.

        Raises:
            ProblemError: the token is absent or another session's.
        """
        session = self.session(request)
        sent = request.headers.get("x-csrf-token", "")
        if not sent and request.headers.get("content-type", "").startswith(_FORMS):
            field = (await request.form()).get("csrf")
            sent = field if isinstance(field, str) else ""
        if not (session and self.sessions and self.sessions.is_csrf(session, sent)):
            raise ProblemError(BAD_CSRF)

    def _of_session(self, session: Session) -> Principal | None:
        if session.token_id:
            return self.tokens.principal_of(session.token_id) if self.tokens else None
        if session.role:
            return Principal(session.name, Role.named(session.role), f"oidc:{session.name}")
        return None


def require(role: Role) -> Callable[[Request], Awaitable[Principal]]:
    """A dependency that lets a request pass only for this role or a higher one."""

    async def admitted(request: Request) -> Principal:
        gate: Gate = request.app.state.gate
        return await gate.admit(request, role)

    return admitted


def _sign_in_instead(request: Request) -> Problem:
    """A person who opens a page is led to the sign-in form and back; a program gets the 401."""
    if request.method not in SAFE_METHODS or not wants_page(request):
        return UNAUTHENTICATED
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return replace(
        UNAUTHENTICATED, status=303, headers={"location": f"/signin?next={quote(back, safe='')}"}
    )


async def _target(request: Request) -> str:
    """What an act is about, as its form says: names of files, a version, a token's name."""
    if not request.headers.get("content-type", "").startswith(_FORMS):
        return ""
    sent = (await request.form()).multi_items()
    said = [
        value if isinstance(value, str) else value.filename or ""
        for k, value in sent
        if k != "csrf"
    ]
    return storable("；".join(filter(None, said)))[:_LONGEST_TARGET]


def _deed(principal: Principal, request: Request, target: str) -> Deed:
    return Deed(
        who=principal.name,
        role=principal.role.name.lower(),
        what=f"{request.method} {request.url.path}",
        target=target,
        detail=principal.id,
        request_id=current_caller().request_id,
    )
