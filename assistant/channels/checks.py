"""Checks of the channels for `dutydesk doctor`: settings whole, keys accepted, callbacks reachable."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from importlib.util import find_spec
from typing import Any

import httpx
from pydantic import SecretStr

from assistant.channels.errors import ChannelError
from assistant.channels.gate import FRESH_S
from assistant.channels.settings import ChannelSettings
from assistant.channels.wechat_envelope import Envelope
from assistant.doctor.result import Result, Site, failed, passed, warned
from assistant.settings import SettingError

_TIMEOUT_S = 5.0
_REFUSED = "delivery_refused"
_README = "assistant/channels/README.md"

Asks = Callable[[ChannelSettings], tuple[str, dict[str, Any]]]
"""The platform's address for access tokens, and what to ask it with."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A channel's settings: all of `needs` are set or none; `extra` may be; `path` if it is called.

    `package` is the module of the platform's SDK, `listens` what `dutydesk channel` calls it.
    """

    title: str
    needs: tuple[str, ...]
    package: str
    extra: tuple[str, ...] = ()
    path: str = ""
    called_if: str = ""
    listens: str = ""
    asks: Asks | None = None

    def is_called(self, settings: ChannelSettings) -> bool:
        """True if the platform calls an address of ours."""
        return bool(self.path) and (not self.called_if or _is_set(settings, self.called_if))


def _wecom_token(settings: ChannelSettings) -> tuple[str, dict[str, Any]]:
    query = f"corpid={settings.wecom_corp_id}&corpsecret={settings.wecom_secret.get_secret_value()}"
    return f"{settings.wecom_api}/cgi-bin/gettoken?{query}", {}


def _dingtalk_token(settings: ChannelSettings) -> tuple[str, dict[str, Any]]:
    secret = settings.dingtalk_client_secret.get_secret_value()
    asked = {"appKey": settings.dingtalk_client_id, "appSecret": secret}
    return f"{settings.dingtalk_api}/v1.0/oauth2/accessToken", asked


def _feishu_token(settings: ChannelSettings) -> tuple[str, dict[str, Any]]:
    secret = settings.feishu_app_secret.get_secret_value()
    asked = {"app_id": settings.feishu_app_id, "app_secret": secret}
    return f"{settings.feishu_api}/open-apis/auth/v3/tenant_access_token/internal", asked


DECLARED = (
    Declared(
        "微信公众号",
        ("wechat_app_id", "wechat_token"),
        "wechatpy",
        extra=("wechat_aes_key",),
        path="/channels/wechat",
    ),
    Declared(
        "企业微信应用",
        ("wecom_corp_id", "wecom_token", "wecom_aes_key"),
        "wechatpy",
        extra=("wecom_agent_id", "wecom_secret"),
        path="/channels/wecom",
        asks=_wecom_token,
    ),
    Declared("企业微信机器人", ("wecom_bot_id", "wecom_bot_secret"), "aibot", listens="企业微信"),
    Declared(
        "钉钉",
        ("dingtalk_client_id", "dingtalk_client_secret"),
        "dingtalk_stream",
        extra=("dingtalk_http",),
        path="/channels/dingtalk",
        called_if="dingtalk_http",
        listens="钉钉",
        asks=_dingtalk_token,
    ),
    Declared(
        "飞书",
        ("feishu_app_id", "feishu_app_secret"),
        "lark_oapi",
        extra=("feishu_encrypt_key", "feishu_verification_token"),
        path="/channels/feishu",
        called_if="feishu_encrypt_key",
        listens="飞书",
        asks=_feishu_token,
    ),
)
# Of these two, one is nothing without the other.
_PAIRS = (
    ("wecom_agent_id", "wecom_secret"),
    ("feishu_encrypt_key", "feishu_verification_token"),
)


def channels(site: Site) -> Iterator[Result]:
    """Each channel of which anything is set."""
    try:
        settings = ChannelSettings()
    except SettingError as exc:
        yield failed("消息平台", str(exc), "改正路径或权限后再查一次。")
        return
    used = [d for d in DECLARED if any(_is_set(settings, n) for n in (*d.needs, *d.extra))]
    if not used:
        yield passed("消息平台", "没有接入。要接入见 assistant/channels/README.md。")
    for declared in used:
        yield from _channel(declared, settings, site.settings.public_url)


def _channel(declared: Declared, settings: ChannelSettings, public_url: str) -> Iterator[Result]:
    """What is missing first; the platform is asked only if all is there."""
    topic = declared.title
    missing = [name for name in declared.needs if not _is_set(settings, name)]
    for pair in _PAIRS:
        if set(pair) <= {*declared.needs, *declared.extra}:
            lacks = [name for name in pair if not _is_set(settings, name)]
            missing += lacks if len(lacks) == 1 else []
    if missing:
        names = "、".join(f"DUTYDESK_{name.upper()}" for name in missing)
        yield failed(topic, f"没有设 {names}。", f"按 {_README} 的步骤补上。")
        return
    if find_spec(declared.package) is None:
        yield failed(topic, "没有装平台的开发包。", 'pip install "dutydesk[channels]"')
        return
    if problem := _key_problem(declared, settings):
        yield failed(topic, problem, "到管理后台重新复制，整段粘贴。")
        return
    yield from _asked(declared, settings)
    if declared.is_called(settings):
        yield _called(declared, public_url)
    else:
        yield passed(topic, f"用长连接：要有一个 dutydesk channel {declared.listens} 在运行。")


def _key_problem(declared: Declared, settings: ChannelSettings) -> str:
    """What is wrong with an EncodingAESKey; "" if nothing."""
    name = next((n for n in (*declared.needs, *declared.extra) if n.endswith("aes_key")), "")
    key = getattr(settings, name).get_secret_value() if name else ""
    try:
        Envelope("", key, "", is_corp=False)
    except ChannelError as exc:
        return f"DUTYDESK_{name.upper()}：{exc}"
    return ""


def _asked(declared: Declared, settings: ChannelSettings) -> Iterator[Result]:
    """Whether the platform takes the keys."""
    if declared.asks is None or not _has_keys(declared, settings):
        return
    topic, (url, asked) = declared.title, declared.asks(settings)
    host = httpx.URL(url).host
    try:
        reply = httpx.post(url, json=asked, timeout=_TIMEOUT_S)
        said = reply.json()
    except (httpx.HTTPError, ValueError) as exc:
        yield failed(
            topic,
            f"连不上 {host}（{type(exc).__name__}）。",
            "服务器要能访问外网的这个地址，检查防火墙和代理。",
        )
        return
    code = next((said[name] for name in ("errcode", "code") if name in said), 0)
    off_s = _off_s(reply.headers.get("date", ""))
    if off_s > FRESH_S / 2:
        yield failed(
            topic,
            f"本机时间和 {host} 相差 {off_s:.0f} 秒，再差就会把平台的请求当作过期拒绝。",
            "请校时：systemctl enable --now systemd-timesyncd。",
        )
    if code in (0, "0"):
        yield passed(topic, f"{host} 认得密钥。")
    else:
        yield failed(
            topic, f"{host} 不认密钥（{code}）。", "核对编号和密钥；在平台重置过密钥的要换成新的。"
        )


def _off_s(date: str) -> float:
    """Seconds between our clock and a server's; 0 if it does not say."""
    try:
        return abs(time.time() - parsedate_to_datetime(date).timestamp())
    except ValueError:
        return 0.0


