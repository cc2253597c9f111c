"""How near a question's words are to each entry of the lexicon; without an encoder, nothing else says it."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from index.lexicon.load import GAP, Entry
from index.words import tokens

Cosines = npt.NDArray[np.float32]


class Overlap:
    """Cosines of words weighed by rarity (tf-idf), of a question and each entry's nearest phrase.

    Reads the same entries as `Nearness`, and keeps them in memory: some 10 MB.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        phrases = [
            (number, frozenset(tokens(text.replace(GAP, " "))))
            for number, entry in enumerate(entries)
            for text in (*entry.say, *entry.terms)
        ]
        counts = Counter(token for _, words in phrases for token in words)
        self._rarity = {t: math.log(1 + len(phrases) / n) for t, n in counts.items() if len(t) > 1}
        self._unknown = math.log(1 + len(phrases))
        self._entry_of = np.array([number for number, _ in phrases], np.int64)
        lengths = [self._length(words) for _, words in phrases]
        found: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, ((_, words), length) in enumerate(zip(phrases, lengths, strict=True)):
            for token in words & self._rarity.keys():
                found[token].append((number, self._rarity[token] / length))
        self._postings = {
            token: (np.array([n for n, _ in of], np.int64), np.array([w for _, w in of]))
            for token, of in found.items()
        }
        self._n = len(entries)

    def to_entries(self, question: str) -> Cosines:
        """Of a question to each entry: float32, (n_entries,), 0 to 1."""
        words = frozenset(token for token in tokens(question) if len(token) > 1)
        cosines = np.zeros(len(self._entry_of))
        for token in words & self._postings.keys():
            numbers, weights = self._postings[token]
            cosines[numbers] += weights * self._rarity[token]
        best = np.zeros(self._n)
        np.maximum.at(best, self._entry_of, cosines / self._length(words))
        return best.astype(np.float32)

    def _length(self, words: frozenset[str]) -> float:
        known = (self._rarity.get(t, self._unknown) for t in words if len(t) > 1)
        return math.sqrt(sum(weight**2 for weight in known)) or 1.0
