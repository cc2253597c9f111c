"""The administrators' corner: tokens, the record of deeds, the journal. Behind `Role.ADMIN`.

Editors change what is published; who may change it, and what was noted of people, is not theirs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse
from starlette.concurrency import run_in_threadpool

from assistant.http.access import Gate, require
from assistant.http.editors import EditorPages, back
from assistant.http.problems import Problem, ProblemError
from assistant.service.access import AccessError, Role, Tokens
from assistant.service.journal import Journal, Recorder
from assistant.state.deeds import Deeds

HOME = "/admin"
_MOST_DEEDS = 200
_LONGEST_DAYS = 3650
_NAMES = {
    Role.PUBLIC: "程序提问",
    Role.STAFF: "窗口人员",
    Role.EDITOR: "编辑",
    Role.ADMIN: "管理员",
}
NOT_KEPT = Problem(
    404, "journal_off", "没有保存提问", "这里设置为不保存提问，没有可导出、可删除的。"
)

Day = Annotated[date, Form()]


class AdminPages:
    """One page and its forms; every form is written down before it is done, see `Gate.admit`."""

    def __init__(self, pages: EditorPages, gate: Gate, tokens: Tokens, journal: Recorder) -> None:
        self._pages = pages
        self._deeds = gate.deeds
        self._tokens = tokens
        self._journal = journal

    def routes(self) -> APIRouter:
        """Everything here needs an administrator; what changes something, the CSRF token too."""
        routes = APIRouter(include_in_schema=False, dependencies=[Depends(require(Role.ADMIN))])
        routes.add_api_route(HOME, self.opened, response_class=HTMLResponse)
        routes.add_api_route(f"{HOME}/tokens", self.add_token, methods=["POST"])
        routes.add_api_route(f"{HOME}/tokens/revoke", self.revoke_token, methods=["POST"])
        routes.add_api_route(f"{HOME}/journal", self.export, methods=["POST"])
        routes.add_api_route(f"{HOME}/journal/delete", self.delete, methods=["POST"])
        return routes

    def opened(self, request: Request) -> Response:
        """The page as it is found: what it says of a form does not come from the address."""
        return self._home(request)

    def _home(self, request: Request, problem: str = "", token: str = "") -> Response:
        """Who may do what, who did what, and what is kept; a new token is shown once."""
        deeds = self._deeds.latest(_MOST_DEEDS) if isinstance(self._deeds, Deeds) else ()
        return self._pages.page(
            request,
            "admin/home.html",
            status=422 if problem else 200,
            problem=problem,
            token=token,
            tokens=[(kept, _NAMES[Role.named(kept.role)]) for kept in self._tokens.all()],
            roles=[(role.name.lower(), name) for role, name in _NAMES.items()],
            deeds=[(f"{datetime.fromtimestamp(d.at):%Y-%m-%d %H:%M:%S}", d) for d in deeds],
            is_kept=self._journal.is_kept,
        )

    def add_token(
        self,
        request: Request,
        name: Annotated[str, Form(max_length=200)] = "",
        role: Annotated[str, Form(max_length=20)] = "",
        days: Annotated[int, Form(ge=0, le=_LONGEST_DAYS)] = 365,
    ) -> Response:
        """Give somebody a token; it is in this page and nowhere else."""
        try:
            token = self._tokens.add(name, Role.named(role), days=days)
        except AccessError as exc:
            return self._refused(request, exc)
        return self._home(request, "", token)

    def revoke_token(self, request: Request, name: Annotated[str, Form()] = "") -> Response:
        """Take a token out of use."""
        try:
            self._tokens.revoke(name)
        except AccessError as exc:
            return self._refused(request, exc)
        return back(HOME)

    def export(self, since: Day, until: Day) -> Response:
        """Questions and feedback from one day to another, both included, one JSON a line."""
        journal = self._kept()
        end = _seconds(until + timedelta(days=1))
        lines = _lines(journal, _seconds(since), end)
        name = f'attachment; filename="journal-{since}-{until}.jsonl"'
        headers = {"content-disposition": name, "cache-control": "private, no-store"}
        return StreamingResponse(lines, media_type="application/x-ndjson", headers=headers)

    async def delete(self, before: Day) -> Response:
        """Delete the questions before a day, and what was said of them."""
        await run_in_threadpool(self._kept().delete_before, _seconds(before))
        return back(HOME)

    def _kept(self) -> Journal:
        if not isinstance(self._journal, Journal):
            raise ProblemError(NOT_KEPT)
        return self._journal

    def _refused(self, request: Request, error: AccessError) -> Response:
        return self._home(request, str(error))


def _lines(journal: Journal, since: float, until: float) -> Iterator[str]:
    for row in journal.export(since, until):
        yield json.dumps(row, ensure_ascii=False) + "\n"


def _seconds(day: date) -> float:
    return datetime(day.year, day.month, day.day).timestamp()
