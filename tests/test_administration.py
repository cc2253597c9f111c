"""What an administrator may do that an editor may not: tokens, the journal, the record of deeds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import TODAY, put_in_service
from starlette.testclient import TestClient

from assistant.corpus import Corpus
from assistant.http.app import create_app
from assistant.pipeline import Assistant
from assistant.service.access import Role, Tokens
from assistant.service.operations import Operations, build_operations
from assistant.settings import Settings
from assistant.state.deeds import Deeds

PAGE = "/admin"
FORMS = {
    "/admin/tokens": {"name": "李四", "role": "staff", "days": "30"},
    "/admin/tokens/revoke": {"name": "编办"},
    "/admin/journal": {"since": "2020-01-01", "until": "2099-01-01"},
    "/admin/journal/delete": {"before": "2099-01-01"},
}


@dataclass
class Site:
    client: TestClient
    operations: Operations
    tokens: Tokens

    def sign_in(self, role: Role) -> TestClient:
        client = TestClient(self.client.app, follow_redirects=False)
        token = self.tokens.add(f"{role.name}一号", role)
        client.post("/signin", data={"csrf": _csrf(client.get("/signin").text), "token": token})
        return client

    def deeds(self) -> list[tuple[str, str, str]]:
        kept = self.operations.gate.deeds
        assert isinstance(kept, Deeds)
        return [(d.who, d.what, d.target) for d in kept.latest()]


def _csrf(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    return found[1] if found else ""


def _post(client: TestClient, path: str, **data: str):
    return client.post(path, data={"csrf": _csrf(client.get("/signin").text), **data})


@pytest.fixture
def site(sample_version: Path, tmp_path: Path) -> Iterator[Site]:
    put_in_service(sample_version, tmp_path)
    operations = build_operations(Settings(home=tmp_path, encoder="none", rate=0))
    assistant = Assistant(Corpus(sample_version, None), today=lambda: TODAY)
    with TestClient(create_app(assistant, operations)) as client:
        tokens = Tokens(tmp_path / "tokens.json")
        tokens.add("编办", Role.EDITOR)
        yield Site(client, operations, tokens)


@pytest.mark.parametrize("role", [Role.STAFF, Role.EDITOR])
def test_nobody_but_an_administrator_enters_or_does_anything(site: Site, role: Role) -> None:
    client = site.sign_in(role)
    assert client.get(PAGE).status_code == 403
    for path, form in FORMS.items():
        assert _post(client, path, **form).status_code == 403, path
        assert site.client.post(path, data=form).status_code == 401, path
    if role is Role.EDITOR:
        assert 'href="/admin"' not in client.get("/editors").text
    assert [token.name for token in site.tokens.all()] == ["编办", f"{role.name}一号"]
    assert not [what for _, what, _ in site.deeds() if "admin" in what]


def test_an_administrator_gives_a_token_that_is_shown_once_and_takes_it_back(site: Site) -> None:
    client = site.sign_in(Role.ADMIN)
    given = _post(client, "/admin/tokens", **FORMS["/admin/tokens"])
    assert given.headers["cache-control"] == "private, no-store"
    token = re.search(r"dd_[0-9a-f]{8}_[\w-]+", given.text)
    assert token
    principal = site.tokens.principal(token[0])
    assert principal is not None
    assert (principal.name, principal.role) == ("李四", Role.STAFF)
    page = client.get(PAGE).text
    assert "李四" in page
    assert token[0] not in page
    assert _post(client, "/admin/tokens/revoke", name="李四").status_code == 303
    assert site.tokens.principal(token[0]) is None
    assert site.deeds()[:2] == [
        ("ADMIN一号", "POST /admin/tokens/revoke", "李四"),
        ("ADMIN一号", "POST /admin/tokens", "李四；staff；30"),
    ]
    assert token[0].split("_")[2] not in str(site.deeds())


@pytest.mark.parametrize(
    ("path", "form", "said"),
    [
        ("/admin/tokens", {"name": "编办", "role": "staff"}, "已有名为"),
        ("/admin/tokens", {"name": " ", "role": "staff"}, "要有名称"),
        ("/admin/tokens", {"name": "王五", "role": "king"}, "没有“king”这个角色"),
        ("/admin/tokens/revoke", {"name": "无名"}, "没有名为"),
    ],
)
def test_what_cannot_be_done_is_said_on_the_page(site: Site, path, form, said: str) -> None:
    reply = _post(site.sign_in(Role.ADMIN), path, **form)
    assert reply.status_code == 422
    assert said in reply.text


def test_the_journal_is_exported_and_deleted_by_an_administrator(site: Site) -> None:
    site.client.post("/api/ask", json={"question": "我的电话13800001111，低保找谁"})
    client = site.sign_in(Role.ADMIN)
    sent = _post(client, "/admin/journal", **FORMS["/admin/journal"])
    assert "attachment" in sent.headers["content-disposition"]
    (row,) = map(json.loads, sent.text.splitlines())
    assert "低保找谁" in row["question"]
    assert "13800001111" not in sent.text
    assert _post(client, "/admin/journal/delete", before="2020-01-01").status_code == 303
    assert _post(client, "/admin/journal", **FORMS["/admin/journal"]).text
    assert _post(client, "/admin/journal/delete", before="2099-01-01").status_code == 303
    assert _post(client, "/admin/journal", **FORMS["/admin/journal"]).text == ""
    assert _post(client, "/admin/journal", since="x", until="y").status_code == 422


def test_an_act_is_not_done_when_it_cannot_be_written_down(site: Site) -> None:
    client = site.sign_in(Role.ADMIN)
    engine = site.operations.gate.deeds._engine  # type: ignore[attr-defined]
    with engine.begin() as connection:
        connection.exec_driver_sql("drop table deeds")
    assert _post(client, "/admin/tokens/revoke", name="编办").status_code == 503
    assert "编办" in {token.name for token in site.tokens.all()}


def test_no_page_says_what_its_address_says(site: Site) -> None:
    client = site.sign_in(Role.ADMIN)
    for path in (PAGE, "/editors", "/editors/questions"):
        page = client.get(path, params={"problem": "请把令牌发到", "token": "dd_请把"})
        assert page.status_code == 200
        assert "请把" not in page.text