def _has_keys(declared: Declared, settings: ChannelSettings) -> bool:
    return "wecom_secret" not in declared.extra or _is_set(settings, "wecom_secret")


def _called(declared: Declared, public_url: str) -> Result:
    if public_url.startswith("https://"):
        return callback(declared, public_url)
    found = "没有 https 的 DUTYDESK_PUBLIC_URL，不知道平台从哪里打过来。"
    return failed(declared.title, found, "设成职责台的公开地址，平台只认 https。")


def callback(declared: Declared, public_url: str) -> Result:
    """Whether the platform's requests arrive: ours turns away what is not signed."""
    topic, url = declared.title, f"{public_url}{declared.path}"
    try:
        reply = httpx.post(url, content=b"", timeout=_TIMEOUT_S)
        said = reply.json()
    except (httpx.HTTPError, ValueError) as exc:
        return failed(
            topic,
            f"{url} 没有正确回答（{type(exc).__name__}）。",
            "检查域名、证书、反向代理有没有转发 /channels/，服务是否已启动。",
        )
    if isinstance(said, dict) and said.get("code") == _REFUSED:
        return passed(topic, f"回调地址 {url} 通，没有签名的请求被拒绝。")
    if reply.status_code == httpx.codes.NOT_FOUND:
        return failed(topic, f"{url} 还没有开通。", "设好变量后要重启 dutydesk serve。")
    return warned(topic, f"{url} 回答了 {reply.status_code}。", "看看这个地址通到的是不是职责台。")


def _is_set(settings: ChannelSettings, name: str) -> bool:
    value = getattr(settings, name)
    return bool(value.get_secret_value() if isinstance(value, SecretStr) else value)
