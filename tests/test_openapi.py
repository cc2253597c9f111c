"""The document of the HTTP interface: valid, whole, in Chinese, and shown without outside scripts."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from fake_assistant import FakeAssistant
from openapi_spec_validator import validate
from starlette.testclient import TestClient

from assistant.http.app import create_app
from assistant.http.documentation import operations
from assistant.programs.doors import Doors, HookSettings
from assistant.service.operations import Operations
from assistant.state.database import open_state
from assistant.state.notes import Notes

METHODS = ("get", "post", "delete", "put", "patch")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    notes = Notes(open_state(f"sqlite:///{tmp_path / 'state.sqlite'}"))
    doors = Doors(hook=HookSettings(SECRET), notes=notes, needs_token=True)
    return TestClient(create_app(FakeAssistant(tmp_path), Operations(doors=doors)))


def test_the_document_is_valid(client: TestClient) -> None:
    validate(client.get("/openapi.json").json())


def test_every_operation_says_in_chinese_what_it_does_and_how_it_fails(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    assert len(document["paths"]) > 10
    for path, found in document["paths"].items():
        for method in found.keys() & set(METHODS):
            operation = found[method]
            assert re.search("[一-鿿]", operation["summary"]), path
            described = operation.get("description", "。")
            assert "。" in described, path
            assert operation["tags"], path
            for status in ("4XX", "5XX"):
                (media,) = operation["responses"][status]["content"].values()
                assert media["example"], path
            content = operation["responses"].get("200", {}).get("content", {})
            assert all(media for media in content.values()), path


def test_problems_look_as_the_document_says(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    said = document["paths"]["/api/ask"]["post"]["responses"]["4XX"]["content"]
    schema = said["application/problem+json"]["schema"]
    got = client.post("/api/ask", json={})
    assert got.headers["content-type"] == "application/problem+json"
    assert set(got.json()) == set(schema["properties"])
    error = client.get("/v1/models").json()["error"]
    assert (error["type"], error["code"]) == ("authentication_error", "sign_in_needed")


def test_the_page_lists_every_operation_with_a_call_that_can_be_pasted(client: TestClient) -> None:
    page = client.get("/docs")
    document = client.get("/openapi.json").json()
    assert page.status_code == 200
    assert "unsafe" not in page.headers["content-security-policy"]
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page.text)
    for path in document["paths"]:
        assert path in page.text
    assert "Bearer" in page.text
    for shown in operations(document, "http://testserver"):
        words = shlex.split(shown.curl)
        assert words[0] == "curl"
        assert any(word.startswith("http://testserver/") for word in words)


def test_the_example_of_a_question_is_one_that_can_be_asked(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    examples = document["components"]["schemas"]["AskRequest"]["examples"]
    assert client.post("/api/ask", json=examples[0]).status_code == 200
    example = document["paths"]["/api/ask"]["post"]["responses"]["200"]["content"]
    answer = client.post("/api/ask", json=examples[0]).json()
    assert set(example["application/json"]["example"]) <= set(answer)
