"""The HTTP surface over a fake assistant: the contract, problems, odd ids, headers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from urllib.parse import quote

import pytest
from fake_assistant import LIST, PROVISION, ROW, FakeAssistant
from starlette.testclient import TestClient

from assistant.http.access import Gate
from assistant.http.app import create_app
from assistant.http.session import Sessions
from assistant.model import Answer, Question
from assistant.service.access import Tokens
from assistant.service.journal import Journal
from assistant.service.operations import Operations
from assistant.state.database import open_state
from assistant.state.journal import JournalStore
from assistant.wire.schemas import RelatedOut


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


def test_only_a_name_is_offered_as_a_question():
    clause = "（二）市容秩序股。承办占道经营、店外经营、流动摊点、户外广告和门头牌匾管理。"
    near = [RelatedOut(item_id="x", name=name) for name in ("占道经营审批", clause, "审" * 61)]
    assert [one.is_a_name for one in near] == [True, False, False]


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


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"question": " \n "}, "question_empty"),
        ({}, "question_empty"),
        ({"question": "长" * 501}, "question_too_long"),
        ({"question": "长" + "\u0001" * 500}, "question_too_long"),
        ({"question": "x", "as_of": 20250101}, "date_invalid"),
        ({"question": "x", "as_of": "2025-02-30"}, "date_invalid"),
        ({"question": "x", "place": "长" * 201}, "request_invalid"),
    ],
)
def test_each_kind_of_bad_request_has_its_stable_code(
    client: TestClient, body: dict, code: str
) -> None:
    problem = client.post("/api/ask", json=body).json()
    assert (problem["code"], problem["status"]) == (code, 422)
    assert problem["type"] == f"urn:dutydesk:problem:{code}"


def test_what_is_not_json_or_too_large_is_refused(client: TestClient) -> None:
    broken = client.post("/api/ask", content=b"{", headers={"content-type": "application/json"})
    assert broken.json()["code"] == "json_invalid"
    assert _ask(client, question="x" * 70_000).json()["code"] == "request_too_large"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/api/ask", "application/json"),
        ("/v1/chat/completions", "application/json"),
        ("/mcp", "application/json"),
        ("/feedback", "application/x-www-form-urlencoded"),
        ("/signin", "multipart/form-data; boundary=x"),
        ("/nowhere", "text/plain"),
    ],
)
def test_a_body_of_undeclared_length_is_cut_off_and_said_to_be_too_large(
    tmp_path: Path, path: str, kind: str
) -> None:
    gate = Gate(Tokens(tmp_path / "tokens.json"), Sessions("a key of the test"))
    journal = Journal(JournalStore(open_state("sqlite://")), str, days=1)
    app = create_app(FakeAssistant(tmp_path), Operations(gate=gate, journal=journal))
    client = TestClient(app)
    sent = 0

    def chunks():
        nonlocal sent
        while sent < 4 * 1024 * 1024:
            sent += 40_000
            yield b"x" * 40_000

    reply = client.post(path, content=chunks(), headers={"content-type": kind})
    assert reply.status_code in ((404, 405) if path == "/nowhere" else (413,)), reply.text


def test_500_characters_are_not_too_many_and_odd_ones_are_dropped(
    client: TestClient, fake: FakeAssistant
) -> None:
    assert _ask(client, question="长" * 500).status_code == 200
    raw = b'{"question": "\\u0000\\ud800 \\u5bb6 "}'
    reply = client.post("/api/ask", content=raw, headers={"content-type": "application/json"})
    assert reply.status_code == 200
    assert fake.asked[-1].text == "家"


@pytest.mark.parametrize(
    ("question", "first", "words"),
    [
        ("宅基地", "望溪县柳桥镇人民政府", "由它负责"),
        ("秸秆", "望溪县农业农村局", "由它负责"),
        ("广告", "望溪县城市管理局", "乡镇（街道）不再办理，由望溪县城市管理局承接"),
        ("检查", "望溪县柳桥镇人民政府", "受望溪县城市管理局委托办理，仍由望溪县城市管理局负责"),
    ],
)
def test_each_role_is_said_in_plain_words_in_the_json_and_on_the_page(
    client: TestClient, question: str, first: str, words: str
) -> None:
    holder = _ask(client, question=question).json()["holders"][0]
    assert (holder["parties"][0]["name"], holder["words"]) == (first, words)
    page = client.get("/ask", params={"question": question}).text
    assert f'<p class="body">{first}</p>' in page
    assert words in page


def test_who_leads_has_a_card_before_who_helps(client: TestClient) -> None:
    lead, helper = _ask(client, question="秸秆").json()["holders"]
    assert (lead["body"], lead["role"]) == ("望溪县农业农村局", "主责")
    assert helper["parties"][0] == {"name": "望溪县柳桥镇人民政府", "part": "配合"}
    assert helper["words"] == "配合，牵头的是望溪县农业农村局"
    page = client.get("/ask", params={"question": "秸秆"}).text
    assert page.index("望溪县农业农村局</p>") < page.index("望溪县柳桥镇人民政府</p>")


@pytest.mark.parametrize("question", ["天气", "养老"])
def test_an_answer_without_evidence_cites_nothing_and_has_no_card(
    client: TestClient, question: str
) -> None:
    answer = _ask(client, question=question).json()
    assert answer["citations"] == answer["holders"] == []
    page = client.get("/ask", params={"question": question}).text
    assert answer["headline"] in page
    assert 'class="holder"' not in page


def test_how_it_was_found_is_told_only_on_request(client: TestClient) -> None:
    assert _ask(client, question="宅基地").json()["working"] is None
    assert _ask(client, question="宅基地", explain=True).json()["working"] == {"steps": 3}


def test_every_citation_link_leads_to_its_highlighted_place(client: TestClient) -> None:
    for citation in _ask(client, question="宅基地").json()["citations"]:
        assert citation["href"].endswith("#cited")
        page = client.get(citation["href"])
        assert page.status_code == 200
        assert 'id="cited"' in page.text
        assert "<mark>" in page.text


def test_the_original_is_a_download_and_never_a_page(client: TestClient) -> None:
    reply = client.get(f"/source/{quote(LIST.id, safe='')}/file")
    assert reply.content.startswith(b"PK")
    assert reply.headers["content-type"].endswith("spreadsheetml.sheet")
    assert reply.headers["content-disposition"].startswith("attachment;")
    assert quote("柳桥镇权责清单.xlsx") in reply.headers["content-disposition"]
    assert "sandbox" in reply.headers["content-security-policy"]
    missing = client.get(f"/source/{quote(PROVISION.id)}/file")
    assert (missing.status_code, missing.json()["code"]) == (404, "original_missing")


def test_a_link_that_is_no_web_address_is_not_shown(client: TestClient) -> None:
    assert "javascript:" not in client.get(f"/source/{quote(PROVISION.id)}").text
    assert LIST.url in client.get(f"/source/{quote(LIST.id, safe='')}").text


def test_a_record_is_not_shown_in_a_source_it_does_not_stand_in(client: TestClient) -> None:
    reply = client.get(f"/source/{quote(PROVISION.id)}", params={"record": ROW.id})
    assert (reply.status_code, reply.json()["code"]) == (404, "record_unknown")


def test_a_browser_gets_problems_as_pages_and_a_program_as_json(client: TestClient) -> None:
    browser = {"accept": "text/html,application/xhtml+xml"}
    page = client.get("/source/none", headers=browser)
    assert (page.status_code, "没有这份文件" in page.text) == (404, True)
    assert client.get("/nowhere", headers=browser).headers["content-type"].startswith("text/html")
    api = client.get("/api/records/none", headers=browser)
    assert api.headers["content-type"] == "application/problem+json"
    assert client.get("/ask?question=", headers=browser).status_code == 422
    assert client.get("/ask?question=出错", headers=browser).status_code == 503


def test_sheets_and_pages_of_a_source_can_be_turned(client: TestClient) -> None:
    at = f"/source/{quote(LIST.id, safe='')}"
    first = client.get(at).text
    assert 'rel="next"' in first
    assert 'rel="prev"' not in first
    other = client.get(at, params={"sheet": "说明 & 附注", "record": ROW.id}).text
    assert "本清单由柳桥镇人民政府负责解释。" in other
    assert "回到引用处" in other
    assert 'id="cited"' not in other
    assert client.get(at, params={"start": 0}).status_code == 422


def test_places_and_examples_are_those_of_the_corpus(
    client: TestClient, fake: FakeAssistant
) -> None:
    assert [place["code"] for place in client.get("/api/places").json()] == [
        place.code for place in fake.places()
    ]
    within = client.get("/api/places", params={"parent": "990101"}).json()
    assert [place["name"] for place in within] == ["柳桥镇", "北岸街道"]
    assert client.get("/api/examples").json() == list(fake.examples())
    assert client.get("/healthz").json()["corpus_version"] == fake.corpus_version


def test_an_answer_keeps_other_threads_free(fake: FakeAssistant) -> None:
    """A slow answer must not hold up the event loop."""
    held, free = Event(), Event()
    plain = fake.answer

    def slow(question: Question) -> Answer:
        held.set()
        assert free.wait(10)
        return plain(question)

    fake.answer = slow
    with TestClient(create_app(fake)) as client, ThreadPoolExecutor(1) as pool:
        asked = pool.submit(_ask, client, question="宅基地")
        assert held.wait(10)
        assert client.get("/healthz").status_code == 200
        free.set()
        assert asked.result(10).status_code == 200
