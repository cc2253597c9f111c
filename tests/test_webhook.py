"""The signed webhook, called with the official library of Standard Webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from fake_assistant import TOWN, FakeAssistant
from standardwebhooks import Webhook
from starlette.testclient import TestClient

from assistant.http.app import create_app
from assistant.programs.doors import Doors, HookSettings
from assistant.programs.webhook import Hook, HookError
from assistant.service.operations import Operations
from assistant.state.database import open_state
from assistant.state.notes import Notes

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="


@pytest.fixture
def fake(tmp_path: Path) -> FakeAssistant:
    return FakeAssistant(tmp_path)


def client_of(fake: FakeAssistant, tmp_path: Path, reply_url: str = "") -> TestClient:
    notes = Notes(open_state(f"sqlite:///{tmp_path / 'state.sqlite'}"))
    doors = Doors(hook=HookSettings(SECRET, reply_url), notes=notes)
    return TestClient(create_app(fake, Operations(doors=doors)), raise_server_exceptions=False)


@pytest.fixture
def client(fake: FakeAssistant, tmp_path: Path) -> TestClient:
    return client_of(fake, tmp_path)


def signed(number: str, body: str, *, at: datetime | None = None) -> dict[str, str]:
    at = at or datetime.now(UTC)
    return {
        "webhook-id": number,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(SECRET).sign(number, at, body),
    }


def call(client: TestClient, number: str = "msg_1", question: str = "宅基地找谁", **more):
    body = json.dumps({"question": question}, ensure_ascii=False)
    headers = signed(number, body) | more.pop("headers", {})
    return client.post("/hooks/ask", content=more.pop("body", body).encode(), headers=headers)


def test_the_signature_is_a_plain_hmac_over_number_time_and_body() -> None:
    """As the standard words it, so that a sender needs no library."""
    body, at = '{"question": "宅基地"}', datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    content = f"m1.{int(at.timestamp())}.{body}".encode()
    digest = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    assert signed("m1", body, at=at)["webhook-signature"] == f"v1,{digest}"


def test_a_signed_question_is_answered_as_the_api_answers(client: TestClient) -> None:
    reply = call(client)
    assert reply.status_code == 200
    assert TOWN in reply.json()["text"]
    assert reply.json()["citations"]


@pytest.mark.parametrize(
    "headers",
    [
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "nonsense"},
        {"webhook-signature": ""},
        {"webhook-signature": "v2,g0hM9SsE+OTPJTGt/tmKtSyEYE8lKKgRk1e9CLmtkE0="},
        {"webhook-timestamp": "0"},
        {"webhook-timestamp": "nan"},
        {"webhook-timestamp": "99999999999999999999"},
        {"webhook-id": "msg_2"},
        {"webhook-id": ""},
    ],
)
def test_a_forged_call_is_refused_and_logged(
    client: TestClient, fake: FakeAssistant, caplog: pytest.LogCaptureFixture, headers: dict
) -> None:
    with caplog.at_level(logging.WARNING):
        reply = call(client, headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (401, "signature_invalid")
    assert "a webhook call was refused" in caplog.text
    assert fake.asked == []


def test_a_late_early_or_changed_call_is_refused(client: TestClient, fake: FakeAssistant) -> None:
    body = '{"question": "宅基地"}'
    for off in (timedelta(minutes=-6), timedelta(minutes=6)):
        headers = signed("m", body, at=datetime.now(UTC) + off)
        late = client.post("/hooks/ask", content=body.encode(), headers=headers)
        assert late.status_code == 401
    changed = client.post("/hooks/ask", content=b'{"question": "x"}', headers=signed("m", body))
    broken = client.post("/hooks/ask", content=b"\xff\xfe", headers=signed("m", body))
    assert (changed.status_code, broken.status_code) == (401, 401)
    assert fake.asked == []


def test_a_call_that_comes_again_gets_the_same_answer_and_is_asked_once(
    client: TestClient, fake: FakeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        first, again = call(client), call(client)
    assert first.content == again.content
    assert len(fake.asked) == 1
    assert "came again" in caplog.text
    other = call(client, question="广告牌找谁")
    assert (other.status_code, other.json()["code"]) == (409, "id_reused")
    assert call(client, "msg_2", "广告牌找谁").status_code == 200


def test_a_call_while_the_first_is_being_answered_is_asked_to_wait(
    fake: FakeAssistant, tmp_path: Path
) -> None:
    client = client_of(fake, tmp_path)
    plain = fake.answer
    meanwhile = []

    def slow(question):
        fake.answer = plain
        meanwhile.append(call(client))
        return plain(question)

    fake.answer = slow
    assert call(client).status_code == 200
    assert (meanwhile[0].status_code, meanwhile[0].json()["code"]) == (409, "still_answering")
    assert meanwhile[0].headers["retry-after"]


def test_a_question_that_failed_may_be_sent_again(client: TestClient, fake: FakeAssistant) -> None:
    plain = fake.answer
    fake.answer = lambda question: plain(type(question)("出错"))
    assert call(client).status_code == 503
    fake.answer = plain
    assert call(client).status_code == 200


@pytest.mark.parametrize("question", ["", "长" * 501])
def test_what_is_no_question_is_a_problem(client: TestClient, question: str) -> None:
    assert call(client, question=question).status_code == 422


def test_without_a_secret_there_is_no_webhook(fake: FakeAssistant, tmp_path: Path) -> None:
    assert TestClient(create_app(fake)).post("/hooks/ask", json={}).status_code == 404
    notes = Notes(open_state(f"sqlite:///{tmp_path / 'x.sqlite'}"))
    with pytest.raises(HookError, match="whsec_"):
        Hook(fake, HookSettings("短"), notes)


@pytest.fixture
def receiver() -> Iterator[tuple[str, list]]:
    """A program that takes answers; the first time it is not ready."""
    got: list = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            got.append((dict(self.headers), body))
            self.send_response(503 if len(got) == 1 else 204)
            self.end_headers()

        def log_message(self, *_):
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{httpd.server_port}/answers", got
    httpd.shutdown()
    httpd.server_close()


def test_answers_are_sent_on_signed_to_the_configured_address_only(
    fake: FakeAssistant, tmp_path: Path, receiver: tuple[str, list]
) -> None:
    url, got = receiver
    client = client_of(fake, tmp_path, url)
    body = json.dumps({"question": "宅基地", "reply_url": "http://127.0.0.1:9/steal"})
    reply = client.post("/hooks/ask", content=body.encode(), headers=signed("m1", body))
    headers, sent = got[-1]
    assert len(got) == 2  # tried again
    assert Webhook(SECRET).verify(sent, headers) == reply.json()
    assert headers["webhook-id"] == "m1"
