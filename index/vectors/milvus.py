"""Milvus: a server (`milvus+http://host:19530`) or Milvus Lite's file (`milvus:///path/to.db`)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from index.encoder import Vectors
from index.engines import Kept
from index.errors import BuildError, CorpusError, DutyDeskError

# As for Chroma; Lite, which knows fewer kinds, searches its lists exactly.
_INDEX = {"index_type": "HNSW", "metric_type": "IP", "params": {"M": 32, "efConstruction": 200}}
_INDEX_OF_LITE = {"index_type": "FLAT", "metric_type": "IP", "params": {}}
_SEARCHED = {"metric_type": "IP", "params": {"ef": 300}}
_BATCH = 2000


class MilvusVectors:
    """See `PassageVectors`; a collection a version."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        with _translated(CorpusError, kept):
            self._client = _client(kept)
            self._client.load_collection(kept.name)
            stats = self._client.get_collection_stats(kept.name)
        self._n_passages = int(stats["row_count"])

    @staticmethod
    def create(kept: Kept, texts: Sequence[str], vectors: Vectors, encoder_id: str) -> None:
        """Store a new version's passages."""
        from pymilvus import DataType

        with _translated(BuildError, kept):
            client = _client(kept)
            schema = client.create_schema(auto_id=False, description=encoder_id)
            schema.add_field("id", DataType.INT64, is_primary=True)
            schema.add_field("vector", DataType.FLOAT_VECTOR, dim=vectors.shape[1])
            index = client.prepare_index_params()
            index.add_index("vector", **(_INDEX_OF_LITE if _is_lite(kept) else _INDEX))
            client.create_collection(kept.name, schema=schema, index_params=index)
            for start in range(0, len(texts), _BATCH):
                part = vectors[start : start + _BATCH]
                rows = [{"id": start + i, "vector": vector} for i, vector in enumerate(part)]
                client.insert(kept.name, rows)
            client.flush(kept.name)

    @staticmethod
    def drop(kept: Kept) -> None:
        """Remove a version's collection."""
        _client(kept).drop_collection(kept.name)

    def __len__(self) -> int:
        return self._n_passages

    @property
    def scan(self) -> None:
        """See `PassageVectors`: not in this process."""

    def cosines(self, passages: npt.NDArray[np.int32], queries: Vectors) -> Vectors:
        """See `PassageVectors`: Milvus compares no given ids, so their vectors are fetched."""
        with _translated(CorpusError, self._kept):
            found = self._client.get(
                self._kept.name, ids=passages.tolist(), output_fields=["id", "vector"]
            )
        by_id = {row["id"]: row["vector"] for row in found}
        vectors = np.array([by_id[int(i)] for i in passages], np.float32)
        cosines: Vectors = vectors @ queries.T
        return cosines

    def nearest(self, query: Vectors, k: int) -> list[int]:
        """See `PassageVectors`."""
        with _translated(CorpusError, self._kept):
            found = self._client.search(
                self._kept.name,
                data=[query],
                limit=min(k, self._n_passages),
                search_params=_SEARCHED,
            )
        return [int(hit["id"]) for hit in found[0]]

    def close(self) -> None:
        """See `PassageVectors`."""
        self._client.close()


@contextmanager
def _translated(kind: type[DutyDeskError], kept: Kept) -> Iterator[None]:
    """Milvus's own errors as ours."""
    from pymilvus.exceptions import MilvusException

    try:
        yield
    except MilvusException as exc:
        raise kind(f"向量库 {kept.url} 没有响应或拒绝了请求：{exc}") from exc


def _is_lite(kept: Kept) -> bool:
    return kept.url.startswith("milvus:///")


def _client(kept: Kept) -> Any:  # noqa: ANN401 - pymilvus has no usable types
    """A client; a server's token comes from MILVUS_TOKEN."""
    from pymilvus import MilvusClient

    if _is_lite(kept):
        return MilvusClient(kept.url.removeprefix("milvus://"))
    return MilvusClient(
        kept.url.removeprefix("milvus+"), token=os.environ.get("MILVUS_TOKEN", ""), timeout=10
    )
