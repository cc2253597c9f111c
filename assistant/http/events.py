"""An answer as server-sent events: a `segment` for each sentence, then the whole, or `problem`."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from fastapi.responses import StreamingResponse

from assistant.http import problems
from assistant.model import Answer, Segment, Status

log = logging.getLogger(__name__)

PRIVATE = {"cache-control": "private, no-store"}
# nginx otherwise holds a stream back until its buffer is full.
STREAMED = PRIVATE | {"x-accel-buffering": "no"}

# What a stream is to the OpenAPI document: events with a name, and JSON as their data.
_EVENT = {
    "type": "object",
    "required": ["event", "data"],
    "properties": {"event": {"type": "string"}, "data": {"type": "string"}},
}
EVENTS: dict[str, Any] = {"text/event-stream": {"schema": _EVENT}}

Shown = tuple[str, dict[str, Any]]  # an event's name and its data


def streamed(
    parts: Iterator[Segment | Answer], show: Callable[[Segment | Answer], Shown]
) -> StreamingResponse:
    """The parts as they come. The first is made before the head goes out: a turn is held until then."""
    events = _events(parts, show)
    first = next(events)
    return StreamingResponse(
        chain([first], events), media_type="text/event-stream", headers=STREAMED
    )


def _events(
    parts: Iterator[Segment | Answer], show: Callable[[Segment | Answer], Shown]
) -> Iterator[str]:
    """The status line is out already, so a failure is an event too."""
    try:
        for part in parts:
            if isinstance(part, Answer) and part.status is Status.ERROR:
                yield _event("problem", problems.ANSWER_FAILED.as_json())
            else:
                yield _event(*show(part))
    except Exception:
        log.exception("stream failed")
        yield _event("problem", problems.ANSWER_FAILED.as_json())


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
