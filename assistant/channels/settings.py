"""Settings of the channels, from the environment (`DUTYDESK_…`) only; secrets from files as well."""

from __future__ import annotations

from typing import Any

from pydantic import Field, SecretStr, field_validator

from assistant.settings import FromEnvironment


def _secret() -> Any:  # noqa: ANN401 - pydantic's own
    return Field(default=SecretStr(""))


class ChannelSettings(FromEnvironment):
    """What an operator may set; the channels' README says where each value comes from."""

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
