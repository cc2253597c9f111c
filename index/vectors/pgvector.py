"""PostgreSQL with pgvector: a table of passages in the version's own schema, HNSW by inner product."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from index.encoder import Vectors
from index.engines import Kept
from index.errors import BuildError, CorpusError, DutyDeskError

# As for Chroma: near-identical rows need a denser graph and a wider search than the defaults.
_GRAPH = "m = 32, ef_construction = 200"
_SEARCHED = 300
_MOST_CONNECTIONS = 8  # a worker answers with few threads
# Tries to connect lie ever further apart, up to minutes after a long absence. Given up early, the
# next question makes a new one at once.
_TRIES_S = 2.0


class PgVectors:
    """See `PassageVectors`; cosines are computed where the vectors lie."""

    def __init__(self, kept: Kept) -> None:
        from psycopg_pool import ConnectionPool

        self._kept = kept
        self._pool = ConnectionPool(
            _dsn(kept),
            min_size=1,
            max_size=_MOST_CONNECTIONS,
            open=True,
            configure=_prepare,
            check=ConnectionPool.check_connection,
            timeout=5,
            reconnect_timeout=_TRIES_S,
        )
        try:
            self._n_passages = self._count()
        except CorpusError:
            self._pool.close()
            raise

    @staticmethod
    def create(kept: Kept, texts: Sequence[str], vectors: Vectors, encoder_id: str) -> None:
        """Store a new version's passages in a schema that its catalog may have made already."""
        import psycopg

        table = f"{kept.name}.passages"
        with _translated(BuildError, kept), psycopg.connect(_dsn(kept)) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {kept.name}")
            _prepare(connection)
            connection.execute(
                f"CREATE TABLE {table} (id integer PRIMARY KEY, text text NOT NULL,"
                f" vector vector({vectors.shape[1]}) NOT NULL)"
            )
            copy = f"COPY {table} FROM STDIN WITH (FORMAT BINARY)"
            with connection.cursor() as cursor, cursor.copy(copy) as rows:
                rows.set_types(["int4", "text", "vector"])
                for number, (text, vector) in enumerate(zip(texts, vectors, strict=True)):
                    rows.write_row((number, text, vector))
            connection.execute(
                f"CREATE INDEX ON {table} USING hnsw (vector vector_ip_ops) WITH ({_GRAPH})"
            )
            connection.execute(f"COMMENT ON TABLE {table} IS '{encoder_id.replace(chr(39), '')}'")

    @staticmethod
    def drop(kept: Kept) -> None:
        """Remove a version's schema."""
        import psycopg

        with psycopg.connect(_dsn(kept)) as connection:
            connection.execute(f"DROP SCHEMA IF EXISTS {kept.name} CASCADE")

    def __len__(self) -> int:
        return self._n_passages

    @property
    def scan(self) -> None:
        """See `PassageVectors`: not in this process."""

    def cosines(self, passages: npt.NDArray[np.int32], queries: Vectors) -> Vectors:
        """See `PassageVectors`."""
        columns = ", ".join("-(p.vector <#> %s)" for _ in queries)
        query = (
            f"SELECT {columns} FROM unnest(%s::int[]) WITH ORDINALITY AS wanted(id, place)"
            f" JOIN {self._kept.name}.passages AS p USING (id) ORDER BY wanted.place"
        )
        with self._cursor() as cursor:
            rows = cursor.execute(query, [*queries, passages.tolist()]).fetchall()
        return np.array(rows, np.float32).reshape(len(passages), len(queries))

    def nearest(self, query: Vectors, k: int) -> list[int]:
        """See `PassageVectors`."""
        wanted = f"SELECT id FROM {self._kept.name}.passages ORDER BY vector <#> %s LIMIT %s"
        with self._cursor() as cursor:
            cursor.execute(f"SET LOCAL hnsw.ef_search = {max(_SEARCHED, min(k, 1000))}")
            return [row[0] for row in cursor.execute(wanted, (query, k)).fetchall()]

    def close(self) -> None:
        """See `PassageVectors`."""
        self._pool.close()

    def _count(self) -> int:
        with self._cursor() as cursor:
            found = cursor.execute(f"SELECT count(*) FROM {self._kept.name}.passages").fetchone()
        return int(found[0])

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        with (
            _translated(CorpusError, self._kept),
            self._pool.connection() as connection,
            connection.cursor(binary=True) as cursor,
        ):
            yield cursor


def _prepare(connection: Any) -> None:  # noqa: ANN401 - a psycopg connection
    from pgvector.psycopg import register_vector

    register_vector(connection)
    connection.commit()


@contextmanager
def _translated(kind: type[DutyDeskError], kept: Kept) -> Iterator[None]:
    """Psycopg's own errors as ours."""
    import psycopg
    from psycopg_pool import PoolTimeout

    try:
        yield
    except (psycopg.Error, PoolTimeout) as exc:
        raise kind(f"向量库 {kept.url} 没有响应或拒绝了请求：{exc}") from exc


def _dsn(kept: Kept) -> str:
    """Libpq's URL, without SQLAlchemy's name of the driver."""
    return kept.url.replace("postgresql+psycopg:", "postgresql:", 1)
