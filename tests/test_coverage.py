"""Coverage: which place has which papers, from when, and which department's list is not there."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from conftest import TODAY

from index.catalog import Catalog
from index.coverage import Coverage, Why, as_values
from index.model import PaperKind

SHIMEN, CHENGGUAN, LINXI, WANGCHUAN = "990122200", "990121100", "990121", "990122"


@pytest.fixture(scope="module")
def catalog(sample_version: Path) -> Catalog:
    return Catalog.of_version(sample_version)


@pytest.fixture(scope="module")
def coverage(catalog: Catalog) -> Coverage:
    return Coverage.from_catalog(catalog, TODAY)


def test_a_township_is_spoken_for_by_its_own_papers_then_the_countys_and_the_citys(
    coverage: Coverage,
) -> None:
    places = [source.place for source in coverage.lists_of(CHENGGUAN)]
    assert places == sorted(places, reverse=True)
    assert set(places) == {CHENGGUAN, LINXI, "990100"}
    titles = {source.title for source in coverage.lists_of(CHENGGUAN)}
    assert "临溪县民政局权责清单（2024年版）" in titles
    assert "临溪县民政局权责清单（2021年版）" not in titles


def test_a_past_day_has_the_papers_of_that_day(catalog: Catalog) -> None:
    then = {s.title for s in Coverage.from_catalog(catalog, date(2022, 5, 1)).lists_of(LINXI)}
    assert "临溪县民政局权责清单（2021年版）" in then
    assert "临溪县民政局权责清单（2024年版）" not in then


def test_every_kind_in_a_book_counts_with_its_records_and_its_start(coverage: Coverage) -> None:
    covered = {c.place.code: c for c in coverage.places()}
    held = {h.kind: h for h in covered[CHENGGUAN].holdings}
    assert {PaperKind.BASIC_DUTIES, PaperKind.WITHDRAWN_DUTIES} <= set(held)
    assert held[PaperKind.COOPERATION_DUTIES].n_records == 16
    assert held[PaperKind.TOWNSHIP_LIST].since == date(2022, 4, 1)
    assert covered[CHENGGUAN].missing == ()
    places = [c.place.code for c in coverage.places()]
    assert places.index(LINXI) < places.index(CHENGGUAN)


def test_a_department_that_only_the_neighbour_lists_is_missing_here(coverage: Coverage) -> None:
    missing = {m.body: m.why for m in coverage.missing_departments(SHIMEN)}
    assert missing["望川县应急管理局"] is Why.BESIDE
    assert "望川县民政局" not in missing
    # Linxi's bureau bears the plate of 城市管理局, and Wangchuan's 城市管理局 has a list.
    assert "望川县综合行政执法局" not in missing


def test_a_place_whose_departments_all_have_lists_misses_none(coverage: Coverage) -> None:
    assert coverage.missing_departments(CHENGGUAN) == ()


def test_a_lead_that_a_township_names_without_a_list_is_missing(catalog: Catalog) -> None:
    gone = "临溪县自然资源局"
    sources = [
        s
        for s in catalog.sources()
        if not (s.body.startswith(gone) and s.kind is PaperKind.DEPARTMENT_LIST)
    ]
    kept = {s.id for s in sources}
    records = [r for r in catalog.all_records() if r.source_id in kept]
    places = catalog.gazetteer()
    coverage = Coverage(sources, records, catalog.institutions(), places, TODAY)
    assert not coverage.has_list(gone)
    (missing,) = coverage.missing_departments(CHENGGUAN)
    assert (missing.body, missing.why) == (gone, Why.PROVISION)
    without = [s for s in sources if not s.body.startswith(gone)]
    coverage = Coverage(without, records, catalog.institutions(), places, TODAY)
    (missing,) = coverage.missing_departments(CHENGGUAN)
    assert missing.why is Why.NAMED
    assert all(catalog.record(record) for record in missing.records)


def test_a_branch_and_an_old_name_have_the_list_of_todays_body(coverage: Coverage) -> None:
    assert coverage.has_list("云岫市生态环境局望川分局")
    assert coverage.has_list("临溪县城市管理局")
    assert coverage.has_list("临溪县乡村振兴局")
    assert not coverage.has_list("望川县应急管理局")


def test_values_name_every_place_once(coverage: Coverage) -> None:
    values = as_values(coverage)
    assert len({value["place"] for value in values}) == len(values) == 11
    assert all(held["files"] for value in values for held in value["holdings"])
