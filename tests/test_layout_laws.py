"""Laws of reading lists: what was laid out is read back, wherever and however it stands."""

from __future__ import annotations

from random import Random

from bench.generated import random_book, read_back
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_layouts import texts_by_address

from index.documents import Document, Grid, Merge
from index.extract.captions import tables_of
from index.extract.rows import read_rows

books = st.randoms(use_true_random=False).map(random_book)
many = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))


@many
@given(books)
def test_reading_gives_back_what_was_laid_out(made) -> None:
    grids, records = made
    assert read_back(grids) == records


@many
@given(books)
def test_every_quoted_cell_stands_at_its_address(made) -> None:
    grids, _ = made
    for table in tables_of(Document("xlsx", tuple(grids))):
        standing = texts_by_address(table.grid)
        for row in read_rows(table):
            assert {c.address: c.text for c in row.cells}.items() <= standing.items()


@many
@given(books, st.integers(0, 5), st.integers(0, 3))
def test_where_a_sheet_begins_changes_nothing(made, down: int, right: int) -> None:
    grids, _ = made
    assert read_back(shifted(grid, down, right) for grid in grids) == read_back(grids)


def shifted(grid: Grid, down: int, right: int) -> Grid:
    texts = {(row + down, column + right): text for (row, column), text in grid.texts.items()}
    merges = tuple(
        Merge(m.top + down, m.left + right, m.bottom + down, m.right + right) for m in grid.merges
    )
    return Grid(grid.name, texts, merges)


def test_three_hundred_random_books_are_read_back_whole() -> None:
    books = ((seed, *random_book(Random(seed))) for seed in range(300))
    assert [seed for seed, grids, records in books if read_back(grids) != records] == []
