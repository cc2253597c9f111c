"""Settings of the channels, from the environment (`DUTYDESK_…`) only; secrets from files as well."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from assistant.channels.errors import ChannelError

_PREFIX = "DUTYDESK_"


class SecretFiles(PydanticBaseSettingsSource):
    """Reads `DUTYDESK_WECOM_TOKEN` out of the file that `DUTYDESK_WECOM_TOKEN_FILE` names."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The content of the file, without the line break at its end."""
        variable = f"{_PREFIX}{field_name.upper()}_FILE"
        path = os.environ.get(variable, "") if field.annotation is SecretStr else ""
        if not path:
            return None, field_name, False
        try:
            return Path(path).read_text("utf-8").strip(), field_name, False
        except (OSError, UnicodeDecodeError) as exc:
            raise ChannelError(
                f"{variable} 指的文件 {path} 读不出：{exc}。请检查路径和权限。"
            ) from exc

    def __call__(self) -> dict[str, Any]:
        """All secrets that lie in files."""
        fields = self.settings_cls.model_fields.items()
        values = {name: self.get_field_value(field, name)[0] for name, field in fields}
        return {name: value for name, value in values.items() if value is not None}


def _secret() -> Any:  # noqa: ANN401 - pydantic's own
    return Field(default=SecretStr(""))


class ChannelSettings(BaseSettings):
    """What an operator may set; the channels' README says where each value comes from."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="ignore")

    hotline: str = "12345"

    wecom_corp_id: str = ""
    wecom_token: SecretStr = _secret()
    wecom_aes_key: SecretStr = _secret()
    wecom_agent_id: int = 0
    wecom_secret: SecretStr = _secret()
    wecom_api: str = "https://qyapi.weixin.qq.com"

    wecom_bot_id: str = ""
    wecom_bot_secret: SecretStr = _secret()
    wecom_bot_url: str = "wss://openws.work.weixin.qq.com"

    wechat_app_id: str = ""
    wechat_token: SecretStr = _secret()
    wechat_aes_key: SecretStr = _secret()

    dingtalk_client_id: str = ""
    dingtalk_client_secret: SecretStr = _secret()
    dingtalk_http: bool = False
    dingtalk_api: str = "https://api.dingtalk.com"

    feishu_app_id: str = ""
    feishu_app_secret: SecretStr = _secret()
    feishu_encrypt_key: SecretStr = _secret()
    feishu_verification_token: SecretStr = _secret()
    feishu_api: str = "https://open.feishu.cn"

    @field_validator("wecom_api", "dingtalk_api", "feishu_api")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What code sets, then the environment, then files."""
        return init_settings, env_settings, SecretFiles(settings_cls)
