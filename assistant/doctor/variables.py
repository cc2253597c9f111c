"""Checks of the environment's `DUTYDESK_…` variables: misspelt, not valid, at odds, too open."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from ipaddress import ip_address
from urllib.parse import urlsplit

from pydantic import SecretStr

from assistant.channels.settings import ChannelSettings
from assistant.doctor.result import Result, Site, failed, passed, warned
from assistant.settings import PREFIX as _PREFIX
from assistant.settings import FromEnvironment, Settings

# Read by tools beside the service, not by its settings.
_OTHERS = frozenset({"DUTYDESK_CACHE"})
_NEAR = 0.75

# Every class of settings that reads the environment.
KINDS: list[type[FromEnvironment]] = [Settings, ChannelSettings]


def known() -> frozenset[str]:
    """Every variable that something reads; secrets may also lie in a file."""
    names = set(_OTHERS)
    for kind in KINDS:
        for field, info in kind.model_fields.items():
            variable = f"{_PREFIX}{field.upper()}"
            names |= {variable, f"{variable}_FILE"} if info.annotation is SecretStr else {variable}
    return frozenset(names)


def unknown(site: Site) -> Iterator[Result]:
    """A misspelt variable is not read by anybody, and nobody says so."""
    names = known()
    strange = sorted(n for n in site.environ if n.startswith(_PREFIX) and n not in names)
    for name in strange:
        near = get_close_matches(name, names, 1, _NEAR)
        advice = f"是不是要写 {near[0]}？" if near else "请核对名称，或删掉它；设置见 README。"
        yield warned("变量名称", f"{name} 没有这个设置，写了也不起作用。", advice)
    if not strange:
        yield passed("变量名称", "没有不认识的变量。")


def unreadable(site: Site) -> Iterator[Result]:
    """A value that is no number, or out of range: the service would not start."""
    for name, reason in site.unreadable.items():
        yield failed("变量的值", f"{name} 的值用不了：{reason}", "请按 README 的设置表改正。")
    if not site.unreadable:
        yield passed("变量的值", "都读得懂。")


def contradictory(site: Site) -> Iterator[Result]:
    """Settings that cancel or need each other."""
    found = list(_at_odds(site))
    yield from found or [passed("设置之间", "没有互相矛盾的设置。")]


def _at_odds(site: Site) -> Iterator[Result]:
    topic, settings = "设置之间", site.settings
    specs = {"ENCODER": settings.encoder, "RERANKER": settings.reranker, "LLM": settings.llm}
    for name, spec in specs.items():
        is_endpoint = spec.startswith(("http://", "https://"))
        if site.is_set(f"{_PREFIX}{name}_KEY") and not is_endpoint:
            yield warned(
                topic,
                f"设了 {_PREFIX}{name}_KEY，但 {_PREFIX}{name} 不是网上的接口，密钥用不上。",
                f"把 {_PREFIX}{name} 写成 https://主机/v1#模型名，或删掉密钥。",
            )
        if is_endpoint and not urlsplit(spec).fragment:
            yield failed(
                topic, f"{_PREFIX}{name} 没有写模型名。", f"写成 {spec.rstrip('#')}#模型名。"
            )
    if settings.encoder == "none" and settings.vectors:
        yield warned(
            topic,
            "DUTYDESK_ENCODER=none 只按词找，DUTYDESK_VECTORS 用不上。",
            "删掉其中一个。",
        )
    for name in ("HOME", "CORPUS", "ENCODER"):
        if f"{_PREFIX}{name}" in site.environ and not site.is_set(f"{_PREFIX}{name}"):
            yield failed(topic, f"{_PREFIX}{name} 设成了空。", "写上值，或整行删掉，用默认值。")


def exposed(site: Site) -> Iterator[Result]:
    """What lets in more than an operator may have meant."""
    found = list(_too_open(site))
    yield from found or [passed("对外开放", "没有过宽的设置。")]


def _too_open(site: Site) -> Iterator[Result]:
    topic, settings = "对外开放", site.settings
    if not settings.rate and not _is_loopback(settings.host):
        yield warned(
            topic,
            f"DUTYDESK_RATE=0 不限提问次数，而服务监听 {settings.host}。",
            "除非前面的代理已经限流，请设为 60 左右。",
        )
    if "*" in settings.trusted_proxies:
        yield failed(
            topic,
            "DUTYDESK_TRUSTED_PROXIES=* 相信任何人说的来访地址，限流形同虚设。",
            "写反向代理的地址或网段。",
        )
    for origin in settings.origins.replace(",", " ").split():
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path:
            yield failed(
                topic,
                f"DUTYDESK_ORIGINS 里的“{origin}”不是网站的源。",
                "写成 https://www.example.gov.cn，末尾不带斜线和路径。",
            )
    if 0 < len(settings.secret.get_secret_value()) < 32:
        yield failed(
            topic, "DUTYDESK_SECRET 太短，猜得出来。", "用 openssl rand -hex 32 生成一个。"
        )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
