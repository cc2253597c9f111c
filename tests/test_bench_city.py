"""The invented province that speed is measured on: as large as asked, near-identical, readable."""

from __future__ import annotations

import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from bench.city import Province
from bench.city_files import write_files
from bench.city_questions import mixed_questions, placeless_questions, township_questions

from index.build import read_contents
from index.passages import make_passages


@pytest.mark.parametrize("n_rows", [100, 5_000, 12_000])
def test_it_has_as_many_rows_as_asked_each_with_its_own_name(n_rows: int) -> None:
    contents = Province(n_rows).contents()
    assert len(contents.items) == n_rows
    assert len({record.id for record in contents.records}) == len(contents.records)
    assert len({source.id for source in contents.sources}) == len(contents.sources)
    codes = {place.code for place in contents.places}
    assert {source.place for source in contents.sources} <= codes
    assert {p.parent for p in contents.places if p.parent} <= codes


def test_the_same_numbers_give_the_same_province() -> None:
    assert Province(3_000, seed=5).contents() == Province(3_000, seed=5).contents()
    assert Province(3_000, seed=5).contents() != Province(3_000, seed=6).contents()


def test_distinct_texts_grow_far_slower_than_rows() -> None:
    few, many = (make_passages(Province(n).contents().records).texts for n in (10_000, 40_000))
    assert len(few) < len(many) < 1.6 * len(few)


def test_its_files_are_read_as_its_records(tmp_path: Path) -> None:
    province = Province(8_200)
    (tmp_path / "files").mkdir()
    (tmp_path / "unpacked").mkdir()
    assert write_files(province, tmp_path / "files") == len(province.lists)
    read = read_contents([tmp_path / "files"], tmp_path / "unpacked")
    wanted = province.contents()

    def said(items: tuple) -> Counter:
        """What matters of each row; brackets of either width are read alike."""
        names = (unicodedata.normalize("NFKC", i.name) for i in items)
        return Counter(
            (name, i.body, i.role, i.paper, i.places, i.office)
            for name, i in zip(names, items, strict=True)
        )

    assert said(read.items) == said(wanted.items)


def test_questions_are_asked_where_papers_are() -> None:
    province = Province(12_000)
    names = {place.full_name for place in province.places}
    assert {q.place for q in township_questions(province, 50)} <= names
    assert {q.place for q in mixed_questions(province, 50)} <= names
    assert {q.place for q in placeless_questions(province, 5)} == {""}
