"""Settings, from the environment (`DUTYDESK_…`) only."""

from __future__ import annotations

from pathlib import Path

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
    threads: int = Field(default=1, ge=1, le=64)
    conversation_minutes: int = Field(default=30, ge=1, le=24 * 60)
    conversations: int = Field(default=10_000, ge=1, le=1_000_000)
    state: SecretStr = SecretStr("")
    journal_days: int = Field(default=180, ge=0, le=3650)
    secret: SecretStr = SecretStr("")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
