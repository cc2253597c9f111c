"""Scanning a matrix in int8 gives the cosines that float32 gives, closely enough to rank by."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from index.scan import Scan

DIMENSIONS = 384
# Of the cosines of some texts with one question: 0.75 to 0.93.
CLOSE = 0.002


def near_each_other(n: int, seed: int) -> np.ndarray:
    """Vectors as an encoder makes them: L2-normalised, most of each shared by all."""
    values = np.random.default_rng(seed)
    shared = values.normal(size=DIMENSIONS)
    vectors = (shared + 0.5 * values.normal(size=(n, DIMENSIONS))).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@given(n=st.integers(1, 300), n_queries=st.integers(1, 4), seed=st.integers(0, 10_000))
def test_cosines_are_those_of_float32_within_a_hair(n: int, n_queries: int, seed: int) -> None:
    vectors = near_each_other(n + n_queries, seed)
    matrix, queries = vectors[:n], vectors[n:]
    cosines = Scan(matrix).cosines(queries)
    assert cosines.dtype == np.float32
    np.testing.assert_allclose(cosines, matrix @ queries.T, atol=CLOSE)


@given(seed=st.integers(0, 10_000))
def test_a_row_is_its_own_nearest_and_equal_rows_are_equally_near(seed: int) -> None:
    matrix = near_each_other(50, seed)
    matrix[49] = matrix[3]
    cosines = Scan(matrix).cosines(matrix[:10])
    assert (cosines.argmax(axis=0) == np.arange(10)).all()
    assert (cosines[49] == cosines[3]).all()


@given(seed=st.integers(0, 10_000))
def test_products_with_vectors_that_are_not_of_unit_length(seed: int) -> None:
    """Questions and terms come without half of what all texts have in common."""
    matrix = near_each_other(50, seed)
    queries = matrix[:5] - 0.5 * matrix.mean(axis=0)
    np.testing.assert_allclose(Scan(matrix).cosines(queries), matrix @ queries.T, atol=CLOSE)


def test_one_row_alone_and_no_queries_at_all() -> None:
    matrix = near_each_other(1, 0)
    np.testing.assert_allclose(Scan(matrix).cosines(matrix), [[1.0]], atol=CLOSE)
    assert Scan(matrix).cosines(matrix[:0]).shape == (1, 0)
