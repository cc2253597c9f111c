"""For the machine's guardians: alive, ready, and counted."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from assistant.contract import Assistant
from assistant.http.access import require
from assistant.service.access import Principal, Role
from assistant.service.metrics import Metrics


def health_routes(assistant: Assistant, metrics: Metrics | None) -> APIRouter:
    """`/healthz`, `/readyz` and, where something is counted, `/metrics` for staff tokens."""
    routes = APIRouter(tags=["运行状况"])

    @routes.get("/healthz", summary="进程是否活着", description="只说进程还在。")
    async def healthz() -> dict[str, str]:
        """The process answers; nothing else is looked at."""
        return {"status": "ok", "corpus_version": assistant.corpus_version}

    @routes.get("/readyz", summary="能否作答", description="读一次资料库；读不出就是 503。")
    def readyz() -> dict[str, str]:
        """Records of the version in service can be read; a problem (503) if not."""
        assistant.places()
        assistant.record("readyz")  # there is none: the catalog has to be asked to know
        return {"status": "ready", "corpus_version": assistant.corpus_version}

    if metrics:
        counted = metrics

        @routes.get("/metrics", include_in_schema=False)
        def all_counted(_: Annotated[Principal, Depends(require(Role.STAFF))]) -> Response:
            return Response(counted.text(), media_type="text/plain; version=0.0.4")

    return routes
