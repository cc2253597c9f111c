"""What people say of an answer, and their right to have a question forgotten."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from assistant.http.problems import Problem, ProblemError
from assistant.journal import Recorder
from assistant.metrics import Meter
from assistant.schemas import clean
from assistant.state.journal import Feedback, Verdict

MAX_REASON = 500
_ID = r"^[A-Za-z0-9_-]{8,32}$"

NOT_KEPT = Problem(404, "journal_off", "没有保存提问", "这里不保存提问，也就不收反馈。")
UNKNOWN_ANSWER = Problem(
    404, "answer_unknown", "没有这次回答", "没有保存这次回答，可能已经过期或删除。"
)

Reason = Annotated[str, Field(max_length=MAX_REASON), BeforeValidator(clean)]


class FeedbackRequest(BaseModel):
    """Which answer (`answer_id` as it came with the answer), and what is said of it."""

    model_config = ConfigDict(extra="ignore")

    answer_id: Annotated[str, Field(pattern=_ID)]
    verdict: Verdict
    reason: Reason = ""


def feedback_routes(journal: Recorder, meter: Meter) -> APIRouter:
    """Endpoints over one journal."""
    routes = APIRouter()

    @routes.post("/api/feedback", status_code=202)
    def feedback(said: FeedbackRequest) -> dict[str, str]:
        """Taken; stored within seconds if the answer is known. A later verdict replaces it."""
        if not journal.is_kept:
            raise ProblemError(NOT_KEPT)
        journal.record(Feedback(said.answer_id, time.time(), said.verdict, said.reason))
        meter.judged(said.verdict)
        return {"status": "taken"}

    @routes.delete("/api/answers/{answer_id}", status_code=204)
    def forget(answer_id: Annotated[str, Path(pattern=_ID)]) -> Response:
        """Delete a question and what was said of it; the id is known only to who asked."""
        if not journal.forget(answer_id):
            raise ProblemError(UNKNOWN_ANSWER)
        return Response(status_code=204)

    return routes
