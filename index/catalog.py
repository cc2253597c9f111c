"""What a corpus version holds, in SQL (SQLAlchemy Core): written once, then read only.

Records are found here by what they say of themselves; as a whole they are in the version's file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, starmap
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from index.engines import Engines, Kept
from index.errors import BuildError, CorpusError
from index.extract.bases import bases_of
from index.extract.citations import article_number
from index.extract.offices import offices_in
from index.gazetteer import Gazetteer
from index.institutions.graph import Institutions
from index.institutions.naming import tidy_name
from index.laws import law_key
from index.model import (
    Body,
    Clause,
    ClauseKind,
    DutyItem,
    Finding,
    Office,
    Place,
    Reform,
    SourceDocument,
)
from index.records import Record, RecordFile, write_records
from index.values import decoder, encoded

_SOURCE = decoder(SourceDocument)
_PLACE = decoder(Place)
_BODY = decoder(Body)
_REFORM = decoder(Reform)
_FINDING = decoder(Finding)
_FILE = "catalog.sqlite"
# Rows inserted at once: a province's would not fit into memory beside its records.
_BATCH = 5_000

_METADATA = sa.MetaData()
_SOURCES = sa.Table(
    "sources",
    _METADATA,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("file", sa.String, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("place", sa.String, nullable=False, index=True),
    sa.Column("value", sa.Text, nullable=False),
)
_RECORDS = sa.Table(
    "records",
    _METADATA,
    sa.Column("ordinal", sa.Integer, primary_key=True),
    sa.Column("id", sa.String, nullable=False, unique=True),
    sa.Column("source_id", sa.String, nullable=False, index=True),
    sa.Column("type", sa.String, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("body", sa.String, nullable=False),
    sa.Column("office", sa.String, nullable=False),
    sa.Column("name", sa.String, nullable=False),
    # A row of a delegation catalog names a hundred townships: too long for PostgreSQL's B-trees.
    sa.Index("records_body", "body", postgresql_using="hash"),
)
_BASES = sa.Table(
    "bases",
    _METADATA,
    sa.Column("law", sa.String, primary_key=True),
    sa.Column("article", sa.String, primary_key=True),
    sa.Column("record", sa.Integer, primary_key=True),
)
_PLACES = sa.Table(
    "places",
    _METADATA,
    sa.Column("code", sa.String, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
_BODIES = sa.Table(
    "bodies",
    _METADATA,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("place", sa.String, nullable=False, index=True),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("value", sa.Text, nullable=False),
)
_REFORMS = sa.Table(
    "reforms",
    _METADATA,
    sa.Column("ordinal", sa.Integer, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
_FINDINGS = sa.Table(
    "findings",
    _METADATA,
    sa.Column("ordinal", sa.Integer, primary_key=True),
    sa.Column("file", sa.String, nullable=False),
    sa.Column("value", sa.Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that one build read, ready to be stored."""

    sources: tuple[SourceDocument, ...]
    items: tuple[DutyItem, ...]
    clauses: tuple[Clause, ...]
    reforms: tuple[Reform, ...]
    places: tuple[Place, ...]
    findings: tuple[Finding, ...]
    bodies: tuple[Body, ...] = ()

    @property
    def records(self) -> tuple[Record, ...]:
        """Items, then clauses: the order that gives records their ordinals."""
        return (*self.items, *self.clauses)


