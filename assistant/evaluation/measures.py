"""Measures of one ranking against the right records, as ir-measures and trec_eval define them.

A ranking lists ids, best first, none twice. `gains` maps the right ids to how right they are (1 where
there is only right and wrong). Every measure is 0–1, higher is better.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

Gains = Mapping[str, int]


def recall_at(ranking: Sequence[str], gains: Gains, k: int) -> float:
    """Share of the right ids among the first k."""
    right = {key for key, gain in gains.items() if gain > 0}
    return len(right.intersection(ranking[:k])) / len(right) if right else 0.0


def reciprocal_rank(ranking: Sequence[str], gains: Gains) -> float:
    """1 over the rank of the first right id, ranks counted from 1; its mean is MRR."""
    ranks = (rank for rank, key in enumerate(ranking, start=1) if gains.get(key, 0) > 0)
    return 1 / next(ranks, math.inf)


def ndcg_at(ranking: Sequence[str], gains: Gains, k: int) -> float:
    """Discounted gain of the first k over the best possible (Järvelin and Kekäläinen 2002).

    The discount at rank r is log2(1 + r).
    """
    best = _discounted(sorted((gain for gain in gains.values() if gain > 0), reverse=True)[:k])
    return _discounted([gains.get(key, 0) for key in ranking[:k]]) / best if best else 0.0


def _discounted(gains: Sequence[int]) -> float:
    return sum(max(gain, 0) / math.log2(1 + rank) for rank, gain in enumerate(gains, start=1))
