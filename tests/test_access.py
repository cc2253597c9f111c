"""Roles, tokens, sessions, CSRF, and the log of what editors do."""

from __future__ import annotations

import re
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import pytest
from fake_assistant import FakeAssistant
from fastapi import APIRouter, Depends
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from assistant.http.access import Gate, require
from assistant.http.app import create_app
from assistant.http.session import Sessions, session_key
from assistant.http.signin import local_path
from assistant.service.access import AccessError, Principal, Role, Tokens
from assistant.service.operations import Operations
from assistant.state.database import open_state
from assistant.state.deeds import Deed, Deeds


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    return Tokens(tmp_path / "tokens.json")


@pytest.fixture
def deeds(tmp_path: Path) -> Deeds:
    return Deeds(open_state(f"sqlite:///{tmp_path / 'state.sqlite'}"))


def _client(tmp_path: Path, tokens: Tokens, deeds) -> TestClient:
    gate = Gate(tokens, Sessions("a key of the test"), deeds)
    app = create_app(FakeAssistant(tmp_path), Operations(gate=gate))
    routes = APIRouter()

    @routes.api_route("/desk/{page}", methods=["GET", "POST"])
    def desk(page: str, who: Annotated[Principal, Depends(require(Role.STAFF))]) -> str:
        return f"{page} {who.name}"

    @routes.api_route("/api/publish", methods=["GET", "POST"])
    def publish(who: Annotated[Principal, Depends(require(Role.EDITOR))]) -> str:
        return who.name

    app.include_router(routes)
    return TestClient(app, follow_redirects=False, raise_server_exceptions=False)


