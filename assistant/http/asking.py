"""What programs and the page's script call: questions, places, records, as JSON.

Endpoints are plain functions: FastAPI runs them in its thread pool, for an answer is computed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from assistant.contract import Assistant
from assistant.http import problems
from assistant.http.events import EVENTS, PRIVATE, Shown, streamed
from assistant.model import Answer, Segment, Status
from assistant.understand.sounds import is_spelled
from assistant.wire.schemas import (
    EXAMPLE,
    AskRequest,
    AskResponse,
    HoldingsOut,
    PlaceOut,
    RecordOut,
    SegmentOut,
)
from index.model import DutyItem, Place
from index.words import to_simplified

PlaceText = Annotated[str | None, Query(max_length=200)]


def json_routes(assistant: Assistant) -> APIRouter:
    """The endpoints that programs and the page's script call."""
    routes = APIRouter()
    routes.include_router(_question_routes(assistant))
    routes.include_router(_lookup_routes(assistant))
    return routes


def _question_routes(assistant: Assistant) -> APIRouter:
    routes = APIRouter(tags=["问答"])

    @routes.post(
        "/api/ask",
        summary="问一件事由谁负责",
        description="答复的每句话都带出处；status 说明是答了、要先选一个，还是没有依据可答。",
        response_model_exclude_defaults=False,
        responses={200: {"content": {"application/json": {"example": EXAMPLE}}}},
    )
    def ask(request: AskRequest, response: Response) -> AskResponse:
        response.headers.update(PRIVATE)
        answer = assistant.answer(request.to_question())
        if answer.status is Status.ERROR:
            raise problems.ProblemError(problems.ANSWER_FAILED)
        return AskResponse.from_answer(answer, explain=request.explain)

    @routes.post(
        "/api/ask/stream",
        summary="同上，一句一句地答",
        description="服务器推送事件：每句一个 segment，最后是 answer 或 problem；以 answer 为准。",
        response_class=StreamingResponse,
        responses={200: {"content": EVENTS}},
    )
    def ask_stream(request: AskRequest) -> Response:
        """Server-sent events: `segment` for each sentence, then `answer`, or `problem`."""

        def show(part: Segment | Answer) -> Shown:
            if isinstance(part, Segment):
                return "segment", SegmentOut.from_segment(part).model_dump(mode="json")
            answer = AskResponse.from_answer(part, explain=request.explain)
            return "answer", answer.model_dump(mode="json")

        return streamed(assistant.stream(request.to_question()), show)

    return routes


def _lookup_routes(assistant: Assistant) -> APIRouter:
    routes = APIRouter(tags=["查阅"])

    @routes.get(
        "/api/places",
        summary="收录了哪些地方",
        description="parent 写上级的代码，空为最上一级；q 写名称的一部分，也可以是拼音或首字母。",
    )
    def places(
        parent: PlaceText = None,
        q: PlaceText = None,
        limit: Annotated[int | None, Query(ge=1, le=1000)] = None,
    ) -> list[PlaceOut]:
        """Loaded places; `parent` is a code, or "" for those at the top, `q` a part of a name or its pinyin."""
        wanted = _wanted_places(assistant.places(), parent, q or "")
        return [PlaceOut.from_place(place) for place in islice(wanted, limit)]

    @routes.get(
        "/api/holdings", summary="一个地方的文件新到哪一天", description="不写地方就是全部。"
    )
    def holdings(place: Annotated[str, Query(max_length=200)] = "") -> HoldingsOut:
        """How current the papers are that count at a place."""
        return HoldingsOut.from_holdings(assistant.holdings(place))

    @routes.get("/api/examples", summary="可以问的例子")
    def examples() -> list[str]:
        return list(assistant.examples())

    @routes.get(
        "/api/records/{record_id:path}", summary="一条记录的全部内容", response_model=RecordOut
    )
    def record(record_id: str) -> dict[str, Any]:
        found = assistant.record(record_id)
        if found is None:
            raise problems.ProblemError(problems.UNKNOWN_RECORD)
        kind = "item" if isinstance(found, DutyItem) else "clause"
        return {"record": kind, **asdict(found)}

    return routes


def _wanted_places(loaded: Sequence[Place], parent: str | None, part: str) -> Iterator[Place]:
    known = {place.code for place in loaded}
    is_named = _names(part)
    for place in loaded:
        above = place.parent if place.parent in known else ""
        if parent in (None, above) and is_named(place.full_name):
            yield place


def _names(part: str) -> Callable[[str], bool]:
    """Whether a full name holds what was typed: a part of it, in either script, or its pinyin."""
    letters = re.sub(r"[\s'’]", "", part).lower()
    if letters.isascii() and letters.isalpha():
        return lambda name: is_spelled(letters, name)
    wanted = to_simplified(part)
    return lambda name: wanted in name
