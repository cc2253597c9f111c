"""Messaging platforms as they behave, for tests: they sign, seal, deliver, and take answers."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import itertools
import json
import secrets
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from lxml import etree
from pydantic import SecretStr
from starlette.testclient import TestClient
from wechatpy.crypto import WeChatCrypto
from wechatpy.enterprise.crypto import WeChatCrypto as CorpCrypto

from assistant.channels.clerk import House
from assistant.channels.memory import Memory
from assistant.channels.opening import Channels
from assistant.channels.settings import ChannelSettings
from assistant.http.app import create_app
from assistant.service.operations import Operations
from assistant.state.database import open_state
from assistant.state.notes import Notes

TOKEN = "tokenOfTests"
AES_KEY = base64.b64encode(bytes(range(32))).decode().rstrip("=")
OWNER = "wx5823bf96d3bd56c7"
PUBLIC = "https://zzt.example.gov.cn"
_NUMBERS = itertools.count(1)


def open_notes(folder: Path, clock=time.time) -> Notes:
    return Notes(open_state(f"sqlite:///{folder / 'state.sqlite'}"), clock)


def open_channels(notes: Notes, **settings: object) -> Channels:
    """Channels with these settings and no others."""
    own = ChannelSettings(**settings)
    memory = Memory(notes, b"secret of tests", talk_s=1800)
    return Channels(own, notes, memory, House(PUBLIC, own.hotline))


def open_site(assistant: Any, channels: Channels) -> FastAPI:
    return create_app(assistant, Operations(channels=channels))


def number() -> str:
    return f"msg{next(_NUMBERS)}"


@dataclass
class Delivery:
    """What a platform sends: the query or headers, and the body."""

    query: dict[str, str]
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class WeChat:
    """微信公众号 or 企业微信: signs with SHA-1, seals with AES where a key is set."""

    def __init__(self, path: str, *, is_corp: bool = False, is_sealed: bool = True) -> None:
        self.path = path
        self._sealed = is_sealed
        kind = CorpCrypto if is_corp else WeChatCrypto
        self._crypto = kind(TOKEN, AES_KEY, OWNER)

    def delivery(self, message: dict[str, str], *, at: float | None = None) -> Delivery:
        fields = {"ToUserName": "gh_of_tests", "FromUserName": "user1", "CreateTime": "1700000000"}
        xml = _xml(fields | {"MsgId": number()} | message)
        timestamp, nonce = str(int(time.time() if at is None else at)), secrets.token_hex(8)
        query = {"timestamp": timestamp, "nonce": nonce}
        query["signature"] = _sha1(TOKEN, timestamp, nonce)
        if not self._sealed:
            return Delivery(query, xml.encode())
        sealed = read(self._crypto.encrypt_message(xml, nonce, timestamp))
        query |= {"msg_signature": sealed["MsgSignature"], "encrypt_type": "aes"}
        body = _xml({"ToUserName": "gh_of_tests", "Encrypt": sealed["Encrypt"]})
        return Delivery(query, body.encode())

    def text(self, content: str, user: str = "user1", **more: str) -> Delivery:
        return self.delivery({"MsgType": "text", "Content": content, "FromUserName": user, **more})

    def event(self, event: str, user: str = "user1", **more: str) -> Delivery:
        return self.delivery({"MsgType": "event", "Event": event, "FromUserName": user, **more})

    def echo(self, said: str = "1616140317555161061") -> Delivery:
        """What verifies the address: sealed by 企业微信, plain by 公众号."""
        timestamp, nonce = str(int(time.time())), secrets.token_hex(8)
        query = {"timestamp": timestamp, "nonce": nonce}
        if isinstance(self._crypto, CorpCrypto):
            sealed = read(self._crypto.encrypt_message(said, nonce, timestamp))
            query |= {"msg_signature": sealed["MsgSignature"], "echostr": sealed["Encrypt"]}
        else:
            query |= {"signature": _sha1(TOKEN, timestamp, nonce), "echostr": said}
        return Delivery(query, b"")

    def send(self, client: TestClient, delivery: Delivery) -> str:
        """The text of the reply; "" if there is none."""
        response = client.post(self.path, params=delivery.query, content=delivery.body)
        assert response.status_code == 200, response.text
        return self.reply(response.text)

    def reply(self, body: str) -> str:
        if body in ("", "success"):
            return ""
        answer = read(body)
        if self._sealed:
            signed = answer["MsgSignature"], answer["TimeStamp"], answer["Nonce"]
            answer = read(self._crypto.decrypt_message(body, *signed))
        assert (answer["FromUserName"], answer["ToUserName"]) == (
            "gh_of_tests",
            answer["ToUserName"],
        )
        return answer.get("Content", answer["MsgType"])

    def ask(self, client: TestClient, content: str, user: str = "user1") -> str:
        return self.send(client, self.text(content, user))


def _sha1(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def _xml(fields: dict[str, str]) -> str:
    root = etree.Element("xml")
    for name, text in fields.items():
        etree.SubElement(root, name).text = text
    return etree.tostring(root, encoding="unicode")


def read(xml: str) -> dict[str, str]:
    return {child.tag: child.text or "" for child in etree.fromstring(xml.encode())}


class DingTalk:
    """钉钉: signs the time with HMAC-SHA256."""

    secret = "secretOfTheRobot"

    def __init__(self, webhook: str) -> None:
        self.webhook = webhook

    def message(self, content: str, **more: object) -> dict[str, object]:
        return {
            "msgtype": "text",
            "text": {"content": f" {content}"},
            "msgId": number(),
            "senderStaffId": "staff1",
            "conversationType": "1",
            "conversationId": "cid1",
            "createAt": int(time.time() * 1000),
            "sessionWebhook": self.webhook,
            "sessionWebhookExpiredTime": int((time.time() + 5400) * 1000),
            **more,
        }

    def delivery(self, message: dict[str, object], *, at: float | None = None) -> Delivery:
        timestamp = str(int((time.time() if at is None else at) * 1000))
        signed = f"{timestamp}\n{self.secret}".encode()
        sign = base64.b64encode(hmac.new(self.secret.encode(), signed, hashlib.sha256).digest())
        body = json.dumps(message).encode()
        return Delivery({}, body, {"timestamp": timestamp, "sign": sign.decode()})


class Feishu:
    """飞书: AES-256-CBC under SHA-256 of the key, and a SHA-256 signature over all of it."""

    key, token = "encryptKeyOfTests", "verificationTokenOfTests"

    def event(self, kind: str, event: dict[str, object]) -> dict[str, object]:
        header = {
            "event_id": number(),
            "event_type": kind,
            "token": self.token,
            "create_time": str(int(time.time() * 1000)),
            "app_id": "cli_tests",
            "tenant_key": "t",
        }
        return {"schema": "2.0", "header": header, "event": event}

    def text(self, content: str, **more: str) -> dict[str, object]:
        message = {
            "message_id": number(),
            "chat_type": "p2p",
            "message_type": "text",
            "content": json.dumps({"text": content}, ensure_ascii=False),
            **more,
        }
        sender = {"sender_id": {"open_id": "ou_1"}, "sender_type": "user"}
        return self.event("im.message.receive_v1", {"sender": sender, "message": message})

    def pressed(self, choice: str) -> dict[str, object]:
        return self.event(
            "card.action.trigger",
            {
                "operator": {"open_id": "ou_1"},
                "action": {"value": {"choice": choice}, "tag": "button"},
                "context": {"open_message_id": number()},
            },
        )

    def delivery(self, event: dict[str, object], *, at: float | None = None) -> Delivery:
        body = json.dumps({"encrypt": self._encrypt(event)}).encode()
        timestamp, nonce = str(int(time.time() if at is None else at)), secrets.token_hex(8)
        signed = (timestamp + nonce + self.key).encode() + body
        headers = {
            "x-lark-request-timestamp": timestamp,
            "x-lark-request-nonce": nonce,
            "x-lark-signature": hashlib.sha256(signed).hexdigest(),
        }
        return Delivery({}, body, headers)

    def _encrypt(self, event: dict[str, object]) -> str:
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
        from cryptography.hazmat.primitives.padding import PKCS7

        padder = PKCS7(128).padder()
        said = padder.update(json.dumps(event).encode()) + padder.finalize()
        first = secrets.token_bytes(16)
        key = hashlib.sha256(self.key.encode()).digest()
        sealing = Cipher(algorithms.AES(key), modes.CBC(first)).encryptor()
        return base64.b64encode(first + sealing.update(said) + sealing.finalize()).decode()


def secret(text: str) -> SecretStr:
    return SecretStr(text)


@contextmanager
def listening(work: Callable[[], Coroutine[Any, Any, None]]) -> Iterator[None]:
    """A long connection that lives as long as the block."""
    loop = asyncio.new_event_loop()

    def run() -> None:
        asyncio.set_event_loop(loop)
        with suppress(RuntimeError):
            loop.run_until_complete(work())
        end_tasks(loop)
        loop.close()

    with running(run, loop):
        yield


@contextmanager
def running(run: Callable[[], None], loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """A thread that ends when its loop is stopped."""
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)


def end_tasks(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel what runs on, more than once: 钉钉's SDK goes on when it is cancelled."""
    for _ in range(3):
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0.02))
