"""Which engine keeps a version's vectors: chosen by URL, one protocol for all."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from index.encoder import Vectors
from index.engines import Engines, Kept
from index.errors import BuildError
from index.scan import Scan
from index.vectors.folder import FolderVectors, write_folder

Passages = npt.NDArray[np.int32]

# Scheme of the URL → adapter, whose library is imported only when it is asked for.
_ADAPTERS = {
    "postgresql": "index.vectors.pgvector.PgVectors",
    "chroma": "index.vectors.chroma.ChromaVectors",
    "milvus": "index.vectors.milvus.MilvusVectors",
}


class PassageVectors(Protocol):
    """The vectors of a version's passages: float32, L2-normalised, numbered as the passages are."""

    def __len__(self) -> int:
        """How many passages there are."""
        ...

    @property
    def scan(self) -> Scan | None:
        """All of them for scanning, if they are at hand and few enough."""
        ...

    def cosines(self, passages: Passages, queries: Vectors) -> Vectors:
        """Exact cosines of some passages, in the order given: float32, (n_passages, n_queries).

        Of queries that are not of unit length: products.

        Raises:
            CorpusError: the engine does not answer.
        """
        ...

    def nearest(self, query: Vectors, k: int) -> list[int]:
        """About the k passages nearest to a query (dimensions,), best first.

        Raises:
            CorpusError: the engine does not answer.
        """
        ...

    def close(self) -> None:
        """Let go of connections; nothing may be asked afterwards."""
        ...


def open_vectors(folder: Path) -> PassageVectors:
    """The vectors of a corpus version, where it says that they are kept."""
    kept = Engines.of_version(folder).vectors
    if kept is None:
        return FolderVectors(folder)
    opened: PassageVectors = _adapter(kept)(kept)
    return opened


def write_vectors(folder: Path, texts: Sequence[str], vectors: Vectors, encoder_id: str) -> None:
    """Store passages and vectors of a new version, where it says.

    Raises:
        BuildError: the engine does not take them.
    """
    kept = Engines.of_version(folder).vectors
    if kept is None:
        write_folder(folder, texts, vectors, encoder_id)
    else:
        _adapter(kept).create(kept, texts, vectors, encoder_id)


def drop_vectors(kept: Kept) -> None:
    """Remove what an engine keeps of a version."""
    _adapter(kept).drop(kept)


def _adapter(kept: Kept) -> Any:  # noqa: ANN401 - a class with `create` and `drop`
    scheme = kept.url.split(":")[0].split("+")[0]
    if scheme not in _ADAPTERS:
        raise BuildError(f"不认识的向量库地址 {kept.url}；可用：{'、'.join(_ADAPTERS)}://…")
    module, name = _ADAPTERS[scheme].rsplit(".", 1)
    try:
        return getattr(import_module(module), name)
    except ModuleNotFoundError as exc:
        raise BuildError(
            f"用 {scheme} 存向量要先安装 {exc.name}：pip install 'dutydesk[{scheme}]'"
        ) from exc
