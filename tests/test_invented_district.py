"""A district that the product has never seen, its papers without a manifest: read, then asked about."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from conftest import TODAY, Silent
from invented_district import write_papers

from assistant.corpus import Corpus
from assistant.model import Question
from assistant.pipeline import Assistant
from index.build import build
from index.encoder import Encoder
from index.model import Clause, DutyItem, PaperKind, Role
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


@pytest.mark.parametrize(
    ("question", "place", "body"),
    [
        ("排污许可由谁负责", "东湖街道", "岚川市生态环境局枫溪分局"),
        ("取水许可由谁负责", "石桥镇", "枫溪区农业农村和水务局（枫溪区乡村振兴局）"),
        ("养犬登记找谁", "枫溪区", "岚川市公安局枫溪分局"),
        ("犬只免疫归哪个部门", "东湖街道", "枫溪区农业农村和水务局"),
        ("北关街道企业投资项目备案找谁", "", "枫溪高新技术产业开发区管理委员会"),
        ("对乱涂写、乱张贴广告行为的处罚由谁负责", "石桥镇", "枫溪区城市管理局"),
        ("对乱涂写、乱张贴广告行为的处罚由谁负责", "东湖街道", "枫溪区东湖街道办事处"),
        ("生活垃圾分类归谁", "枫溪区", "枫溪区城市管理局"),
        ("社会组织年度检查归街道吗", "东湖街道", "枫溪区民政局"),
    ],
)
def test_the_right_body_is_named(district: Assistant, question: str, place: str, body: str) -> None:
    answer = district.answer(Question(question, place))
    assert [holder.body for holder in answer.holders][:1] == [body], answer.text
    assert answer.citations


def test_a_trusteeship_of_one_street_says_nothing_of_another(district: Assistant) -> None:
    answer = district.answer(Question("企业投资项目备案找谁", "东湖街道"))
    assert not answer.holders


def test_a_delegation_that_has_run_out_is_no_answer(district: Assistant) -> None:
    answer = district.answer(Question("临时占用城市道路审批找谁", "东湖街道", date(2028, 7, 1)))
    assert not any(holder.role is Role.ENTRUSTED for holder in answer.holders)


def test_a_body_without_a_loaded_list_is_named_as_such(district: Assistant) -> None:
    answer = district.answer(Question("民办幼儿园设立由教育局审批吗", "东湖街道"))
    assert not answer.holders
    assert "没有收录枫溪区教育局的权责清单" in answer.text
