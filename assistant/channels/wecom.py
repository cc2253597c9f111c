"""企业微信: the callback of an app of one's own, and pushing through its message interface.

https://developer.work.weixin.qq.com/document/path/90930 (callback), /90241 (passive reply),
/90236 (pushing, template cards).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from xml.sax.saxutils import escape

from assistant.channels import says
from assistant.channels.callback import Callback
from assistant.channels.desk import Desk
from assistant.channels.errors import ChannelError
from assistant.channels.gate import Gate
from assistant.channels.layout import BUTTON_CHARACTERS, plain_link, plain_signs, short_labels
from assistant.channels.message import Incoming, Reply, Way
from assistant.channels.pushing import PLEASE_CHOOSE, Background, send_rest
from assistant.channels.settings import ChannelSettings
from assistant.channels.wechat_envelope import Envelope, text_reply
from assistant.state.notes import Notes

MOST_BUTTONS = 6
_CARD_TEXT = 160  # characters of sub_title_text that are shown
_TIMEOUT_S = 5.0
_CARD_EVENT = "template_card_event"


def way(*, pushes: bool) -> Way:
    """2048 bytes a text; asked again three times, as by 公众号."""
    return Way("wecom", "企业微信", 2048, True, pushes, 300, plain_signs, plain_link)


def choice_card(reply: Reply) -> dict[str, object]:
    """A template card whose buttons say the choices; the platform returns the key of one."""
    labels = zip(reply.choices, short_labels(reply.choices), strict=True)
    return {
        "card_type": "button_interaction",
        "main_title": {"title": PLEASE_CHOOSE},
        "sub_title_text": reply.card[:_CARD_TEXT],
        "task_id": secrets.token_hex(16),
        "button_list": [
            {"text": short[:BUTTON_CHARACTERS], "style": 1, "key": label} for label, short in labels
        ],
    }


class Push:
    """Sends messages to members of the organisation, as the app."""

    def __init__(self, settings: ChannelSettings) -> None:
        from wechatpy.enterprise import WeChatClient

        class Client(WeChatClient):  # type: ignore[misc]
            API_BASE_URL = f"{settings.wecom_api}/cgi-bin/"

            def fetch_access_token(self) -> object:
                params = {"corpid": self.corp_id, "corpsecret": self.secret}
                return self._fetch_access_token(f"{self.API_BASE_URL}gettoken", params)

        secret = settings.wecom_secret.get_secret_value()
        self._client = Client(settings.wecom_corp_id, secret, timeout=_TIMEOUT_S)
        self._agent = settings.wecom_agent_id
        self._background = Background("wecom")

    async def text(self, user: str, text: str) -> None:
        """Send a text."""
        await self._send(user, "text", {"content": text})

    async def card(self, user: str, reply: Reply) -> None:
        """Send a question with buttons."""
        await self._send(user, "template_card", choice_card(reply))

    async def _send(self, user: str, kind: str, content: object) -> None:
        data = {"touser": user, "msgtype": kind, "agentid": self._agent, kind: content}
        await self._background.in_thread(lambda: self._client.post("message/send", data=data))


class WecomCallback(Callback):
    """Answers in the response; cards, and what comes later, are pushed."""

    seals_echo = True

    def __init__(
        self, desk: Desk, gate: Gate, envelope: Envelope, way: Way, *, push: Push | None
    ) -> None:
        super().__init__(desk, gate, envelope, way)
        self._push = push
        self._background = Background(way.name)

    async def answer(self, message: Mapping[str, str], incoming: Incoming, reply: Reply) -> str:
        """The XML that answers in the response; "" if it is pushed."""
        push = self._push
        if push is None:
            return text_reply(message, reply.messages[0])

        async def send(text: str) -> None:
            await push.text(incoming.user, text)

        if message.get("Event", "").lower() == _CARD_EVENT:
            self._background.start(send_rest(reply, send))
            return _pressed(message)
        if 0 < len(reply.choices) <= MOST_BUTTONS:
            self._background.start(self._card_or_text(push, incoming.user, reply))
            return ""
        self._background.start(send_rest(reply, send, already=1))
        return text_reply(message, reply.messages[0])

    async def _card_or_text(self, push: Push, user: str, reply: Reply) -> None:
        try:
            await push.card(user, reply)
        except Exception:  # an old client or a wrong secret: the numbered list does as well
            await push.text(user, reply.messages[0])
            raise


def _pressed(message: Mapping[str, str]) -> str:
    """The XML that marks the button as pressed."""
    to, sender = (escape(message.get(name, "")) for name in ("FromUserName", "ToUserName"))
    return (
        f"<xml><ToUserName>{to}</ToUserName><FromUserName>{sender}</FromUserName>"
        f"<CreateTime>{escape(message.get('CreateTime', '0'))}</CreateTime>"
        f"<MsgType>update_button</MsgType>"
        f"<Button><ReplaceName>{says.CHOSEN}</ReplaceName></Button></xml>"
    )


def callback(settings: ChannelSettings, desk: Desk, notes: Notes) -> WecomCallback:
    """The app's callback.

    Raises:
        ChannelError: a setting is missing or wrong.
    """
    token = settings.wecom_token.get_secret_value()
    key = settings.wecom_aes_key.get_secret_value()
    if not (token and key):
        raise ChannelError(
            "企业微信要设 DUTYDESK_WECOM_TOKEN 和 DUTYDESK_WECOM_AES_KEY（或写在 …_FILE 指的文件里）。"
        )
    envelope = Envelope(token, key, settings.wecom_corp_id, is_corp=True)
    pushes = bool(settings.wecom_secret.get_secret_value() and settings.wecom_agent_id)
    push = Push(settings) if pushes else None
    gate = Gate(notes, "wecom")
    return WecomCallback(desk, gate, envelope, way(pushes=pushes), push=push)
