"""企业微信: pushing through its message interface, and the smart bot's long connection."""

from __future__ import annotations

import datetime
import ipaddress
import json
import logging
import ssl
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_assistant import FakeAssistant
from platform_server import HttpServer, SocketServer
from platforms import (
    AES_KEY,
    OWNER,
    TOKEN,
    WeChat,
    listening,
    number,
    open_channels,
    open_notes,
    open_site,
    secret,
)
from starlette.testclient import TestClient

from assistant.channels import wecom_bot
from assistant.channels.desk import Desk
from assistant.model import Answer, Question, Segment

SENDS = "/cgi-bin/message/send?access_token=token-1"
APP = {
    "wecom_corp_id": OWNER,
    "wecom_token": secret(TOKEN),
    "wecom_aes_key": secret(AES_KEY),
    "wecom_agent_id": 1000002,
    "wecom_secret": secret("secretOfTheApp"),
}
PLATFORM = WeChat("/channels/wecom", is_corp=True)


@pytest.fixture
def fake(tmp_path: Path) -> FakeAssistant:
    return FakeAssistant(tmp_path)


@pytest.fixture
def cards() -> list[int]:
    """The error that the platform answers a card with; 0 for none."""
    return [0]


@pytest.fixture
def server(cards: list[int]) -> Iterator[HttpServer]:
    def answer(path: str, said: Any) -> Any:
        if path.startswith("/cgi-bin/gettoken?"):
            return {"errcode": 0, "access_token": "token-1", "expires_in": 7200}
        if said.get("msgtype") == "template_card" and cards[0]:
            return {"errcode": cards[0], "errmsg": "no"}
        return None

    server = HttpServer(answer)
    yield server
    server.close()


@pytest.fixture
def client(fake: FakeAssistant, server: HttpServer, tmp_path: Path) -> Iterator[TestClient]:
    channels = open_channels(open_notes(tmp_path), **APP, wecom_api=server.url)
    with TestClient(open_site(fake, channels), raise_server_exceptions=False) as client:
        yield client


def test_choices_are_pushed_as_a_card_and_its_button_answers(
    client: TestClient, server: HttpServer, fake: FakeAssistant
) -> None:
    assert PLATFORM.ask(client, "柳桥盖房找谁") == ""
    path, said = server.next()
    assert (path, said["touser"], said["agentid"]) == (SENDS, "user1", 1000002)
    card = said["template_card"]
    assert card["card_type"] == "button_interaction"
    assert card["sub_title_text"].startswith("有两个柳桥镇")
    assert [button["text"] for button in card["button_list"]] == ["望溪县柳桥镇", "石川县柳桥镇"]
    key = card["button_list"][1]["key"]
    pressed = PLATFORM.event("template_card_event", EventKey=key, TaskId=card["task_id"])
    assert PLATFORM.send(client, pressed) == "update_button"
    assert server.next()[1]["msgtype"] == "text"
    assert (fake.asked[-1].text, fake.asked[-1].conversation_id) == ("青禾市石川县柳桥镇", "会话1")


