"""Vectors of the distinct passages: an exact matrix for a place's rows, Chroma for the whole corpus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from index.encoder import Vectors

_COLLECTION = "passages"
# Near-identical rows break Chroma's default graph: recall@10 0.93 there, 0.995 with these (60 k rows).
_GRAPH = {"space": "cosine", "max_neighbors": 32, "ef_construction": 200, "ef_search": 300}
_BATCH = 2000
# So many vectors are scanned in under 10 ms; Chroma's graph takes as long, and 2 s and 200 MB to open.
SCANNED = 100_000

Progress = Callable[[int], None]


class VectorSearch(Protocol):
    """Approximate search over all passages."""

    def nearest(self, query: Vectors, k: int) -> list[int]:
        """Indices of about the k nearest passages; query float32 (dimensions,)."""
        ...


def highest(scores: Vectors, k: int) -> list[int]:
    """Indices of the k highest scores, best first; all of them if there are fewer."""
    k = min(k, len(scores))
    best = np.argpartition(-scores, k - 1)[:k]
    return [int(i) for i in best[np.argsort(-scores[best], kind="stable")]]


class MatrixSearch:
    """Every passage's vector compared: exact, and quicker than a graph up to SCANNED passages."""

    def __init__(self, matrix: Vectors) -> None:
        self._matrix = np.asarray(matrix)

    def nearest(self, query: Vectors, k: int) -> list[int]:
        """See `VectorSearch`; exactly the k nearest, best first."""
        return highest(self._matrix @ query, k)


class ChromaSearch:
    """Chroma's local store, opened for reading."""

    def __init__(self, path: Path) -> None:
        self._collection = _client(path).get_collection(_COLLECTION, embedding_function=None)
        self._n_passages = self._collection.count()

    def nearest(self, query: Vectors, k: int) -> list[int]:
        """See `VectorSearch`."""
        n = min(k, self._n_passages)
        found = self._collection.query(query_embeddings=query[None, :], n_results=n, include=[])
        return [int(key) for key in found["ids"][0]]


def write_chroma(path: Path, texts: Sequence[str], vectors: Vectors, encoder_id: str) -> None:
    """Store passages and vectors in a new Chroma folder."""
    client = _client(path)
    collection = client.create_collection(
        _COLLECTION,
        configuration={"hnsw": _GRAPH},
        metadata={"encoder": encoder_id},
        embedding_function=None,
    )
    for start in range(0, len(texts), _BATCH):
        part = slice(start, start + _BATCH)
        keys = [str(i) for i in range(start, min(start + _BATCH, len(texts)))]
        collection.add(ids=keys, embeddings=vectors[part], documents=list(texts[part]))


def _client(path: Path) -> Any:  # noqa: ANN401 - chromadb has no usable types
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(str(path), Settings(anonymized_telemetry=False))


def load_matrix(path: Path) -> Vectors:
    """The passages' vectors, memory-mapped: float32, (n_passages, dimensions)."""
    matrix: Vectors = np.load(path, mmap_mode="r")
    return matrix
