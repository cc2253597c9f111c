"""The audit log: every act of an editor or administrator, written before it is done."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from assistant.state.database import METADATA


@dataclass(frozen=True, slots=True)
class Deed:
    """Who did what to what, when (seconds since 1970), and by which request."""

    who: str
    role: str
    what: str
    target: str = ""
    detail: str = ""
    request_id: str = ""
    at: float = 0.0


_DEEDS = sa.Table(
    "deeds",
    METADATA,
    sa.Column("ordinal", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.Float, nullable=False, index=True),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("request_id", sa.String(32), nullable=False),
)


class Deeds:
    """Appends and reads; nothing here changes or deletes. Safe to share between threads."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def add(self, deed: Deed) -> None:
        """Write one down, now.

        Raises:
            StateError: it could not be written; then the act must not be done.
        """
        with self._engine.begin() as connection:
            connection.execute(_DEEDS.insert(), {**asdict(deed), "at": deed.at or time.time()})

    def latest(self, limit: int = 100) -> Iterator[Deed]:
        """The last ones, newest first."""
        columns = [_DEEDS.c[name] for name in Deed.__slots__]
        statement = sa.select(*columns).order_by(_DEEDS.c.ordinal.desc()).limit(limit)
        with self._engine.connect() as connection:
            for row in connection.execute(statement).mappings():
                yield Deed(**row)
