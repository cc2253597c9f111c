"""`/v1/chat/completions` and `/v1/models`: the assistant as if it were a chat model.

No state between requests: the questions of before come along in the messages and are read again.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import ValidationError

from assistant.contract import Assistant
from assistant.http import problems
from assistant.http.events import EVENTS, PRIVATE, STREAMED
from assistant.http.problems import Problem, ProblemError
from assistant.model import Answer, Question, Segment, Status
from assistant.programs.background import background_reply
from assistant.programs.doors import Doors
from assistant.programs.openai_wire import MODEL, ChatRequest, Completion, proofs
from assistant.programs.written import marks_of, tail_of
from assistant.wire.schemas import MAX_QUESTION, AskRequest
from assistant.wire.typed_text import clean

log = logging.getLogger(__name__)

_INSTEAD = "\n\n以上文字作废，以下面的答复为准：\n"

NO_QUESTION = Problem(400, "question_empty", "没有问题", "messages 里没有用户的问题。")
UNKNOWN_MODEL = Problem(404, "model_not_found", "没有这个模型", f"只有 {MODEL}，或 {MODEL}@地方。")
ONLY_TEXT = Problem(
    400,
    "unsupported_value",
    "只答文字",
    "response_format 只支持 text；要结构化的答复用 POST /api/ask。",
)

_EXAMPLE = Completion(MODEL, 8, "chatcmpl-…", 1767225600).whole(
    "……由临溪县城关镇人民政府负责。[1]", []
)

Parts = Iterator[Segment | Answer]


def openai_routes(assistant: Assistant, doors: Doors) -> APIRouter:
    """The endpoints that OpenAI's clients call."""
    routes = APIRouter(
        prefix="/v1",
        tags=["OpenAI 兼容"],
        dependencies=[Depends(doors.admit)],
        responses=problems.OPENAI_RESPONSES,
    )

    @routes.get("/models", summary="有哪些模型")
    def models() -> dict[str, Any]:
        return {"object": "list", "data": [_model(MODEL)]}

    @routes.get("/models/{name:path}", summary="一个模型")
    def model(name: str) -> dict[str, Any]:
        _place_of(name)
        return _model(name)

    @routes.post(
        "/chat/completions",
        summary="像聊天模型一样问答，答复带出处",
        responses={200: {"content": EVENTS | {"application/json": {"example": _EXAMPLE}}}},
    )
    def complete(asked: ChatRequest, request: Request) -> Response:
        completion = Completion(asked.model, sum(len(m.words) for m in asked.messages))
        if (asked.response_format or {}).get("type", "text") != "text":
            raise ProblemError(ONLY_TEXT)
        terse = background_reply(asked.systems, asked.users)
        if terse is not None:
            parts: Parts = iter([Answer(Status.OUT_OF_SCOPE, (Segment(terse),))])
        else:
            parts = assistant.stream(_question(asked))
        first = next(parts)  # fails before anything is sent, and while this request has its turn
        _check(first)
        reply = _Reply(completion, doors.base_url(request), is_short=terse is not None)
        if not asked.stream:
            return JSONResponse(reply.whole(_last(chain([first], parts))), headers=PRIVATE)
        events = reply.events(chain([first], parts), tells_usage=asked.tells_usage)
        return StreamingResponse(events, media_type="text/event-stream", headers=STREAMED)

    return routes


class _Reply:
    """One answer in OpenAI's words."""

    def __init__(self, completion: Completion, base_url: str, *, is_short: bool) -> None:
        self._completion = completion
        self._base_url = base_url
        self._is_short = is_short

    def whole(self, answer: Answer) -> dict[str, Any]:
        text = answer.text + tail_of(answer, self._base_url)
        marks = marks_of(answer, answer.text, self._base_url)
        return self._completion.whole(text, marks, **self._ours(answer))

    def events(self, parts: Parts, *, tells_usage: bool) -> Iterator[str]:
        """Server-sent events, the last one `[DONE]`; a failure on the way is an event as well."""
        try:
            for chunk in self._chunks(parts, tells_usage=tells_usage):
                yield _event(chunk)
        except Exception as error:
            log.error("a stream broke off: %s", error, exc_info=error)
            yield _event({"error": problems.as_openai(problems.ANSWER_FAILED)})
        yield "data: [DONE]\n\n"

    def _chunks(self, parts: Parts, *, tells_usage: bool) -> Iterator[dict[str, Any]]:
        completion = self._completion
        yield completion.chunk({"role": "assistant", "content": ""})
        said: list[Segment] = []
        answer = None
        for part in parts:
            if isinstance(part, Answer):
                answer = part
                break
            said.append(part)
            yield completion.chunk({"content": _words(part)})
        if answer is None:
            raise RuntimeError("a stream ended without an answer")
        _check(answer)
        before = "".join(map(_words, said))
        rest = _rest(before, answer)
        tail = tail_of(answer, self._base_url)
        if rest + tail:
            yield completion.chunk({"content": rest + tail})
        written = before + rest
        marks = marks_of(answer, written[len(written) - len(answer.text) :], self._base_url)
        shift = len(written) - len(answer.text)
        moved = [replace(mark, start=mark.start + shift, end=mark.end + shift) for mark in marks]
        yield completion.chunk(proofs(moved) if moved else {}, "stop", **self._ours(answer))
        if tells_usage:
            yield completion.usage_chunk(len(written + tail))

    def _ours(self, answer: Answer) -> dict[str, Any]:
        """Beside OpenAI's fields, for programs that know us."""
        if self._is_short:
            return {}
        said = {"status": answer.status.value, "answer_id": answer.answer_id}
        return {"dutydesk": said | {"corpus_version": answer.corpus_version}}


def _rest(before: str, answer: Answer) -> str:
    """What is still to be said; all of it, if the answer is another than what was streamed."""
    if answer.text.startswith(before):
        return answer.text[len(before) :]
    return _INSTEAD + answer.text


def _question(asked: ChatRequest) -> Question:
    """The last user message, with those before it.

    Raises:
        ProblemError: there is none, it is too long, or the model is not ours.
    """
    place = _place_of(asked.model)
    users = [str(clean(text)) for text in asked.users]
    if not users or (asked.messages[-1].role in ("system", "developer") and not users[-1]):
        raise ProblemError(NO_QUESTION)
    beside = {"place": asked.beside("place") or place or None, "as_of": asked.beside("as_of")}
    try:
        wire = AskRequest.model_validate({"question": users[-1], **beside})
    except ValidationError as exc:
        raise ProblemError(problems.invalid([dict(error) for error in exc.errors()])) from exc
    earlier = tuple(text for text in users[:-1] if 0 < len(text) <= MAX_QUESTION)
    return replace(wire.to_question(), earlier=earlier)


def _place_of(model: str) -> str:
    """The place that a model's name holds: "dutydesk@临溪县".

    Raises:
        ProblemError: no such model.
    """
    name, _, place = model.partition("@")
    if name != MODEL:
        raise ProblemError(UNKNOWN_MODEL)
    return place.strip()


def _check(part: Segment | Answer) -> None:
    if isinstance(part, Answer) and part.status is Status.ERROR:
        raise ProblemError(problems.ANSWER_FAILED)


def _last(parts: Parts) -> Answer:
    """The answer at the end of a stream."""
    *_, answer = parts
    if not isinstance(answer, Answer):
        raise TypeError("a stream must end with an answer")
    _check(answer)
    return answer


def _words(segment: Segment) -> str:
    return segment.text + "".join(f"[{label}]" for label in segment.citations)


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "dutydesk"}


def _event(value: dict[str, Any]) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"
