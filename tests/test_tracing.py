"""Traces reach a collector, with times and no words; without the endpoint nothing is sent."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from fake_assistant import FakeAssistant
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from starlette.testclient import TestClient

from assistant.http.app import create_app
from assistant.service.operations import Operations
from assistant.service.tracing import Traces


@pytest.fixture
def collector():
    """(address, spans that came in)."""
    spans = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                spans.extend(span for scope in resource.scope_spans for span in scope.spans)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", spans
    server.shutdown()


def test_an_answer_is_a_span_with_its_stages_and_without_its_words(
    tmp_path: Path, collector
) -> None:
    endpoint, spans = collector
    traces = Traces(endpoint)
    with TestClient(create_app(FakeAssistant(tmp_path), Operations(traces=traces))) as client:
        reply = client.post("/api/ask", json={"question": "宅基地盖房找谁"})
    (whole,) = [span for span in spans if span.name == "answer"]
    stages = [span for span in spans if span.parent_span_id == whole.span_id]
    assert {span.name for span in stages} | {"answer"} == {span.name for span in spans}
    said = {pair.key: pair.value.string_value for pair in whole.attributes}
    assert said["dutydesk.status"] == "answered"
    assert said["dutydesk.request_id"] == reply.headers["x-request-id"]
    assert not any("宅基地" in f"{span}" for span in spans)


def test_a_collector_that_is_away_slows_no_answer(tmp_path: Path) -> None:
    operations = Operations(traces=Traces("http://127.0.0.1:9"))
    client = TestClient(create_app(FakeAssistant(tmp_path), operations))
    reply = client.post("/api/ask", json={"question": "宅基地盖房找谁"})
    assert reply.status_code == 200
    assert reply.elapsed.total_seconds() < 1
