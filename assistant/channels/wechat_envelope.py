"""The envelope of 公众号 and 企业微信 callbacks: signature, AES, XML. The only file that knows wechatpy."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from assistant.channels.errors import ChannelError, Refused
from assistant.channels.layout import wide
from assistant.channels.message import Incoming, Kind

# Messages have a flat list of some twenty elements; whatever is longer is none.
_MOST_ELEMENTS = 200


def read_xml(body: bytes | str) -> dict[str, str]:
    """The elements of a message by name; those inside others too.

    Raises:
        Refused: no XML, or one with a document type, which could hold entities.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(body.encode() if isinstance(body, str) else body, parser)
    except (etree.XMLSyntaxError, ValueError) as exc:
        raise Refused("unreadable") from exc
    if root.getroottree().docinfo.internalDTD is not None or root.tag != "xml":
        raise Refused("unreadable")
    elements = [element for _, element in zip(range(_MOST_ELEMENTS), root.iter(), strict=False)]
    return {element.tag: element.text or "" for element in elements if isinstance(element.tag, str)}


class Envelope:
    """Opens and seals messages of one account. Without an AES key it only signs (明文模式).

    Args:
        token: Token of the callback, as set in the platform's console.
        aes_key: EncodingAESKey, 43 characters, or "".
        owner: CorpID or AppID; a message sealed for another is refused.

    Raises:
        ChannelError: the key is not one, or the package is not installed.
    """

    def __init__(self, token: str, aes_key: str, owner: str, *, is_corp: bool) -> None:
        try:
            from wechatpy.crypto import WeChatCrypto
            from wechatpy.enterprise.crypto import WeChatCrypto as CorpCrypto
        except ImportError as exc:
            raise ChannelError('请先安装：pip install "dutydesk[channels]"') from exc
        self._token = token
        try:
            kind = CorpCrypto if is_corp else WeChatCrypto
            self._crypto = kind(token, aes_key, owner) if aes_key else None
        except (AssertionError, ValueError) as exc:
            raise ChannelError(
                "EncodingAESKey 不对：应是管理后台生成的 43 个字母和数字，请整段复制。"
            ) from exc

    @property
    def is_sealed(self) -> bool:
        """True if messages come encrypted."""
        return self._crypto is not None

    def signature(self, timestamp: str, nonce: str, encrypted: str = "") -> str:
        """The signature that the platform must have put on a delivery."""
        from wechatpy.utils import WeChatSigner

        signer = WeChatSigner()
        signer.add_data(self._token, timestamp, nonce, *([encrypted] if encrypted else []))
        return str(signer.signature)

    def open(self, encrypted: str, timestamp: str, nonce: str) -> str:
        """What an encrypted text says; its signature has been checked before.

        Raises:
            Refused: encrypted with another key, or for another account.
        """
        from wechatpy.exceptions import WeChatException

        if self._crypto is None:
            raise Refused("unreadable")
        signed = self.signature(timestamp, nonce, encrypted)
        try:
            sealed = {"Encrypt": encrypted}
            return str(self._crypto.decrypt_message(sealed, signed, timestamp, nonce))
        # Whatever bytes may do to the AES, length and UTF-8 of what they decrypt to.
        except (WeChatException, ValueError, IndexError, TypeError, ArithmeticError) as exc:
            raise Refused("unreadable") from exc
        except Exception as exc:  # struct.error has no base of its own
            raise Refused("unreadable") from exc

    def seal(self, reply: str, timestamp: str, nonce: str) -> str:
        """A reply, encrypted and signed if messages are."""
        if self._crypto is None:
            return reply
        return str(self._crypto.encrypt_message(reply, nonce, timestamp))


def text_reply(message: Mapping[str, str], text: str) -> str:
    """The XML of a text to whoever wrote a message."""
    from wechatpy.replies import TextReply

    to, sender = message.get("FromUserName", ""), message.get("ToUserName", "")
    safe = wide(text, ">") if "]]>" in text else text  # it would end the text in the XML
    return str(TextReply(source=sender, target=to, content=safe).render())


_KINDS = {
    "text": Kind.TEXT,
    "voice": Kind.VOICE,
    "image": Kind.IMAGE,
    "location": Kind.LOCATION,
}
_EVENTS = {
    "subscribe": Kind.WELCOME,
    "unsubscribe": Kind.FAREWELL,
    # Buttons of menus and cards: their key is what a person could have typed.
    "click": Kind.TEXT,
    "template_card_event": Kind.TEXT,
}


def incoming_of(message: Mapping[str, str]) -> Incoming:
    """A message of 公众号 or 企业微信; events have no MsgId, so who and when stands for it."""
    kind, user = message.get("MsgType", "").lower(), message.get("FromUserName", "")
    event, key = message.get("Event", "").lower(), message.get("EventKey", "")
    if kind == "event":
        number = f"{user} {message.get('CreateTime', '')} {event} {key}"
        return Incoming(user, number, _EVENTS.get(event, Kind.NOTHING), key)
    text = message.get("Recognition" if kind == "voice" else "Content", "")
    return Incoming(user, message.get("MsgId", ""), _KINDS.get(kind, Kind.OTHER), text)
