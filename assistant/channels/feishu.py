"""飞书: events v2 by encrypted HTTP or long connection; answers through its message interface.

https://open.feishu.cn/document/server-docs/event-subscription-guide. The only file that knows its SDK.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import re
import secrets
from collections.abc import Mapping
from typing import Any

from fastapi import Request

from assistant.channels import says
from assistant.channels.callback import REFUSED
from assistant.channels.desk import Desk
from assistant.channels.errors import ChannelError, Refused
from assistant.channels.gate import Gate, Knock, log_refused
from assistant.channels.layout import BUTTON_CHARACTERS, plain_link, plain_signs, short_labels
from assistant.channels.message import Incoming, Kind, Reply, Way, part
from assistant.channels.pushing import Background, send_rest
from assistant.channels.settings import ChannelSettings
from assistant.http.problems import ProblemError
from assistant.state.notes import Notes

log = logging.getLogger(__name__)

# 150 KB a text, far more than anybody reads; delivered again for up to 7.1 hours.
WAY = Way("feishu", "飞书", 20_000, False, True, 8 * 3600, plain_signs, plain_link)
MOST_BUTTONS = 20
_TIMEOUT_S = 5.0
_MESSAGE, _PRESSED = "im.message.receive_v1", "card.action.trigger"
_CHOICE = "choice"
_MENTION = re.compile(r"@_(?:user_\d+|all)\s*")
_KINDS = {"text": Kind.TEXT, "post": Kind.TEXT, "audio": Kind.VOICE, "image": Kind.IMAGE}
_KINDS |= {"location": Kind.LOCATION}

Event = Mapping[str, Any]


def incoming_of(event: Event) -> Incoming:
    """A message or a pressed button."""
    kind, said = _kind_of(event), part(event, "event")
    if kind == _PRESSED:
        user = str(part(said, "operator").get("open_id", ""))
        choice = str(part(said, "action", "value").get(_CHOICE, ""))
        number = str(part(event, "header").get("event_id", ""))
        return Incoming(user, number, Kind.TEXT if choice else Kind.NOTHING, choice)
    if kind != _MESSAGE:
        return Incoming("", "", Kind.NOTHING)
    message = part(said, "message")
    user = str(part(said, "sender", "sender_id").get("open_id", ""))
    known = _KINDS.get(str(message.get("message_type", "")), Kind.OTHER)
    return Incoming(user, str(message.get("message_id", "")), known, _text_of(message))


def _kind_of(event: Event) -> str:
    return str(part(event, "header").get("event_type", ""))


def _text_of(message: Event) -> str:
    """The text of a message or a post, without who is addressed."""
    try:
        content = json.loads(str(message.get("content") or "{}"))
    except ValueError:
        return ""
    content = content if isinstance(content, dict) else {}
    lines = content.get("content")
    pieces = [piece for line in lines for piece in line] if isinstance(lines, list) else []
    texts = [piece for piece in pieces if isinstance(piece, dict) and piece.get("tag") == "text"]
    post = "".join(str(piece.get("text", "")) for piece in texts)
    return _MENTION.sub("", str(content.get("text", "")) or post).strip()


class Robot:
    """Answers messages, whichever way they came."""

    def __init__(self, settings: ChannelSettings, desk: Desk) -> None:
        sdk = _sdk()
        app, secret = _credentials(settings)
        builder = sdk.Client.builder().app_id(app).app_secret(secret)
        quiet = sdk.LogLevel.ERROR
        self._client = (
            builder.domain(settings.feishu_api).timeout(_TIMEOUT_S).log_level(quiet).build()
        )
        self._desk = desk
        self._background = Background(WAY.name)

    def hear(self, event: Event) -> dict[str, Any]:
        """Answer in the background; the platform wants to know in 3 s that the event arrived."""
        self._background.start(self._answer(event))
        incoming = incoming_of(event)
        if _kind_of(event) != _PRESSED:
            return {}
        return {"toast": {"type": "info", "content": f"{says.CHOSEN}：{incoming.text}"}}

    async def _answer(self, event: Event) -> None:
        reply = await self._desk.reply(incoming_of(event), WAY)
        if reply is None:
            return
        pressed, message = part(event, "event", "context"), part(event, "event", "message")
        to = str(pressed.get("open_message_id") or message.get("message_id") or "")

        async def send(text: str) -> None:
            await self._send(to, "text", {"text": text})

        if 0 < len(reply.choices) <= MOST_BUTTONS:
            await self._send(to, "interactive", _choice_card(reply))
        else:
            await send_rest(reply, send)

    async def _send(self, to: str, kind: str, content: Mapping[str, Any]) -> None:
        """Answer a message; the SDK fetches and keeps the access token."""
        from lark_oapi.api.im.v1 import ReplyMessageRequest, ReplyMessageRequestBody

        body = ReplyMessageRequestBody.builder().msg_type(kind).uuid(secrets.token_hex(16))
        body = body.content(json.dumps(content, ensure_ascii=False)).build()
        request = ReplyMessageRequest.builder().message_id(to).request_body(body).build()
        message = self._client.im.v1.message
        answer = await self._background.in_thread(lambda: message.reply(request))
        if not answer.success():
            raise RuntimeError(f"飞书没有收下消息：{answer.code}")


def _choice_card(reply: Reply) -> dict[str, Any]:
    labels = zip(reply.choices, short_labels(reply.choices), strict=True)
    buttons = [
        {
            "tag": "button",
            "text": {"tag": "plain_text", "content": short[:BUTTON_CHARACTERS]},
            "type": "default",
            "value": {_CHOICE: label},
        }
        for label, short in labels
    ]
    ask = {"tag": "div", "text": {"tag": "plain_text", "content": reply.card}}
    return {"elements": [ask, {"tag": "action", "actions": buttons}]}


class Callback:
    """The encrypted and signed HTTP address, for those who want no long connection."""

    def __init__(self, settings: ChannelSettings, robot: Robot, notes: Notes) -> None:
        from lark_oapi.core.utils import AESCipher

        self._key = settings.feishu_encrypt_key.get_secret_value()
        self._token = settings.feishu_verification_token.get_secret_value()
        if not (self._key and self._token):
            raise ChannelError(
                "飞书的回调要设 DUTYDESK_FEISHU_ENCRYPT_KEY 和 DUTYDESK_FEISHU_VERIFICATION_TOKEN。"
            )
        self._cipher = AESCipher(self._key)
        self._robot = robot
        self._gate = Gate(notes, WAY.name)

    async def receive(self, request: Request) -> dict[str, Any]:
        """An event; or the challenge by which the platform verifies the address."""
        body = await request.body()
        try:
            event = await asyncio.to_thread(self._open, request.headers, body)
        except Refused as refused:
            log_refused(WAY.name, refused)
            raise ProblemError(REFUSED) from refused
        if event.get("type") == "url_verification":
            return {"challenge": str(event.get("challenge", ""))}
        return self._robot.hear(event)

    def _open(self, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The event, decrypted, once its signature and token have passed.

        Only the challenge comes unsigned; it is encrypted and bears the token.
        """
        event = self._decrypted(body)
        token = event.get("token") or part(event, "header").get("token") or ""
        if not hmac.compare_digest(str(token).encode(), self._token.encode()):
            raise Refused("forged")
        if event.get("type") == "url_verification":
            return event
        at, nonce = (
            headers.get("x-lark-request-timestamp", ""),
            headers.get("x-lark-request-nonce", ""),
        )
        expected = hashlib.sha256((at + nonce + self._key).encode() + body).hexdigest()
        self._gate.admit(Knock(headers.get("x-lark-signature", ""), expected, at, nonce, body))
        return event

    def _decrypted(self, body: bytes) -> dict[str, Any]:
        try:
            event = json.loads(self._cipher.decrypt_str(json.loads(body)["encrypt"]))
        except (ValueError, KeyError, TypeError) as exc:
            raise Refused("unreadable") from exc
        if not isinstance(event, dict):
            raise Refused("unreadable")
        return event


