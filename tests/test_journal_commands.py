"""The journal from the command line: out, gone, and on to the lexicon."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli import cli
from assistant.state.database import StateAwayError, open_state
from assistant.state.journal import Asked, Feedback, JournalStore, Verdict

NOW = time.time()
DAY = 86_400


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> JournalStore:
    monkeypatch.setenv("DUTYDESK_HOME", str(tmp_path))
    store = JournalStore(open_state(f"sqlite:///{tmp_path / 'state.sqlite'}"))
    asked = [
        Asked("old", NOW - 90 * DAY, "page", "旧的问题", "no_evidence"),
        Asked("a", NOW - DAY, "page", "蜂箱放哪", "no_evidence", place="石川县"),
        Asked("b", NOW, "wecom", "蜂箱放哪", "no_evidence", place="石川县"),
        Asked("c", NOW, "api", "低保找谁", "answered"),
    ]
    store.write(asked, [Feedback("c", NOW, Verdict.WRONG, "电话不对")])
    return store


def _run(*arguments: str) -> str:
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_everything_comes_out_a_line_each(store: JournalStore) -> None:
    rows = [json.loads(line) for line in _run("journal", "export").splitlines()]
    assert [row["id"] for row in rows] == ["old", "a", "b", "c"]
    assert rows[3]["reason"] == "电话不对"
    since = time.strftime("%Y-%m-%d", time.localtime(NOW - 2 * DAY))
    assert len(_run("journal", "export", "--since", since).splitlines()) == 3


def test_what_was_missed_lately_is_listed_most_asked_first(store: JournalStore) -> None:
    listed = json.loads(_run("journal", "unanswered", "--json"))
    assert [(one["question"], one["n_asked"]) for one in listed] == [
        ("蜂箱放哪", 2),
        ("低保找谁", 1),
    ]
    assert "蜂箱放哪" in _run("journal", "unanswered")


def test_deleting_needs_to_be_told_what(store: JournalStore) -> None:
    assert CliRunner().invoke(cli, ["journal", "delete"]).exit_code == 2
    _run("journal", "delete", "--id", "a")
    _run("journal", "delete", "--before", time.strftime("%Y-%m-%d", time.localtime(NOW - 30 * DAY)))
    assert [row["id"] for row in store.export()] == ["b", "c"]
    _run("journal", "delete", "--all")
    assert list(store.export()) == []


def test_tokens_are_added_listed_and_revoked_and_it_is_written_down(store) -> None:
    token = _run("token", "add", "--name", "张三", "--role", "editor").strip()
    assert token.startswith("dd_")
    assert token not in _run("token", "list")
    assert json.loads(_run("token", "list", "--json"))[0]["name"] == "张三"
    _run("token", "revoke", "张三")
    deeds = [json.loads(line) for line in _run("deeds", "--json").splitlines()]
    assert [deed["what"] for deed in deeds] == ["token revoke", "token add"]
    assert "张三" in deeds[0]["target"]


_PASSWORD = "s3cret"


@pytest.mark.parametrize(
    "state",
    [
        f"postgresql+psycopg://desk:{_PASSWORD}@127.0.0.1:9/desk?password={_PASSWORD}",
        f"nosuch://desk:{_PASSWORD}@127.0.0.1/desk",
        f"not a url {_PASSWORD}",
        "sqlite:////proc/nowhere/state.sqlite",
    ],
)
@pytest.mark.parametrize(
    "command",
    [
        ["journal", "export"],
        ["journal", "delete", "--all"],
        ["journal", "unanswered"],
        ["deeds"],
        ["token", "add", "--name", "张三", "--role", "editor"],
    ],
)
def test_a_database_that_is_away_is_said_plainly_and_without_its_password(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, state: str, command: list[str]
) -> None:
    monkeypatch.setenv("DUTYDESK_HOME", str(tmp_path))
    monkeypatch.setenv("DUTYDESK_STATE", state)
    done = CliRunner().invoke(cli, command)
    assert isinstance(done.exception, StateAwayError)
    assert _PASSWORD not in str(done.exception)
    assert not (tmp_path / "tokens.json").exists()  # nothing is done that cannot be written down


def test_a_database_that_breaks_meanwhile_is_said_plainly(store: JournalStore, tmp_path) -> None:
    (tmp_path / "state.sqlite").write_bytes(b"not a database" * 1000)
    for name in ("state.sqlite-wal", "state.sqlite-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    done = CliRunner().invoke(cli, ["journal", "export"])
    assert isinstance(done.exception, StateAwayError)
    assert "state.sqlite" in str(done.exception)