class Catalog:
    """Reads one stored catalog. Safe to share between threads."""

    def __init__(self, records: RecordFile, url: str, schema: str | None = None) -> None:
        self._records = records
        self._engine = _engine(url, schema)
        # Nothing is written any more, so what was looked up once holds; every answer asks again.
        self._clauses_of = lru_cache(maxsize=4096)(self._read_clause_ordinals)

    @classmethod
    def of_version(cls, folder: Path) -> Catalog:
        """The catalog of a corpus version: in its folder, read-only, or where the version says."""
        records = RecordFile(folder)
        if kept := Engines.of_version(folder).catalog:
            return cls(records, kept.url, kept.name)
        url = f"sqlite:///file:{(folder / _FILE).resolve()}?mode=ro&immutable=1&uri=true"
        return cls(records, url)

    def sources(self) -> tuple[SourceDocument, ...]:
        """All sources, in the order they were read."""
        return tuple(_SOURCE.decode(value) for value in self._values(_SOURCES))

    def source(self, source_id: str) -> SourceDocument | None:
        """One source by id."""
        query = sa.select(_SOURCES.c.value).where(_SOURCES.c.id == source_id)
        value = self._scalar(query)
        return _SOURCE.decode(value) if value else None

    def gazetteer(self) -> Gazetteer:
        """All places of the corpus."""
        return Gazetteer(_PLACE.decode(value) for value in self._values(_PLACES))

    def institutions(self) -> Institutions:
        """All bodies that the corpus names, with their reforms."""
        bodies = (_BODY.decode(value) for value in self._values(_BODIES))
        return Institutions(bodies, self.reforms(), self.gazetteer())

    def reforms(self) -> tuple[Reform, ...]:
        """All changes of institutions."""
        return tuple(_REFORM.decode(value) for value in self._values(_REFORMS))

    def findings(self) -> tuple[Finding, ...]:
        """What the build was unsure of."""
        return tuple(_FINDING.decode(value) for value in self._values(_FINDINGS))

    def record(self, record_id: str) -> Record | None:
        """One record by id."""
        query = sa.select(_RECORDS.c.ordinal).where(_RECORDS.c.id == record_id)
        with self._connected() as connection:
            ordinal = connection.execute(query).scalar_one_or_none()
        return None if ordinal is None else self._records[ordinal]

    def records(self, ordinals: Iterable[int]) -> dict[int, Record]:
        """Records by ordinal."""
        return {ordinal: self._records[ordinal] for ordinal in ordinals}

    def all_records(self) -> Iterator[Record]:
        """Every record in order, read one by one."""
        return iter(self._records)

    def resting_on(self, law: str, article: str | None = None) -> tuple[int, ...]:
        """Ordinals of the items that cite a law, or one article of it, ascending.

        Names and numbers may be written in any way: 土地管理法, 第62条.
        """
        query = sa.select(_BASES.c.record).where(_BASES.c.law == law_key(law))
        if article:
            query = query.where(_BASES.c.article == article_number(article))
        with self._connected() as connection:
            found = connection.execute(query.distinct().order_by(_BASES.c.record))
            return tuple(found.scalars())

    def cited(self) -> Iterator[tuple[int, str]]:
        """(ordinal, law) of every law that an item cites, each once, ascending; streamed."""
        query = sa.select(_BASES.c.record, _BASES.c.law).distinct()
        query = query.order_by(_BASES.c.record, _BASES.c.law)
        with self._connected() as connection:
            rows = connection.execution_options(yield_per=_BATCH).execute(query)
            yield from ((ordinal, law) for ordinal, law in rows)

    def clause_ordinals(self, body: str, kinds: Sequence[str]) -> tuple[int, ...]:
        """Ordinals of a body's clauses of some kinds, ascending."""
        return self._clauses_of(body, tuple(kinds))

    def _read_clause_ordinals(self, body: str, kinds: tuple[str, ...]) -> tuple[int, ...]:
        query = (
            sa.select(_RECORDS.c.ordinal)
            .where(_RECORDS.c.body == body, _RECORDS.c.type == "clause")
            .where(_RECORDS.c.kind.in_(kinds))
            .order_by(_RECORDS.c.ordinal)
        )
        with self._connected() as connection:
            return tuple(connection.execute(query).scalars())

    def item_ordinals(self, body: str) -> tuple[int, ...]:
        """Ordinals of a body's list rows, ascending."""
        query = (
            sa.select(_RECORDS.c.ordinal)
            .where(_RECORDS.c.body == body, _RECORDS.c.type == "item")
            .order_by(_RECORDS.c.ordinal)
        )
        with self._connected() as connection:
            return tuple(connection.execute(query).scalars())

    def offices_of(self, body: str) -> tuple[Office, ...]:
        """The internal offices that its 三定 gives a body, whichever of its names the paper uses."""
        query = sa.select(_BODIES.c.value).where(_BODIES.c.name == tidy_name(body))
        value = self._scalar(query)
        names = _BODY.decode(value).names if value else (body,)
        kinds = (ClauseKind.OFFICE.value,)
        ordinals = [n for name in names for n in self.clause_ordinals(name, kinds)]
        return offices_in(r for r in self.records(ordinals).values() if isinstance(r, Clause))

    def bodies(self) -> tuple[str, ...]:
        """Full names of all bodies that hold a record."""
        query = sa.select(_RECORDS.c.body).distinct()
        with self._connected() as connection:
            names = connection.execute(query).scalars().all()
        return tuple(sorted({part for name in names for part in name.split("、") if part}))

    def offices(self) -> tuple[str, ...]:
        """Names of all internal offices that a list or a 三定 names."""
        query = sa.select(_RECORDS.c.office).distinct().order_by(_RECORDS.c.office)
        with self._connected() as connection:
            names = connection.execute(query).scalars().all()
        return tuple(name for name in names if name)

    @contextmanager
    def _connected(self) -> Iterator[sa.Connection]:
        """A connection from the pool.

        Raises:
            CorpusError: the database does not answer.
        """
        try:
            with self._engine.connect() as connection:
                yield connection
        except sa.exc.OperationalError as exc:
            raise CorpusError(f"读不了目录库 {self._engine.url}：{exc.orig}") from exc

    def _values(self, table: sa.Table) -> list[str]:
        with self._connected() as connection:
            query = sa.select(table.c.value).order_by(*table.primary_key.columns)
            return list(connection.execute(query).scalars())

    def _scalar(self, query: sa.Select[Any]) -> str | None:
        with self._connected() as connection:
            value: str | None = connection.execute(query).scalar_one_or_none()
        return value


