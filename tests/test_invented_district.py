"""A district that the product has never seen, its papers without a manifest: read, then asked about."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from conftest import TODAY, Silent
from invented_district import write_papers

from assistant.corpus import Corpus
from assistant.pipeline import Assistant
from index.build import build
from index.encoder import Encoder
from index.model import Clause, DutyItem, PaperKind
from index.versions import CorpusFolder


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory, home: Path, encoder: Encoder) -> Assistant:
    papers = write_papers(tmp_path_factory.mktemp("papers") / "district")
    folder = CorpusFolder(home, "district")
    report = build([papers], folder, encoder, home / "cache", Silent())
    assert report.unread == ()
    return Assistant(Corpus(folder.current(), encoder), today=lambda: TODAY)


def _row(district: Assistant, name: str) -> DutyItem:
    rows = district.corpus.catalog.all_records()
    return next(row for row in rows if isinstance(row, DutyItem) and name in row.name)


def test_a_title_above_a_line_of_imprint_says_place_body_and_day(district: Assistant) -> None:
    row = _row(district, "公墓建设审批")
    assert (row.body, row.office) == ("枫溪区民政局", "殡葬事务科")
    assert row.places == ("岚川市/枫溪区",)
    assert row.valid_from == date(2025, 3, 18)


def test_a_department_has_one_name_with_and_without_its_city(district: Assistant) -> None:
    bodies = {record.body for record in district.corpus.catalog.all_records()}
    assert "枫溪区城市管理局" in bodies
    assert not any(body.startswith("岚川市枫溪区") for body in bodies)


def test_a_branch_speaks_for_the_district_that_it_serves(district: Assistant) -> None:
    assert _row(district, "排污许可").places == ("岚川市/枫溪区",)


def test_a_town_that_names_no_county_is_of_its_neighbours_one(district: Assistant) -> None:
    row = _row(district, "农村宅基地审批")
    assert (row.body, row.places) == ("枫溪区石桥镇人民政府", ("岚川市/枫溪区/石桥镇",))


def test_so_many_years_of_validity_end_a_delegation(district: Assistant) -> None:
    row = _row(district, "临时占用城市道路审批")
    assert (row.valid_from, row.valid_to) == (date(2025, 6, 1), date(2028, 5, 31))


def test_a_list_with_only_a_day_of_publication_counts_from_then(district: Assistant) -> None:
    assert _row(district, "对社会组织开展年度检查").valid_from == date(2025, 5, 20)


def test_a_notice_of_trusteeship_is_read_as_a_reform(district: Assistant) -> None:
    kinds = {source.kind for source in district.corpus.sources.values()}
    assert PaperKind.REFORM_NOTICE in kinds
    renamed = district.corpus.institutions.today("枫溪区建设局", TODAY)
    assert renamed.bodies == ("枫溪区住房和城乡建设局",)
    clauses = district.corpus.catalog.all_records()
    trusted = [r for r in clauses if isinstance(r, Clause) and "企业投资项目备案" in r.text]
    assert trusted[0].body == "枫溪区人民政府"
