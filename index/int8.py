"""Float32 rows as int8, a scale a row: for weights and for vectors that are scanned."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Int8 = npt.NDArray[np.int8]
Float32 = npt.NDArray[np.float32]


def quantised(rows: Float32, largest: int) -> tuple[Int8, Float32]:
    """Symmetric int8 values from -largest to largest, (n, dimensions), and one scale a row, (n,)."""
    scales = np.abs(rows).max(axis=1) / np.float32(largest)
    scales = np.where(scales > 0, scales, np.float32(1)).astype(np.float32)
    return np.rint(rows / scales[:, None]).astype(np.int8), scales