def write_catalog(folder: Path, contents: Contents) -> None:
    """Create the tables of a new version, where it says, and store everything in one transaction.

    Records as a whole go into the version's folder.

    Raises:
        BuildError: the database does not take it.
    """
    kept = Engines.of_version(folder).catalog
    engine = _engine(kept.url, kept.name) if kept else _engine(f"sqlite:///{folder / _FILE}")
    try:
        with engine.begin() as connection:
            if kept:
                connection.execute(sa.schema.CreateSchema(kept.name))
            _METADATA.create_all(connection)
            _store(connection, contents)
    except sa.exc.DBAPIError as exc:
        raise BuildError(f"写不进目录库 {engine.url}：{exc.orig}") from exc
    finally:
        engine.dispose()
    write_records(folder, contents.items, contents.clauses)


def drop_catalog(kept: Kept) -> None:
    """Remove a version's catalog from its database."""
    engine = _engine(kept.url)
    with engine.begin() as connection:
        connection.execute(sa.schema.DropSchema(kept.name, cascade=True, if_exists=True))
    engine.dispose()


def _engine(url: str, schema: str | None = None) -> sa.Engine:
    """An engine whose tables lie in a schema; one of a server asks whether it is still there.

    Raises:
        CorpusError: the URL is no database's, or its driver is not installed.
    """
    try:
        engine = sa.create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    except sa.exc.ArgumentError as exc:
        raise CorpusError(f"看不懂目录库的地址：{exc}") from exc
    except ModuleNotFoundError as exc:
        raise CorpusError(
            f"目录库要先安装 {exc.name}：pip install 'dutydesk[postgresql]'，地址写成 postgresql+psycopg://…"
        ) from exc
    return engine.execution_options(schema_translate_map={None: schema}) if schema else engine


def _store(connection: sa.Connection, contents: Contents) -> None:
    _insert(connection, _SOURCES, map(_source_row, contents.sources))
    _insert(connection, _PLACES, ({"code": p.code, "value": _json(p)} for p in contents.places))
    _insert(connection, _BODIES, map(_body_row, contents.bodies))
    _insert(connection, _REFORMS, ({"value": _json(r)} for r in contents.reforms))
    findings = ({"file": f.file, "value": _json(f)} for f in contents.findings)
    _insert(connection, _FINDINGS, findings)
    _insert(connection, _RECORDS, starmap(_record_row, enumerate(contents.records)))
    _insert(connection, _BASES, _basis_rows(contents.items))


def _insert(connection: sa.Connection, table: sa.Table, rows: Iterable[dict[str, Any]]) -> None:
    left = iter(rows)
    while values := list(islice(left, _BATCH)):
        connection.execute(sa.insert(table), values)


def _source_row(source: SourceDocument) -> dict[str, Any]:
    return {
        "id": source.id,
        "file": source.file,
        "kind": source.kind.value,
        "place": source.place,
        "value": _json(source),
    }


def _body_row(body: Body) -> dict[str, Any]:
    return {
        "name": body.name,
        "place": body.place,
        "kind": body.kind.value,
        "value": _json(body),
    }


def _record_row(ordinal: int, record: Record) -> dict[str, Any]:
    is_item = isinstance(record, DutyItem)
    return {
        "ordinal": ordinal,
        "id": record.id,
        "source_id": record.source_id,
        "type": "item" if is_item else "clause",
        "kind": record.paper.value if isinstance(record, DutyItem) else record.kind.value,
        "body": record.body,
        "office": record.office,
        "name": record.name if isinstance(record, DutyItem) else record.text[:80],
    }


def _basis_rows(items: Sequence[DutyItem]) -> Iterator[dict[str, Any]]:
    for ordinal, item in enumerate(items):
        cited = {(law_key(basis.law), basis.article) for basis in bases_of(item)}
        for law, article in sorted(cited):
            yield {"law": law, "article": article, "record": ordinal}


def _json(value: object) -> str:
    return encoded(value).decode()
