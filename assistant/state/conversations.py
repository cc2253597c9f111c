"""Conversations that any worker can go on with: the last turn of each, in SQL."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable

import sqlalchemy as sa
from pydantic import TypeAdapter, ValidationError

from assistant.conversation.turns import Turn
from assistant.state.database import METADATA, StateError

log = logging.getLogger(__name__)

_TURN = TypeAdapter(Turn)
# One question in so many sweeps out what is over.
_SWEEP_EVERY = 200

_CONVERSATIONS = sa.Table(
    "conversations",
    METADATA,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("at", sa.Float, nullable=False, index=True),
    sa.Column("turn", sa.LargeBinary, nullable=False),
)


class SqlConversations:
    """See `Conversations`. A database that is away or full costs the memory of a conversation, no answer."""

    def __init__(
        self,
        engine: sa.Engine,
        *,
        limit: int,
        ttl_s: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine = engine
        self._limit = limit
        self._ttl_s = ttl_s
        self._clock = clock

    def find(self, conversation_id: str) -> Turn | None:
        """The last turn; None for an unknown or expired conversation.

        One from the future was kept before the clock was set back: it is expired as well.
        """
        if not conversation_id:
            return None
        now = self._clock()
        wanted = sa.select(_CONVERSATIONS.c.turn).where(
            _CONVERSATIONS.c.id == conversation_id,
            _CONVERSATIONS.c.at.between(now - self._ttl_s, now + self._ttl_s),
        )
        try:
            with self._engine.connect() as connection:
                stored = connection.scalar(wanted)
            return _TURN.validate_json(stored) if stored else None
        except (StateError, ValidationError) as error:
            log.warning("a conversation cannot be read and starts anew: %s", error)
            return None

    def keep(self, conversation_id: str, turn: Turn) -> None:
        """Replace the last turn of a conversation; the one unused for longest gives way."""
        now = self._clock()
        row = {"id": conversation_id, "at": now, "turn": _TURN.dump_json(turn)}
        try:
            with self._engine.begin() as connection:
                connection.execute(
                    _CONVERSATIONS.delete().where(_CONVERSATIONS.c.id == conversation_id)
                )
                connection.execute(_CONVERSATIONS.insert(), row)
                if random.randrange(_SWEEP_EVERY) == 0:
                    self._sweep(connection, now)
        except StateError as error:
            log.warning("a conversation cannot be kept: %s", error)

    def _sweep(self, connection: sa.Connection, now: float) -> None:
        columns = _CONVERSATIONS.c
        is_over = ~columns.at.between(now - self._ttl_s, now + self._ttl_s)
        connection.execute(_CONVERSATIONS.delete().where(is_over))
        newest = sa.select(columns.at).order_by(columns.at.desc()).offset(self._limit).limit(1)
        if (oldest_kept := connection.scalar(newest)) is not None:
            connection.execute(_CONVERSATIONS.delete().where(columns.at <= oldest_kept))
