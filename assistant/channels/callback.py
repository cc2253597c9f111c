"""Callbacks in 微信's manner, for 公众号 and 企业微信: verify the address, open, answer, seal."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

from fastapi import Request, Response

from assistant.channels.desk import Desk
from assistant.channels.errors import Refused
from assistant.channels.gate import Gate, Knock, log_refused
from assistant.channels.message import Incoming, Reply, Way
from assistant.channels.wechat_envelope import Envelope, incoming_of, read_xml, text_reply
from assistant.http.problems import Problem, ProblemError

REFUSED = Problem(403, "delivery_refused", "请求被拒绝", "签名不对、已经过期或者重复。")


class Callback:
    """One account's callback address."""

    # 企业微信 seals what it sends to verify the address; 公众号 never does.
    seals_echo = False

    def __init__(self, desk: Desk, gate: Gate, envelope: Envelope, way: Way) -> None:
        self._desk = desk
        self._gate = gate
        self._envelope = envelope
        self.way = way

    async def verify(self, request: Request) -> Response:
        """Show the platform that the address is ours: give back what it sent, decrypted."""
        echo = request.query_params.get("echostr", "")
        try:
            said = await asyncio.to_thread(self._echo, request.query_params, echo)
        except Refused as refused:
            raise self._refusal(refused) from refused
        return Response(said, media_type="text/plain")

    async def receive(self, request: Request) -> Response:
        """A message, answered in the response."""
        body = await request.body()
        try:
            message = await asyncio.to_thread(self._open, request.query_params, body)
        except Refused as refused:
            raise self._refusal(refused) from refused
        incoming = incoming_of(message)
        reply = await self._desk.reply(incoming, self.way)
        answer = await self.answer(message, incoming, reply) if reply else ""
        if not answer:
            return Response("success", media_type="text/plain")
        timestamp, nonce = str(int(time.time())), request.query_params.get("nonce", "")
        sealed = self._envelope.seal(answer, timestamp, nonce)
        return Response(sealed, media_type="application/xml")

    async def answer(self, message: Mapping[str, str], incoming: Incoming, reply: Reply) -> str:
        """The XML that answers in the response; "" for none."""
        return text_reply(message, reply.messages[0])

    def _echo(self, params: Mapping[str, str], echo: str) -> str:
        if self.seals_echo:
            return self._unseal(params, echo, echo.encode())
        self._admit(params, "signature", "", echo.encode())
        return echo

    def _open(self, params: Mapping[str, str], body: bytes) -> dict[str, str]:
        """The message that a delivery holds; in AES mode only a sealed one."""
        message = read_xml(body)
        if not self._envelope.is_sealed:
            self._admit(params, "signature", "", body)
            return message
        return read_xml(self._unseal(params, message.get("Encrypt", ""), body))

    def _unseal(self, params: Mapping[str, str], encrypted: str, body: bytes) -> str:
        """What is said, once its signature has passed the gate."""
        if not encrypted:
            raise Refused("unsealed")
        self._admit(params, "msg_signature", encrypted, body)
        return self._envelope.open(encrypted, params["timestamp"], params["nonce"])

    def _admit(self, params: Mapping[str, str], signed: str, covers: str, body: bytes) -> None:
        """Pass the gate with the signature of that name, over timestamp, nonce and `covers`."""
        timestamp, nonce = params.get("timestamp", ""), params.get("nonce", "")
        expected = self._envelope.signature(timestamp, nonce, covers)
        self._gate.admit(Knock(params.get(signed, ""), expected, timestamp, nonce, body))

    def _refusal(self, refused: Refused) -> ProblemError:
        log_refused(self.way.name, refused)
        return ProblemError(REFUSED)
