"""Vectors by content: what was embedded once, with this encoder, is never embedded again."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from index.encoder import Encoder, Vectors

_SLICE = 500


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
    with sqlite3.connect(folder / f"{name}.sqlite", timeout=60) as store:
        store.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, value BLOB)")
        for start, part in _slices(texts):
            keys = [hashlib.sha256(text.encode("utf-8", "replace")).digest() for text in part]
            known = _known(store, keys)
            missing = [i for i, key in enumerate(keys) if key not in known]
            fresh = encoder.encode_passages([part[i] for i in missing]) if missing else ()
            known |= {keys[i]: row for i, row in zip(missing, fresh, strict=True)}
            store.executemany(
                "INSERT OR IGNORE INTO vectors VALUES (?, ?)",
                [(keys[i], known[keys[i]].tobytes()) for i in missing],
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


def _known(store: sqlite3.Connection, keys: list[bytes]) -> dict[bytes, Vectors]:
    marks = ",".join("?" * len(keys))
    rows = store.execute(f"SELECT key, value FROM vectors WHERE key IN ({marks})", keys)
    return {key: np.frombuffer(value, np.float32) for key, value in rows}
