"""飞书 acts as itself: encrypted, signed HTTP, and the long connection of its own SDK."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from fake_assistant import FakeAssistant
from platform_server import HttpServer, SocketServer
from platforms import (
    Delivery,
    Feishu,
    end_tasks,
    open_channels,
    open_notes,
    open_site,
    running,
    secret,
)
from starlette.testclient import TestClient

from assistant.channels import feishu
from assistant.channels.desk import Desk
from assistant.channels.opening import Channels

PATH = "/channels/feishu"
KEYS = {"feishu_app_id": "cli_tests", "feishu_app_secret": secret("secretOfTheApp")}
CALLBACK = {
    "feishu_encrypt_key": secret(Feishu.key),
    "feishu_verification_token": secret(Feishu.token),
}


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
    client = {"ReconnectCount": -1, "ReconnectInterval": 1, "ReconnectNonce": 0, "PingInterval": 60}
    address = f"ws://127.0.0.1:{stream.port}/ws?device_id=d1&service_id=7&access_key=a+key"
    known = {
        "/open-apis/auth/v3/tenant_access_token/internal": {
            "code": 0, "msg": "ok", "tenant_access_token": "t-1", "expire": 7200,
        },
        "/callback/ws/endpoint": {"code": 0, "data": {"URL": address, "ClientConfig": client}},
    }  # fmt: skip
    server = HttpServer(lambda path, said: known.get(path))
    yield server
    server.close()


@pytest.fixture
def platform() -> Feishu:
    return Feishu()


@pytest.fixture
def client(fake: FakeAssistant, server: HttpServer, tmp_path: Path) -> Iterator[TestClient]:
    channels = open_channels(open_notes(tmp_path), **KEYS, **CALLBACK, feishu_api=server.url)
    with TestClient(open_site(fake, channels), raise_server_exceptions=False) as client:
        yield client


def _post(client: TestClient, delivery: Delivery) -> Any:
    return client.post(PATH, content=delivery.body, headers=delivery.headers)


def _text(server: HttpServer) -> str:
    said = server.next()[1]
    assert said["msg_type"] == "text"
    return json.loads(said["content"])["text"]


def test_the_address_is_verified_by_an_encrypted_challenge_with_the_token(
    client: TestClient, platform: Feishu
) -> None:
    challenge = {
        "type": "url_verification",
        "challenge": "ajls384kdjx98XX",
        "token": platform.token,
    }
    unsigned = Delivery({}, platform.delivery(challenge).body)
    assert _post(client, unsigned).json() == {"challenge": "ajls384kdjx98XX"}
    wrong = platform.delivery({**challenge, "token": "another"})
    assert _post(client, wrong).status_code == 403
    plain = Delivery({}, json.dumps(challenge).encode())
    assert _post(client, plain).status_code == 403


def test_a_question_is_acknowledged_at_once_and_answered_as_a_reply(
    client: TestClient, server: HttpServer, platform: Feishu
) -> None:
    event = platform.text("宅基地盖房找谁批")
    assert _post(client, platform.delivery(event)).json() == {}
    path, said = server.next()
    assert path == f"/open-apis/im/v1/messages/{event['event']['message']['message_id']}/reply"
    text = json.loads(said["content"])["text"]
    assert text.startswith("在柳桥镇，“农村村民宅基地审批”由")
    assert "[1]《望溪县柳桥镇权责清单（2025年版）》" in text


def test_a_question_back_is_a_card_and_its_button_answers_it(
    client: TestClient, server: HttpServer, platform: Feishu, fake: FakeAssistant
) -> None:
    _post(client, platform.delivery(platform.text("@_user_1 柳桥盖房找谁")))
    said = server.next()[1]
    assert said["msg_type"] == "interactive"
    ask, action = json.loads(said["content"])["elements"]
    assert ask["text"]["content"].startswith("有两个柳桥镇")
    second = action["actions"][1]
    assert second["text"]["content"] == "石川县柳桥镇"
    toast = _post(client, platform.delivery(platform.pressed(second["value"]["choice"]))).json()
    assert toast["toast"]["content"] == "已选：青禾市石川县柳桥镇"
    server.next()
    assert (fake.asked[-1].text, fake.asked[-1].conversation_id) == ("青禾市石川县柳桥镇", "会话1")


def test_an_event_that_comes_again_for_hours_is_answered_once(
    client: TestClient, server: HttpServer, platform: Feishu, fake: FakeAssistant
) -> None:
    event = platform.text("宅基地")
    for _ in range(3):
        assert _post(client, platform.delivery(event)).status_code == 200
    server.next()
    assert server.nothing_comes()
    assert len(fake.asked) == 1


def test_forged_late_replayed_huge_and_broken_deliveries_are_refused_and_logged(
    client: TestClient,
    server: HttpServer,
    platform: Feishu,
    fake: FakeAssistant,
    caplog: pytest.LogCaptureFixture,
) -> None:
    forged = platform.delivery(platform.text("悄悄话"))
    forged.headers["x-lark-signature"] = "0" * 64
    assert _post(client, forged).status_code == 403
    unsigned = Delivery({}, platform.delivery(platform.text("悄悄话")).body)
    assert _post(client, unsigned).status_code == 403
    late = platform.delivery(platform.text("悄悄话"), at=time.time() - 900)
    assert _post(client, late).status_code == 403
    other = platform.text("悄悄话")
    other["header"]["token"] = "another"
    assert _post(client, platform.delivery(other)).status_code == 403
    for body in (b"", b"[]", b"{}", b'{"encrypt": "AAAA"}', b'{"encrypt": 1}', b"\xff"):
        broken = platform.delivery(platform.text("悄悄话"))
        broken.body = body
        assert _post(client, broken).status_code == 403, body
    huge = platform.delivery(platform.text("x"))
    huge.body = b"x" * 70_000
    assert _post(client, huge).status_code == 413
    assert fake.asked == []
    reasons = [record.reason for record in caplog.records if hasattr(record, "reason")]
    assert reasons == ["forged", "forged", "late", "forged", *["unreadable"] * 6]
    assert "悄悄话" not in caplog.text


def test_a_captured_delivery_is_no_use_later(
    server: HttpServer, platform: Feishu, fake: FakeAssistant, tmp_path: Path
) -> None:
    from test_channel_wechat import _age_notes

    channels = open_channels(open_notes(tmp_path), **KEYS, **CALLBACK, feishu_api=server.url)
    with TestClient(open_site(fake, channels), raise_server_exceptions=False) as client:
        delivery = platform.delivery(platform.text("宅基地"))
        assert _post(client, delivery).status_code == 200
        _age_notes(str(tmp_path / "state.sqlite"), seconds=30)
        assert _post(client, delivery).status_code == 403
        server.next()
    assert len(fake.asked) == 1


@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        ("audio", {"file_key": "x"}, "听不了语音"),
        ("image", {"image_key": "x"}, "看不了图片"),
        ("location", {"name": "某处"}, "读不了定位"),
        ("sticker", {"file_key": "x"}, "只看得懂文字"),
        ("post", {"content": [[{"tag": "at"}, {"tag": "text", "text": "宅基地"}]]}, "由望溪县柳桥镇人民政府负责"),
    ],
)  # fmt: skip
def test_what_is_no_text_gets_a_kind_word(
    client: TestClient, server: HttpServer, platform: Feishu, kind: str, content: dict, words: str
) -> None:
    said = json.dumps(content, ensure_ascii=False)
    _post(client, platform.delivery(_sent(platform, kind, said)))
    assert words in _text(server)


def _sent(platform: Feishu, kind: str, content: str) -> dict[str, object]:
    event = platform.text("", message_type=kind)
    event["event"]["message"]["content"] = content
    return event


def test_events_that_want_nothing_get_nothing(
    client: TestClient, server: HttpServer, platform: Feishu
) -> None:
    for event in (
        platform.event("im.message.message_read_v1", {}),
        platform.event("x", {"event": 1}),
    ):
        assert _post(client, platform.delivery(event)).json() == {}
    assert server.nothing_comes()


def test_the_long_connection_answers_acknowledges_and_logs_neither_words_nor_keys(
    fake: FakeAssistant,
    server: HttpServer,
    stream: SocketServer,
    platform: Feishu,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    channels = open_channels(open_notes(tmp_path), **KEYS, feishu_api=server.url)
    desk = channels.desk(fake)
    with _listening(channels, desk):
        assert "service_id=7" in stream.connected.get(timeout=30)
        event = platform.text("宅基地盖房找谁批")
        for _ in range(2):
            stream.deliver(_frame(event))
            assert _acknowledged(stream) == {"code": 200}
        assert _text(server).startswith("在柳桥镇")
        assert server.nothing_comes()
        stream.deliver(_frame(platform.text("柳桥盖房找谁")))
        assert json.loads(server.next()[1]["content"])["elements"][0]["text"]["content"]
        assert _acknowledged(stream)["code"] == 200
        stream.deliver(_frame(platform.pressed("青禾市石川县柳桥镇")))
        assert "data" in _acknowledged(stream)
        server.next()
        assert fake.asked[-1].text == "青禾市石川县柳桥镇"
    assert "宅基地" not in caplog.text
    assert "a+key" not in caplog.text
    desk.close()


@contextmanager
def _listening(channels: Channels, desk: Desk) -> Iterator[None]:
    """The connection lives as long as the block, in the loop that the SDK brings."""
    from lark_oapi.ws.client import loop

    def run() -> None:
        with suppress(RuntimeError):
            feishu.listen(channels.settings, desk)
        end_tasks(loop)

    with running(run, loop):
        yield


def _frame(event: dict) -> bytes:
    from lark_oapi.ws.pb.pbbp2_pb2 import Frame

    frame = Frame()
    frame.SeqID, frame.LogID, frame.service, frame.method = 1, 1, 7, 1
    headers = {"type": "event", "message_id": "m", "trace_id": "t", "sum": "1", "seq": "0"}
    for key, value in headers.items():
        header = frame.headers.add()
        header.key, header.value = key, value
    frame.payload = json.dumps(event, ensure_ascii=False).encode()
    return frame.SerializeToString()


def _acknowledged(stream: SocketServer) -> dict[str, Any]:
    """The next acknowledgement; the SDK pings in between."""
    from lark_oapi.ws.pb.pbbp2_pb2 import Frame

    while True:
        frame = Frame()
        frame.ParseFromString(stream.next())
        if frame.method == 1:
            return json.loads(frame.payload)
