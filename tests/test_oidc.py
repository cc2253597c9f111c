"""Signing in with the organisation's accounts, against a provider that may lie."""

from __future__ import annotations

import time
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from fake_assistant import FakeAssistant
from fake_provider import CLIENT, SECRET, FakeProvider
from fastapi import Depends
from loopback import free_port, running
from starlette.testclient import TestClient

from assistant.http.access import Gate, require
from assistant.http.app import create_app
from assistant.http.oidc import Provider, SingleSignOn, role_of
from assistant.http.session import Sessions
from assistant.service.access import Role, Tokens
from assistant.service.operations import Operations
from assistant.state.database import open_state
from assistant.state.deeds import Deeds

KEY = "a key of the test"
HERE = "http://testserver"


@pytest.fixture
def provider():
    fake = FakeProvider(free_port())
    with running(fake.server()):
        yield fake


@pytest.fixture
def deeds(tmp_path: Path) -> Deeds:
    return Deeds(open_state(f"sqlite:///{tmp_path / 'state.sqlite'}"))


@pytest.fixture
def client(tmp_path: Path, provider: FakeProvider, deeds: Deeds) -> TestClient:
    return _client(tmp_path, provider.issuer, deeds)


def _client(tmp_path: Path, issuer: str, deeds: Deeds) -> TestClient:
    sessions = Sessions(KEY)
    gate = Gate(Tokens(tmp_path / "tokens.json"), sessions, deeds)
    sign_on = SingleSignOn(Provider(issuer, CLIENT, SECRET, "groups", HERE), gate, sessions, KEY)
    app = create_app(FakeAssistant(tmp_path), Operations(gate=gate, sign_on=sign_on))
    return TestClient(app, follow_redirects=False)


def _begin(client: TestClient, provider: FakeProvider, back: str = "/desk") -> dict[str, str]:
    sent = client.get("/signin/oidc", params={"next": back})
    assert sent.status_code == 303
    assert sent.headers["location"].startswith(f"{provider.issuer}/authorize?")
    provider.asked = dict(parse_qsl(urlsplit(sent.headers["location"]).query))
    return provider.asked


def _finish(client: TestClient, **query: str):
    return client.get("/signin/oidc/callback", params=query)


def test_an_account_with_a_group_is_signed_in_and_led_back(client, provider, deeds) -> None:
    assert "/signin/oidc" in client.get("/signin").text
    asked = _begin(client, provider)
    assert asked["redirect_uri"] == f"{HERE}/signin/oidc/callback"
    assert asked["code_challenge_method"] == "S256"
    done = _finish(client, code="the-code", state=asked["state"])
    assert (done.status_code, done.headers["location"]) == (303, "/desk")
    assert "已登录：王编辑" in client.get("/signin").text
    (deed,) = deeds.latest()
    assert (deed.who, deed.role, deed.detail) == ("王编辑", "editor", "oidc:u-1")


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"aud": "another-client"},
        {"exp": 1},
        {"nonce": "another"},
        {"sub": None},
    ],
    ids=str,
)
def test_a_token_that_proves_something_else_signs_nobody_in(client, provider, changes) -> None:
    asked = _begin(client, provider)
    provider.changes = changes
    assert _finish(client, code="the-code", state=asked["state"]).json()["code"] == "oidc_refused"
    assert "已登录" not in client.get("/signin").text


def test_a_token_of_another_key_signs_nobody_in(client, provider) -> None:
    asked = _begin(client, provider)
    provider.forge = True
    assert _finish(client, code="the-code", state=asked["state"]).status_code == 403


def test_what_another_browser_began_cannot_be_finished_here(client, provider) -> None:
    asked = _begin(client, provider)
    assert _finish(client, code="the-code", state="guessed").status_code == 403
    client.cookies.clear()
    assert _finish(client, code="the-code", state=asked["state"]).status_code == 403


def test_a_wrong_code_is_refused_by_the_provider(client, provider) -> None:
    asked = _begin(client, provider)
    assert _finish(client, code="stolen", state=asked["state"]).status_code == 403


def test_an_account_without_a_group_is_told_whom_to_ask(client, provider) -> None:
    provider.groups = ["others"]
    asked = _begin(client, provider)
    refused = _finish(client, code="the-code", state=asked["state"])
    assert refused.json()["code"] == "oidc_no_role"


@pytest.mark.parametrize(("group", "status"), [("dutydesk-staff", 200), ("others", 401)])
def test_a_group_opens_what_is_kept_to_staff(client, provider, group: str, status: int) -> None:
    client.app.get("/for-staff", dependencies=[Depends(require(Role.STAFF))])(lambda: "welcome")
    provider.groups = [group]
    asked = _begin(client, provider)
    _finish(client, code="the-code", state=asked["state"])
    assert client.get("/for-staff").status_code == status


def test_a_provider_that_names_another_issuer_is_not_believed(client, provider) -> None:
    provider.claimed_issuer = "https://evil.example"
    assert client.get("/signin/oidc").status_code == 403


def test_a_provider_that_is_away_is_said_to_be(tmp_path: Path, deeds: Deeds) -> None:
    client = _client(tmp_path, "http://127.0.0.1:9", deeds)
    assert client.get("/signin/oidc").json()["code"] == "oidc_unavailable"
    assert client.get("/signin").status_code == 200


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        (["dutydesk-staff", "dutydesk-admin"], Role.ADMIN),
        ("dutydesk-editor others", Role.EDITOR),
        ("a,dutydesk-staff", Role.STAFF),
        (["DUTYDESK-ADMIN", "admin"], Role.PUBLIC),
        (None, Role.PUBLIC),
        ({"a": 1}, Role.PUBLIC),
    ],
)
def test_the_highest_group_gives_the_role(groups: object, role: Role) -> None:
    assert role_of(groups) is role


def test_an_account_is_asked_about_again_after_half_a_day(client, provider, monkeypatch) -> None:
    asked = _begin(client, provider)
    _finish(client, code="the-code", state=asked["state"])
    assert "已登录" in client.get("/signin").text
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 4.1 * 3600)
    assert "已登录" not in client.get("/signin").text
