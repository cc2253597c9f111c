"""The HTTP surface: JSON for programs; `pages.py` adds what people look at.

Endpoints are plain functions: FastAPI runs them in its thread pool, for an answer is computed.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Query, Response
from fastapi.staticfiles import StaticFiles
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from assistant import pages, problems
from assistant.contract import Assistant
from assistant.http_guard import BodyLimit, SecurityHeaders
from assistant.model import Status
from assistant.schemas import AskRequest, AskResponse, PlaceOut
from index.model import DutyItem


def create_app(assistant: Assistant) -> FastAPI:
    """The whole site over one assistant."""
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
    site = pages.Site(assistant)
    app.include_router(_json_routes(assistant))
    app.include_router(site.routes())
    app.mount("/static", StaticFiles(directory=pages.WEB / "static"), name="static")
    problems.install(app, site.error)
    return app


def _json_routes(assistant: Assistant) -> APIRouter:
    """The endpoints that programs and the page's script call."""
    routes = APIRouter()

    @routes.post("/api/ask", response_model_exclude_defaults=False)
    def ask(request: AskRequest, response: Response) -> AskResponse:
        response.headers["cache-control"] = "private, no-store"
        answer = assistant.answer(request.to_question())
        if answer.status is Status.ERROR:
            raise problems.ProblemError(problems.ANSWER_FAILED)
        return AskResponse.from_answer(answer, explain=request.explain)

    @routes.get("/api/places")
    def places(parent: Annotated[str | None, Query(max_length=200)] = None) -> list[PlaceOut]:
        loaded = assistant.places()
        wanted = (place for place in loaded if parent is None or place.parent == parent)
        return [PlaceOut.from_place(place) for place in wanted]

    @routes.get("/api/examples")
    def examples() -> list[str]:
        return list(assistant.examples())

    @routes.get("/api/records/{record_id:path}")
    def record(record_id: str) -> dict[str, Any]:
        found = assistant.record(record_id)
        if found is None:
            raise problems.ProblemError(problems.UNKNOWN_RECORD)
        kind = "item" if isinstance(found, DutyItem) else "clause"
        return {"record": kind, **asdict(found)}

    @routes.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok", "corpus_version": assistant.corpus_version}

    return routes
