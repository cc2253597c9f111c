"""公众号 and 企业微信 act as themselves, with their own cryptography, against the callbacks."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_assistant import FakeAssistant
from platforms import (
    AES_KEY,
    OWNER,
    PUBLIC,
    TOKEN,
    WeChat,
    open_channels,
    open_notes,
    open_site,
    secret,
)
from starlette.testclient import TestClient

from assistant.channels.errors import ChannelError
from assistant.channels.opening import Channels

WECHAT = {"wechat_app_id": OWNER, "wechat_token": secret(TOKEN)}
SEALED = {**WECHAT, "wechat_aes_key": secret(AES_KEY)}
WECOM = {
    "wecom_corp_id": OWNER,
    "wecom_token": secret(TOKEN),
    "wecom_aes_key": secret(AES_KEY),
}
KINDS = {
    "公众号明文": (WECHAT, WeChat("/channels/wechat", is_sealed=False)),
    "公众号加密": (SEALED, WeChat("/channels/wechat")),
    "企业微信": (WECOM, WeChat("/channels/wecom", is_corp=True)),
}


@pytest.fixture
def fake(tmp_path: Path) -> FakeAssistant:
    return FakeAssistant(tmp_path)


@pytest.fixture(params=KINDS)
def platform(request: pytest.FixtureRequest) -> WeChat:
    return KINDS[request.param][1]


@pytest.fixture
def channels(request: pytest.FixtureRequest, platform: WeChat, tmp_path: Path) -> Channels:
    settings = next(settings for settings, known in KINDS.values() if known is platform)
    return open_channels(open_notes(tmp_path), **settings)


@pytest.fixture
def client(fake: FakeAssistant, channels: Channels) -> Iterator[TestClient]:
    with TestClient(open_site(fake, channels), raise_server_exceptions=False) as client:
        yield client


def test_the_address_is_verified_and_forgeries_are_not(
    client: TestClient, platform: WeChat
) -> None:
    echo = platform.echo()
    forged = {name: "0" * len(text) for name, text in echo.query.items() if "signature" in name}
    assert client.get(platform.path, params=echo.query | forged).status_code == 403
    answer = client.get(platform.path, params=echo.query)
    assert (answer.status_code, answer.text) == (200, "1616140317555161061")
    assert answer.headers["content-type"].startswith("text/plain")


def test_a_question_is_answered_with_short_citations(client: TestClient, platform: WeChat) -> None:
    text = platform.ask(client, "我想在自家宅基地盖房找谁批")
    assert text.startswith("在柳桥镇，“农村村民宅基地审批”由望溪县柳桥镇人民政府负责。[1]")
    assert "[1]《望溪县柳桥镇权责清单（2025年版）》“权责清单”第25行（A25:I25）" in text
    assert "[2]《柳桥镇职能配置、内设机构和人员编制规定》第三条（二）" in text
    links = [line for line in text.split("\n") if line.startswith(PUBLIC)]
    assert len(links) == 2
    for link in links:
        page = client.get(link.removeprefix(PUBLIC))
        assert page.status_code == 200
        assert 'id="cited"' in page.text
    assert len(text.encode()) <= 2048


def test_a_follow_up_goes_on_in_the_same_conversation_of_the_same_person_only(
    client: TestClient, platform: WeChat, fake: FakeAssistant
) -> None:
    platform.ask(client, "宅基地盖房找谁批")
    platform.ask(client, "依据是什么")
    platform.ask(client, "依据是什么", user="user2")
    assert [asked.conversation_id for asked in fake.asked] == ["", "会话1", ""]


def test_a_question_back_lists_numbered_choices_and_the_number_answers_it(
    client: TestClient, platform: WeChat, fake: FakeAssistant
) -> None:
    text = platform.ask(client, "柳桥盖房找谁")
    assert "\n1. 青禾市望溪县柳桥镇\n2. 青禾市石川县柳桥镇\n（回复序号即可）" in text
    platform.ask(client, "2")
    assert (fake.asked[-1].text, fake.asked[-1].conversation_id) == ("2", "会话1")


def test_a_message_delivered_three_times_is_answered_once_with_the_same_words(
    client: TestClient, platform: WeChat, fake: FakeAssistant
) -> None:
    first = platform.text("宅基地盖房找谁批", MsgId="77")
    again = platform.text("宅基地盖房找谁批", MsgId="77")
    said = [platform.send(client, each) for each in (first, first, again)]
    assert said[0]
    assert said[0] == said[1] == said[2]
    assert len(fake.asked) == 1


def test_a_forged_a_late_and_a_replayed_delivery_are_refused_and_logged_without_the_question(
    client: TestClient,
    platform: WeChat,
    fake: FakeAssistant,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)

    def refused(delivery) -> bool:
        answer = client.post(platform.path, params=delivery.query, content=delivery.body)
        return answer.status_code == 403

    forged = platform.text("悄悄话")
    for name in ("signature", "msg_signature"):
        forged.query |= {name: "f" * 40} if name in forged.query else {}
    assert refused(forged)
    assert refused(
        platform.delivery({"MsgType": "text", "Content": "悄悄话"}, at=time.time() - 900)
    )
    taken = platform.text("悄悄话")
    platform.send(client, taken)
    taken.body = platform.text("悄悄话二").body  # another message under the captured signature
    assert refused(taken)
    assert len(fake.asked) == 1
    reasons = [record.reason for record in caplog.records if hasattr(record, "reason")]
    assert reasons[:2] == ["forged", "late"]
    assert reasons[2] in ("replayed", "forged")
    assert "悄悄话" not in caplog.text


def test_the_same_delivery_is_a_replay_once_the_platform_would_no_longer_repeat_it(
    platform: WeChat, fake: FakeAssistant, tmp_path: Path
) -> None:
    clock = [time.time()]
    notes = open_notes(tmp_path, lambda: clock[0])
    settings = next(settings for settings, known in KINDS.values() if known is platform)
    channels = open_channels(notes, **settings)
    with TestClient(open_site(fake, channels), raise_server_exceptions=False) as client:
        delivery = platform.text("宅基地")
        assert platform.send(client, delivery)
        assert platform.send(client, delivery)
        path = str(tmp_path / "state.sqlite")
        _age_notes(path, seconds=30)
        answer = client.post(platform.path, params=delivery.query, content=delivery.body)
        assert answer.status_code == 403
    assert len(fake.asked) == 1


def _age_notes(path: str, *, seconds: float) -> None:
    """Make what was noted of deliveries older than it is."""
    import sqlite3

    with sqlite3.connect(path) as database:
        for key, text in database.execute("SELECT key, text FROM notes WHERE key LIKE 'nonce:%'"):
            at, body = text.split(" ")
            older = f"{float(at) - seconds} {body}"
            database.execute("UPDATE notes SET text = ? WHERE key = ?", (older, key))


def test_huge_and_broken_bodies_are_refused(client: TestClient, platform: WeChat) -> None:
    good = platform.text("宅基地")
    huge = client.post(platform.path, params=good.query, content=b"<xml>" + b"x" * 70_000)
    assert huge.status_code == 413
    for body in (b"", b"<xml", b"{}", b"<other/>", b"\xff\xfe", b"<xml/>" * 2):
        answer = client.post(platform.path, params=platform.text("x").query, content=body)
        assert answer.status_code == 403, body


def test_entities_are_not_resolved(client: TestClient, platform: WeChat, tmp_path: Path) -> None:
    bomb = (
        b'<!DOCTYPE xml [<!ENTITY a "lol"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
        b"<xml><MsgType>text</MsgType><Content>&b;&a;</Content><Encrypt>&a;</Encrypt></xml>"
    )
    answer = client.post(platform.path, params=platform.text("x").query, content=bomb)
    assert answer.status_code == 403


def test_a_question_that_is_too_long_gets_a_kind_word(
    client: TestClient, platform: WeChat, fake: FakeAssistant
) -> None:
    assert "最多 500 个字" in platform.ask(client, "长" * 501)
    assert fake.asked == []


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"MsgType": "image", "PicUrl": "http://x", "MediaId": "1"}, "看不了图片"),
        ({"MsgType": "voice", "MediaId": "1", "Format": "amr"}, "听不了语音"),
        ({"MsgType": "location", "Label": "某处"}, "读不了定位"),
        ({"MsgType": "video", "MediaId": "1"}, "只看得懂文字"),
        ({"MsgType": "event", "Event": "subscribe"}, "柳桥镇盖房找谁？"),
    ],
)
def test_what_is_no_text_gets_a_kind_word_and_an_example(
    client: TestClient, platform: WeChat, fake: FakeAssistant, message: dict, words: str
) -> None:
    assert words in platform.send(client, platform.delivery(message))
    assert fake.asked == []


def test_a_voice_that_was_recognised_is_a_question(client: TestClient, platform: WeChat) -> None:
    text = platform.send(
        client, platform.delivery({"MsgType": "voice", "Recognition": "宅基地盖房找谁批"})
    )
    assert text.startswith("（听到的是：“宅基地盖房找谁批”）\n在柳桥镇")


def test_events_that_want_nothing_get_nothing(client: TestClient, platform: WeChat) -> None:
    for event in ("VIEW", "LOCATION", "enter_agent", "unsubscribe"):
        assert platform.send(client, platform.event(event)) == ""


def test_a_menu_button_is_as_if_its_key_were_typed(client: TestClient, platform: WeChat) -> None:
    assert "换地方：" in platform.send(client, platform.event("CLICK", EventKey="帮助"))


def test_only_channels_that_are_set_have_an_address(fake: FakeAssistant, tmp_path: Path) -> None:
    with TestClient(open_site(fake, open_channels(open_notes(tmp_path)))) as client:
        for path in ("wechat", "wecom", "dingtalk", "feishu"):
            assert client.post(f"/channels/{path}").status_code == 404


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"wechat_app_id": OWNER}, "DUTYDESK_WECHAT_TOKEN"),
        ({"wecom_corp_id": OWNER, "wecom_token": secret("t")}, "DUTYDESK_WECOM_AES_KEY"),
        ({**WECHAT, "wechat_aes_key": secret("short")}, "43"),
        ({"dingtalk_http": True}, "DUTYDESK_DINGTALK_CLIENT_ID"),
    ],
)
def test_a_wrong_setting_is_named_at_the_start(
    fake: FakeAssistant, tmp_path: Path, settings: dict, named: str
) -> None:
    with pytest.raises(ChannelError, match=named):
        open_site(fake, open_channels(open_notes(tmp_path), **settings))


def test_in_aes_mode_a_plain_message_is_a_forgery(fake: FakeAssistant, tmp_path: Path) -> None:
    channels = open_channels(open_notes(tmp_path), **SEALED)
    plain = WeChat("/channels/wechat", is_sealed=False)
    with TestClient(open_site(fake, channels), raise_server_exceptions=False) as client:
        delivery = plain.text("宅基地")
        answer = client.post(plain.path, params=delivery.query, content=delivery.body)
        assert answer.status_code == 403
        delivery = plain.text("宅基地")
        sealed = (
            b"<xml><Encrypt>&lt;xml&gt;&lt;Content&gt;x&lt;/Content&gt;&lt;/xml&gt;</Encrypt></xml>"
        )
        answer = client.post(plain.path, params=delivery.query, content=sealed)
        assert answer.status_code == 403
    assert fake.asked == []


def test_published_vector_of_the_platform_is_opened() -> None:
    """The example of 企业微信's documentation on callbacks (token, key and echo of its page)."""
    from assistant.channels.wechat_envelope import Envelope

    key = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
    envelope = Envelope("QDG6eK", key, OWNER, is_corp=True)
    echo = (
        "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
    )
    assert envelope.signature("1409659589", "263014780", echo) == (
        "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3"
    )
    assert envelope.open(echo, "1409659589", "263014780") == "1616140317555161061"
