"""How much each of a few texts is about a matter: nearness of meaning and rare words shared."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from assistant.corpus import Corpus
from index.encoder import Vectors
from index.passages import title_text

# Cosines of one body's clauses lie within 0.1 of each other, shares of words within 1: this makes
# them weigh alike. On 393 rows whose list names the office: 0.82 right, words alone 0.78.
_DENSE_WEIGHT = 10.0

Scores = npt.NDArray[np.float64]


class Likeness:
    """Compares a matter with clauses of one corpus or with words of its papers."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._query = lru_cache(maxsize=256)(self._encode_query)
        self._passage = lru_cache(maxsize=1024)(self._encode_passage)

    def of_records(self, matter: str, ordinals: Sequence[int]) -> Scores:
        """Of stored records, float64 (n,): 0 is the average of these records, higher is nearer."""
        records = self._corpus.records(list(ordinals))
        words = self._covered(matter, [title_text(record) for record in records])
        if self._corpus.vectors is None:
            return words
        passages = self._corpus.titles[np.array(ordinals, np.int32)]
        cosines = self._corpus.vectors.cosines(passages, self._query(matter)[None, :])
        return words + _above_average(cosines[:, 0])

    def of_texts(self, matter: str, texts: Sequence[str]) -> Scores:
        """Of texts that are not stored by themselves, such as the halves of a clause."""
        words = self._covered(matter, texts)
        if self._corpus.encoder is None:
            return words
        vectors = np.stack([self._passage(text) for text in texts])
        return words + _above_average(vectors @ self._query(matter))

    def _covered(self, matter: str, texts: Sequence[str]) -> Scores:
        return np.array([self._corpus.lexical.covered(matter, text) for text in texts], np.float64)

    def _encode_query(self, matter: str) -> Vectors:
        assert self._corpus.encoder is not None
        vector: Vectors = self._corpus.encoder.encode_queries([matter])[0]
        return vector

    def _encode_passage(self, text: str) -> Vectors:
        assert self._corpus.encoder is not None
        vector: Vectors = self._corpus.encoder.encode_passages([text])[0]
        return vector


def _above_average(cosines: Vectors) -> Scores:
    return _DENSE_WEIGHT * (cosines.astype(np.float64) - float(cosines.mean()))