def _credentials(settings: ChannelSettings) -> tuple[str, str]:
    secret = settings.feishu_app_secret.get_secret_value()
    if not (settings.feishu_app_id and secret):
        raise ChannelError("飞书要设 DUTYDESK_FEISHU_APP_ID 和 DUTYDESK_FEISHU_APP_SECRET。")
    return settings.feishu_app_id, secret


def _sdk() -> Any:  # noqa: ANN401 - the SDK's
    """The package; importing it takes some seconds."""
    try:
        import lark_oapi
    except ImportError as exc:
        raise ChannelError('请先安装：pip install "dutydesk[channels]"') from exc
    return lark_oapi


def listen(settings: ChannelSettings, desk: Desk) -> None:
    """Keep a long connection for ever, in the event loop that the SDK brings.

    Raises:
        ChannelError: a setting is missing, or the package is not installed.
    """
    sdk = _sdk()
    robot = Robot(settings, desk)

    def hear(event: Any) -> None:  # noqa: ANN401 - the SDK's
        robot.hear(json.loads(sdk.JSON.marshal(event)))

    def press(event: Any) -> Any:  # noqa: ANN401 - the SDK's
        from lark_oapi.event.callback.model.p2_card_action_trigger import (
            P2CardActionTriggerResponse,
        )

        return P2CardActionTriggerResponse(robot.hear(json.loads(sdk.JSON.marshal(event))))

    events = sdk.EventDispatcherHandler.builder("", "")
    events = events.register_p2_customized_event(_MESSAGE, hear)
    events = events.register_p2_card_action_trigger(press).build()
    app, secret = _credentials(settings)
    quiet = sdk.LogLevel.ERROR  # below, it writes down the addresses of connections
    client = sdk.ws.Client(
        app, secret, event_handler=events, log_level=quiet, domain=settings.feishu_api
    )
    client.start()
