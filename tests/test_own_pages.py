"""What a body's own site says of it, and a list that parts a matter between bodies."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import TODAY, Silent
from openpyxl import Workbook

from assistant.corpus import Corpus
from assistant.model import Answer, Question, Status
from assistant.pipeline import Assistant
from index.build import build
from index.encoder import Encoder
from index.model import ClauseKind, PaperKind
from index.versions import CorpusFolder

_MANIFEST = """
places:
  - {code: "990188", name: 长汀洲县, level: county, aliases: [长汀洲]}
"""
_OFFICES = """<html><head><title>信息公开</title></head><body>
<h1>长汀洲县水利局内设机构</h1>
<table><tr><th>科室名称</th><th>主要职责</th><th>负责人</th><th>联系电话</th><th>办公地址</th></tr>
<tr><td>办公室</td><td>负责机关日常运转和档案管理。</td><td>甲</td><td>0797-1000001</td><td>201</td></tr>
<tr><td>水资源股</td><td>承担取水许可和节约用水工作。</td><td>乙</td><td>0797-1000002</td><td>203</td></tr>
<tr><td>河湖股</td><td>承担河道采砂管理。</td><td>丙</td><td>0797-1000003</td><td>205</td></tr>
</table></body></html>"""
_PROFILE = """<html><body><h1>长汀洲县民政局机构职能</h1><p>发布时间：2024-06-03</p>
<p><b>主要职责</b></p>
<p>（一）拟订民政事业发展规划并组织实施。</p>
<p>（二）承担最低生活保障、特困人员救助供养工作。</p>
<p><b>内设机构</b></p>
<p>（一）办公室。负责文电、会务。</p>
<p>（二）社会救助股。承担最低生活保障、特困人员救助供养的具体工作。</p>
<p>（三）社会事务股。承担殡葬管理、收养登记工作。</p></body></html>"""
_PARTED = (
    ("序号", "管理事项", "相关部门", "职责分工", "相关依据"),
    (1, "农产品质量安全监管", "县农业农村局", "负责进入市场前的监管。", "《农产品质量安全法》"),
    (None, None, "县市场监督管理局", "负责进入市场后的监管。", "《食品安全法》"),
    (2, "餐饮油烟污染监管", "县城市管理局", "负责查处违法排放油烟。", "《大气污染防治法》"),
)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder, home: Path) -> Assistant:
    folder = tmp_path_factory.mktemp("papers")
    (folder / "manifest.yaml").write_text(_MANIFEST, "utf-8")
    (folder / "t20240603_1.html").write_text(_OFFICES, "utf-8")
    (folder / "t20240603_2.html").write_text(_PROFILE, "utf-8")
    book = Workbook()
    book.active.append(["长汀洲县政府部门职责边界清单（2024年版）"])
    for row in _PARTED:
        book.active.append(row)
    for cells in ("A1:E1", "A3:A4", "B3:B4"):
        book.active.merge_cells(cells)
    book.save(folder / "长汀洲县政府部门职责边界清单（2024年版）.xlsx")
    corpus = CorpusFolder(home, "own-pages")
    build([folder], corpus, encoder, home / "cache", Silent())
    return Assistant(Corpus(corpus.current(), encoder), today=lambda: TODAY)


def ask(county: Assistant, question: str) -> Answer:
    return county.answer(Question(question, "长汀洲县"))


def test_pages_of_a_body_about_itself_are_read_as_its_duties(county: Assistant) -> None:
    sources = {s.title: s for s in county.corpus.sources.values()}
    assert sources["长汀洲县水利局内设机构"].kind is PaperKind.DEPARTMENT_PROVISION
    assert sources["长汀洲县民政局机构职能"].kind is PaperKind.DEPARTMENT_PROVISION
    offices = {
        (record.body, record.office)
        for record in county.corpus.catalog.all_records()
        if getattr(record, "kind", None) is ClauseKind.OFFICE and record.office
    }
    assert offices == {
        ("长汀洲县水利局", "办公室"),
        ("长汀洲县水利局", "水资源股"),
        ("长汀洲县水利局", "河湖股"),
        ("长汀洲县民政局", "办公室"),
        ("长汀洲县民政局", "社会救助股"),
        ("长汀洲县民政局", "社会事务股"),
    }


@pytest.mark.parametrize(
    ("question", "body", "office"),
    [
        ("取水许可归水利局哪个科室办", "长汀洲县水利局", "水资源股"),
        ("低保是民政局哪个股管", "长汀洲县民政局", "社会救助股"),
        ("收养登记归谁管", "长汀洲县民政局", "社会事务股"),
    ],
)
def test_a_matter_that_a_clause_names_word_for_word_is_answered(
    county: Assistant, question: str, body: str, office: str
) -> None:
    answer = ask(county, question)
    assert answer.status is Status.ANSWERED
    assert [(h.body, h.office) for h in answer.holders] == [(body, office)]


def test_such_a_page_is_not_called_a_provision(county: Assistant) -> None:
    text = "".join(segment.text for segment in ask(county, "低保是民政局哪个股管").segments)
    assert "长汀洲县民政局公布的机构职能写明" in text
    assert "三定" not in text


def test_what_no_clause_names_is_still_refused(county: Assistant) -> None:
    assert ask(county, "护照在哪里办").status is not Status.ANSWERED
    assert ask(county, "建筑工程施工许可找谁").status is not Status.ANSWERED


def test_bodies_on_lines_of_their_own_are_not_run_together(county: Assistant) -> None:
    answer = ask(county, "农产品质量安全监管归谁")
    assert answer.holders[0].body == "长汀洲县农业农村局、长汀洲县市场监督管理局"


def test_each_of_several_bodies_is_said_with_its_own_part(county: Assistant) -> None:
    answer = ask(county, "农产品质量安全监管归谁")
    said = {segment.text: segment.citations for segment in answer.segments}
    assert said["长汀洲县农业农村局：负责进入市场前的监管。"]
    assert said["长汀洲县市场监督管理局：负责进入市场后的监管。"]
