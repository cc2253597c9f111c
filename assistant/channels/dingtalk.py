"""钉钉: the robot of an organisation's app, by stream mode or signed HTTP; answers by session webhook.

https://open.dingtalk.com/document/orgapp/receive-message. The only file that knows its SDK.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from fastapi import Request

from assistant.channels.callback import REFUSED
from assistant.channels.desk import Desk
from assistant.channels.errors import ChannelError, Refused
from assistant.channels.gate import Gate, Knock, log_refused
from assistant.channels.layout import (
    BUTTON_CHARACTERS,
    markdown_signs,
    plain_link,
    plain_signs,
    short_labels,
)
from assistant.channels.message import Incoming, Kind, Reply, Way, part
from assistant.channels.pushing import PLEASE_CHOOSE, Background, send_rest
from assistant.channels.settings import ChannelSettings
from assistant.http.problems import ProblemError
from assistant.state.notes import Notes

log = logging.getLogger(__name__)

# 20000 bytes a text, of which a phone shows five thousand characters well.
WAY = Way("dingtalk", "钉钉", 15_000, False, True, 3600, plain_signs, plain_link)
MOST_BUTTONS = 10
_WEBHOOK_HOSTS = frozenset(("oapi.dingtalk.com", "api.dingtalk.com"))
_TIMEOUT_S = 5.0
_SINGLE_CHAT = "1"
# Writes into the chat, as if typed: https://open.dingtalk.com/document/orgapp/message-type
_TYPE_IN = "dtmd://dingtalkclient/sendMessage?content="
_KINDS = {"text": Kind.TEXT, "richText": Kind.TEXT, "audio": Kind.VOICE, "picture": Kind.IMAGE}


def incoming_of(data: Mapping[str, Any]) -> Incoming:
    """A message to the robot; a voice comes with what was recognised."""
    kind, content = str(data.get("msgtype", "")), part(data, "content")
    user = str(data.get("senderStaffId") or data.get("senderId") or "")
    pieces = content.get("richText")
    pieces = pieces if isinstance(pieces, list) else []
    rich = "".join(str(piece.get("text", "")) for piece in pieces if isinstance(piece, dict))
    typed = str(part(data, "text").get("content", ""))
    text = (typed or rich or str(content.get("recognition", ""))).strip()
    known = _KINDS.get(kind, Kind.OTHER)
    is_picture = kind == "richText" and not text
    return Incoming(user, str(data.get("msgId", "")), Kind.IMAGE if is_picture else known, text)


class Robot:
    """Answers messages, whichever way they came."""

    def __init__(self, settings: ChannelSettings, desk: Desk) -> None:
        self._desk = desk
        self._background = Background(WAY.name)
        self._client = httpx.AsyncClient(timeout=_TIMEOUT_S)
        # A forged message must not make this machine call an address inside its own network.
        own = urlsplit(settings.dingtalk_api)
        self._hosts = _WEBHOOK_HOSTS | ({own.netloc} if own.netloc else frozenset())

    def hear(self, data: Mapping[str, Any]) -> None:
        """Answer in the background; the platform only wants to know that the message arrived."""
        self._background.start(self._answer(data))

    async def _answer(self, data: Mapping[str, Any]) -> None:
        try:
            webhook = self._webhook(data)
        except Refused as refused:
            log_refused(WAY.name, refused)
            return
        reply = await self._desk.reply(incoming_of(data), WAY)
        if reply is None:
            return

        async def send(text: str) -> None:
            await self._post(webhook, {"msgtype": "text", "text": {"content": text}})

        # In a group, what a button types would not be addressed to the robot.
        single = str(data.get("conversationType", "")) == _SINGLE_CHAT
        if single and 0 < len(reply.choices) <= MOST_BUTTONS:
            await self._post(webhook, _choice_card(reply))
        else:
            await send_rest(reply, send)

    async def _post(self, webhook: str, message: Mapping[str, Any]) -> None:
        answer = (await self._client.post(webhook, json=message)).raise_for_status().json()
        if answer.get("errcode"):
            raise RuntimeError(f"钉钉没有收下消息：{answer.get('errcode')}")

    def _webhook(self, data: Mapping[str, Any]) -> str:
        """Where to send the answer."""
        address = str(data.get("sessionWebhook", ""))
        expires_ms = str(data.get("sessionWebhookExpiredTime", ""))
        if not expires_ms.isdecimal() or int(expires_ms) < time.time() * 1000:
            raise Refused("late")
        if urlsplit(address).netloc not in self._hosts:
            raise Refused("forged")
        return address


def _choice_card(reply: Reply) -> dict[str, Any]:
    labels = zip(reply.choices, short_labels(reply.choices), strict=True)
    buttons = [
        {"title": short[:BUTTON_CHARACTERS], "actionURL": _TYPE_IN + quote(label, safe="")}
        for label, short in labels
    ]
    card = {
        "title": PLEASE_CHOOSE,
        "text": markdown_signs(reply.card),
        "btnOrientation": "0",
        "btns": buttons,
    }
    return {"msgtype": "actionCard", "actionCard": card}


class Callback:
    """The signed HTTP address, for those who want no long connection."""

    def __init__(self, settings: ChannelSettings, robot: Robot, notes: Notes) -> None:
        self._secret = _credentials(settings)[1].encode()
        self._robot = robot
        self._gate = Gate(notes, WAY.name)

    async def receive(self, request: Request) -> dict[str, str]:
        """A message; it is answered through its webhook."""
        body = await request.body()
        try:
            data = await asyncio.to_thread(self._open, request.headers, body)
        except Refused as refused:
            log_refused(WAY.name, refused)
            raise ProblemError(REFUSED) from refused
        self._robot.hear(data)
        return {}

    def _open(self, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The message, once its signature has passed the gate.

        The signature covers the time alone, so the message's own number stands for the nonce: a
        captured signature with the same message is a replay, and is worthless after minutes.
        """
        at_ms = headers.get("timestamp", "")
        signed = hmac.new(self._secret, at_ms.encode() + b"\n" + self._secret, hashlib.sha256)
        expected = base64.b64encode(signed.digest()).decode()
        try:
            data = json.loads(body)
        except ValueError as exc:
            raise Refused("unreadable") from exc
        if not isinstance(data, dict):
            raise Refused("unreadable")
        number = str(data.get("msgId", ""))
        self._gate.admit(Knock(headers.get("sign", ""), expected, at_ms[:-3], number, body))
        return data


