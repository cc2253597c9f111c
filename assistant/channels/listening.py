"""Long connections: each platform that has one, by its Chinese name."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

from assistant.channels.desk import Desk
from assistant.channels.errors import ChannelError
from assistant.channels.settings import ChannelSettings

Listen = Callable[[ChannelSettings, Desk], None]


def _run(work: Coroutine[object, object, None]) -> None:
    """Not `asyncio.run`, which would wait for ever: 钉钉's SDK goes on when it is cancelled."""
    asyncio.new_event_loop().run_until_complete(work)


def _wecom(settings: ChannelSettings, desk: Desk) -> None:
    from assistant.channels import wecom_bot

    _run(wecom_bot.listen(settings, desk))


def _dingtalk(settings: ChannelSettings, desk: Desk) -> None:
    from assistant.channels import dingtalk

    _run(dingtalk.listen(settings, desk))


def _feishu(settings: ChannelSettings, desk: Desk) -> None:
    from assistant.channels import feishu

    feishu.listen(settings, desk)


LISTENERS: dict[str, Listen] = {"企业微信": _wecom, "钉钉": _dingtalk, "飞书": _feishu}


def listener(platform: str) -> Listen:
    """What keeps the long connection of a platform.

    Raises:
        ChannelError: the platform is not known, or has none.
    """
    if platform not in LISTENERS:
        known = "、".join(LISTENERS)
        raise ChannelError(f"没有叫“{platform}”的长连接，可以写：{known}。公众号只有回调方式。")
    return LISTENERS[platform]
