"""OpenTelemetry traces, where an endpoint is set: each answer a span with its stages inside.

Spans hold times, status, channel and version; never what was asked.
"""

from __future__ import annotations

import time

from assistant.caller import current_caller
from assistant.model import Answer
from index.errors import DutyDeskError

_NS_PER_MS = 1_000_000
_WHOLE = "total"


class TracingError(DutyDeskError):
    """An endpoint is set, but the packages that would send to it are not installed."""


class Traces:
    """Sends answers as spans, in a thread of its own. Safe to share between threads.

    Raises:
        TracingError: OpenTelemetry is not installed.
    """

    def __init__(self, endpoint: str) -> None:
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
        except ImportError as exc:
            raise TracingError(
                "设了 DUTYDESK_TRACES，请先 pip install 'dutydesk[traces]'。"
            ) from exc
        exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces")
        self._provider = TracerProvider(resource=Resource.create({"service.name": "dutydesk"}))
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("dutydesk")

    def answered(self, answer: Answer, channel: str) -> None:
        """An answer went out: the stages in the order in which they ran, up to now."""
        from opentelemetry.trace import set_span_in_context

        end = time.time_ns()
        at = end - _ns(answer.timings_ms.get(_WHOLE, 0.0))
        whole = self._tracer.start_span("answer", start_time=at)
        whole.set_attributes(
            {
                "dutydesk.status": answer.status.value,
                "dutydesk.channel": channel,
                "dutydesk.corpus_version": answer.corpus_version,
                "dutydesk.request_id": current_caller().request_id,
            }
        )
        inside = set_span_in_context(whole)
        for stage, ms in answer.timings_ms.items():
            if stage != _WHOLE:
                span = self._tracer.start_span(stage, context=inside, start_time=at)
                at += _ns(ms)
                span.end(at)
        whole.end(end)

    def close(self) -> None:
        """Send what waits."""
        self._provider.shutdown()


def _ns(ms: float) -> int:
    return int(ms * _NS_PER_MS)
