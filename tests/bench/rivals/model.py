"""What is given to a rival and what it gives back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from index.encoder import Encoder
from index.vector_cache import embed_cached


@dataclass(frozen=True, slots=True)
class Text:
    """A document for a rival: a row or an article as a sensible text; `key` names it."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """A chunk that a rival found: the key (or file name) it came from, and its words."""

    key: str
    text: str


class Rival(Protocol):
    """One way to find texts."""

    def index(self, texts: Sequence[Text]) -> None:
        """Take in all texts."""

    def search(self, question: str, k: int) -> list[Found]:
        """The k nearest chunks, best first."""


class FileRival(Rival, Protocol):
    """A way that brings loaders of its own."""

    def index_files(self, paths: Sequence[Path]) -> list[str]:
        """Take in published files; returns the names of those its loader could not read."""


class SharedEncoder:
    """Our encoder in the two calls that every framework wants; what was embedded is kept."""

    def __init__(self, encoder: Encoder, cache: Path) -> None:
        self._encoder = encoder
        self._cache = cache
        self._query = lru_cache(maxsize=4096)(self._embed_query)

    def passages(self, texts: Sequence[str]) -> list[list[float]]:
        vectors, _ = embed_cached(list(texts), self._encoder, self._cache)
        return vectors.tolist()

    def query(self, text: str) -> list[float]:
        return self._query(text)

    def _embed_query(self, text: str) -> list[float]:
        return self._encoder.encode_queries([text])[0].tolist()
