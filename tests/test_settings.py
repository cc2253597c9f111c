"""Where settings come from, and that nothing tells a secret."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from assistant.settings import SettingError, Settings

SECRETS = [name for name, field in Settings.model_fields.items() if field.annotation is SecretStr]


@pytest.mark.parametrize("name", SECRETS)
def test_every_secret_may_lie_in_a_file_and_is_never_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    (tmp_path / "secret").write_text("s3cret\n", "utf-8")
    monkeypatch.setenv(f"DUTYDESK_{name.upper()}_FILE", str(tmp_path / "secret"))
    settings = Settings()
    assert getattr(settings, name).get_secret_value() == "s3cret"
    assert "s3cret" not in f"{settings!r} {settings} {settings.model_dump_json()}"


def test_the_environment_goes_before_the_file(monkeypatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from the file")
    monkeypatch.setenv("DUTYDESK_LLM_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("DUTYDESK_LLM_KEY", "from the environment")
    assert Settings().llm_key.get_secret_value() == "from the environment"


def test_a_file_that_cannot_be_read_is_named(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DUTYDESK_SECRET_FILE", str(tmp_path / "nowhere"))
    with pytest.raises(SettingError, match="DUTYDESK_SECRET_FILE"):
        Settings()


def test_a_slash_at_the_end_of_an_address_makes_no_difference() -> None:
    assert Settings(public_url="https://a.example/").public_url == "https://a.example"
