"""`/hooks/ask`: a signed question from any program, after https://www.standardwebhooks.com.

The only file that knows its package. A call is taken once: the same number brings the same answer,
a call that is late, forged or changed is refused and logged.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from pydantic import ValidationError
from standardwebhooks import Webhook, WebhookVerificationError

from assistant.contract import Assistant
from assistant.http import problems
from assistant.http.problems import Problem, ProblemError
from assistant.model import Status
from assistant.programs.doors import HookSettings
from assistant.state.notes import Notes
from assistant.wire.schemas import AskRequest, AskResponse
from index.errors import DutyDeskError

log = logging.getLogger(__name__)

# A sender tries again for hours, and a question asked twice must not become two.
_KEPT_S = 24 * 3600
_TAKEN = "taken"
_LONGEST_ID = 256
_TIMEOUT_S = 10.0
_WAITS_S = (0.0, 2.0, 10.0)
_KEY_BYTES = range(24, 65)

FORGED = Problem(401, "signature_invalid", "签名不对", "没有签名、签名不对或时间相差 5 分钟以上。")
CHANGED = Problem(409, "id_reused", "编号用过了", "这个 webhook-id 已用于另一个问题。")
BUSY = Problem(
    409, "still_answering", "正在回答", "同一编号的问题正在回答。", headers={"retry-after": "2"}
)


class HookError(DutyDeskError):
    """A setting of the webhook is wrong; the message says which."""


@dataclass(frozen=True, slots=True)
class Call:
    """One delivery: its number and the body as it was signed."""

    id: str
    body: bytes


class Hook:
    """Takes signed questions, answers each once, and may send the answer on to one address.

    Raises:
        HookError: the secret is no Standard Webhooks secret.
    """

    def __init__(self, assistant: Assistant, settings: HookSettings, notes: Notes) -> None:
        self._assistant = assistant
        self._reply_url = settings.reply_url
        self._notes = notes
        self._webhook = Webhook(key_of(settings.secret))

    def verified(self, headers: Mapping[str, str], body: bytes) -> Call:
        """The call, if it is the sender's own and fresh.

        Raises:
            ProblemError: it is not.
        """
        number = headers.get("webhook-id", "")
        try:
            self._webhook.verify(body, dict(headers), json_parse=False)
            if len(number) > _LONGEST_ID:
                raise WebhookVerificationError("id too long")
        except (WebhookVerificationError, ValueError) as exc:
            log.warning("a webhook call was refused: %s", exc)
            raise ProblemError(FORGED) from exc
        return Call(number, body)

    def answer(self, call: Call) -> str:
        """The answer as JSON; the one given before, if the call came before.

        Raises:
            ProblemError: the number stands for another call, or the question is no question.
        """
        key = f"hook:{hashlib.sha256(call.id.encode()).hexdigest()}"
        digest = hashlib.sha256(call.body).hexdigest()
        if not self._notes.claim(key, json.dumps([digest, _TAKEN]), ttl_s=_KEPT_S):
            return self._said_before(key, digest)
        try:
            said = self._asked(call.body)
        except BaseException:
            self._notes.forget(key)  # the sender may try again
            raise
        self._notes.keep(key, json.dumps([digest, said]), ttl_s=_KEPT_S)
        return said

    def send_on(self, call: Call, said: str) -> None:
        """Send an answer to the configured address, signed, under the number of its question."""
        if not self._reply_url:
            return
        for wait in _WAITS_S:
            time.sleep(wait)
            try:
                headers = self._signed(call.id, said)
                reply = httpx.post(
                    self._reply_url, content=said.encode(), headers=headers, timeout=_TIMEOUT_S
                )
                reply.raise_for_status()
            except httpx.HTTPError as exc:
                log.warning("an answer could not be sent on: %s", exc)
            else:
                return
        log.error("an answer was not taken by the configured address and is given up")

    def _said_before(self, key: str, digest: str) -> str:
        kept = self._notes.find(key)
        if kept is None:
            raise ProblemError(BUSY)
        before, said = json.loads(kept)
        if not hmac.compare_digest(before, digest):
            log.warning("a webhook call was refused: its number was used for another body")
            raise ProblemError(CHANGED)
        if said == _TAKEN:
            raise ProblemError(BUSY)
        log.info("a webhook call came again and got the same answer")
        return str(said)

    def _asked(self, body: bytes) -> str:
        try:
            wire = AskRequest.model_validate_json(body)
        except ValidationError as exc:
            raise ProblemError(problems.invalid([dict(error) for error in exc.errors()])) from exc
        answer = self._assistant.answer(wire.to_question())
        if answer.status is Status.ERROR:
            raise ProblemError(problems.ANSWER_FAILED)
        return AskResponse.from_answer(answer, explain=wire.explain).model_dump_json()

    def _signed(self, number: str, said: str) -> dict[str, str]:
        now = datetime.now(UTC).replace(microsecond=0)
        return {
            "content-type": "application/json",
            "webhook-id": number,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._webhook.sign(number, now, said),
        }


def key_of(secret: str) -> bytes:
    """The bytes of a `whsec_…` secret.

    Raises:
        HookError: it is no base64 of 24 to 64 bytes.
    """
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:  # no base64, or no ASCII
        key = b""
    if len(key) not in _KEY_BYTES:
        raise HookError(
            "DUTYDESK_HOOK_SECRET 要写成 whsec_ 加 24 到 64 字节的 base64；"
            "用这个命令生成：echo whsec_$(openssl rand -base64 32)。"
        )
    return key
