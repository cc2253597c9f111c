"""Who may come in: deliveries signed by the platform, fresh, and for the first time."""

from __future__ import annotations

import hashlib
import hmac
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from assistant.channels.errors import Refused
from assistant.state.notes import Notes

log = logging.getLogger(__name__)

# Clocks may differ and networks wait; a captured delivery is worthless soon after.
FRESH_S = 5 * 60
# WeChat asks three times within some fifteen seconds; the same delivery is no replay till then.
_REPEATED_S = 20.0


@dataclass(frozen=True, slots=True)
class Knock:
    """A delivery: the signature it has and the one it must have, seconds, nonce, and all it says."""

    signature: str
    expected: str
    timestamp: str
    nonce: str
    body: bytes


class Gate:
    """Lets deliveries of one channel in. Each way of being refused is a line in the log."""

    def __init__(
        self, notes: Notes, channel: str, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._notes = notes
        self._channel = channel
        self._clock = clock

    def admit(self, knock: Knock) -> None:
        """Do nothing for a delivery that may come in.

        Raises:
            Refused: forged, late or replayed.
        """
        if not hmac.compare_digest(knock.signature.encode(), knock.expected.encode()):
            raise Refused("forged")
        now = self._clock()
        if not knock.timestamp.isdecimal() or abs(now - int(knock.timestamp)) > FRESH_S:
            raise Refused("late")
        seen = f"{self._channel}\n{knock.timestamp}\n{knock.nonce}\n{knock.signature}"
        key = f"nonce:{hashlib.sha256(seen.encode()).hexdigest()}"
        body = hashlib.sha256(knock.body).hexdigest()
        if self._notes.claim(key, f"{now} {body}", ttl_s=2 * FRESH_S):
            return
        first_at, first_body = (self._notes.find(key) or "0 -").split(" ")
        if first_body != body or now - float(first_at) > _REPEATED_S:
            raise Refused("replayed")


def log_refused(channel: str, refused: Refused) -> None:
    """Say that a delivery was refused and why; nothing of what it says."""
    fields = {"channel": channel, "reason": refused.reason}
    log.warning("refused a delivery: channel=%s reason=%s", *fields.values(), extra=fields)
