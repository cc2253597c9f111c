"""The site over one assistant: JSON for programs, pages for people, one way of failing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.util import find_spec

from fastapi import APIRouter, Depends, FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Route

from assistant.contract import Assistant
from assistant.desk.tools import Desk, has_desk
from assistant.evidence.drawing import Drawing
from assistant.http import problems
from assistant.http.access import require
from assistant.http.administration import AdminPages
from assistant.http.asking import json_routes
from assistant.http.desk import DeskPages
from assistant.http.desk_exports import DeskExports
from assistant.http.desk_views import DeskViews
from assistant.http.documentation import DocsPage
from assistant.http.editors import EditorPages
from assistant.http.editors_questions import QuestionPages
from assistant.http.feedback import FeedbackForm, feedback_routes
from assistant.http.health import health_routes
from assistant.http.identity import Identified
from assistant.http.load import RateLimit, Turns
from assistant.http.look import Looks, look_routes
from assistant.http.middleware import BodyLimit, Failures, SecurityHeaders
from assistant.http.pages import ChatPages
from assistant.http.signin import SignIn
from assistant.http.sources import SourcePages
from assistant.http.templates import WEB, Templates
from assistant.programs.doors import Doors
from assistant.programs.mcp_door import McpDoor
from assistant.programs.openai_chat import openai_routes
from assistant.service.observed import observed
from assistant.service.operations import Operations


def create_app(assistant: Assistant, operations: Operations | None = None) -> FastAPI:
    """The whole site over one assistant; without operations it keeps and limits nothing."""
    operations = operations or Operations()
    bare = assistant
    assistant = observed(assistant, operations.journal, operations.meter, operations.traces)
    templates, drawing = Templates(assistant), Drawing()
    chat = ChatPages(assistant, templates)
    answer = problems.answering(chat.error)
    app = FastAPI(
        title="职责台",
        version="1",
        docs_url=None,  # the built-in viewers load scripts from other sites
        redoc_url=None,
        responses=problems.RESPONSES,
        middleware=_middleware(operations, answer),
        lifespan=_lifespan(operations, drawing),
    )
    app.state.gate = gate = operations.gate
    app.include_router(health_routes(assistant, operations.metrics))
    app.include_router(json_routes(assistant))
    app.include_router(feedback_routes(operations.journal, operations.meter))
    app.include_router(chat.routes())
    app.include_router(look_routes())
    app.include_router(FeedbackForm(operations.journal, operations.meter, templates).routes())
    app.include_router(SourcePages(assistant, templates, drawing).routes())
    if channels := operations.channels:
        app.include_router(channels.routes(assistant))
    _open_doors(app, assistant, operations.doors)
    if has_desk(assistant):
        for router in _staff_routes(assistant, bare, operations, templates, drawing):
            app.include_router(router)
    app.include_router(DocsPage(app, templates, operations.doors).routes())
    if gate.sessions:
        sign_on = operations.sign_on
        sign_in = SignIn(gate, gate.sessions, templates, has_oidc=sign_on is not None)
        app.include_router(sign_in.routes())
        if sign_on:
            app.include_router(sign_on.routes())
    app.mount("/static", StaticFiles(directory=WEB / "static"), name="static")
    problems.install(app, answer)
    return app


def _open_doors(app: FastAPI, assistant: Assistant, doors: Doors) -> None:
    """What other programs call; a package is imported only where it is used."""
    app.include_router(openai_routes(assistant, doors))
    if doors.hook.secret and doors.notes:
        from assistant.programs.hook_routes import hook_routes
        from assistant.programs.webhook import Hook

        app.include_router(hook_routes(Hook(assistant, doors.hook, doors.notes)))
    if find_spec("mcp"):
        app.state.mcp = McpDoor(assistant, doors)
        app.router.routes.append(Route(McpDoor.PATH, app.state.mcp, include_in_schema=False))


def _staff_routes(
    assistant: Assistant,
    bare: Assistant,
    operations: Operations,
    templates: Templates,
    drawing: Drawing,
) -> Iterator[APIRouter]:
    """The desk, and where there is something to publish into, the editors' and administrators' corners.

    `bare` is the assistant whose answers are not noted: what editors try is no question.
    """
    desk = Desk(assistant)
    searched = APIRouter(dependencies=[Depends(require(operations.desk_role))])
    searched.include_router(DeskPages(desk, templates).routes())
    searched.include_router(DeskViews(desk, templates).routes())
    searched.include_router(DeskExports(desk).routes())
    yield searched
    if publisher := operations.publisher:
        editors = EditorPages(publisher, operations.gate, templates, drawing)
        yield editors.routes()
        yield QuestionPages(editors, publisher, operations.journal, bare).routes()
        if tokens := operations.gate.tokens:
            yield AdminPages(editors, operations.gate, tokens, operations.journal).routes()


def _middleware(operations: Operations, answer: problems.Answering) -> list[Middleware]:
    """Outermost first: who is it, is it allowed so much, does it have a turn."""
    meter = operations.meter
    layers = [
        Middleware(Identified, timed=meter.requested, pinned=operations.pinned),
        Middleware(Looks),
        Middleware(SecurityHeaders, origins=operations.origins),
        Middleware(Failures, answer=answer),
        Middleware(BodyLimit),
    ]
    if operations.origins:
        methods, headers = ["GET", "POST"], ["authorization", "content-type"]
        cors = Middleware(
            CORSMiddleware,
            allow_origins=operations.origins,
            allow_methods=methods,
            allow_headers=headers,
        )
        layers.insert(3, cors)
    if operations.limits and operations.per_minute:
        counted = (operations.limits, operations.per_minute, operations.gate.asker, meter.refused)
        layers.append(Middleware(RateLimit, *counted))
    if operations.queue:
        layers.append(Middleware(Turns, operations.queue, meter))
    return [*layers, Middleware(GZipMiddleware, minimum_size=1000)]


def _lifespan(
    operations: Operations, drawing: Drawing
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """What has to be put away when the site closes."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        if door := getattr(app.state, "mcp", None):
            await door.close()
        if operations.channels:
            operations.channels.close()
        await run_in_threadpool(drawing.close)
        await run_in_threadpool(operations.journal.close)
        if operations.traces:
            await run_in_threadpool(operations.traces.close)

    return lifespan
