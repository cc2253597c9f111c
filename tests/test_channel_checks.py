"""`dutydesk doctor` over the channels: what is missing, wrong or not reachable, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_assistant import FakeAssistant
from loopback import serving
from platform_server import HttpServer
from platforms import AES_KEY, OWNER, TOKEN, open_channels, open_notes, open_site, secret

from assistant.channels import checks
from assistant.channels.checks import DECLARED
from assistant.channels.settings import ChannelSettings
from assistant.doctor.result import Result, Site, Verdict
from assistant.settings import Settings

WECHAT = {"DUTYDESK_WECHAT_APP_ID": OWNER, "DUTYDESK_WECHAT_TOKEN": TOKEN}
FEISHU = {"DUTYDESK_FEISHU_APP_ID": "f", "DUTYDESK_FEISHU_APP_SECRET": "hush-hush"}


def examine(monkeypatch: pytest.MonkeyPatch, public_url: str = "", **environ: str) -> list[Result]:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    return list(checks.channels(Site(environ, Settings(public_url=public_url), {})))


def test_every_setting_of_a_platform_is_declared_by_its_channel() -> None:
    declared = {name for channel in DECLARED for name in (*channel.needs, *channel.extra)}
    addresses = {"wecom_api", "wecom_bot_url", "dingtalk_api", "feishu_api", "hotline"}
    assert declared | addresses == set(ChannelSettings.model_fields)


def test_nothing_set_is_nothing_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    (result,) = examine(monkeypatch)
    assert result.verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("environ", "missing"),
    [
        ({"DUTYDESK_WECHAT_APP_ID": "wx"}, "DUTYDESK_WECHAT_TOKEN"),
        ({"DUTYDESK_WECOM_TOKEN": "t"}, "DUTYDESK_WECOM_CORP_ID、DUTYDESK_WECOM_AES_KEY"),
        ({"DUTYDESK_WECOM_BOT_ID": "b"}, "DUTYDESK_WECOM_BOT_SECRET"),
        ({"DUTYDESK_DINGTALK_HTTP": "true"}, "DUTYDESK_DINGTALK_CLIENT_ID"),
        ({**FEISHU, "DUTYDESK_FEISHU_ENCRYPT_KEY": "k"}, "DUTYDESK_FEISHU_VERIFICATION_TOKEN"),
    ],
)
def test_half_a_channel_names_the_variables_that_are_missing(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], missing: str
) -> None:
    (result,) = examine(monkeypatch, **environ)
    assert result.verdict is Verdict.FAILED
    assert missing in result.found
    assert "README" in result.advice


def test_a_broken_aes_key_and_a_missing_file_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (result,) = examine(monkeypatch, **WECHAT, DUTYDESK_WECHAT_AES_KEY="short")
    assert "DUTYDESK_WECHAT_AES_KEY" in result.found
    missing = str(tmp_path / "nowhere")
    (result,) = examine(monkeypatch, DUTYDESK_WECHAT_TOKEN_FILE=missing)
    assert "DUTYDESK_WECHAT_TOKEN_FILE" in result.found


@pytest.fixture
def platform() -> Iterator[tuple[HttpServer, dict[str, Any]]]:
    says: dict[str, Any] = {"code": 0, "tenant_access_token": "t"}
    server = HttpServer(lambda path, said: says)
    yield server, says
    server.close()


def test_the_platform_is_asked_whether_it_knows_the_keys(
    monkeypatch: pytest.MonkeyPatch, platform: tuple[HttpServer, dict[str, Any]]
) -> None:
    server, says = platform
    accepted, connection = examine(monkeypatch, **FEISHU, DUTYDESK_FEISHU_API=server.url)
    assert accepted.verdict is connection.verdict is Verdict.PASSED
    assert "dutydesk channel 飞书" in connection.found
    says["code"] = 10014
    refused, _ = examine(monkeypatch)
    assert refused.verdict is Verdict.FAILED
    assert "10014" in refused.found
    server.close()
    gone, _ = examine(monkeypatch)
    assert "连不上 127.0.0.1" in gone.found
    assert "hush-hush" not in repr([accepted, refused, gone])


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """The service, served on loopback, with one channel."""
    settings = {"wechat_app_id": OWNER, "wechat_token": secret(TOKEN)}
    app = open_site(FakeAssistant(tmp_path), open_channels(open_notes(tmp_path), **settings))
    with serving(app) as address:
        yield address


def test_a_callback_is_reachable_if_it_turns_away_what_is_not_signed(
    monkeypatch: pytest.MonkeyPatch, site: str
) -> None:
    (result,) = examine(monkeypatch, public_url=site, **WECHAT, DUTYDESK_WECHAT_AES_KEY=AES_KEY)
    assert result.verdict is Verdict.FAILED
    assert "没有 https" in result.found
    wechat = DECLARED[0]
    assert checks.callback(wechat, site).verdict is Verdict.PASSED
    assert "重启" in checks.callback(DECLARED[1], site).advice
    assert "反向代理" in checks.callback(wechat, "http://127.0.0.1:9").advice
