"""Metrics, logs, request numbers, health, and what other sites may do."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from fake_assistant import FakeAssistant
from starlette.testclient import TestClient

from assistant.caller import Caller, calling
from assistant.http.access import Gate
from assistant.http.app import create_app
from assistant.service.access import Role, Tokens
from assistant.service.logs import JsonLines, RequestNumber
from assistant.service.metrics import Metrics
from assistant.service.operations import Operations


class Broken(FakeAssistant):
    """Fails in a way that nobody foresaw."""

    def answer(self, question):
        raise RuntimeError("/secret/path")

    def record(self, record_id):
        raise OSError("disk gone")


def _client(assistant, **operations) -> TestClient:
    return TestClient(create_app(assistant, Operations(**operations)))


def test_questions_stages_and_requests_are_counted(tmp_path: Path) -> None:
    metrics, tokens = Metrics(), Tokens(tmp_path / "tokens.json")
    client = _client(FakeAssistant(tmp_path), meter=metrics, metrics=metrics, gate=Gate(tokens))
    client.post("/api/ask", json={"question": "宅基地盖房找谁"})
    client.post(
        "/api/ask", json={"question": "宅基地盖房"}, headers={"sec-fetch-site": "same-origin"}
    )
    assert client.get("/metrics").status_code == 401
    token = {"authorization": f"Bearer {tokens.add('prometheus', Role.STAFF)}"}
    text = client.get("/metrics", headers=token).text
    assert 'dutydesk_questions_total{channel="api",status="answered"} 1.0' in text
    assert 'dutydesk_questions_total{channel="page",status="answered"} 1.0' in text
    assert 'dutydesk_requests_total{method="POST",route="/api/ask",status="200"} 2.0' in text
    assert 'dutydesk_stage_seconds_count{stage="total"} 2.0' in text


def test_places_beyond_a_city_are_counted_together() -> None:
    metrics = Metrics()
    labels = {metrics._place(f"第{n}镇") for n in range(2000)}
    assert len(labels) == 301
    assert "其他" in labels


def test_the_version_in_service_is_told(tmp_path: Path) -> None:
    metrics = Metrics()
    metrics.reloaded("v1", is_ok=True)
    metrics.reloaded("v2", is_ok=True)
    metrics.reloaded("v2", is_ok=False)
    text = metrics.text().decode()
    assert 'dutydesk_corpus{version="v1"} 0.0' in text
    assert 'dutydesk_corpus{version="v2"} 1.0' in text
    assert 'dutydesk_reloads_total{result="failed"} 1.0' in text


def test_every_response_has_a_number_that_the_problem_and_the_page_repeat(tmp_path: Path) -> None:
    client = _client(FakeAssistant(tmp_path))
    assert len(client.get("/healthz").headers["x-request-id"]) == 12
    reply = client.get("/api/records/none")
    assert reply.json()["request_id"] == reply.headers["x-request-id"]
    page = client.get("/source/none", headers={"accept": "text/html"})
    assert page.headers["x-request-id"] in page.text


def test_a_failure_that_nobody_foresaw_has_number_and_headers_and_tells_nothing(tmp_path) -> None:
    client = _client(Broken(tmp_path))
    reply = client.post("/api/ask", json={"question": "x"})
    assert reply.status_code == 500
    assert reply.json()["request_id"] == reply.headers["x-request-id"]
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "/secret" not in reply.text
    page = client.get("/ask?question=x", headers={"accept": "text/html"})
    assert page.status_code == 500
    assert page.headers["x-request-id"] in page.text


def test_ready_means_that_records_can_be_read(tmp_path: Path) -> None:
    assert _client(FakeAssistant(tmp_path)).get("/readyz").json()["status"] == "ready"
    broken = _client(Broken(tmp_path))
    assert broken.get("/readyz").status_code == 500
    assert broken.get("/healthz").status_code == 200


def test_the_log_names_the_route_and_never_what_was_asked(tmp_path: Path, caplog) -> None:
    caplog.set_level(logging.INFO)
    client = _client(FakeAssistant(tmp_path))
    client.get("/ask", params={"question": "我的秘密"})
    client.post("/api/ask", json={"question": "我的秘密"})
    told = [record for record in caplog.records if record.name == "assistant.access"]
    assert [(r.route, r.status) for r in told] == [("/ask", 200), ("/api/ask", 200)]
    assert "秘密" not in "".join(f"{vars(record)}" for record in told)


def test_a_log_line_is_one_object_with_the_request_number() -> None:
    record = logging.makeLogRecord({"msg": "两行\n%s", "args": ("字",), "levelname": "INFO"})
    record.route = "/ask"
    with calling(Caller(request_id="abc")):
        RequestNumber().filter(record)
    line = JsonLines().format(record)
    assert "\n" not in line
    values = json.loads(line)
    assert (values["request_id"], values["route"], values["message"]) == ("abc", "/ask", "两行\n字")


def test_only_named_sites_may_frame_the_chat_and_call_the_api(tmp_path: Path) -> None:
    ours = "https://www.county.example"
    client = _client(FakeAssistant(tmp_path), origins=(ours,))
    home = client.get("/", headers={"origin": ours})
    assert f"frame-ancestors 'self' {ours}" in home.headers["content-security-policy"]
    assert "x-frame-options" not in home.headers
    assert home.headers["access-control-allow-origin"] == ours
    assert "access-control-allow-credentials" not in home.headers
    assert (
        "access-control-allow-origin"
        not in client.get("/", headers={"origin": "https://evil.example"}).headers
    )
    page = client.get("/desk")
    assert "frame-ancestors 'self'" in page.headers["content-security-policy"]
    assert ours not in page.headers["content-security-policy"]
    assert page.headers["x-frame-options"] == "SAMEORIGIN"


@pytest.mark.parametrize("path", ["/", "/ask?question=x", "/signin"])
def test_without_named_sites_nobody_may(tmp_path: Path, path: str) -> None:
    reply = _client(FakeAssistant(tmp_path)).get(path, headers={"origin": "https://a.example"})
    assert reply.headers["x-frame-options"] == "SAMEORIGIN"
    assert "access-control-allow-origin" not in reply.headers
