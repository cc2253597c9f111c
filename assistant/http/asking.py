"""What programs and the page's script call: questions, places, records, as JSON.

Endpoints are plain functions: FastAPI runs them in its thread pool, for an answer is computed.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import chain, islice
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from assistant.contract import Assistant
from assistant.http import problems
from assistant.model import Answer, Status
from assistant.schemas import AskRequest, AskResponse, HoldingsOut, PlaceOut, SegmentOut
from index.model import DutyItem, Place

log = logging.getLogger(__name__)

PRIVATE = {"cache-control": "private, no-store"}
# nginx otherwise holds a stream back until its buffer is full.
STREAMED = PRIVATE | {"x-accel-buffering": "no"}

PlaceText = Annotated[str | None, Query(max_length=200)]


def json_routes(assistant: Assistant) -> APIRouter:
    """The endpoints that programs and the page's script call."""
    routes = APIRouter()

    @routes.post("/api/ask", response_model_exclude_defaults=False)
    def ask(request: AskRequest, response: Response) -> AskResponse:
        response.headers.update(PRIVATE)
        answer = assistant.answer(request.to_question())
        if answer.status is Status.ERROR:
            raise problems.ProblemError(problems.ANSWER_FAILED)
        return AskResponse.from_answer(answer, explain=request.explain)

    @routes.post("/api/ask/stream", response_class=StreamingResponse)
    def ask_stream(request: AskRequest) -> Response:
        """Server-sent events: `segment` for each sentence, then `answer`, or `problem`."""
        events = _events(assistant, request)
        first = next(events)  # before the head goes out: a turn in the queue is held until then
        return StreamingResponse(
            chain([first], events), media_type="text/event-stream", headers=STREAMED
        )

    @routes.get("/api/places")
    def places(
        parent: PlaceText = None,
        q: PlaceText = None,
        limit: Annotated[int | None, Query(ge=1, le=1000)] = None,
    ) -> list[PlaceOut]:
        """Loaded places; `parent` is a code, or "" for those at the top, `q` a part of a name."""
        wanted = _wanted_places(assistant.places(), parent, q or "")
        return [PlaceOut.from_place(place) for place in islice(wanted, limit)]

    @routes.get("/api/holdings")
    def holdings(place: Annotated[str, Query(max_length=200)] = "") -> HoldingsOut:
        """How current the papers are that count at a place."""
        return HoldingsOut.from_holdings(assistant.holdings(place))

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


def _wanted_places(loaded: Sequence[Place], parent: str | None, part: str) -> Iterator[Place]:
    known = {place.code for place in loaded}
    for place in loaded:
        above = place.parent if place.parent in known else ""
        if parent in (None, above) and part in place.full_name:
            yield place


def _events(assistant: Assistant, request: AskRequest) -> Iterator[str]:
    """The stream of one answer; the status line is out already, so a failure is an event too."""
    try:
        for part in assistant.stream(request.to_question()):
            if not isinstance(part, Answer):
                yield _event("segment", SegmentOut.from_segment(part).model_dump(mode="json"))
            elif part.status is Status.ERROR:
                yield _event("problem", problems.ANSWER_FAILED.as_json())
            else:
                answer = AskResponse.from_answer(part, explain=request.explain)
                yield _event("answer", answer.model_dump(mode="json"))
    except Exception:
        log.exception("stream failed")
        yield _event("problem", problems.ANSWER_FAILED.as_json())


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
