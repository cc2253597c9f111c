"""The HTTP surface over a fake assistant: the contract, problems, odd ids, headers."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from fake_assistant import LIST, ROW, FakeAssistant
from starlette.testclient import TestClient

from assistant.api import create_app


@pytest.fixture
def fake(tmp_path: Path) -> FakeAssistant:
    return FakeAssistant(tmp_path)


@pytest.fixture
def client(fake: FakeAssistant) -> TestClient:
    return TestClient(create_app(fake), raise_server_exceptions=False)


def _ask(client: TestClient, **body):
    return client.post("/api/ask", json=body)


def test_an_answer_has_the_fields_of_the_contract(client: TestClient, fake: FakeAssistant) -> None:
    reply = _ask(client, question="宅基地盖房找谁", place="990101101", as_of="2025-05-01", other=1)
    assert reply.status_code == 200
    answer = reply.json()
    assert answer["status"] == "answered"
    assert set(answer) >= {
        "status", "text", "conversation_id", "segments", "holders", "citations", "clarify",
        "understood", "related", "corpus_version", "timings_ms",
    }  # fmt: skip
    assert set(answer["holders"][0]) >= {
        "body", "office", "office_from", "role", "principal", "place", "item_id",
    }  # fmt: skip
    citation = answer["citations"][0]
    assert set(citation["source"]) >= {
        "id", "file", "title", "document_number", "publisher", "published_on", "url",
    }  # fmt: skip
    assert set(citation["locator"]) >= {"sheet", "row", "cells", "page", "article"}
    assert fake.asked[0].place == "990101101"
    assert str(fake.asked[0].as_of) == "2025-05-01"


@pytest.mark.parametrize(
    "body", [{"question": ""}, {"question": "长" * 501}, {}, {"question": "x", "as_of": "昨天"}]
)
def test_a_bad_request_is_a_problem_document(client: TestClient, body: dict) -> None:
    reply = client.post("/api/ask", json=body)
    assert reply.status_code == 422
    assert reply.headers["content-type"].startswith("application/problem+json")
    assert {"type", "title", "status", "detail", "code"} <= set(reply.json())


def test_broken_machinery_is_a_problem_that_tells_no_paths(client: TestClient) -> None:
    for question in ("出错", "损坏"):
        reply = _ask(client, question=question)
        assert reply.status_code >= 500
        assert reply.headers["content-type"].startswith("application/problem+json")
        assert "/secret" not in reply.text


def test_ids_with_signs_and_chinese_find_their_record(client: TestClient) -> None:
    reply = client.get(f"/api/records/{quote(ROW.id, safe='')}")
    assert reply.status_code == 200
    assert reply.json()["id"] == ROW.id
    assert client.get("/api/records/none").status_code == 404


def test_the_source_shows_the_cited_cells(client: TestClient) -> None:
    page = client.get(f"/source/{quote(LIST.id, safe='')}", params={"record": ROW.id})
    assert page.status_code == 200
    assert 'class="cited-row"' in page.text
    assert LIST.title in page.text
    assert client.get("/source/none").status_code == 404


@pytest.mark.parametrize("path", ["../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%2e%2e/x"])
def test_paths_that_lead_out_find_nothing(client: TestClient, path: str) -> None:
    for prefix in ("/source/", "/static/", "/api/records/"):
        reply = client.get(prefix + path)
        assert reply.status_code == 404
        assert "root:" not in reply.text


def test_every_page_carries_a_strict_policy(client: TestClient) -> None:
    for path in ("/", "/ask?question=x", "/api/places", "/healthz"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'self'" in policy or "default-src 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"


def test_first_view_is_small(client: TestClient) -> None:
    page = client.get("/")
    assert 'lang="zh-CN"' in page.text
    static = Path(__file__).parent.parent / "web" / "static"
    assert len(page.content) + sum(f.stat().st_size for f in static.iterdir()) < 100_000


def test_page_escapes_what_was_asked(client: TestClient) -> None:
    page = client.get("/ask", params={"question": "<script>alert(1)</script>"})
    assert "<script>alert" not in page.text
