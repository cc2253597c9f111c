"""Opens the database of the service's own state: SQLite under home, or whatever a URL names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from index.errors import DutyDeskError

METADATA = sa.MetaData()
# Another worker holds SQLite's one write lock for milliseconds; a backup for a little longer.
_BUSY_S = 5
# Append-only tables that survive a crash of the process; a power cut may cost the last second.
_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL")

# What a caller has to expect of every statement: disk full, server away, file damaged.
StateError = sa.exc.SQLAlchemyError


def is_about_values(error: StateError) -> bool:
    """True for what lies in the values that were to be stored, not in the database."""
    if isinstance(error, sa.exc.DBAPIError):
        return isinstance(error, sa.exc.DataError | sa.exc.IntegrityError)
    return isinstance(error, sa.exc.StatementError)


def storable(text: str) -> str:
    """A text as every database takes it: without NUL and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


class StateAwayError(DutyDeskError, StateError):
    """The database of the service's state cannot be used; the text says which and what to do."""


def state_url(home: Path, url: str) -> str:
    """The URL that was set, else the file under home."""
    return url or f"sqlite:///{(home / 'state.sqlite').resolve()}"


def open_state(url: str) -> sa.Engine:
    """An engine whose tables exist. Safe to call from several processes at once.

    Raises:
        StateAwayError: the database cannot be opened or written.
    """
    with _said_plainly(url):
        return _open(url)


@contextmanager
def opened_state(url: str) -> Iterator[sa.Engine]:
    """The same for one command: whatever fails meanwhile is said plainly.

    Raises:
        StateAwayError: the database cannot be opened, read or written.
    """
    with _said_plainly(url):
        engine = _open(url)
        try:
            yield engine
        finally:
            engine.dispose()


def _open(url: str) -> sa.Engine:
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


@contextmanager
def _said_plainly(url: str) -> Iterator[None]:
    try:
        yield
    except (StateError, ImportError, OSError) as exc:
        raise StateAwayError(
            f"服务的数据库 {_without_secrets(url)} 用不了：{_reason(exc)}。"
            "请检查数据库是否在运行、磁盘是否已满，以及 DUTYDESK_STATE 和 DUTYDESK_HOME 的设置。"
        ) from exc


def _without_secrets(url: str) -> str:
    """The URL as a log may hold it: passwords may stand before the host or in the query."""
    try:
        return sa.make_url(url).set(query={}).render_as_string(hide_password=True)
    except StateError:
        return "（DUTYDESK_STATE 里的网址）"


def _reason(exc: Exception) -> str:
    """The first line of what the driver says; SQLAlchemy's own words may quote the URL."""
    if isinstance(exc, StateError) and not isinstance(exc, sa.exc.DBAPIError):
        return "网址写得不对"
    said = exc.orig if isinstance(exc, sa.exc.DBAPIError) else exc
    return (str(said).splitlines() or [type(exc).__name__])[0]
