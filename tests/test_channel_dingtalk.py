"""钉钉 acts as itself: signed HTTP, and the stream mode of its own SDK against a local server."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from fake_assistant import FakeAssistant
from platform_server import HttpServer, SocketServer
from platforms import Delivery, DingTalk, listening, open_channels, open_notes, open_site, secret
from starlette.testclient import TestClient

from assistant.channels import dingtalk

KEYS = {"dingtalk_client_id": "dingOfTests", "dingtalk_client_secret": secret(DingTalk.secret)}
PATH = "/channels/dingtalk"


@pytest.fixture
def fake(tmp_path: Path) -> FakeAssistant:
    return FakeAssistant(tmp_path)


@pytest.fixture
def stream() -> Iterator[SocketServer]:
    server = SocketServer()
    yield server
    server.close()


@pytest.fixture
def server(stream: SocketServer) -> Iterator[HttpServer]:
    gateway = {"endpoint": f"ws://127.0.0.1:{stream.port}/connect", "ticket": "a ticket"}
    opens = "/v1.0/gateway/connections/open"
    server = HttpServer(lambda path, said: gateway if path == opens else None)
    yield server
    server.close()


@pytest.fixture
def platform(server: HttpServer) -> DingTalk:
    return DingTalk(f"{server.url}/robot/sendBySession?session=s1")


@pytest.fixture
def client(fake: FakeAssistant, server: HttpServer, tmp_path: Path) -> Iterator[TestClient]:
    settings = {**KEYS, "dingtalk_http": True, "dingtalk_api": server.url}
    channels = open_channels(open_notes(tmp_path), **settings)
    with TestClient(open_site(fake, channels), raise_server_exceptions=False) as client:
        yield client


def _post(client: TestClient, delivery: Delivery) -> int:
    return client.post(PATH, content=delivery.body, headers=delivery.headers).status_code


def test_a_question_is_answered_through_the_webhook_of_its_session(
    client: TestClient, server: HttpServer, platform: DingTalk
) -> None:
    assert _post(client, platform.delivery(platform.message("宅基地盖房找谁批"))) == 200
    path, said = server.next()
    assert path == "/robot/sendBySession?session=s1"
    assert said["msgtype"] == "text"
    assert said["text"]["content"].startswith("在柳桥镇，“农村村民宅基地审批”由")
    assert "[1]《望溪县柳桥镇权责清单（2025年版）》" in said["text"]["content"]


def test_a_question_back_is_a_card_whose_buttons_type_the_choice(
    client: TestClient, server: HttpServer, platform: DingTalk, fake: FakeAssistant
) -> None:
    _post(client, platform.delivery(platform.message("柳桥盖房找谁")))
    _, said = server.next()
    assert said["msgtype"] == "actionCard"
    first, second = said["actionCard"]["btns"]
    assert (first["title"], second["title"]) == ("望溪县柳桥镇", "石川县柳桥镇")
    assert second["actionURL"].endswith(f"sendMessage?content={quote('青禾市石川县柳桥镇')}")
    _post(client, platform.delivery(platform.message("青禾市石川县柳桥镇")))
    server.next()
    assert fake.asked[-1].conversation_id == "会话1"


def test_in_a_group_the_choices_are_numbered_for_a_button_would_not_reach_the_robot(
    client: TestClient, server: HttpServer, platform: DingTalk
) -> None:
    _post(client, platform.delivery(platform.message("柳桥盖房找谁", conversationType="2")))
    _, said = server.next()
    assert "\n2. 青禾市石川县柳桥镇" in said["text"]["content"]


def test_a_repeated_message_is_answered_once(
    client: TestClient, server: HttpServer, platform: DingTalk, fake: FakeAssistant
) -> None:
    message = platform.message("宅基地")
    for _ in range(3):
        assert _post(client, platform.delivery(message)) == 200
        time.sleep(0.01)
    server.next()
    assert server.nothing_comes()
    assert len(fake.asked) == 1


def test_forged_late_replayed_huge_and_broken_deliveries_are_refused_and_logged(
    client: TestClient,
    server: HttpServer,
    platform: DingTalk,
    fake: FakeAssistant,
    caplog: pytest.LogCaptureFixture,
) -> None:
    message = platform.message("悄悄话")
    forged = platform.delivery(message)
    forged.headers["sign"] = "A" * 44
    assert _post(client, forged) == 403
    assert _post(client, platform.delivery(message, at=time.time() - 900)) == 403
    unsigned = Delivery({}, forged.body)
    assert _post(client, unsigned) == 403
    taken = platform.delivery(message)
    assert _post(client, taken) == 200
    server.next()
    taken.body = json.dumps({**message, "text": {"content": "另一句"}}).encode()
    assert _post(client, taken) == 403
    for body in (b"", b"[]", b"\xff", b"{"):
        broken = platform.delivery(message)
        broken.body = body
        assert _post(client, broken) == 403
    huge = platform.delivery(message)
    huge.body = b"x" * 70_000
    assert _post(client, huge) == 413
    assert len(fake.asked) == 1
    reasons = [record.reason for record in caplog.records if hasattr(record, "reason")]
    assert reasons == ["forged", "late", "forged", "replayed", *["unreadable"] * 4]
    assert "悄悄话" not in caplog.text


@pytest.mark.parametrize(
    "more",
    [
        {"sessionWebhook": "http://169.254.169.254/latest/meta-data"},
        {"sessionWebhook": "https://oapi.dingtalk.com.evil.example/robot"},
        {"sessionWebhook": "https://oapi.dingtalk.com@evil.example/robot"},
        {"sessionWebhookExpiredTime": 1_600_000_000_000},
        {"sessionWebhook": ""},
    ],
)
def test_answers_go_to_the_platform_only_and_not_to_sessions_that_are_over(
    client: TestClient, platform: DingTalk, fake: FakeAssistant, more: dict,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    assert _post(client, platform.delivery(platform.message("宅基地", **more))) == 200
    time.sleep(0.3)
    assert fake.asked == []
    assert "refused a delivery: channel=dingtalk" in caplog.text


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"msgtype": "audio", "content": {"recognition": "宅基地盖房找谁批"}}, "（听到的是：“宅基地盖房找谁批”）"),
        ({"msgtype": "audio", "content": {"downloadCode": "x"}}, "听不了语音"),
        ({"msgtype": "picture", "content": {"downloadCode": "x"}}, "看不了图片"),
        ({"msgtype": "file", "content": {"fileName": "x"}}, "只看得懂文字"),
        ({"msgtype": "richText", "content": {"richText": [{"text": "宅基地"}, {"downloadCode": "x"}]}}, "由望溪县柳桥镇人民政府负责"),
        ({"msgtype": "richText", "content": {"richText": [{"downloadCode": "x"}]}}, "看不了图片"),
    ],
)  # fmt: skip
def test_what_is_no_text_gets_a_kind_word(
    client: TestClient, server: HttpServer, platform: DingTalk, message: dict, words: str
) -> None:
    _post(client, platform.delivery(platform.message("") | {"text": None} | message))
    assert words in server.next()[1]["text"]["content"]


def test_the_stream_answers_acknowledges_and_logs_neither_words_nor_tickets(
    fake: FakeAssistant,
    server: HttpServer,
    stream: SocketServer,
    platform: DingTalk,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    channels = open_channels(open_notes(tmp_path), **KEYS, dingtalk_api=server.url)
    desk = channels.desk(fake)
    with listening(lambda: dingtalk.listen(channels.settings, desk)):
        assert stream.connected.get(timeout=10) == "/connect?ticket=a+ticket"
        said = (("宅基地盖房找谁批", "由望溪县柳桥镇人民政府负责"), ("帮助", "换地方："))
        for content, words in said:
            stream.deliver(_frame(platform.message(content)))
            ack = json.loads(stream.next())
            assert (ack["code"], ack["headers"]["messageId"]) == (200, "frame1")
            assert words in server.next()[1]["text"]["content"]
        repeated = _frame(platform.message("宅基地"))
        stream.deliver(repeated)
        stream.deliver(repeated)
        server.next()
        assert server.nothing_comes()
        stream.hang_up(1011)  # the SDK waits ten seconds after an accident
        assert stream.connected.get(timeout=30)
        stream.deliver(_frame(platform.message("帮助")))
        assert "换地方：" in server.next()[1]["text"]["content"]
    assert "宅基地" not in caplog.text
    assert "a ticket" not in caplog.text
    desk.close()


def _frame(message: dict) -> str:
    headers = {
        "appId": "a", "connectionId": "c", "contentType": "application/json",
        "messageId": "frame1", "time": "1700000000000", "topic": "/v1.0/im/bot/messages/get",
    }  # fmt: skip
    data = json.dumps(message, ensure_ascii=False)
    return json.dumps({"specVersion": "1.0", "type": "CALLBACK", "headers": headers, "data": data})