def test_when_a_card_is_not_taken_the_numbered_list_is_sent(
    client: TestClient, server: HttpServer, cards: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    cards[0] = 40058
    PLATFORM.ask(client, "柳桥盖房找谁")
    assert "\n2. 青禾市石川县柳桥镇" in server.next()[1]["text"]["content"]
    assert server.nothing_comes()
    assert "40058" in caplog.text
    assert "token-1" not in caplog.text


def test_an_answer_needs_no_push(client: TestClient, server: HttpServer) -> None:
    assert PLATFORM.ask(client, "宅基地盖房找谁批").startswith("在柳桥镇")
    assert server.nothing_comes()


# The smart bot


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1, with its key: the SDK speaks TLS only."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "platform of tests")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "platform.pem"
    kinds = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    secret_key = key.private_bytes(*kinds, serialization.NoEncryption())
    file.write_bytes(secret_key + certificate.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def stream(authority: Path) -> Iterator[SocketServer]:
    import aibot.ws

    aibot.ws._SSL_CONTEXT.load_verify_locations(authority)  # trusts the platform of the tests too
    certificate = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.load_cert_chain(authority)
    server = SocketServer(certificate=certificate)
    server.on_frame = _acknowledge
    yield server
    server.close()


def _acknowledge(frame: str) -> str:
    """The platform acknowledges every command by the number it came with."""
    request = json.loads(frame)["headers"]["req_id"]
    return json.dumps({"headers": {"req_id": request}, "errcode": 0, "errmsg": "ok"})


class Bot:
    """The smart bot's platform: subscribes what connects, delivers, takes commands."""

    def __init__(self, stream: SocketServer) -> None:
        self.stream = stream

    def subscribed(self) -> dict[str, Any]:
        self.stream.connected.get(timeout=15)
        return self.command("aibot_subscribe")

    def command(self, expected: str) -> dict[str, Any]:
        frame = json.loads(self.stream.next())
        assert frame["cmd"] == expected, frame
        return frame["body"]

    def say(self, text: str, **more: Any) -> str:
        return self.deliver(
            "aibot_msg_callback", {"msgtype": "text", "text": {"content": text}, **more}
        )

    def deliver(self, command: str, body: dict[str, Any]) -> str:
        request = number()
        body = {
            "msgid": number(),
            "aibotid": "bot1",
            "chattype": "single",
            "from": {"userid": "u1"},
        } | body
        frame = {"cmd": command, "headers": {"req_id": request}, "body": body}
        self.stream.deliver(json.dumps(frame, ensure_ascii=False))
        return request


@pytest.fixture
def bot(fake: FakeAssistant, stream: SocketServer, tmp_path: Path) -> Iterator[Bot]:
    channels = _channels(stream, tmp_path)
    desk = channels.desk(fake)
    with listening(lambda: wecom_bot.listen(channels.settings, desk)):
        bot = Bot(stream)
        assert bot.subscribed() == {"bot_id": "bot1", "secret": "secretOfTheBot"}
        yield bot
    desk.close()


def _channels(stream: SocketServer, folder: Path) -> Any:
    return open_channels(
        open_notes(folder),
        wecom_bot_id="bot1",
        wecom_bot_secret=secret("secretOfTheBot"),
        wecom_bot_url=f"wss://127.0.0.1:{stream.port}",
    )


def test_the_bot_streams_an_answer_with_linked_sources(bot: Bot) -> None:
    bot.say("@职责台 宅基地盖房找谁批")
    body = bot.command("aibot_respond_msg")
    assert (body["msgtype"], body["stream"]["finish"]) == ("stream", True)
    text = body["stream"]["content"]
    assert text.startswith("在柳桥镇，“农村村民宅基地审批”由")
    assert "[1][《望溪县柳桥镇权责清单（2025年版）》“权责清单”第25行（A25:I25）](https://" in text


def test_the_bot_asks_back_by_a_card_and_sends_the_answer_of_its_button(
    bot: Bot, fake: FakeAssistant
) -> None:
    bot.say("柳桥盖房找谁")
    card = bot.command("aibot_respond_msg")["template_card"]
    button = card["button_list"][1]
    assert button["text"] == "石川县柳桥镇"
    event = {
        "eventtype": "template_card_event",
        "template_card_event": {"event_key": button["key"], "task_id": card["task_id"]},
    }
    bot.deliver("aibot_event_callback", {"msgtype": "event", "event": event})
    updated = bot.command("aibot_respond_update_msg")
    assert updated["template_card"]["task_id"] == card["task_id"]
    sent = bot.command("aibot_send_msg")
    assert sent["chatid"] == "u1"
    assert sent["msgtype"] == "markdown"
    assert fake.asked[-1].text == "青禾市石川县柳桥镇"


def test_the_bot_welcomes_and_has_a_kind_word_for_what_is_no_text(bot: Bot) -> None:
    event = {"msgtype": "event", "event": {"eventtype": "enter_chat"}}
    bot.deliver("aibot_event_callback", event)
    assert "换地方：" in bot.command("aibot_respond_welcome_msg")["text"]["content"]
    bot.deliver("aibot_msg_callback", {"msgtype": "image", "image": {"url": "x"}})
    assert "看不了图片" in bot.command("aibot_respond_msg")["stream"]["content"]
    bot.deliver("aibot_msg_callback", {"msgtype": "voice", "voice": {"content": "宅基地盖房找谁"}})
    assert bot.command("aibot_respond_msg")["stream"]["content"].startswith("（听到的是：")
    mixed = {"msg_item": [{"msgtype": "text", "text": {"content": "宅基地"}}, {"msgtype": "image"}]}
    bot.deliver("aibot_msg_callback", {"msgtype": "mixed", "mixed": mixed})
    assert "镇人民政府负责" in bot.command("aibot_respond_msg")["stream"]["content"]


def test_the_bot_answers_a_repeated_message_once_and_logs_no_words(
    bot: Bot, fake: FakeAssistant, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "assistant")
    for _ in range(2):
        bot.say("宅基地悄悄话", msgid="same")
    bot.command("aibot_respond_msg")
    bot.deliver("aibot_msg_callback", {"msgtype": "", "text": {"content": "悄悄话"}})
    bot.say("帮助")
    bot.command("aibot_respond_msg")
    assert len(fake.asked) == 1
    assert "悄悄话" not in caplog.text
    assert "悄悄话" not in capfd.readouterr().err


def test_the_bot_reconnects_after_an_orderly_goodbye(bot: Bot) -> None:
    bot.stream.hang_up(1000)
    bot.subscribed()
    bot.say("帮助")
    assert "换地方：" in bot.command("aibot_respond_msg")["stream"]["content"]


def test_better_words_take_the_place_of_the_first_in_the_same_stream(
    fake: FakeAssistant, stream: SocketServer, tmp_path: Path
) -> None:
    def phrase(question: Question, answer: Answer) -> Answer:
        time.sleep(1)
        return replace(answer, segments=(Segment("更好的说明：找镇政府。", (1,)),))

    channels = _channels(stream, tmp_path)
    fake.phrase = phrase
    desk = Desk(fake, channels.memory, channels.house, patience=0.05)
    with listening(lambda: wecom_bot.listen(channels.settings, desk)):
        bot = Bot(stream)
        bot.subscribed()
        bot.say("宅基地盖房找谁批")
        first, second = (bot.command("aibot_respond_msg")["stream"] for _ in range(2))
    assert (first["finish"], second["finish"]) == (False, True)
    assert first["id"] == second["id"]
    assert first["content"].startswith("在柳桥镇")
    assert second["content"].startswith("更好的说明")
    desk.close()
