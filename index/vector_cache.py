"""Vectors by content: what was embedded once, with this encoder, is never embedded again."""

from __future__ import annotations

import hashlib
import re
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from index.encoder import Encoder, Vectors

_SLICE = 500
# Each vector is followed by the CRC-32 of its bytes, so that a damaged one is embedded again.
_CRC_BYTES = 4


def embed_cached(
    texts: Sequence[str],
    encoder: Encoder,
    folder: Path,
    on_progress: Callable[[int], None] | None = None,
) -> tuple[Vectors, int]:
    """Vectors of all texts, and how many had to be embedded anew.

    The cache is one SQLite file an encoder; each slice is committed as it is done, so a killed
    build goes on where it stopped.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^\w.-]+", "_", encoder.id)
    vectors = np.empty((len(texts), encoder.dimensions), np.float32)
    n_new = n_done = 0
    with closing(_opened(folder / f"{name}.sqlite")) as store:
        for start, part in _slices(texts):
            keys = [hashlib.sha256(text.encode("utf-8", "replace")).digest() for text in part]
            known = _known(store, keys, encoder.dimensions)
            missing = [i for i, key in enumerate(keys) if key not in known]
            fresh = encoder.encode_passages([part[i] for i in missing]) if missing else ()
            known |= {keys[i]: row for i, row in zip(missing, fresh, strict=True)}
            store.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?)",
                [(keys[i], _with_crc(known[keys[i]].tobytes())) for i in missing],
            )
            store.commit()
            vectors[start : start + len(part)] = [known[key] for key in keys]
            n_new, n_done = n_new + len(missing), n_done + len(part)
            if on_progress:
                on_progress(n_done)
    return vectors, n_new


def _slices(texts: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    for start in range(0, len(texts), _SLICE):
        yield start, texts[start : start + _SLICE]


def _opened(path: Path) -> sqlite3.Connection:
    """The cache; a file that is no sound database is begun anew."""
    try:
        return _prepared(path)
    except sqlite3.DatabaseError as exc:
        if isinstance(exc, sqlite3.OperationalError):  # locked, or the folder is not writable
            raise
        path.unlink(missing_ok=True)
        return _prepared(path)


def _prepared(path: Path) -> sqlite3.Connection:
    store = sqlite3.connect(path, timeout=60)
    try:
        store.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, value BLOB)")
    except sqlite3.Error:
        store.close()
        raise
    return store


def _known(store: sqlite3.Connection, keys: list[bytes], n_dimensions: int) -> dict[bytes, Vectors]:
    marks = ",".join("?" * len(keys))
    rows = store.execute(f"SELECT key, value FROM vectors WHERE key IN ({marks})", keys)
    n_bytes = n_dimensions * np.dtype(np.float32).itemsize
    return {
        key: np.frombuffer(value[:n_bytes], np.float32)
        for key, value in rows
        if value == _with_crc(value[:n_bytes])
    }


def _with_crc(value: bytes) -> bytes:
    return value + zlib.crc32(value).to_bytes(_CRC_BYTES, "big")
