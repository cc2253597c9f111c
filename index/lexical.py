"""BM25 over the distinct passages (bm25s), stored beside the vectors and memory-mapped."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.words import tokens

Scores = npt.NDArray[np.float32]

# BM25 of a passage of usual length that has each word of a question once, as a multiple of the
# words' idf; longer passages reach less, so 1 is rare.
_IDEAL = 1.5
# Words and texts that questions meet again and again: some 5 and 10 MB.
_TOKENS, _TEXTS = 65_536, 8_192
# A question is compared with several texts, one after the other.
_QUESTIONS = 256


class LexicalIndex:
    """Scores every passage against a question's words; higher is better, 0 is no word shared."""

    def __init__(self, path: Path) -> None:
        import bm25s

        self._bm25 = bm25s.BM25.load(path, mmap=True, show_progress=False)
        # Plain arrays over the same memory: a memmap makes an object of every slice.
        stored = self._bm25.scores.items()
        self._bm25.scores = {k: np.asarray(v) if isinstance(v, np.memmap) else v for k, v in stored}
        self._idf = lru_cache(maxsize=_TOKENS)(self._rarity)
        self._weights = lru_cache(maxsize=_QUESTIONS)(self._rarities)
        self._tokens = lru_cache(maxsize=_TEXTS)(_distinct)

    def scores(self, text: str) -> Scores:
        """BM25 of all passages: float32, (n_passages,)."""
        known = self._known(text)
        if not known:
            return np.zeros(self._bm25.scores["num_docs"], np.float32)
        scores: Scores = self._bm25.get_scores(known)
        return scores

    def shares(self, text: str) -> Scores:
        """BM25 as a share of what a passage with all the known words would get: float32, 0–1.

        Unlike a min-max within the query this stays small where no passage has more than a word
        or two of the question: what lay questions look like to BM25.
        """
        ideal = _IDEAL * sum(map(self._idf, self._known(text)))
        return np.minimum(self.scores(text) / ideal, 1) if ideal else self.scores(text)

    def _known(self, text: str) -> list[str]:
        return [token for token in tokens(text) if token in self._bm25.vocab_dict]

    def covered(self, question: str, text: str) -> float:
        """Share of the question's words, weighed by their rarity (BM25 idf), that a text has: 0–1."""
        weights = self._weights(question)
        found = self._tokens(text)
        total = sum(weights.values())
        return sum(w for token, w in weights.items() if token in found) / total if total else 0.0

    def rarity(self, question: str) -> float:
        """The rarity (idf) of all words of a question together: how much can be covered."""
        return sum(self._weights(question).values())

    def _rarities(self, question: str) -> Mapping[str, float]:
        return {token: self._idf(token) for token in tokens(question) if len(token) > 1}

    def _rarity(self, token: str) -> float:
        number = self._bm25.vocab_dict.get(token)
        starts, n = self._bm25.scores["indptr"], self._bm25.scores["num_docs"]
        frequency = int(starts[number + 1] - starts[number]) if number is not None else 0
        return math.log(1 + (n - frequency + 0.5) / (frequency + 0.5))


def _distinct(text: str) -> frozenset[str]:
    """A text's words; texts share the words themselves, of which they have few that differ."""
    return frozenset(map(sys.intern, tokens(text)))


def write_lexical(path: Path, texts: Sequence[str]) -> None:
    """Index texts in order and store the index in a folder."""
    import bm25s

    bm25 = bm25s.BM25()
    bm25.index([tokens(text) for text in texts], show_progress=False)
    bm25.save(path, show_progress=False)
