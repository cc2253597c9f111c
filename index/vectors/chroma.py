"""Chroma: its local store in a version's folder, or a server (`chroma://host:8000`)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt

from index.encoder import Vectors
from index.engines import Kept
from index.errors import BuildError, CorpusError, DutyDeskError

_COLLECTION = "passages"
# Near-identical rows break Chroma's default graph: recall@10 0.93 there, 0.995 with these (60 k rows).
_GRAPH = {"space": "cosine", "max_neighbors": 32, "ef_construction": 200, "ef_search": 300}
_BATCH = 2000


class ChromaFolder:
    """The graph in a version's folder, opened for reading."""

    def __init__(self, path: Path) -> None:
        self._passages = _local(path).get_collection(_COLLECTION, embedding_function=None)
        self._n_passages = self._passages.count()

    @staticmethod
    def create(path: Path, texts: Sequence[str], vectors: Vectors, encoder_id: str) -> None:
        """Store passages and vectors in a new folder."""
        _fill(_local(path), _COLLECTION, texts, vectors, encoder_id)

    def nearest(self, query: Vectors, k: int) -> list[int]:
        """About the k passages nearest to a query, best first."""
        return _nearest(self._passages, query, min(k, self._n_passages))


class ChromaVectors:
    """See `PassageVectors`; on a Chroma server, a collection a version."""

    def __init__(self, kept: Kept) -> None:
        with _translated(CorpusError, kept):
            self._passages = _server(kept).get_collection(kept.name, embedding_function=None)
            self._n_passages: int = self._passages.count()
        self._kept = kept

    @staticmethod
    def create(kept: Kept, texts: Sequence[str], vectors: Vectors, encoder_id: str) -> None:
        """Store a new version's passages."""
        with _translated(BuildError, kept):
            _fill(_server(kept), kept.name, texts, vectors, encoder_id)

    @staticmethod
    def drop(kept: Kept) -> None:
        """Remove a version's collection."""
        from chromadb.errors import NotFoundError

        try:
            _server(kept).delete_collection(kept.name)
        except NotFoundError:
            return

    def __len__(self) -> int:
        return self._n_passages

    @property
    def scan(self) -> None:
        """See `PassageVectors`: not in this process."""

    def cosines(self, passages: npt.NDArray[np.int32], queries: Vectors) -> Vectors:
        """See `PassageVectors`: Chroma compares no given ids, so their vectors are fetched."""
        wanted, places = np.unique(passages, return_inverse=True)
        with _translated(CorpusError, self._kept):
            found = self._passages.get(ids=[str(i) for i in wanted], include=["embeddings"])
        vectors = np.empty((len(wanted), queries.shape[1]), np.float32)
        vectors[np.searchsorted(wanted, [int(key) for key in found["ids"]])] = found["embeddings"]
        cosines: Vectors = (vectors @ queries.T)[places]
        return cosines

    def nearest(self, query: Vectors, k: int) -> list[int]:
        """See `PassageVectors`."""
        with _translated(CorpusError, self._kept):
            return _nearest(self._passages, query, min(k, self._n_passages))

    def close(self) -> None:
        """See `PassageVectors`."""


@contextmanager
def _translated(kind: type[DutyDeskError], kept: Kept) -> Iterator[None]:
    """Chroma's own errors as ours."""
    import httpx
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, httpx.HTTPError, ValueError) as exc:  # ValueError: no connection
        raise kind(f"向量库 {kept.url} 没有响应或拒绝了请求：{exc}") from exc


def _nearest(passages: Any, query: Vectors, n: int) -> list[int]:  # noqa: ANN401
    found = passages.query(query_embeddings=query[None, :], n_results=n, include=[])
    return [int(key) for key in found["ids"][0]]


def _fill(client: Any, name: str, texts: Sequence[str], vectors: Vectors, encoder_id: str) -> None:  # noqa: ANN401
    passages = client.create_collection(
        name,
        configuration={"hnsw": _GRAPH},
        metadata={"encoder": encoder_id},
        embedding_function=None,
    )
    for start in range(0, len(texts), _BATCH):
        part = slice(start, start + _BATCH)
        keys = [str(i) for i in range(start, min(start + _BATCH, len(texts)))]
        passages.add(ids=keys, embeddings=vectors[part], documents=list(texts[part]))


def _local(path: Path) -> Any:  # noqa: ANN401 - chromadb has no usable types
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(str(path), Settings(anonymized_telemetry=False))


def _server(kept: Kept) -> Any:  # noqa: ANN401
    """A client of the server; its token comes from CHROMA_TOKEN."""
    import chromadb
    from chromadb.config import Settings

    at = urlsplit(kept.url)
    token = os.environ.get("CHROMA_TOKEN")
    return chromadb.HttpClient(
        host=at.hostname or "127.0.0.1",
        port=at.port or 8000,
        ssl=at.scheme.endswith("+https"),
        headers={"authorization": f"Bearer {token}"} if token else None,
        settings=Settings(anonymized_telemetry=False),
    )
