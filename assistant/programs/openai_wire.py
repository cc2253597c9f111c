"""OpenAI's chat completions on the wire: what comes in, what goes out, chunk by chunk.

After https://platform.openai.com/docs/api-reference/chat; unknown fields are ignored.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from assistant.programs.written import Mark

MODEL = "dutydesk"
_MOST_MESSAGES = 1000
_USERS, _SYSTEMS = frozenset({"user"}), frozenset({"system", "developer"})


class ContentPart(BaseModel):
    """A part of a message; only text is read."""

    model_config = ConfigDict(extra="ignore")

    type: str = "text"
    text: str | None = None


class Message(BaseModel):
    """One turn; `content` is a text or a list of parts."""

    model_config = ConfigDict(extra="ignore")

    role: str = Field(examples=["user"])
    content: str | list[ContentPart] | None = Field(None, examples=["宅基地由谁审批？"])

    @property
    def words(self) -> str:
        """Its text in one piece; pictures and sounds are left out."""
        if isinstance(self.content, str):
            return self.content
        parts = (part.text or "" for part in self.content or () if "text" in part.type)
        return "\n".join(filter(None, parts))


class StreamOptions(BaseModel):
    """Whether the last chunk tells the usage."""

    model_config = ConfigDict(extra="ignore")

    include_usage: StrictBool | None = False


class ChatRequest(BaseModel):
    """A conversation; the last user message is the question.

    `place` and `as_of`, here or in `metadata`, say where and for which day; `model` may be
    "dutydesk@地方". Temperature, max_tokens, stop, n and tools change nothing: an answer that is cut
    or varied would no longer be what the papers say.
    """

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [
                {"model": MODEL, "messages": [{"role": "user", "content": "宅基地由谁审批？"}]}
            ]
        },
    )

    model: str = Field(MODEL, examples=[MODEL, f"{MODEL}@临溪县城关镇"], max_length=200)
    messages: list[Message] = Field(min_length=1, max_length=_MOST_MESSAGES)
    stream: StrictBool | None = False
    stream_options: StreamOptions | None = None
    metadata: dict[str, Any] | None = None
    place: str | None = Field(None, examples=["临溪县城关镇"])
    as_of: str | None = Field(None, examples=["2025-06-01"])
    response_format: dict[str, Any] | None = None

    @property
    def users(self) -> list[str]:
        """What the person said, first to last."""
        return [m.words for m in self.messages if m.role in _USERS]

    @property
    def systems(self) -> list[str]:
        """What the program says to a model; never followed, there is none to follow it."""
        return [m.words for m in self.messages if m.role in _SYSTEMS]

    def beside(self, name: str) -> str | None:
        """A value given beside the messages: `place`, `as_of`."""
        said = getattr(self, name) or (self.metadata or {}).get(name)
        return str(said) if said else None

    @property
    def tells_usage(self) -> bool:
        """True if a stream is to end with the usage."""
        return bool(self.stream_options and self.stream_options.include_usage)


@dataclass(frozen=True, slots=True)
class Completion:
    """What all chunks of one reply share."""

    model: str
    n_prompt: int
    id: str = field(default_factory=lambda: f"chatcmpl-{secrets.token_hex(12)}")
    created: int = field(default_factory=lambda: int(time.time()))

    def whole(self, text: str, marks: Sequence[Mark], **more: object) -> dict[str, Any]:
        """The reply in one piece; `more` is ours beside OpenAI's fields."""
        message = {
            "role": "assistant",
            "content": text,
            "refusal": None,
            "annotations": _urls(marks),
        }
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        usage = self.usage(len(text))
        return {**self._frame("chat.completion"), "choices": [choice], "usage": usage, **more}

    def chunk(
        self, delta: dict[str, Any], finish: str | None = None, **more: object
    ) -> dict[str, Any]:
        """One piece of a stream."""
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return {**self._frame("chat.completion.chunk"), "choices": [choice], **more}

    def usage_chunk(self, n_written: int) -> dict[str, Any]:
        """The piece after the last, without choices."""
        frame = self._frame("chat.completion.chunk")
        return {**frame, "choices": [], "usage": self.usage(n_written)}

    def usage(self, n_written: int) -> dict[str, int]:
        """Characters, for nothing here is counted in tokens."""
        total = self.n_prompt + n_written
        return {
            "prompt_tokens": self.n_prompt,
            "completion_tokens": n_written,
            "total_tokens": total,
        }

    def _frame(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}


def proofs(marks: Sequence[Mark]) -> dict[str, Any]:
    """The delta that says which proofs stand where in all that was streamed before."""
    return {"annotations": _urls(marks)}


def _urls(marks: Sequence[Mark]) -> list[dict[str, Any]]:
    return [
        {
            "type": "url_citation",
            "url_citation": {
                "start_index": mark.start,
                "end_index": mark.end,
                "title": mark.title,
                "url": mark.url,
            },
        }
        for mark in marks
    ]
