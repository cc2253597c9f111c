"""`dutydesk doctor`: each check over a setting that is right and over one that is broken."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from fake_model import FakeModel, serving
from loopback import free_port
from typer.testing import CliRunner

from assistant.cli import cli
from assistant.doctor import corpus, machine, network, variables
from assistant.doctor.result import Result, Site, Verdict
from assistant.doctor.run import CHECKS, examine, readable
from assistant.pipeline import Assistant
from assistant.settings import Settings

PASSED, WARNED, FAILED = Verdict.PASSED, Verdict.WARNED, Verdict.FAILED


def site(tmp_path: Path, environ: dict[str, str] | None = None, **values) -> Site:
    return Site(environ or {}, Settings(**({"home": tmp_path} | values)), {})


def verdicts(results) -> set[Verdict]:
    return {result.verdict for result in results}


def only(results) -> Result:
    (result,) = results
    return result


@pytest.fixture
def server() -> Iterator[tuple[str, dict]]:
    """A server whose answer and clock the test sets; yields its address and what it says."""
    says = {"body": b'{"corpus_version": "1"}', "off_s": 0.0}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response_only(200)
            if says["off_s"] is not None:
                self.send_header("date", formatdate(_now() + says["off_s"], usegmt=True))
            self.send_header("content-length", str(len(says["body"])))
            self.end_headers()
            self.wfile.write(says["body"])

        def log_message(self, *_):
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{httpd.server_port}", says
    httpd.shutdown()
    httpd.server_close()


def _now() -> float:
    import time

    return time.time()


def test_a_misspelt_variable_is_told_with_the_one_that_was_meant(tmp_path: Path) -> None:
    result = only(variables.unknown(site(tmp_path, {"DUTYDESK_CORPSE": "x", "PATH": "y"})))
    assert (result.verdict, "DUTYDESK_CORPUS" in result.advice) == (WARNED, True)
    strange = only(variables.unknown(site(tmp_path, {"DUTYDESK_QQQQQQQQ": "x"})))
    assert "是不是" not in strange.advice
    assert only(variables.unknown(site(tmp_path, {"DUTYDESK_PORT": "1"}))).verdict is PASSED


def test_a_value_that_cannot_be_read_is_named_and_the_rest_is_still_examined(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DUTYDESK_PORT", "achtzig")
    monkeypatch.setenv("DUTYDESK_WORKERS", "3")
    settings, wrong = readable(Settings)
    assert (settings.port, settings.workers, set(wrong)) == (8000, 3, {"DUTYDESK_PORT"})
    result = only(variables.unreadable(Site({}, settings, wrong)))
    assert (result.verdict, "DUTYDESK_PORT" in result.found) == (FAILED, True)


@pytest.mark.parametrize(
    ("values", "environ", "verdict"),
    [
        ({"encoder_key": "k"}, {"DUTYDESK_ENCODER_KEY": "k"}, WARNED),
        ({"reranker_key": "k"}, {"DUTYDESK_RERANKER_KEY": "k"}, WARNED),
        ({"encoder": "https://localhost/v1"}, {}, FAILED),
        ({"encoder": "none", "vectors": "chroma://localhost:1"}, {}, WARNED),
        ({}, {"DUTYDESK_HOME": " "}, FAILED),
        ({"encoder": "https://localhost/v1#m", "encoder_key": "k"}, {}, PASSED),
    ],
)
def test_settings_at_odds_are_told(
    tmp_path: Path, values: dict, environ: dict, verdict: Verdict
) -> None:
    assert verdicts(variables.contradictory(site(tmp_path, environ, **values))) == {verdict}


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ({"rate": 0, "host": "0.0.0.0"}, WARNED),
        ({"trusted_proxies": "*"}, FAILED),
        ({"origins": "www.example.gov.cn"}, FAILED),
        ({"origins": "https://www.example.gov.cn/"}, FAILED),
        ({"secret": "short"}, FAILED),
        ({"rate": 0, "origins": "https://www.example.gov.cn", "secret": "x" * 32}, PASSED),
    ],
)
def test_what_lets_in_too_much_is_told(tmp_path: Path, values: dict, verdict: Verdict) -> None:
    assert verdicts(variables.exposed(site(tmp_path, **values))) == {verdict}


def test_a_home_that_is_missing_or_open_to_all_is_told(tmp_path: Path) -> None:
    assert only(machine.home(site(tmp_path))).verdict is PASSED
    assert only(machine.home(site(tmp_path, home=tmp_path / "none"))).verdict is WARNED
    tmp_path.chmod(0o777)
    result = only(machine.home(site(tmp_path)))
    assert (result.verdict, "chmod" in result.advice) == (FAILED, True)


def test_a_key_that_others_may_read_is_told(tmp_path: Path) -> None:
    assert only(machine.secret_files(site(tmp_path))).verdict is PASSED
    (tmp_path / "session.key").write_text("x")
    (tmp_path / "session.key").chmod(0o644)
    assert "session.key" in only(machine.secret_files(site(tmp_path))).found
    (tmp_path / "session.key").chmod(0o600)
    other = tmp_path / "wecom"
    other.write_text("x")
    other.chmod(0o640)
    named = site(tmp_path, {"DUTYDESK_WECOM_TOKEN_FILE": str(other)})
    assert only(machine.secret_files(named)).verdict is WARNED


def test_a_port_that_something_else_holds_is_told(tmp_path: Path, server: tuple[str, dict]) -> None:
    url, says = server
    number = int(url.rpartition(":")[2])
    assert only(machine.port(site(tmp_path, port=number))).verdict is PASSED
    says["body"] = b"<html>another program</html>"
    assert only(machine.port(site(tmp_path, port=number))).verdict is FAILED
    assert only(machine.port(site(tmp_path, port=free_port()))).verdict is PASSED


def test_a_clock_that_differs_from_a_configured_server_is_told(
    tmp_path: Path, server: tuple[str, dict]
) -> None:
    url, says = server
    where = site(tmp_path, public_url=url)
    for off, verdict in ((0, PASSED), (-100, WARNED), (3600, FAILED)):
        says["off_s"] = off
        assert only(network.clock(where)).verdict is verdict
    says["off_s"] = None
    assert "没有可比对" in only(network.clock(where)).found


def test_a_public_address_that_does_not_lead_here_is_told(
    tmp_path: Path, server: tuple[str, dict]
) -> None:
    url, says = server
    unset, right = site(tmp_path), site(tmp_path, public_url=url)
    assert only(network.public_url(unset)).verdict is PASSED
    assert verdicts(network.public_url(right)) == {WARNED, PASSED}  # not https
    for body in (b"[]", b"<html>", b"{}"):
        says["body"] = body
        assert FAILED in verdicts(network.public_url(right))
    assert FAILED in verdicts(network.public_url(site(tmp_path, public_url="http://127.0.0.1:9")))
    assert only(network.public_url(site(tmp_path, public_url="zhize"))).verdict is FAILED


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ({}, PASSED),
        ({"hook_secret": "whsec_" + "A" * 43 + "="}, PASSED),
        ({"hook_secret": "whsec_kurz"}, FAILED),
        ({"hook_secret": "不是密钥"}, FAILED),
        ({"hook_reply_url": "https://localhost/x"}, FAILED),
        ({"hook_secret": "whsec_" + "A" * 43 + "=", "hook_reply_url": "file:///x"}, FAILED),
    ],
)
def test_a_webhook_secret_of_the_wrong_shape_is_told(
    tmp_path: Path, values: dict, verdict: Verdict
) -> None:
    assert only(network.webhook(site(tmp_path, **values))).verdict is verdict


def test_an_encoder_or_reranker_that_does_not_answer_is_told(tmp_path: Path) -> None:
    nobody = "http://127.0.0.1:9/v1#m"
    assert only(corpus.encoder(site(tmp_path, encoder="none"))).verdict is WARNED
    assert only(corpus.encoder(site(tmp_path, encoder="nonsense"))).verdict is FAILED
    assert only(corpus.reranker(site(tmp_path))).verdict is PASSED
    assert only(corpus.reranker(site(tmp_path, reranker=nobody))).verdict is FAILED


def test_a_chat_model_that_does_not_answer_is_told(
    tmp_path: Path, server: tuple[str, dict]
) -> None:
    assert only(corpus.chat_model(site(tmp_path))).verdict is PASSED
    assert only(corpus.chat_model(site(tmp_path, llm="nonsense"))).verdict is FAILED
    for url in ("http://127.0.0.1:9/v1", server[0]):  # nobody; somebody who is no model
        result = only(corpus.chat_model(site(tmp_path, llm=f"{url}#m", llm_seconds=2)))
        assert (result.verdict, "密钥" in result.advice) == (FAILED, True)
    with serving(FakeModel()) as model:
        model.rewordings["好吗"] = "好"
        result = only(corpus.chat_model(site(tmp_path, llm=f"{model.url}#m", llm_seconds=20)))
        assert (result.verdict, "答一个字" in result.found) == (PASSED, True)
        model.fault = "500"
        assert only(corpus.chat_model(site(tmp_path, llm=f"{model.url}#m"))).verdict is FAILED


def test_a_corpus_that_is_missing_or_of_another_format_is_told(
    tmp_path: Path, sample_version: Path
) -> None:
    assert only(corpus.published(site(tmp_path, encoder="none"))).verdict is FAILED
    home = sample_version.parents[3]
    right = site(home, encoder="none", corpus="sample-records")
    assert verdicts(corpus.published(right)) == {PASSED}
    meta = sample_version / "meta.json"
    before = meta.read_text("utf-8")
    meta.write_text(json.dumps(json.loads(before) | {"format": 0}), "utf-8")
    try:
        result = only(corpus.published(right))
    finally:
        meta.write_text(before, "utf-8")
    assert (result.verdict, "dutydesk build" in result.found) == (FAILED, True)


def test_an_index_of_another_encoder_is_told(home: Path, sample: Assistant) -> None:
    folder = home / "corpora" / "sample" / "versions" / sample.corpus_version
    meta = folder / "meta.json"
    before = meta.read_text("utf-8")
    meta.write_text(json.dumps(json.loads(before) | {"encoder": "another"}), "utf-8")
    try:
        results = list(corpus.published(site(home)))
    finally:
        meta.write_text(before, "utf-8")
    assert (only(results).verdict, "another" in results[0].found) == (FAILED, True)


def test_old_and_ending_papers_are_told(sample_version: Path) -> None:
    where = site(sample_version.parents[3], corpus="sample-records")
    newest = max(s.published_on for s in corpus.sources_of(where) if s.published_on)
    fresh = list(corpus.papers(where, newest + timedelta(days=30)))
    assert fresh[-1].verdict is PASSED
    old = list(corpus.papers(where, newest + timedelta(days=1000)))
    assert old[-1].verdict is WARNED
    ends = [s.expires_on for s in corpus.sources_of(where) if s.expires_on]
    for end in ends:
        ending = list(corpus.papers(where, end - timedelta(days=10)))
        assert "到期" in ending[0].found


def test_a_check_that_breaks_is_a_result_and_the_others_go_on(tmp_path: Path) -> None:
    def broken(_site: Site) -> Iterator[Result]:
        raise RuntimeError("boom")
        yield

    CHECKS.insert(0, broken)
    try:
        results = list(examine(site(tmp_path, encoder="none", port=free_port())))
    finally:
        CHECKS.remove(broken)
    assert (results[0].verdict, "boom" in results[0].found) == (FAILED, True)
    assert len(results) > 10


def test_the_command_prints_each_check_and_fails_if_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sample_version: Path
) -> None:
    monkeypatch.setenv("DUTYDESK_HOME", str(tmp_path))
    monkeypatch.setenv("DUTYDESK_ENCODER", "none")
    monkeypatch.setenv("DUTYDESK_PORT", str(free_port()))
    run = CliRunner().invoke(cli, ["doctor", "--json"])
    told = json.loads(run.stdout)
    assert run.exit_code == 1
    assert told["counts"]["不通过"] >= 1
    assert all(c["advice"] for c in told["checks"] if c["verdict"] != "通过")
    monkeypatch.setenv("DUTYDESK_HOME", str(sample_version.parents[3]))
    run = CliRunner().invoke(cli, ["doctor", "--corpus", "sample-records"])
    assert run.exit_code == 0, run.stdout
    assert "通过　语料库：sample-records" in run.stdout


def test_the_day_of_today_is_used_when_none_is_given(sample_version: Path) -> None:
    where = site(sample_version.parents[3], corpus="sample-records")
    assert list(corpus.papers(where)) == list(corpus.papers(where, date.today()))
