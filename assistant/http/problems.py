"""Errors on the way out: each becomes one RFC 9457 problem with a stable `code`.

A program gets application/problem+json, a person gets a page that says the same.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from assistant.caller import current_caller
from assistant.wire.schemas import MAX_QUESTION
from index.errors import CorpusError, DutyDeskError, EncoderError, ReadingError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, for whoever asked: HTTP status, stable code, Chinese title and detail.

    `headers` go with it: Retry-After, WWW-Authenticate, Location.
    """

    status: int
    code: str
    title: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, str | int]:
        """The members of RFC 9457, section 3.1, and `code`."""
        return {
            "type": f"urn:dutydesk:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "request_id": current_caller().request_id,
        }


class ProblemError(Exception):
    """Raised by an endpoint to end with a problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


_PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "不变的代码，供程序判断"},
        "request_id": {"type": "string", "description": "反映问题时附上的编号"},
    },
}
_PROBLEM_EXAMPLE = {
    "type": "urn:dutydesk:problem:question_too_long",
    "title": "请求不符合要求",
    "status": 422,
    "detail": f"问题太长了，请控制在{MAX_QUESTION}个字以内。",
    "code": "question_too_long",
    "request_id": "3f9a1c0b2d4e",
}
# For the OpenAPI document: every operation may end so.
RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {
        "description": "RFC 9457 problem details",
        "content": {
            "application/problem+json": {"schema": _PROBLEM_SCHEMA, "example": _PROBLEM_EXAMPLE}
        },
    }
    for status in ("4XX", "5XX")
}

# The same for what OpenAI's clients call.
OPENAI_RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {
        "description": "OpenAI's error",
        "content": {
            "application/json": {
                "schema": {"type": "object", "properties": {"error": {"type": "object"}}},
                "example": {
                    "error": {
                        "message": "没有这个模型",
                        "type": "invalid_request_error",
                        "param": None,
                        "code": "model_not_found",
                    }
                },
            }
        },
    }
    for status in ("4XX", "5XX")
}

ErrorPage = Callable[[Request, Problem], Response]

UNKNOWN_SOURCE = Problem(
    404, "source_unknown", "没有这份文件", "收录的文件里没有这一份，链接可能已过时。"
)
UNKNOWN_RECORD = Problem(
    404, "record_unknown", "没有这条记录", "收录的清单里没有这一条，链接可能已过时。"
)
NO_ORIGINAL = Problem(
    404, "original_missing", "没有原件", "这份文件的原件没有随资料保存，无法下载。"
)
TOO_LARGE = Problem(413, "request_too_large", "请求过大", "请求内容太长，请缩短后再试。")
ANSWER_FAILED = Problem(503, "answer_failed", "暂时答不了", "回答时出了差错，请稍后再试。")

INVALID = {
    "question_empty": "请先写下要问的事。",
    "question_too_long": f"问题太长了，请控制在{MAX_QUESTION}个字以内。",
    "date_invalid": "日期要写成“2025-01-31”这样的形式。",
    "json_invalid": "请求内容不是有效的 JSON。",
    "request_invalid": "请求里有填写不对的内容。",
}

BROKEN: tuple[tuple[type[DutyDeskError], Problem], ...] = (
    (
        CorpusError,
        Problem(503, "corpus_unavailable", "资料暂不可用", "资料库暂时打不开，请稍后再试。"),
    ),
    (
        EncoderError,
        Problem(503, "encoder_unavailable", "检索暂不可用", "检索暂时不能用，请稍后再试。"),
    ),
    (
        ReadingError,
        Problem(500, "source_unreadable", "文件读不出来", "这份文件暂时读不出来，可下载原件查看。"),
    ),
    (DutyDeskError, Problem(500, "failed", "出了差错", "处理时出了差错，请稍后再试。")),
)
INTERNAL = Problem(500, "internal", "出了差错", "处理时出了差错，请稍后再试。")

_OF_OPENAI = "/v1/"
_OF_PROGRAMS = ("/api/", _OF_OPENAI, "/mcp", "/hooks/")
_OPENAI_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}

HTTP_TITLES = {404: "没有这个页面", 405: "不支持这种请求"}


def invalid(errors: Sequence[dict[str, object]]) -> Problem:
    """The problem that a failed validation is, by its first error."""
    code = _invalid_code(errors[0]) if errors else "request_invalid"
    return Problem(422, code, "请求不符合要求", INVALID[code])


def _invalid_code(error: dict[str, object]) -> str:
    where = error.get("loc", ())
    field = where[-1] if isinstance(where, tuple) and where else ""
    kind = str(error.get("type"))
    if kind == "json_invalid":
        return "json_invalid"
    if field == "question" and kind in ("missing", "string_too_short"):
        return "question_empty"
    if field == "question" and kind == "string_too_long":
        return "question_too_long"
    return "date_invalid" if field == "as_of" else "request_invalid"


def _problem_of(error: Exception) -> Problem:
    if isinstance(error, ProblemError):
        return error.problem
    if isinstance(error, RequestValidationError):
        return invalid(error.errors())
    if isinstance(error, HTTPException):
        title = HTTP_TITLES.get(error.status_code, "请求没有成功")
        code, headers = f"http_{error.status_code}", error.headers or {}
        return Problem(error.status_code, code, title, f"{title}。", headers)
    log.error("request failed: %s", error, exc_info=error)
    return next((problem for kind, problem in BROKEN if isinstance(error, kind)), INTERNAL)


def wants_page(request: Request) -> bool:
    """True for a browser that opens a page; programs and scripts get JSON."""
    of_api = request.url.path.startswith(_OF_PROGRAMS)
    return not of_api and "text/html" in request.headers.get("accept", "")


def as_openai(problem: Problem) -> dict[str, str | None]:
    """What OpenAI's clients read of an error."""
    kind = _OPENAI_TYPES.get(problem.status)
    kind = kind or ("invalid_request_error" if problem.status < INTERNAL.status else "server_error")
    return {"message": problem.detail, "type": kind, "param": None, "code": problem.code}


def _as_json(request: Request, problem: Problem) -> Response:
    """The problem in the words of whoever calls: RFC 9457, or OpenAI's for its clients."""
    if request.url.path.startswith(_OF_OPENAI):
        return JSONResponse({"error": as_openai(problem)}, problem.status)
    return JSONResponse(problem.as_json(), problem.status, media_type="application/problem+json")


Answering = Callable[[Request, Exception], Response]


def answering(error_page: ErrorPage) -> Answering:
    """What turns any error into a response."""

    def answer(request: Request, error: Exception) -> Response:
        problem = _problem_of(error)
        page = wants_page(request)
        response = error_page(request, problem) if page else _as_json(request, problem)
        response.headers.update(problem.headers)
        return response

    return answer


def install(app: FastAPI, answer: Answering) -> None:
    """One handler for the errors of endpoints; `Failures` has the others."""
    handler: Callable[[Request, Exception], Response | Awaitable[Response]] = answer
    for kind in (ProblemError, RequestValidationError, HTTPException, DutyDeskError):
        app.add_exception_handler(kind, handler)
