"""Opens the database of the service's own state: SQLite under home, or whatever a URL names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

METADATA = sa.MetaData()
# Another worker holds SQLite's one write lock for milliseconds; a backup for a little longer.
_BUSY_S = 5
# Append-only tables that survive a crash of the process; a power cut may cost the last second.
_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL")

# What a caller has to expect of every statement: disk full, server away, file damaged.
StateError = sa.exc.SQLAlchemyError


def state_url(home: Path, url: str) -> str:
    """The URL that was set, else the file under home."""
    return url or f"sqlite:///{(home / 'state.sqlite').resolve()}"


def open_state(url: str) -> sa.Engine:
    """An engine whose tables exist. Safe to call from several processes at once.

    Raises:
        StateError: the database cannot be opened or written.
    """
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite":
        engine = sa.create_engine(url, pool_pre_ping=True)
    else:
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(url, connect_args={"timeout": _BUSY_S})
        sa.event.listen(engine, "connect", _set_pragmas)
    with engine.begin() as connection:
        for table in METADATA.sorted_tables:
            connection.execute(sa.schema.CreateTable(table, if_not_exists=True))
            for index in table.indexes:
                connection.execute(sa.schema.CreateIndex(index, if_not_exists=True))
    return engine


def _set_pragmas(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DB-API connection
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
