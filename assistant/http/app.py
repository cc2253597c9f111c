"""The site over one assistant: JSON for programs, pages for people, one way of failing."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from assistant.contract import Assistant
from assistant.http import problems
from assistant.http.asking import json_routes
from assistant.http.feedback import feedback_routes
from assistant.http.middleware import BodyLimit, SecurityHeaders
from assistant.http.pages import ChatPages
from assistant.http.signin import SignIn
from assistant.http.sources import SourcePages
from assistant.http.templates import WEB, Templates
from assistant.observed import observed
from assistant.operations import Operations


def create_app(assistant: Assistant, operations: Operations | None = None) -> FastAPI:
    """The whole site over one assistant; without operations it keeps no journal."""
    operations = operations or Operations()
    assistant = observed(assistant, operations.journal)
    app = FastAPI(
        title="职责台",
        version="1",
        docs_url=None,  # the built-in viewers load scripts from other sites
        redoc_url=None,
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(BodyLimit),
            Middleware(GZipMiddleware, minimum_size=1000),
        ],
    )
    templates = Templates(assistant)
    chat = ChatPages(assistant, templates)
    app.include_router(json_routes(assistant))
    app.include_router(feedback_routes(operations.journal))
    app.include_router(chat.routes())
    app.include_router(SourcePages(assistant, templates).routes())
    app.state.gate = gate = operations.gate
    if gate.sessions:
        app.include_router(SignIn(gate, gate.sessions, templates).routes())
    app.mount("/static", StaticFiles(directory=WEB / "static"), name="static")
    problems.install(app, chat.error)
    return app
