"""A wording → how near each record is in meaning: cosines with the question and with official terms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial

import numpy as np
import numpy.typing as npt

from assistant.corpus import Corpus, Numbers
from assistant.wording import Wording
from index.encoder import Vectors
from index.lexicon import Entry
from index.vectors import SCANNED, highest

Scores = npt.NDArray[np.float32]

# A matter's title says what it is; its duty text says it in other words.
_TITLE, _DUTY = 0.67, 0.33
_TITLE_TERMS, _DUTY_TERMS = 0.8, 0.2


class Meaning:
    """Compares wordings with the passages of one corpus.

    Up to SCANNED passages all are compared once a question, or once a lexicon entry, and every
    place of the question looks its records up; beyond, only the records in question are compared.
    """

    def __init__(self, corpus: Corpus, encode: Callable[[str], Vectors]) -> None:
        assert corpus.vectors is not None
        self._corpus = corpus
        self._encode = encode
        self._matrix: Vectors = np.asarray(corpus.vectors)
        self._to_question = lru_cache(maxsize=64)(lambda text: self._matrix @ encode(text))
        self._to_entry = lru_cache(maxsize=256)(partial(self._best_term, self._matrix))

    def nearest(self, text: str, k: int) -> Sequence[int]:
        """Indices of about the k passages nearest to a text, best first."""
        if len(self._matrix) <= SCANNED:
            return highest(self._to_question(text), k)
        return self._corpus.search.nearest(self._encode(text), k)

    def scores(self, wording: Wording, ordinals: Numbers) -> dict[str, Scores]:
        """Cosines of records with the question and, weighed, with its readings' best terms."""
        titles, duties = self._corpus.titles[ordinals], self._corpus.duties[ordinals]
        to_entry: Callable[[Entry], Scores] = self._to_entry
        if len(self._matrix) <= SCANNED:
            question = self._to_question(wording.matter)
        else:
            passages, positions = np.unique(np.stack([titles, duties]), return_inverse=True)
            titles, duties = positions.reshape(2, -1).astype(np.int32)
            part = self._matrix[passages]
            question, to_entry = part @ self._encode(wording.matter), partial(self._best_term, part)
        stages = {"dense": _TITLE * question[titles] + _DUTY * question[duties]}
        if self._corpus.nearness and wording.readings:
            terms = np.zeros(len(question), np.float32)
            for reading in wording.readings:
                terms += reading.weight * to_entry(reading.entry)
            stages["dense_terms"] = _TITLE_TERMS * terms[titles] + _DUTY_TERMS * terms[duties]
        return stages

    def _best_term(self, vectors: Vectors, entry: Entry) -> Scores:
        """Cosine of each vector with the entry's nearest term; 0 for an entry without."""
        nearness = self._corpus.nearness
        of_entry = nearness.terms(entry) if nearness else vectors[:0]
        if not len(of_entry):
            return np.zeros(len(vectors), np.float32)
        best: Scores = (vectors @ of_entry.T).max(axis=1)
        return best
