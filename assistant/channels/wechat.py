"""微信公众号: a passive reply in the response, in plain or AES mode.

https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Passive_user_reply_message.html
"""

from __future__ import annotations

from assistant.channels.callback import Callback
from assistant.channels.desk import Desk
from assistant.channels.errors import ChannelError
from assistant.channels.gate import Gate
from assistant.channels.layout import plain_link, plain_signs
from assistant.channels.message import Way
from assistant.channels.settings import ChannelSettings
from assistant.channels.wechat_envelope import Envelope
from assistant.state.notes import Notes

# 2048 bytes a text; asked again three times within some fifteen seconds, remembered for longer.
WAY = Way("wechat", "微信公众号", 2048, True, False, 300, plain_signs, plain_link)


def callback(settings: ChannelSettings, desk: Desk, notes: Notes) -> Callback:
    """The account's callback.

    Raises:
        ChannelError: a setting is missing or wrong.
    """
    token = settings.wechat_token.get_secret_value()
    if not token:
        raise ChannelError("公众号要设 DUTYDESK_WECHAT_TOKEN（或 DUTYDESK_WECHAT_TOKEN_FILE）。")
    key = settings.wechat_aes_key.get_secret_value()
    envelope = Envelope(token, key, settings.wechat_app_id, is_corp=False)
    return Callback(desk, Gate(notes, WAY.name), envelope, WAY)
