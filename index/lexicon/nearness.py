"""How near a question is to each entry of the lexicon in meaning, and a row to its official terms.

Written at build time beside the passages' vectors, so that a question is encoded once and costs one
product with some thousand short texts.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.encoder import Vectors
from index.lexicon.load import GAP, Entry
from index.scan import Scan

_FILE = "lexicon.npz"
# Sentence encoders put all texts of one language near to one direction, and some texts are near to
# every question: half of what all have in common is left out of questions and terms. Of 620 plain
# questions 583 then had a row of the right body first, 565 before; from 0.4 to 0.7 it is alike.
_LEFT_OUT = 0.5


def lexicon_texts(entries: Sequence[Entry]) -> tuple[str, ...]:
    """The distinct texts to embed: what people say, and the official terms."""
    texts = (text for entry in entries for text in (*map(_spoken, entry.say), *entry.terms))
    return tuple(dict.fromkeys(texts))


def write_nearness(folder: Path, texts: Sequence[str], vectors: Vectors) -> None:
    """Store the vectors of `lexicon_texts`: float32, (n_texts, dimensions), L2-normalised."""
    np.savez(folder / _FILE, texts=np.array(json.dumps(texts)), vectors=vectors.astype(np.float16))


class Nearness:
    """Products with entries and terms. Entries newer than the stored vectors have none: 0.

    `common` is what questions and texts have in common: float32, (dimensions,).
    """

    def __init__(self, folder: Path, entries: Sequence[Entry]) -> None:
        with np.load(folder / _FILE) as stored:
            texts = json.loads(str(stored["texts"]))
            self._vectors: npt.NDArray[np.float16] = stored["vectors"]
        self._scan = Scan(self._vectors.astype(np.float32))
        self.common: Vectors = _LEFT_OUT * self._vectors.mean(axis=0, dtype=np.float32)
        number = {text: i for i, text in enumerate(texts)}
        self._says = _Grouped([[number.get(_spoken(s)) for s in e.say] for e in entries])
        self._terms = _Grouped([[number.get(t) for t in e.terms] for e in entries])
        self._of_terms = {e.origin: [number[t] for t in e.terms if t in number] for e in entries}

    @classmethod
    def from_folder(cls, folder: Path, entries: Sequence[Entry]) -> Nearness | None:
        """Of a corpus version; None where it was built without."""
        return cls(folder, entries) if (folder / _FILE).is_file() else None

    def to_entries(self, question: Vectors) -> tuple[Vectors, Vectors]:
        """Nearness of a question to each entry, and to its plain phrases alone: float32, (n_entries,).

        The first is the mean of its best plain phrase and its best official term: a phrase that
        only sounds alike does not have a term that means alike.
        """
        cosines = self._scan.cosines(question[None])[:, 0]
        says, terms = self._says.best(cosines), self._terms.best(cosines)
        return np.asarray((says + terms) / 2, np.float32), says

    def terms(self, entry: Entry) -> Vectors:
        """Vectors of an entry's terms without what is common: float32, (n_terms, dimensions)."""
        of_entry = self._vectors[self._of_terms.get(entry.origin, [])]
        return of_entry.astype(np.float32) - self.common


class _Grouped:
    """Texts by entry, for the best cosine of each entry."""

    def __init__(self, numbers: Sequence[Sequence[int | None]]) -> None:
        known = [[n for n in texts if n is not None] for texts in numbers]
        sizes = np.array([len(texts) for texts in known], np.int64)
        self._texts = np.array([n for texts in known for n in texts], np.int64)
        self._entries = np.flatnonzero(sizes)
        self._starts = (np.cumsum(sizes) - sizes)[self._entries]
        self._n = len(numbers)

    def best(self, cosines: Vectors) -> Vectors:
        """The highest cosine of each entry's texts; 0 for an entry without."""
        best: Vectors = np.zeros(self._n, np.float32)
        if len(self._texts):
            found = np.maximum.reduceat(cosines[self._texts], self._starts)
            best[self._entries] = np.maximum(found, 0)
        return best


def _spoken(phrase: str) -> str:
    return phrase.replace(GAP, "")
