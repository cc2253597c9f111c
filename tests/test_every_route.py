"""Laws over every route of the whole site, so that one added later cannot forget them."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import fastapi.routing
import pytest
from conftest import TODAY, put_in_service
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.routing import Mount
from starlette.testclient import TestClient
from typer.testing import CliRunner

from assistant.channels.settings import ChannelSettings
from assistant.cli import cli
from assistant.corpus import Corpus
from assistant.http.app import create_app
from assistant.pipeline import Assistant
from assistant.service.access import Role, Tokens
from assistant.service.operations import build_operations
from assistant.settings import Settings

SAFE = {"GET", "HEAD", "OPTIONS"}
FOREIGN = ("https://evil.example", "null", "http://testserver.evil.example", "http://[")
# Anybody may send these, signed in or not: what they do needs no cookie and is nobody's in particular.
FOR_ANYBODY = {
    "POST /api/ask",
    "POST /api/ask/stream",
    "POST /ask/stream",
    "POST /api/feedback",
    "DELETE /api/answers/{answer_id}",
    "POST /feedback",
    "POST /look",
    "POST /v1/chat/completions",
    "POST /hooks/ask",
}
SECRET = "canary-7f3a"


@dataclass
class Site:
    app: FastAPI
    client: TestClient
    csrf: str
    token: str


@pytest.fixture(scope="module")
def site(sample_version: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Everything that can be switched on, and an editor with a session."""
    home = tmp_path_factory.mktemp("site")
    put_in_service(sample_version, home)
    token = Tokens(home / "tokens.json").add("编办", Role.ADMIN)
    settings = Settings(
        home=home,
        encoder="none",
        rate=0,
        origins="https://www.county.example",
        hook_secret=SecretStr("whsec_" + "QUJD" * 8),
        oidc_issuer="http://127.0.0.1:9",
        oidc_client="desk",
        secret=SecretStr(SECRET),
    )
    operations = build_operations(settings)
    assistant = Assistant(Corpus(sample_version, None), today=lambda: TODAY)
    app = create_app(assistant, operations)
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
        csrf = _csrf(client)
        client.post("/signin", data={"csrf": csrf, "token": token})
        yield Site(app, client, _csrf(client), token)


def _csrf(client: TestClient) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/signin").text)
    assert found
    return found[1]


def _routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    """(method, path with its parameters) of each, of included routers as well."""
    flat = getattr(fastapi.routing, "iter_route_contexts", iter)  # newer ones include lazily
    for route in flat(app.routes):
        mounted = isinstance(getattr(route, "original_route", route), Mount)
        methods = {"GET"} if mounted else route.methods or {"GET", "POST", "DELETE"}
        for method in sorted(methods):
            yield method, f"{route.path}/x" if mounted else route.path


def _filled(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "x", path)


def test_no_other_site_can_make_a_signed_in_browser_change_anything(site: Site) -> None:
    """Not even with the session's own CSRF token."""
    changing = [(m, p) for m, p in _routes(site.app) if m not in SAFE and not p.startswith("/mcp")]
    guarded = [(m, p) for m, p in changing if f"{m} {p}" not in FOR_ANYBODY]
    assert len(guarded) > 5
    assert {p for _, p in guarded} >= {"/signin", "/signout"}
    for method, path in guarded:
        sent = [{"origin": origin, "x-csrf-token": site.csrf} for origin in FOREIGN]
        sent += [
            {"sec-fetch-site": "cross-site", "x-csrf-token": site.csrf},
            {"sec-fetch-site": "same-site", "x-csrf-token": site.csrf},
            {"origin": "http://testserver"},
            {"x-csrf-token": "another's"},
        ]
        for headers in sent:
            reply = site.client.request(method, _filled(path), headers=headers)
            assert reply.status_code in (401, 403), (method, path, headers, reply.status_code)
    assert "已登录" in site.client.get("/signin").text


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://testserver"},
        {"origin": "http://testserver:8080"},
        {"origin": "https://duty.example", "x-forwarded-host": "duty.example"},
        {"origin": "https://duty.example", "sec-fetch-site": "same-origin"},
        {},
    ],
)
def test_our_own_pages_may_behind_whatever_proxy(site: Site, headers: dict[str, str]) -> None:
    client = TestClient(site.app, follow_redirects=False)
    form = {"csrf": _csrf(client), "token": site.token}
    assert client.post("/signin", data=form, headers=headers).status_code == 303


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_every_answer_of_every_route_has_the_headers(site: Site, accept: str) -> None:
    asked = [(m, _filled(p)) for m, p in _routes(site.app)]
    assert ("POST", "/mcp") in asked
    asked += [("GET", "/nowhere"), ("PUT", "/"), ("GET", "/source/%2e%2e/x")]
    asked += [("GET", f"/static/{name}") for name in ("page.css", "widget.js", "../app.py")]
    assert len(asked) > 40
    for method, path in asked:
        reply = site.client.request(method, path, headers={"accept": accept})
        _has_headers(reply, f"{method} {path}")
    long = site.client.post("/api/ask", content=b"x" * 100_000, headers={"accept": accept})
    assert long.status_code == 413
    _has_headers(long, "too long")


def _has_headers(reply, where: str) -> None:
    assert reply.status_code != 500, where
    policy = reply.headers.get("content-security-policy", "")
    assert "default-src 'none'" in policy or "sandbox" in policy, (where, policy)
    assert "unsafe" not in policy, (where, policy)
    assert reply.headers.get("x-content-type-options") == "nosniff", where
    assert "frame-ancestors" in policy, (where, policy)


def test_only_what_is_made_for_frames_may_be_framed_elsewhere(site: Site) -> None:
    for method, path in _routes(site.app):
        reply = site.client.request(method, _filled(path))
        is_framed = "county.example" in reply.headers["content-security-policy"]
        meant = ("/source/", "/static/widget", "/widget")
        assert (
            not is_framed or path in {"/", "/ask", "/feedback", "/look"} or path.startswith(meant)
        )


def test_logs_and_metrics_hold_no_secret(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret = site.token.split("_", 2)[2]
    for authorization in (f"Bearer {site.token}", f"Bearer dd_00000000_{secret}"):
        for path in ("/desk", "/editors", "/metrics", "/nowhere", "/api/records/x"):
            site.client.get(path, headers={"authorization": authorization})
        site.client.post("/signin", data={"csrf": "wrong", "token": site.token})
    told = [caplog.text, site.client.get("/metrics").text]
    cookies = [value for value in site.client.cookies.values() if len(value) > 20]
    assert cookies
    for hidden in (secret, site.csrf, SECRET, *cookies):
        assert all(hidden not in text for text in told)


def test_the_doctor_tells_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DUTYDESK_HOME", str(tmp_path))
    for kind in (Settings, ChannelSettings):
        for name, field in kind.model_fields.items():
            if field.annotation is SecretStr:
                monkeypatch.setenv(f"DUTYDESK_{name.upper()}", SECRET)
    away = f"postgresql+psycopg://desk:{SECRET}@127.0.0.1:9/desk?password={SECRET}"
    dead = {"LLM": "http://127.0.0.1:9/v1#x", "ENCODER": "http://127.0.0.1:9/v1#x"}
    for name, value in {**dead, "STATE": away, "OIDC_ISSUER": "http://127.0.0.1:9"}.items():
        monkeypatch.setenv(f"DUTYDESK_{name}", value)
    for options in ([], ["--json"]):
        done = CliRunner().invoke(cli, ["doctor", *options])
        assert len(done.output) > 100
        assert SECRET not in done.output
