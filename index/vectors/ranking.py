"""The k highest of many scores."""

from __future__ import annotations

import numpy as np

from index.encoder import Vectors


def highest(scores: Vectors, k: int) -> list[int]:
    """Indices of the k highest scores, best first; all of them if there are fewer."""
    k = min(k, len(scores))
    best = np.argpartition(-scores, k - 1)[:k]
    return [int(i) for i in best[np.argsort(-scores[best], kind="stable")]]
