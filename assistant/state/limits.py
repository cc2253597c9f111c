"""Counting askers across workers, in SQL; who they are is kept as a keyed hash only."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable

import sqlalchemy as sa

from assistant.state.database import METADATA
from assistant.state.rates import Rate

_HASH_BYTES = 12
# One call in so many sweeps out what is over.
_SWEEP_EVERY = 1000

_LIMITS = sa.Table(
    "limits",
    METADATA,
    sa.Column("key", sa.String(32), primary_key=True),
    sa.Column("due", sa.Float, nullable=False),
)


class SqlLimits:
    """Counts in a table that every worker shares; see `Limits`. Safe to share between threads."""

    def __init__(
        self, engine: sa.Engine, secret: str, clock: Callable[[], float] = time.time
    ) -> None:
        self._engine = engine
        self._secret = secret.encode()[:64]
        self._clock = clock

    def wait_s(self, key: str, rate: Rate) -> float:
        """See `Limits`.

        Raises:
            StateError: the table cannot be read or written.
        """
        hashed = hashlib.blake2b(
            key.encode(), key=self._secret, digest_size=_HASH_BYTES
        ).hexdigest()
        now = self._clock()
        with self._engine.begin() as connection:
            found = sa.select(_LIMITS.c.due).where(_LIMITS.c.key == hashed).with_for_update()
            known = connection.scalar(found)
            due, wait = rate.next_due(known, now)
            if known is not None:
                connection.execute(_LIMITS.update().where(_LIMITS.c.key == hashed).values(due=due))
            else:
                self._insert(connection, hashed, due)
            if random.randrange(_SWEEP_EVERY) == 0:
                connection.execute(_LIMITS.delete().where(_LIMITS.c.due < now))
        return wait

    def _insert(self, connection: sa.Connection, hashed: str, due: float) -> None:
        """Another worker may have met the same asker in this moment: then its row stands."""
        try:
            with connection.begin_nested():
                connection.execute(_LIMITS.insert(), {"key": hashed, "due": due})
        except sa.exc.IntegrityError:
            return
