"""Settings, from the environment (`DUTYDESK_…`) only; secrets from files as well."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from index.errors import DutyDeskError

PREFIX = "DUTYDESK_"


class SettingError(DutyDeskError):
    """A setting cannot be read; the text says which one and why."""


class SecretFiles(PydanticBaseSettingsSource):
    """Reads `DUTYDESK_LLM_KEY` out of the file that `DUTYDESK_LLM_KEY_FILE` names."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The content of the file, without the line break at its end."""
        variable = f"{PREFIX}{field_name.upper()}_FILE"
        path = os.environ.get(variable, "") if field.annotation is SecretStr else ""
        if not path:
            return None, field_name, False
        try:
            return Path(path).read_text("utf-8").strip(), field_name, False
        except (OSError, UnicodeDecodeError) as exc:
            raise SettingError(
                f"{variable} 指的文件 {path} 读不出：{exc}。请检查路径和权限。"
            ) from exc

    def __call__(self) -> dict[str, Any]:
        """All secrets that lie in files."""
        fields = self.settings_cls.model_fields.items()
        values = {name: self.get_field_value(field, name)[0] for name, field in fields}
        return {name: value for name, value in values.items() if value is not None}


class FromEnvironment(BaseSettings):
    """What code sets, then the environment, then files that it names."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """See `BaseSettings`."""
        return init_settings, env_settings, SecretFiles(settings_cls)


class Settings(FromEnvironment):
    """Everything that an operator may set; the README's table says what each is for."""

    home: Path = Path(".dutydesk")
    corpus: str = "sample"
    catalog: str = ""
    vectors: str = ""
    encoder: str = "embedded"
    encoder_key: SecretStr = SecretStr("")
    reranker: str = "none"
    reranker_key: SecretStr = SecretStr("")
    llm: str = "none"
    llm_key: SecretStr = SecretStr("")
    llm_seconds: float = Field(default=4.0, gt=0, le=60)
    llm_retries: int = Field(default=1, ge=0, le=5)
    threads: int = Field(default=1, ge=1, le=64)
    conversation_minutes: int = Field(default=30, ge=1, le=24 * 60)
    conversations: int = Field(default=10_000, ge=1, le=1_000_000)
    state: SecretStr = SecretStr("")
    journal_days: int = Field(default=180, ge=0, le=3650)
    secret: SecretStr = SecretStr("")
    public_url: str = ""
    oidc_issuer: str = ""
    oidc_client: str = ""
    oidc_secret: SecretStr = SecretStr("")
    oidc_claim: str = "groups"
    workers: int = Field(default=1, ge=1, le=64)
    rate: int = Field(default=60, ge=0, le=1_000_000)
    running: int = Field(default=0, ge=0, le=1000)
    waiting: int = Field(default=200, ge=1, le=100_000)
    waiting_seconds: float = Field(default=10.0, gt=0, le=120)
    trusted_proxies: str = "127.0.0.1"
    origins: str = ""
    programs: Literal["open", "token"] = "open"
    desk: Literal["open", "staff"] = "open"
    hook_secret: SecretStr = SecretStr("")
    hook_reply_url: str = ""
    log: Literal["text", "json"] = "text"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    traces: str = ""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)

    @field_validator("public_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @property
    def is_shared(self) -> bool:
        """True if other workers or machines serve the same public."""
        return self.workers > 1 or bool(self.state.get_secret_value())
