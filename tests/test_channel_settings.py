"""The channels' settings: what their README says, secrets from files, commands of the terminal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from assistant.channels.errors import ChannelError
from assistant.channels.listening import LISTENERS, listener
from assistant.channels.settings import ChannelSettings
from assistant.cli import cli
from assistant.settings import SettingError

README = (Path(__file__).parent.parent / "assistant" / "channels" / "README.md").read_text("utf-8")


def test_the_readme_names_every_setting_with_its_default_and_which_are_secret() -> None:
    rows = re.findall(r"^\| `DUTYDESK_(\w+)` \| `?([^`|]*?)`? \| (.+) \|$", README, re.MULTILINE)
    fields = ChannelSettings.model_fields
    assert sorted(name.lower() for name, _, _ in rows) == sorted(fields)
    for name, stated, what in rows:
        field = fields[name.lower()]
        is_secret = field.annotation is SecretStr
        assert stated == ("空" if is_secret else str(field.default) or "空"), name
        assert what.startswith("密。") == is_secret, name


def test_the_readme_has_a_chapter_for_each_platform_and_its_command() -> None:
    commands = re.findall(r"`dutydesk channel (\S+?)`", README)
    assert set(commands) == set(LISTENERS)
    for path in ("wechat", "wecom", "dingtalk", "feishu"):
        assert f"/channels/{path}" in README
    for link in re.findall(r"\]\(#(\S+?)\)", README):
        assert f"\n## {link}\n" in README


def test_a_secret_is_read_from_a_file_and_never_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    file.write_text("from the file\n", "utf-8")
    monkeypatch.setenv("DUTYDESK_WECOM_TOKEN_FILE", str(file))
    monkeypatch.setenv("DUTYDESK_WECOM_SECRET", "from the environment")
    monkeypatch.setenv("DUTYDESK_WECOM_API", "https://wecom.example.gov.cn/")
    settings = ChannelSettings()
    assert settings.wecom_token.get_secret_value() == "from the file"
    assert settings.wecom_api == "https://wecom.example.gov.cn"
    assert "from the" not in repr(settings)
    monkeypatch.setenv("DUTYDESK_WECOM_TOKEN_FILE", str(tmp_path / "nowhere"))
    with pytest.raises(SettingError, match="DUTYDESK_WECOM_TOKEN_FILE"):
        ChannelSettings()


def test_a_platform_without_a_long_connection_is_named() -> None:
    with pytest.raises(ChannelError, match="公众号只有回调方式"):
        listener("公众号")
    found = CliRunner().invoke(cli, ["channel", "--help"])
    assert found.exit_code == 0
