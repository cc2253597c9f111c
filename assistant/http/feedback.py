"""What people say of an answer, and their right to have a question forgotten."""

from __future__ import annotations

import time
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Path, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool

from assistant.http.problems import Problem, ProblemError
from assistant.http.templates import Templates
from assistant.service.journal import Recorder
from assistant.service.metrics import Meter
from assistant.state.journal import Feedback, Verdict
from assistant.wire.typed_text import measured

MAX_REASON = 500
_ID = r"^[A-Za-z0-9_-]{8,32}$"

NOT_KEPT = Problem(404, "journal_off", "没有保存提问", "这里不保存提问，也就不收反馈。")
UNKNOWN_ANSWER = Problem(
    404, "answer_unknown", "没有这次回答", "没有保存这次回答，可能已经过期或删除。"
)

Reason = Annotated[str, Field(max_length=MAX_REASON), measured(MAX_REASON)]


class FeedbackRequest(BaseModel):
    """Which answer (`answer_id` as it came with the answer), and what is said of it."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [
                {"answer_id": "3q2-7wAAAAAAAAAA", "verdict": "wrong", "reason": "不是这个局"}
            ]
        },
    )

    answer_id: Annotated[str, Field(pattern=_ID, description="答复里的 answer_id")]
    verdict: Annotated[Verdict, Field(description="对还是不对")]
    reason: Annotated[Reason, Field(description="为什么，可以不写")] = ""


class FeedbackForm:
    """The same for a page without a script: a plain form, and a page that says thanks."""

    def __init__(self, journal: Recorder, meter: Meter, templates: Templates) -> None:
        self._journal = journal
        self._meter = meter
        self._templates = templates

    def routes(self) -> APIRouter:
        """The form's address."""
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/feedback", self.take, methods=["POST"], response_class=HTMLResponse)
        return routes

    async def take(self, request: Request) -> Response:
        """Take what a form says; it is small, for every body is limited."""
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        try:
            said = FeedbackRequest.model_validate({name: texts[0] for name, texts in form.items()})
        except ValidationError as error:
            raise RequestValidationError(error.errors()) from error
        take(said, self._journal, self._meter)
        return await run_in_threadpool(self._templates.page, "thanks.html")


def take(said: FeedbackRequest, journal: Recorder, meter: Meter) -> None:
    """Note what was said of an answer; it is stored within seconds if the answer is known."""
    if not journal.is_kept:
        raise ProblemError(NOT_KEPT)
    journal.record(Feedback(said.answer_id, time.time(), said.verdict, said.reason))
    meter.judged(said.verdict)


def feedback_routes(journal: Recorder, meter: Meter) -> APIRouter:
    """Endpoints over one journal."""
    routes = APIRouter(tags=["反馈"])

    @routes.post(
        "/api/feedback",
        summary="说一个答复对不对",
        description="后说的代替先说的。",
        status_code=202,
    )
    def feedback(said: FeedbackRequest) -> dict[str, str]:
        """Taken; stored within seconds if the answer is known. A later verdict replaces it."""
        take(said, journal, meter)
        return {"status": "taken"}

    @routes.delete(
        "/api/answers/{answer_id}",
        summary="删除一次提问的记录",
        description="编号只有提问的人知道。",
        status_code=204,
    )
    def forget(answer_id: Annotated[str, Path(pattern=_ID)]) -> Response:
        """Delete a question and what was said of it; the id is known only to who asked."""
        if not journal.forget(answer_id):
            raise ProblemError(UNKNOWN_ANSWER)
        return Response(status_code=204)

    return routes
