"""A wording → how near each record is in meaning: to the question and to its official terms.

Nearness is a cosine less what all texts have in common (`Nearness.common`), so that 0.4 may be near.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from assistant.corpus import Corpus, Numbers, Scope
from assistant.retrieve.wording import Reading, Wording
from index.encoder import Vectors
from index.lexicon import Entry
from index.vectors import highest

Scores = npt.NDArray[np.float32]

# A matter's title says what it is; its duty text says it in other words.
_TITLE, _DUTY = 0.67, 0.33
_TITLE_TERMS, _DUTY_TERMS = 0.8, 0.2
# Nearness to lexicon entries that is kept: at most 256 MB, all entries of a province; a city takes 33.
_CACHED = 64_000_000


class Meaning:
    """Compares wordings with the passages of one corpus.

    A matrix in memory is compared as a whole once a question, or once a lexicon entry, and every
    place of the question looks its texts up; of others only the texts in question are compared.
    """

    def __init__(self, corpus: Corpus, encode: Callable[[str], Vectors]) -> None:
        assert corpus.vectors is not None
        self._corpus = corpus
        self._vectors = corpus.vectors
        self._encode = encode
        self._scan = corpus.vectors.scan
        kept = _CACHED // max(1, corpus.texts.shape[1])
        self._to_question = lru_cache(maxsize=64)(self._scan_for_question)
        self._to_entry = lru_cache(maxsize=kept)(self._scan_for_entry)

    def nearest(self, text: str, k: int) -> Sequence[int]:
        """Indices of about the k passages nearest to a text, best first."""
        if self._scan is not None:
            return highest(self._to_question(text), k)
        return self._vectors.nearest(self._encode(text), k)

    def highest(self, matter: str, scope: Scope) -> float:
        """Nothing of the scope is nearer to a matter; exact where the matrix is at hand, else 1."""
        if self._scan is None:
            return 1.0
        return float(self._to_texts(matter, scope).max(initial=0.0))

    def scores(self, wording: Wording, scope: Scope) -> dict[str, Scores]:
        """Nearness of texts to the question and, weighed, to its readings' best terms."""
        readings = wording.readings if self._corpus.nearness else ()
        if self._scan is not None:
            stages = {"dense": self._to_texts(wording.matter, scope)}
            entries = [self._to_entry(reading.entry)[scope.texts] for reading in readings]
        else:
            stages, entries = self._compared(wording.matter, readings, scope)
        if readings:
            terms = np.zeros(len(scope.texts), np.float32)
            for reading, of_entry in zip(readings, entries, strict=True):
                terms += reading.weight * of_entry
            stages["dense_terms"] = terms
        return stages

    def _to_texts(self, matter: str, scope: Scope) -> Scores:
        question = self._to_question(matter)
        cosines: Scores = _TITLE * question[scope.titles] + _DUTY * question[scope.duties]
        return cosines

    def _scan_for_question(self, text: str) -> Scores:
        assert self._scan is not None
        cosines: Scores = self._scan.cosines(self._encode(text)[None])[:, 0]
        return cosines

    def _scan_for_entry(self, entry: Entry) -> Scores:
        """Of every text of the corpus with an entry's best terms."""
        assert self._scan is not None
        return _of_texts(_best(self._scan.cosines(self._terms(entry))), *self._corpus.texts)

    def _compared(
        self, matter: str, readings: Sequence[Reading], scope: Scope
    ) -> tuple[dict[str, Scores], list[Scores]]:
        """The texts of a scope with the question and each reading, asked for at once."""
        texts = np.stack([scope.titles, scope.duties])
        passages, positions = np.unique(texts, return_inverse=True)
        titles, duties = positions.reshape(2, -1).astype(np.int32)
        terms = [self._terms(reading.entry) for reading in readings]
        queries = np.concatenate([self._encode(matter)[None, :], *terms])
        cosines = self._vectors.cosines(passages, queries)
        dense = _TITLE * cosines[titles, 0] + _DUTY * cosines[duties, 0]
        ends = np.cumsum([1, *(len(of_entry) for of_entry in terms)])
        parts = np.split(cosines, ends, axis=1)[1:-1]
        return {"dense": dense}, [_of_texts(_best(part), titles, duties) for part in parts]

    def _terms(self, entry: Entry) -> Vectors:
        """Vectors of an entry's terms, (n_terms, dimensions)."""
        assert self._corpus.nearness is not None
        return self._corpus.nearness.terms(entry)


def _of_texts(passages: Scores, titles: Numbers, duties: Numbers) -> Scores:
    """Nearness to official terms, of titles and duties → of texts."""
    of_texts: Scores = _TITLE_TERMS * passages[titles] + _DUTY_TERMS * passages[duties]
    return of_texts


def _best(cosines: Vectors) -> Scores:
    """The highest of each row; 0 where an entry has no terms."""
    if not cosines.shape[1]:
        return np.zeros(len(cosines), np.float32)
    best: Scores = cosines.max(axis=1)
    return best
