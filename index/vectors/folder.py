"""Vectors in the version's folder: a memory-mapped matrix, scanned; beyond SCANNED Chroma's graph."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.encoder import Vectors
from index.scan import Scan
from index.vectors.chroma import ChromaFolder
from index.vectors.ranking import highest

_MATRIX = "vectors.npy"
# So many vectors are scanned in some 2 ms; Chroma's graph takes longer, and 2 s and 200 MB to open.
SCANNED = 100_000


class FolderVectors:
    """See `PassageVectors`."""

    def __init__(self, folder: Path) -> None:
        self._matrix: Vectors = np.asarray(np.load(folder / _MATRIX, mmap_mode="r"))
        self._folder = folder

    def __len__(self) -> int:
        return len(self._matrix)

    @cached_property
    def scan(self) -> Scan | None:
        """See `PassageVectors`."""
        return Scan(self._matrix) if len(self._matrix) <= SCANNED else None

    def cosines(self, passages: npt.NDArray[np.int32], queries: Vectors) -> Vectors:
        """See `PassageVectors`."""
        cosines: Vectors = self._matrix[passages] @ queries.T
        return cosines

    def nearest(self, query: Vectors, k: int) -> list[int]:
        """See `PassageVectors`; exact up to SCANNED passages."""
        if self.scan is not None:
            return highest(self.scan.cosines(query[None])[:, 0], k)
        return self._graph.nearest(query, k)

    def close(self) -> None:
        """See `PassageVectors`."""

    @cached_property
    def _graph(self) -> ChromaFolder:
        return ChromaFolder(self._folder / "chroma")


def write_folder(folder: Path, texts: Sequence[str], vectors: Vectors, encoder_id: str) -> None:
    """Store the matrix and the graph of a new version."""
    np.save(folder / _MATRIX, vectors)
    ChromaFolder.create(folder / "chroma", texts, vectors, encoder_id)
