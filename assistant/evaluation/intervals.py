"""How sure a figure is: 95 % confidence intervals of shares, means and percentiles."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_Z95 = 1.959964
# Enough that the interval's own noise is under a tenth of its width.
_RESAMPLES = 2000
_AT_ONCE = 100

Floats = npt.NDArray[np.float64]
Statistic = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure over n questions with its 95 % interval; `method` is "wilson" or "bootstrap"."""

    value: float
    low: float
    high: float
    n: int
    method: str


def share(n_right: int, n: int) -> Estimate | None:
    """A share with Wilson's score interval (1927); None over nothing."""
    if n == 0:
        return None
    p, z2 = n_right / n, _Z95**2
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z95 * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Estimate(p, max(0.0, centre - half), min(1.0, centre + half), n, "wilson")


def mean(values: Sequence[float], *, seed: int = 0) -> Estimate | None:
    """A mean with the percentile bootstrap's interval (Efron 1979); None over nothing."""
    return _bootstrap(values, lambda rows: rows.mean(axis=-1), seed)


def percentile(values: Sequence[float], q: float, *, seed: int = 0) -> Estimate | None:
    """The q-th percentile (0–100) with the percentile bootstrap's interval; None over nothing."""
    return _bootstrap(values, lambda rows: np.percentile(rows, q, axis=-1), seed)


def _bootstrap(values: Sequence[float], statistic: Statistic, seed: int) -> Estimate | None:
    """The same resamples every time for one seed; `statistic` takes rows and gives one figure each."""
    if not values:
        return None
    data = np.asarray(values, np.float64)
    draw = np.random.default_rng(seed)
    drawn = [
        statistic(data[draw.integers(0, len(data), (_AT_ONCE, len(data)))])
        for _ in range(_RESAMPLES // _AT_ONCE)
    ]
    low, high = np.percentile(np.concatenate(drawn), [2.5, 97.5])
    value = float(statistic(data[None, :])[0])
    return Estimate(value, float(low), float(high), len(data), "bootstrap")
