"""Every answered question is noted on its way out, whichever surface asked it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from assistant.caller import current_caller
from assistant.model import Answer, Question, Segment
from assistant.service.journal import Recorder
from assistant.service.metrics import Meter, NoMeter
from assistant.service.tracing import Traces
from assistant.state.journal import Asked

if TYPE_CHECKING:
    from assistant.contract import Assistant

_ID_BYTES = 12


class Observed:
    """An assistant whose answers are noted; everything else goes straight through to it."""

    def __init__(
        self, inner: Assistant, journal: Recorder, meter: Meter, traces: Traces | None
    ) -> None:
        self._inner = inner
        self._journal = journal
        self._meter = meter
        self._traces = traces

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the inner one has
        return getattr(self._inner, name)

    def answer(self, question: Question) -> Answer:
        """Answer one question and take note of it."""
        return self._noted(question, self._inner.answer(question))

    def stream(self, question: Question) -> Iterator[Segment | Answer]:
        """Sentence by sentence; note is taken of the answer at the end."""
        for part in self._inner.stream(question):
            yield self._noted(question, part) if isinstance(part, Answer) else part

    def _noted(self, question: Question, answer: Answer) -> Answer:
        caller = current_caller()
        self._meter.answered(answer, caller.channel)
        if self._traces:
            self._traces.answered(answer, caller.channel)
        if not self._journal.is_kept:
            return answer
        answer = replace(answer, answer_id=secrets.token_urlsafe(_ID_BYTES))
        self._journal.record(
            Asked(
                id=answer.answer_id,
                at=time.time(),
                channel=caller.channel,
                question=question.text,
                status=answer.status.value,
                place=answer.understood.get("place", ""),
                holders=tuple(dict.fromkeys(holder.body for holder in answer.holders)),
                corpus_version=answer.corpus_version,
                timings_ms=answer.timings_ms,
                caller=caller.address,
                request_id=caller.request_id,
            )
        )
        return answer


def observed(
    inner: Assistant,
    journal: Recorder,
    meter: Meter | None = None,
    traces: Traces | None = None,
) -> Assistant:
    """The same assistant as far as any surface can see."""
    return cast("Assistant", Observed(inner, journal, meter or NoMeter(), traces))
