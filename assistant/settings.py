"""Settings, from the environment (`DUTYDESK_…`) only."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Everything that an operator may set; the README's table says what each is for."""

    model_config = SettingsConfigDict(env_prefix="DUTYDESK_", extra="ignore")

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
    hook_secret: SecretStr = SecretStr("")
    hook_reply_url: str = ""
    log: Literal["text", "json"] = "text"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    traces: str = ""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)

    @property
    def is_shared(self) -> bool:
        """True if other workers or machines serve the same public."""
        return self.workers > 1 or bool(self.state.get_secret_value())
