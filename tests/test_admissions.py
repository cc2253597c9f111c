"""Duty admission: rules by article, forms by field, registers by row."""

from __future__ import annotations

import pytest

from index.extract.admissions import read_clauses
from index.model import ClauseKind
from tests.running_text import (
    brief,
    document_of,
    every_line_stands_in,
    grid_of,
    load_sample,
    paragraphs_missing_or_doubled,
    sample_papers,
    source_of,
)

TITLE = "桐山县乡镇职责准入登记表"
PUBLISHER = "中共桐山县委机构编制委员会办公室"


def read_form(*rows):
    document = document_of(TITLE, grid_of(rows))
    clauses, findings = read_clauses(document, source_of(TITLE, publisher=PUBLISHER))
    assert not findings
    assert every_line_stands_in(document, clauses)
    return clauses


@pytest.mark.parametrize("path", sample_papers("admission"), ids=lambda path: path.stem)
def test_every_paragraph_and_cell_of_a_sample_paper_is_in_a_clause(path):
    document, source, spec = load_sample(path)
    clauses, findings = read_clauses(document, source)
    assert not findings
    assert every_line_stands_in(document, clauses)
    assert paragraphs_missing_or_doubled(document, clauses, spec["title"]) == []
    quoted = {line for clause in clauses for line in clause.text.split("\n")}
    for _, value in spec.get("table", [])[1:]:
        assert str(value) in quoted


def test_rules_are_read_by_article_and_chapters_are_headings():
    title = "桐山市乡镇职责准入制度"
    clauses, findings = read_clauses(
        document_of(
            title,
            "第一章　总则",
            "第一条　部门向乡镇交办事项的，适用本制度。",
            "第二条　有下列情形之一的，可以申请：",
            "（一）法律新设职责的；",
            "第三条　本制度由中共桐山市委机构编制委员会办公室负责解释。",
            "第四条　本制度自2025年3月1日起施行。",
        ),
        source_of(title, publisher="中共桐山市委机构编制委员会办公室"),
    )
    assert not findings
    assert brief(clauses) == [
        ("第一章", "其他", ""),
        ("第一条", "职责准入", ""),
        ("第二条", "职责准入", ""),
        ("第二条（一）", "职责准入", ""),
        ("第三条", "解释机关", ""),
        ("第四条", "其他", ""),
    ]


def test_form_gives_a_clause_a_field_and_a_summary_first():
    clauses = read_form(
        ["项目", "内容"],
        ["申请部门", "县水利局"],
        ["事项名称", "水库巡查"],
        ["拟交乡镇", "白石镇"],
        ["乡镇意见", "同意"],
        ["期限", "2025年5月1日至2025年12月31日"],
    )
    assert [clause.id for clause in clauses] == [
        "S#登记",
        "S#登记·申请部门",
        "S#登记·事项名称",
        "S#登记·拟交乡镇",
        "S#登记·乡镇意见",
        "S#登记·期限",
    ]
    assert clauses[0].text.split("\n") == [
        *("事项名称", "水库巡查", "申请部门", "县水利局"),
        *("拟交乡镇", "白石镇", "期限", "2025年5月1日至2025年12月31日"),
    ]
    assert {clause.kind for clause in clauses} == {ClauseKind.ADMISSION}
    assert {clause.body for clause in clauses} == {"桐山县水利局"}
    assert (clauses[2].locator.row, clauses[2].locator.cells) == (3, "A3:B3")


def test_form_with_two_pairs_a_row_and_labels_over_several_cells():
    clauses = read_form(
        ["申请单位", "桐山县水利局", "联系人", "张三"],
        ["准入事项名称", "水库巡查"],
        ["审核意见", "财政部门", "同意"],
        ["", "另附说明"],
    )
    assert [clause.text.split("\n") for clause in clauses[1:]] == [
        ["申请单位", "桐山县水利局"],
        ["联系人", "张三"],
        ["准入事项名称", "水库巡查"],
        ["审核意见", "财政部门", "同意"],
        ["审核意见", "财政部门", "另附说明"],
    ]


def test_register_gives_one_admission_a_row():
    clauses = read_form(
        ["序号", "事项名称", "申请部门", "承接乡镇", "期限"],
        ["1", "水库巡查", "县水利局", "白石镇", "一年"],
        ["2", "危房登记", "县住房和城乡建设局", "全县", "半年"],
    )
    whole = [clause for clause in clauses if "·" not in clause.id]
    assert [(clause.id, clause.body) for clause in whole] == [
        ("S#登记", "桐山县水利局"),
        ("S#登记2", "桐山县住房和城乡建设局"),
    ]
    assert whole[1].text.split("\n")[1::2] == ["危房登记", "县住房和城乡建设局", "全县", "半年"]
    assert whole[1].locator.cells == "B3:E3"
