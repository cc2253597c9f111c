"""Every layout of `bench` gives its records, field by field, and every quoted cell stands there."""

from __future__ import annotations

import pytest
from bench.fixtures import LAYOUTS, read_records

from index.documents import Grid, address
from index.extract.captions import tables_of
from index.extract.rows import read_rows
from index.readers import read


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.trouble)
def test_a_layout_gives_its_records(layout, tmp_path) -> None:
    assert read_records(layout.save(tmp_path), layout) == list(layout.records)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.trouble)
def test_every_quoted_cell_stands_at_its_address(layout, tmp_path) -> None:
    for table in tables_of(read(layout.save(tmp_path))):
        standing = texts_by_address(table.grid)
        for row in read_rows(table):
            assert {c.address: c.text for c in row.cells}.items() <= standing.items()


def test_layouts_are_many_and_each_is_named_once() -> None:
    assert len({layout.trouble for layout in LAYOUTS}) == len(LAYOUTS) >= 40


def texts_by_address(grid: Grid) -> dict[str, str]:
    return {address(row, column): text for (row, column), text in grid.texts.items()}