@pytest.fixture
def client(tmp_path: Path, tokens: Tokens, deeds: Deeds) -> TestClient:
    return _client(tmp_path, tokens, deeds)


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def _csrf(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found
    return found[1]


def _sign_in(client: TestClient, token: str, back: str = "/"):
    form = {"csrf": _csrf(client.get("/signin").text), "token": token, "next": back}
    return client.post("/signin", data=form)


def test_only_a_hash_is_kept_and_the_file_is_private(tokens: Tokens, tmp_path: Path) -> None:
    token = tokens.add("张三", Role.EDITOR, days=30)
    path = tmp_path / "tokens.json"
    assert token.split("_", 2)[2] not in path.read_text("utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    found = tokens.principal(token)
    assert found is not None
    assert (found.name, found.role) == ("张三", Role.EDITOR)


def test_a_token_added_or_revoked_elsewhere_counts_at_once(tokens: Tokens, tmp_path) -> None:
    other_process = Tokens(tmp_path / "tokens.json")
    token = other_process.add("张三", Role.STAFF)
    assert tokens.principal(token) is not None
    other_process.revoke("张三")
    assert tokens.principal(token) is None
    with pytest.raises(AccessError, match="没有名为"):
        tokens.revoke("张三")


def test_an_expired_token_is_none(tokens: Tokens) -> None:
    assert tokens.principal(tokens.add("昨天", Role.STAFF, days=-1)) is None


def test_a_damaged_file_lets_nobody_in_and_says_so(tokens: Tokens, tmp_path: Path) -> None:
    (tmp_path / "tokens.json").write_text('[{"id": 1')
    with pytest.raises(AccessError, match=r"tokens\.json"):
        tokens.principal("dd_00000000_x")


def test_tokens_given_and_taken_at_once_by_several_workers_are_all_kept(tmp_path: Path) -> None:
    workers = [Tokens(tmp_path / "tokens.json") for _ in range(4)]
    for n in range(8):
        workers[0].add(f"旧{n}", Role.STAFF)
    with ThreadPoolExecutor(8) as pool:
        for n in range(8):
            pool.submit(workers[n % 4].add, f"新{n}", Role.STAFF)
            pool.submit(workers[(n + 1) % 4].revoke, f"旧{n}")
    assert {token.name for token in workers[0].all()} == {f"新{n}" for n in range(8)}


@given(st.text(max_size=300))
def test_whatever_is_sent_as_a_token_is_nobody(written: str) -> None:
    assert Tokens(Path("/nonexistent/tokens.json")).principal(written) is None


@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_do_what_those_before_it_may(client, tokens, role: Role) -> None:
    headers = _bearer(tokens.add("某人", role)) if role > Role.PUBLIC else {}
    desk = client.get("/desk/rows", headers=headers).status_code
    publish = client.post("/api/publish", headers=headers).status_code
    nobody = role is Role.PUBLIC
    assert desk == (200 if role >= Role.STAFF else 401)
    assert publish == (200 if role >= Role.EDITOR else 401 if nobody else 403)


def test_a_wrong_bearer_token_is_refused_even_where_none_is_needed(client: TestClient) -> None:
    reply = client.get("/desk/rows", headers=_bearer("dd_00000000_wrong"))
    assert reply.status_code == 401
    assert reply.json()["code"] == "token_invalid"
    assert reply.headers["www-authenticate"] == "Bearer"


def test_a_person_is_led_to_the_form_and_back(client: TestClient, tokens: Tokens) -> None:
    sent = client.get("/desk/rows?q=低保", headers={"accept": "text/html"})
    assert sent.status_code == 303
    assert sent.headers["location"].startswith("/signin?next=%2Fdesk%2Frows%3Fq%3D")
    assert client.get(sent.headers["location"]).status_code == 200
    done = _sign_in(client, tokens.add("张三", Role.STAFF), "/desk/rows?q=1")
    assert (done.status_code, done.headers["location"]) == (303, "/desk/rows?q=1")
    assert client.get("/desk/rows").json() == "rows 张三"
    assert "已登录：张三" in client.get("/signin").text


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client, tokens) -> None:
    cookie = _sign_in(client, tokens.add("张三", Role.STAFF)).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    secure = TestClient(client.app, base_url="https://testserver")
    cookie = secure.get("/signin").headers["set-cookie"]
    assert cookie.startswith("__Host-")
    assert "Secure" in cookie


def test_signing_in_gives_a_session_of_a_new_name(client, tokens) -> None:
    client.get("/signin")
    before = dict(client.cookies)
    _sign_in(client, tokens.add("张三", Role.STAFF))
    assert dict(client.cookies) != before


def test_a_wrong_token_signs_nobody_in(client: TestClient) -> None:
    reply = _sign_in(client, "dd_00000000_wrong")
    assert reply.status_code == 403
    assert "令牌不对" in reply.text
    assert client.get("/desk/rows").status_code == 401


def test_signing_in_needs_the_form_of_the_same_browser(client, tokens, tmp_path, deeds) -> None:
    theirs = _csrf(_client(tmp_path, tokens, deeds).get("/signin").text)
    client.get("/signin")
    form = {"token": tokens.add("张三", Role.STAFF), "csrf": theirs}
    assert client.post("/signin", data=form).json()["code"] == "csrf_invalid"


@pytest.mark.parametrize("sent", ["", "wrong", "汉字"])
def test_an_act_by_cookie_needs_the_token_of_the_session(client, tokens, sent: str) -> None:
    _sign_in(client, tokens.add("张三", Role.EDITOR))
    assert client.post("/api/publish", data={"csrf": sent}).json()["code"] == "csrf_invalid"
    right = _csrf(client.get("/signin").text)
    assert client.post("/api/publish", data={"csrf": right}).status_code == 200
    assert client.post("/api/publish", headers={"x-csrf-token": right}).status_code == 200


def test_a_revoked_token_ends_its_sessions(client: TestClient, tokens: Tokens) -> None:
    _sign_in(client, tokens.add("张三", Role.STAFF))
    tokens.revoke("张三")
    assert client.get("/desk/rows").status_code == 401


def test_signing_out_needs_the_form_and_ends_the_session(client, tokens) -> None:
    _sign_in(client, tokens.add("张三", Role.STAFF))
    assert client.post("/signout").status_code == 403
    csrf = _csrf(client.get("/signin").text)
    assert client.post("/signout", data={"csrf": csrf}).status_code == 303
    assert client.get("/desk/rows").status_code == 401


@pytest.mark.parametrize("forged", ["", "x", "eyJub25jZSI6ICJ4In0.aaaa.bbbb"])
def test_a_forged_cookie_is_nobody(client: TestClient, forged: str) -> None:
    client.cookies.set("dutydesk_session", forged)
    assert client.get("/desk/rows").status_code == 401


def test_a_clock_that_jumped_ends_sessions_and_breaks_nothing(client, tokens, monkeypatch) -> None:
    _sign_in(client, tokens.add("张三", Role.STAFF))
    now = time.time()
    for jumped in (now + 10 * 365 * 86_400, now - 10 * 365 * 86_400):
        monkeypatch.setattr("itsdangerous.timed.time.time", lambda at=jumped: at)
        assert client.get("/desk/rows").status_code == 401
        assert client.get("/signin").status_code == 200


@pytest.mark.parametrize(
    "next_page", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1", ""]
)
def test_signing_in_never_leads_to_another_site(next_page: str) -> None:
    assert local_path(next_page) == "/"
    assert local_path("/desk?q=//x") == "/desk?q=//x"


def test_every_act_of_an_editor_is_written_down_and_looking_is_not(client, tokens, deeds) -> None:
    token = tokens.add("李四", Role.EDITOR)
    client.get("/api/publish", headers=_bearer(token))
    client.post("/api/publish", headers=_bearer(token))
    (deed,) = deeds.latest()
    assert (deed.who, deed.role, deed.what) == ("李四", "editor", "POST /api/publish")


class FullDisk(Deeds):
    """A log that SQLite cannot write."""

    def __init__(self, tmp_path: Path) -> None:
        self._at = tmp_path / "readonly.sqlite"
        open_state(f"sqlite:///{self._at}")
        super().__init__(open_state(f"sqlite:///{self._at}"))

    def add(self, deed: Deed) -> None:
        with self._engine.begin() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1")
            connection.exec_driver_sql("create table more as select zeroblob(1000000)")


def test_an_act_that_cannot_be_written_down_is_not_done(tmp_path: Path, tokens: Tokens) -> None:
    client = _client(tmp_path, tokens, FullDisk(tmp_path))
    reply = client.post("/api/publish", headers=_bearer(tokens.add("李四", Role.EDITOR)))
    assert reply.status_code == 503
    assert reply.json()["code"] == "deed_not_written"


def test_the_session_key_is_made_once_and_private(tmp_path: Path) -> None:
    key = session_key(tmp_path, "")
    assert key == session_key(tmp_path, "")
    assert len(key) >= 32
    assert stat.S_IMODE((tmp_path / "session.key").stat().st_mode) == 0o600
    assert session_key(tmp_path, "set by hand") == "set by hand"


def test_a_site_without_tokens_has_nobody_but_the_public(tmp_path: Path) -> None:
    client = TestClient(create_app(FakeAssistant(tmp_path)))
    assert client.get("/signin").status_code == 404
    assert client.get("/").status_code == 200