def _credentials(settings: ChannelSettings) -> tuple[str, str]:
    secret = settings.dingtalk_client_secret.get_secret_value()
    if not (settings.dingtalk_client_id and secret):
        raise ChannelError(
            "钉钉要设 DUTYDESK_DINGTALK_CLIENT_ID 和 DUTYDESK_DINGTALK_CLIENT_SECRET。"
        )
    return settings.dingtalk_client_id, secret


async def listen(settings: ChannelSettings, desk: Desk) -> None:
    """Keep a stream connection for ever; the SDK opens one that breaks anew.

    Raises:
        ChannelError: a setting is missing, or the package is not installed.
    """
    try:
        import dingtalk_stream as sdk
        import websockets.exceptions  # noqa: F401 - the SDK names it without importing it
    except ImportError as exc:
        raise ChannelError('请先安装：pip install "dutydesk[channels]"') from exc
    credential = sdk.Credential(*_credentials(settings))
    robot = Robot(settings, desk)

    class Handler(sdk.CallbackHandler):  # type: ignore[misc]
        async def process(self, message: Any) -> tuple[int, str]:  # noqa: ANN401 - the SDK's
            robot.hear(message.data)
            return sdk.AckMessage.STATUS_OK, "OK"

    # The SDK reads it of its own class, not of the client's.
    opens = f"{settings.dingtalk_api}/v1.0/gateway/connections/open"
    sdk.DingTalkStreamClient.OPEN_CONNECTION_API = opens
    quiet = logging.getLogger(f"{__name__}.sdk")
    quiet.setLevel(logging.ERROR)  # below, it writes down messages and connection tickets
    client = sdk.DingTalkStreamClient(credential, quiet)
    client.register_callback_handler(sdk.ChatbotMessage.TOPIC, Handler())
    await client.start()
