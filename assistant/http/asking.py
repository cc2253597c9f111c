"""What programs and the page's script call: questions, places, records, as JSON.

Endpoints are plain functions: FastAPI runs them in its thread pool, for an answer is computed.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from assistant.contract import Assistant
from assistant.http import problems
from assistant.model import Status
from assistant.schemas import AskRequest, AskResponse, PlaceOut
from index.model import DutyItem


def json_routes(assistant: Assistant) -> APIRouter:
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

    return routes
