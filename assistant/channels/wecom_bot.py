"""企业微信智能机器人 over its long connection: a stream that grows better, cards with buttons.

https://developer.work.weixin.qq.com/document/path/101463. The only file that knows its SDK.
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from assistant.channels import says
from assistant.channels.desk import Desk
from assistant.channels.errors import ChannelError
from assistant.channels.layout import markdown_link, markdown_signs
from assistant.channels.message import Incoming, Kind, Messages, Reply, Way, part
from assistant.channels.pushing import Background
from assistant.channels.settings import ChannelSettings
from assistant.channels.wecom import MOST_BUTTONS, choice_card

if TYPE_CHECKING:
    from aibot import WSClient

log = logging.getLogger(__name__)

# 20480 bytes a stream; connections may deliver again what was not acknowledged.
WAY = Way("wecom-bot", "企业微信机器人", 20480, False, True, 600, markdown_signs, markdown_link)
# A stream may grow for six minutes; a model has given up long before.
_BETTER_S = 300.0
_RETRY_FIRST_S, _RETRY_MOST_S = 1.0, 60.0
_POLL_S = 0.5
_MENTION = re.compile(r"^(?:@\S+\s+)+")
_KINDS = {"image": Kind.IMAGE, "voice": Kind.VOICE, "text": Kind.TEXT, "mixed": Kind.TEXT}

Frame = Mapping[str, Any]


class _Quiet:
    """The SDK's log without the messages that it would write down."""

    def debug(self, message: str, *args: object) -> None:
        """Frames, with what people ask: never."""

    def info(self, message: str, *args: object) -> None:
        """Steps of the connection."""

    def warn(self, message: str, *args: object) -> None:
        """What it is about, without what was received."""
        log.warning("企业微信机器人：%s", message.split(":")[0])

    def error(self, message: str, *args: object) -> None:
        """What it is about, without what was received."""
        log.error("企业微信机器人：%s", message.split(":")[0])


def incoming_of(frame: Frame) -> Incoming:
    """A message or an event of the bot."""
    body, kind = part(frame, "body"), part(frame, "body").get("msgtype", "")
    user, number = str(part(body, "from").get("userid", "")), str(body.get("msgid", ""))
    if kind == "event":
        event = part(body, "event")
        if event.get("eventtype") == "enter_chat":
            return Incoming(user, number, Kind.WELCOME)
        key = str(part(event, "template_card_event").get("event_key", ""))
        return Incoming(user, number, Kind.TEXT if key else Kind.NOTHING, key)
    items = part(body, "mixed").get("msg_item")
    pieces = items if isinstance(items, list) else [body]
    texts = [str(part(p, name).get("content", "")) for p in pieces for name in ("text", "voice")]
    text = _MENTION.sub("", "".join(texts).strip())
    known = _KINDS.get(kind, Kind.OTHER)
    return Incoming(user, number, Kind.IMAGE if kind == "mixed" and not text else known, text)


class Bot:
    """Answers what one connection brings."""

    def __init__(self, desk: Desk, client: WSClient) -> None:
        self._desk = desk
        self._client = client
        self._background = Background(WAY.name)
        for event in ("message", "event"):
            client.on(event, self._hear)

    def _hear(self, frame: Frame) -> None:
        self._background.start(self._answer(frame))

    async def _answer(self, frame: Frame) -> None:
        incoming = incoming_of(frame)
        if not (reply := await self._desk.reply(incoming, WAY)):
            return
        if incoming.kind is Kind.WELCOME:
            text = {"msgtype": "text", "text": {"content": reply.messages[0]}}
            await self._client.reply_welcome(frame, text)
        elif frame["body"].get("msgtype") == "event":
            await self._press(frame)
            await self._send(frame, (*reply.messages, *(await self._better(reply))))
        elif 0 < len(reply.choices) <= MOST_BUTTONS:
            await self._client.reply_template_card(frame, choice_card(reply))
        else:
            await self._stream(frame, reply)

    async def _stream(self, frame: Frame, reply: Reply) -> None:
        """The answer at once; better words take its place when they come."""
        stream, text = secrets.token_hex(16), reply.messages[0]
        later = reply.better is not None
        await self._client.reply_stream(frame, stream, text, finish=not later)
        rest = reply.messages[1:]
        if later:
            better = await self._better(reply) or reply.messages
            await self._client.reply_stream(frame, stream, better[0], finish=True)
            rest = better[1:]
        await self._send(frame, rest)

    async def _better(self, reply: Reply) -> Messages:
        if reply.better is None:
            return ()
        try:
            return await asyncio.wait_for(reply.better, _BETTER_S)
        except TimeoutError:
            return ()

    async def _press(self, frame: Frame) -> None:
        """Mark the pressed button; the card must bear the number that came with the press."""
        pressed = part(frame, "body", "event", "template_card_event")
        card = {
            "card_type": "text_notice",
            "main_title": {"title": f"{says.CHOSEN}：{pressed.get('event_key', '')}"},
            "task_id": pressed.get("task_id", ""),
        }
        try:
            await self._client.update_template_card(frame, card)
        except Exception as exc:  # the answer matters more than the look of the card
            log.warning("企业微信机器人：卡片没有更新（%s）", type(exc).__name__)

    async def _send(self, frame: Frame, messages: Messages) -> None:
        body = frame["body"]
        chat = body.get("chatid") or part(body, "from").get("userid", "")
        for message in messages:
            text = {"msgtype": "markdown", "markdown": {"content": message}}
            await self._client.send_message(chat, text)


async def listen(settings: ChannelSettings, desk: Desk) -> None:
    """Keep a connection for ever; one that breaks is opened anew after a while.

    Raises:
        ChannelError: a setting is missing, or the package is not installed.
    """
    try:
        from aibot import WSClient
        from aibot.types import WSClientOptions
    except ImportError as exc:
        raise ChannelError('请先安装：pip install "dutydesk[channels]"') from exc
    secret = settings.wecom_bot_secret.get_secret_value()
    if not (settings.wecom_bot_id and secret):
        raise ChannelError("机器人要设 DUTYDESK_WECOM_BOT_ID 和 DUTYDESK_WECOM_BOT_SECRET。")
    options = WSClientOptions(
        bot_id=settings.wecom_bot_id,
        secret=secret,
        max_reconnect_attempts=0,  # the loop below reconnects, after an orderly goodbye as well
        ws_url=settings.wecom_bot_url,
        logger=_Quiet(),
    )
    wait_s = _RETRY_FIRST_S
    while True:
        client = WSClient(options)
        client.on("error", lambda _: None)  # already logged; without a listener it is raised
        Bot(desk, client)
        await client.connect()
        while client.is_connected:
            await asyncio.sleep(_POLL_S)
            wait_s = _RETRY_FIRST_S
        log.warning("企业微信机器人：连接断了，%d 秒后重连", wait_s)
        await asyncio.sleep(wait_s)
        wait_s = min(2 * wait_s, _RETRY_MOST_S)
