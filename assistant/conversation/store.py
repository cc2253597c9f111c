"""Where the last turn of each conversation waits for the next question."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

from assistant.conversation.turns import Turn

# A person who has left the page for longer starts anew.
TTL_S = 30 * 60
# Some 20 MB at most: a turn is a few kilobytes.
MOST_CONVERSATIONS = 10_000
_ID_BYTES = 16


class Conversations(Protocol):
    """Where turns are kept between questions."""

    def find(self, conversation_id: str) -> Turn | None:
        """The last turn; None for an unknown or expired conversation."""

    def keep(self, conversation_id: str, turn: Turn) -> None:
        """Replace the last turn of a conversation."""


def new_conversation_id() -> str:
    """An id that nobody can guess."""
    return secrets.token_urlsafe(_ID_BYTES)


class InMemoryConversations:
    """Conversations of one process: the most recent ones, each for a while after its last turn."""

    def __init__(
        self,
        *,
        limit: int = MOST_CONVERSATIONS,
        ttl_s: float = TTL_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit = limit
        self._ttl_s = ttl_s
        self._clock = clock
        self._turns: OrderedDict[str, tuple[float, Turn]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._turns)

    def find(self, conversation_id: str) -> Turn | None:
        """The last turn; None for an unknown or expired conversation."""
        with self._lock:
            self._drop_expired()
            kept = self._turns.get(conversation_id)
            return kept[1] if kept else None

    def keep(self, conversation_id: str, turn: Turn) -> None:
        """Replace the last turn of a conversation; the one unused for longest gives way."""
        with self._lock:
            self._drop_expired()
            self._turns[conversation_id] = (self._clock(), turn)
            self._turns.move_to_end(conversation_id)
            while len(self._turns) > self._limit:
                self._turns.popitem(last=False)

    def _drop_expired(self) -> None:
        """Those at the front are the oldest, so the walk ends at the first that is fresh."""
        oldest = self._clock() - self._ttl_s
        while self._turns and next(iter(self._turns.values()))[0] < oldest:
            self._turns.popitem(last=False)
