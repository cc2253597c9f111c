"""Exact search over distinct texts in one mapped file: which of them hold some words; no row is read."""

from __future__ import annotations

import mmap
import re
import unicodedata
from array import array
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt

from index.words import to_simplified

Mask = npt.NDArray[np.bool_]

# Between two texts of the file; no published text holds it.
_BETWEEN = b"\x00"
_SPACE = re.compile(r"\s+")
# Searching a piece as bytes is twice as quick as searching the map; a piece stays in the cache.
_PIECE = 1 << 20


class Texts:
    """The texts of one file; `lengths` are bytes of each."""

    def __init__(self, folder: Path, name: str) -> None:
        self._starts: npt.NDArray[np.int64] = np.load(folder / f"{name}-starts.npy", mmap_mode="r")
        self.lengths = np.diff(self._starts) - len(_BETWEEN)
        self._bytes: mmap.mmap | bytes = b""
        if len(self.lengths):  # an empty file cannot be mapped
            with (folder / f"{name}s.bin").open("rb") as file:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def holding(self, words: str) -> Mask:
        """Which texts hold the words, white space, width and traditional forms aside."""
        found = np.zeros(len(self.lengths), np.bool_)
        if needle := normal(words).encode():
            positions = np.fromiter(self._positions(needle), np.int64)
            found[np.searchsorted(self._starts, positions, side="right") - 1] = True
        return found

    def _positions(self, needle: bytes) -> Iterator[int]:
        """Where the needle stands, once or little more often for each text."""
        for begin in range(0, len(self._bytes), _PIECE):
            piece = self._bytes[begin : begin + _PIECE + len(needle) - 1]
            at = piece.find(needle)
            while at >= 0:
                yield begin + at
                end = piece.find(_BETWEEN, at)
                at = piece.find(needle, end) if end >= 0 else -1


class TextWriter:
    """Writes each distinct text once, one behind the other."""

    def __init__(self, folder: Path, name: str) -> None:
        self._numbers: dict[bytes, int] = {}  # by digest: a province's texts do not fit in memory
        self._starts = array("q", [0])
        self._path = folder / f"{name}-starts.npy"
        self._file = (folder / f"{name}s.bin").open("wb")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        np.save(self._path, np.array(self._starts, np.int64))

    def number(self, text: str) -> int:
        """The text's number; a new text is written."""
        digest = blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()
        number = self._numbers.setdefault(digest, len(self._numbers))
        if number + 1 == len(self._starts):
            written = normal(text).encode("utf-8", "replace") + _BETWEEN
            self._file.write(written)
            self._starts.append(self._starts[-1] + len(written))
        return number


def normal(text: str) -> str:
    """A text as it is compared: NFKC, simplified, lower case, no white space."""
    return _SPACE.sub("", to_simplified(unicodedata.normalize("NFKC", text)).lower()).replace(
        "\x00", ""
    )
