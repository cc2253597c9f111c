"""The arrays that staff filter by agree with the rows they stand for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from conftest import TODAY

from assistant.corpus import Corpus
from index.exact import Texts, TextWriter, normal
from index.extract.bases import bases_of
from index.facets import Facet
from index.laws import law_key
from index.model import DutyItem


@pytest.fixture(scope="module")
def corpus(sample_version: Path) -> Corpus:
    return Corpus(sample_version, None)


@pytest.fixture(scope="module")
def rows(corpus: Corpus) -> list:
    return list(corpus.catalog.all_records())


def _expected(corpus: Corpus, facet: Facet, row) -> set[str]:
    item = row if isinstance(row, DutyItem) else None
    source = corpus.sources[row.source_id]
    match facet:
        case Facet.BODY:
            return {part for part in row.body.split("、") if part}
        case Facet.OFFICE:
            return {row.office} - {""}
        case Facet.PAPER:
            return {item.paper.value if item else source.kind.value}
        case Facet.POWER:
            return {item.power.value} if item and item.power else set()
        case Facet.ROLE:
            return {item.role.value} if item else set()
        case Facet.SOURCE:
            return {source.id}
        case Facet.LAW:
            return {law_key(basis.law) for basis in bases_of(item)} if item else set()
        case Facet.PLACE:
            codes = item.places if item else (row.place,)
            above = {p.code for code in codes for p in corpus.gazetteer.chain(code)}
            return above | {code for code in codes if code}
        case Facet.YEAR:
            return set()


@pytest.mark.parametrize("facet", [facet for facet in Facet if facet is not Facet.YEAR])
def test_every_value_is_counted_as_often_as_rows_have_it(corpus, rows, facet):
    column = corpus.facets.column(facet)
    expected = Counter(value for row in rows for value in _expected(corpus, facet, row))
    assert dict(zip(column.names, column.counts().tolist(), strict=True)) == expected
    name, _ = expected.most_common(1)[0]
    having = [n for n, row in enumerate(rows) if name in _expected(corpus, facet, row)]
    assert np.flatnonzero(column.having((name,))).tolist() == having


def test_validity_is_what_the_corpus_says(corpus, rows):
    in_force = corpus.facets.in_force(TODAY)
    assert in_force.tolist() == [corpus.counts(row, TODAY) for row in rows]


@pytest.mark.parametrize("words", ["低保", "占道经营", "Ａ", "審批", "（一）", "9901210405001000"])
def test_exact_search_finds_the_rows_that_hold_the_words(corpus, rows, words):
    texts = corpus.facets.texts
    found = np.flatnonzero(texts.holding(words)[corpus.facets.text_of]).tolist()
    expected = [
        n
        for n, row in enumerate(rows)
        if normal(words)
        in normal(
            f"{row.name}\n{row.sub_item}\n{row.field('code')}"
            if isinstance(row, DutyItem)
            else f"{row.office} {row.text}"
        )
    ]
    assert found == expected


@pytest.mark.parametrize("words", ["社会救助", "第二十一条", "受理申请", "配 合", "Ａ"])
def test_cells_are_found_by_what_basis_and_duties_say(corpus, rows, words):
    fields = ("basis", "duty", "department_duty", "lead_duty", "own_duty", "receiver", "method")
    expected = [
        n
        for n, row in enumerate(rows)
        if isinstance(row, DutyItem)
        and any(normal(words) in normal(row.field(field)) for field in fields)
    ]
    assert np.flatnonzero(corpus.facets.cells.holding(words)).tolist() == expected


@pytest.mark.parametrize("n_left_out", [0, 1, 50, 700, 1500, 2000])
def test_counts_do_not_depend_on_how_they_are_taken(corpus, n_left_out):
    n = corpus.facets.n_records
    mask = np.ones(n, np.bool_)
    mask[np.random.default_rng(7).choice(n, min(n_left_out, n), replace=False)] = False
    for facet in Facet:
        column = corpus.facets.column(facet)
        expected = np.bincount(column.values[mask[column.rows]], minlength=len(column.names))
        assert column.counts(mask).tolist() == expected.tolist()


def test_a_text_is_found_across_the_pieces_that_are_searched(tmp_path: Path):
    long = "甲" * (1 << 19)  # 1.5 MB
    with TextWriter(tmp_path, "text") as texts:
        assert [texts.number(text) for text in (long + "乙丙", "丙丁", long + "乙丙")] == [0, 1, 0]
    found = Texts(tmp_path, "text")
    assert found.holding("乙丙").tolist() == [True, False]
    assert found.holding("丙").tolist() == [True, True]
    assert found.holding("甲甲甲").tolist() == [True, False]
    assert found.holding("甲丁").tolist() == [False, False]
