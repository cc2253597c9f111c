"""Checks that ask others: the clock of a server that is configured, our own address from outside."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.util import find_spec
from urllib.parse import urlsplit

import httpx

from assistant.doctor.result import Result, Site, failed, passed, warned

_TIMEOUT_S = 5.0
# Platforms refuse a signature that is some minutes old.
_OFF_S, _FAR_OFF_S = 30, 240
# This program did not exist before.
_EARLIEST_YEAR = 2025


def clock(site: Site) -> Iterator[Result]:
    """Compared with the Date of a configured server; without one, with common sense."""
    topic = "时钟"
    now = datetime.now(UTC)
    if now.year < _EARLIEST_YEAR:
        yield failed(
            topic,
            f"本机时间是 {now:%Y-%m-%d}。",
            "请校时：systemctl enable --now systemd-timesyncd。",
        )
        return
    for url in _servers(site):
        if (theirs := _date_of(url)) is None:
            continue
        off = abs((datetime.now(UTC) - theirs).total_seconds())
        found = f"和 {urlsplit(url).netloc} 相差 {off:.0f} 秒。"
        if off >= _FAR_OFF_S:
            yield failed(
                topic, found, "签名会被拒绝。请校时：systemctl enable --now systemd-timesyncd。"
            )
        elif off >= _OFF_S:
            yield warned(topic, found, "请校时，并确认自动校时开着。")
        else:
            yield passed(topic, found)
        return
    yield passed(
        topic, f"本机时间 {now.astimezone():%Y-%m-%d %H:%M}；没有可比对的服务器，请自己核对。"
    )


def _servers(site: Site) -> Iterator[str]:
    settings = site.settings
    for url in (settings.encoder, settings.reranker, settings.llm, settings.public_url):
        if url.startswith(("http://", "https://")):
            yield url.partition("#")[0]


def _date_of(url: str) -> datetime | None:
    """What a server says the time is; None if it does not answer or does not say."""
    try:
        start = time.monotonic()
        said = httpx.get(url, timeout=_TIMEOUT_S).headers.get("date", "")
        # A slow answer says a time of before.
        return parsedate_to_datetime(said) if time.monotonic() - start < _TIMEOUT_S else None
    except (httpx.HTTPError, ValueError, TypeError):
        return None


def public_url(site: Site) -> Iterator[Result]:
    """Whoever opens a link or calls back must arrive here."""
    topic, url = "对外网址", site.settings.public_url
    if not url:
        yield passed(topic, "没有设 DUTYDESK_PUBLIC_URL；用不到回调和链接就不必设。")
        return
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query:
        yield failed(
            topic, f"DUTYDESK_PUBLIC_URL={url} 不是网址。", "写成 https://主机，不带参数。"
        )
        return
    if parts.scheme == "http":
        yield warned(
            topic,
            f"{url} 没有加密。",
            "在反向代理上配证书，改成 https://；多数平台不接受 http 回调。",
        )
    if problem := is_our_site(url):
        yield failed(
            topic,
            f"{url}/healthz {problem}。",
            "请检查域名解析、证书、反向代理的转发和防火墙，并确认服务已启动。",
        )
    else:
        yield passed(topic, f"{url} 通到职责台。")


def is_our_site(url: str) -> str:
    """What is wrong with an address at which this service should answer; "" if nothing."""
    try:
        reply = httpx.get(f"{url.rstrip('/')}/healthz", timeout=_TIMEOUT_S)
        answered = reply.json()
    except httpx.HTTPError as exc:
        return f"连不上（{exc or type(exc).__name__}）"
    except ValueError:
        return f"回答的不是职责台（HTTP {reply.status_code}）"
    is_ours = isinstance(answered, dict) and "corpus_version" in answered
    return "" if is_ours else f"回答的不是职责台（HTTP {reply.status_code}）"


def webhook(site: Site) -> Iterator[Result]:
    """The secret has its shape, the package is there, answers go to an address that may be one."""
    topic, settings = "签名回调", site.settings
    secret, reply_url = settings.hook_secret.get_secret_value(), settings.hook_reply_url
    if not secret:
        if reply_url:
            yield failed(
                topic, "设了 DUTYDESK_HOOK_REPLY_URL，没有密钥。", "补上 DUTYDESK_HOOK_SECRET。"
            )
        else:
            yield passed(topic, "没有设，不开通。")
        return
    if find_spec("standardwebhooks") is None:
        yield failed(topic, "没有安装 standardwebhooks。", 'pip install "dutydesk[hooks]"')
        return
    from assistant.programs.webhook import HookError, key_of

    try:
        key_of(secret)
    except HookError as exc:
        yield failed(topic, "密钥不合格。", str(exc))
        return
    if reply_url and urlsplit(reply_url).scheme not in ("http", "https"):
        yield failed(
            topic, f"DUTYDESK_HOOK_REPLY_URL={reply_url} 不是网址。", "写成 https://主机/路径。"
        )
    else:
        yield passed(topic, "密钥合格。")
