"""Notes under a key that fade by themselves: what all workers of a service remember for a while."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence

import sqlalchemy as sa

from assistant.state.database import METADATA, StateError

log = logging.getLogger(__name__)

_PURGE_EVERY_S = 600.0

_NOTES = sa.Table(
    "notes",
    METADATA,
    sa.Column("key", sa.String(128), primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("expires", sa.Float, nullable=False, index=True),
)

_FRESH = sa.select(_NOTES.c.key, _NOTES.c.text).where(
    _NOTES.c.key.in_(sa.bindparam("keys", expanding=True)),
    _NOTES.c.expires > sa.bindparam("now"),
)


class Notes:
    """Notes in the database of the service's state. Safe to share between threads and workers.

    While the database is away nothing is remembered, and that is logged: a person still gets an
    answer.
    """

    def __init__(self, engine: sa.Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._clock = clock
        # One writer of this process at a time: SQLite lets no two in, and those it turns away nap.
        self._writing = threading.Lock()
        self._purge_at = 0.0

    def find(self, key: str) -> str | None:
        """The note under a key; None if there is none, or it has faded."""
        return self.find_all((key,)).get(key)

    def find_all(self, keys: Sequence[str]) -> dict[str, str]:
        """The notes under some keys; those that have faded are left out."""
        wanted = {"keys": list(keys), "now": self._clock()}
        try:
            with self._engine.connect() as connection:
                return {key: text for key, text in connection.execute(_FRESH, wanted)}
        except StateError as exc:
            log.warning("notes could not be read: %s", exc)
            return {}

    def keep(self, key: str, text: str, *, ttl_s: float) -> None:
        """Write a note, in place of one under the same key."""
        try:
            with self._writing, self._engine.begin() as connection:
                connection.execute(sa.delete(_NOTES).where(_NOTES.c.key == key))
                connection.execute(self._note(key, text, ttl_s))
                self._purge(connection)
        except sa.exc.IntegrityError:
            log.info("two workers wrote the same note at once: one of both stands")
        except StateError as exc:
            log.warning("a note could not be written: %s", exc)

    def claim(self, key: str, text: str = "", *, ttl_s: float) -> bool:
        """Write a note unless there is one; True for the one worker that wrote it."""
        faded = (_NOTES.c.key == key) & (_NOTES.c.expires <= self._clock())
        try:
            with self._writing, self._engine.begin() as connection:
                connection.execute(sa.delete(_NOTES).where(faded))
                connection.execute(self._note(key, text, ttl_s))
                self._purge(connection)
        except sa.exc.IntegrityError:
            return False
        except StateError as exc:
            log.warning("a note could not be written: %s", exc)
        return True

    def forget(self, key: str) -> None:
        """Delete a note."""
        try:
            with self._writing, self._engine.begin() as connection:
                connection.execute(sa.delete(_NOTES).where(_NOTES.c.key == key))
        except StateError as exc:
            log.warning("a note could not be deleted: %s", exc)

    def _note(self, key: str, text: str, ttl_s: float) -> sa.Insert:
        return sa.insert(_NOTES).values(key=key, text=text, expires=self._clock() + ttl_s)

    def _purge(self, connection: sa.Connection) -> None:
        """Delete faded notes now and then."""
        now = self._clock()
        if now >= self._purge_at:
            self._purge_at = now + _PURGE_EVERY_S
            connection.execute(sa.delete(_NOTES).where(_NOTES.c.expires <= now))
