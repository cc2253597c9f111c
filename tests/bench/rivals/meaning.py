"""Dense search alone: every text whole, the nearest vectors, exactly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from bench.rivals.model import Found, SharedEncoder, Text


class Meaning:
    """See `Rival`."""

    def __init__(self, encoder: SharedEncoder) -> None:
        self._encoder = encoder

    def index(self, texts: Sequence[Text]) -> None:
        self._texts = list(texts)
        self._vectors = np.array(self._encoder.passages([text.text for text in texts]), np.float32)

    def search(self, question: str, k: int) -> list[Found]:
        scores = self._vectors @ np.array(self._encoder.query(question), np.float32)
        best = np.argsort(-scores, kind="stable")[:k]
        return [Found(self._texts[i].key, self._texts[i].text) for i in best]
