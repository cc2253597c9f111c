"""The endpoint of the webhook: the body as it was signed, the answer, and what follows it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

from assistant.http.events import PRIVATE
from assistant.programs.webhook import Hook
from assistant.wire.schemas import AskRequest, AskResponse

_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
_BODY: dict[str, Any] = {
    "parameters": [
        {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}
        for name in _HEADERS
    ],
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": AskRequest.model_json_schema()}},
    },
}


def hook_routes(hook: Hook) -> APIRouter:
    """`POST /hooks/ask` over one hook."""
    routes = APIRouter(tags=["签名回调"])

    @routes.post(
        "/hooks/ask",
        summary="带签名的提问（Standard Webhooks）",
        response_model=AskResponse,
        openapi_extra=_BODY,
    )
    async def ask(request: Request) -> Response:
        """签名是 HMAC-SHA256，对“编号.时间戳.正文”；同一编号只答一次，重发得到同一个答复。"""
        call = hook.verified(request.headers, await request.body())
        said = await run_in_threadpool(hook.answer, call)
        later = BackgroundTask(hook.send_on, call, said)
        return Response(said, media_type="application/json", headers=PRIVATE, background=later)

    return routes
