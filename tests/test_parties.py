"""Who a clause speaks of: both sides of a boundary, short names made full, old bodies."""

from __future__ import annotations

import pytest

from index.extract.provisions import read_clauses
from index.model import ClauseKind
from tests.running_text import document_of, source_of

TITLE = "桐山县粮食局职能配置、内设机构和人员编制规定"
BODY = "桐山县粮食局"


def read(*parts, title: str = TITLE, body: str = BODY):
    return read_clauses(document_of(title, *parts), source_of(title, body))


@pytest.mark.parametrize(
    ("label", "others"),
    [
        ("与县水利局的有关职责分工。县水利局管渠。", ["桐山县水利局"]),
        ("与农业、水利部门的职责分工。各管一段。", ["农业部门", "水利部门"]),
        (
            "与工商行政管理部门的职责分工。市场内由桐山县工商行政管理局管。",
            ["桐山县工商行政管理局"],
        ),
        ("与云岭市生态环境局桐山分局的职责分工。桐山分局管水质。", ["云岭市生态环境局桐山分局"]),
        (
            "与县人力资源和社会保障局、公安局的职责分工。",
            ["桐山县人力资源和社会保障局", "桐山县公安局"],
        ),
        ("关于校车的职责分工。县教育局管学校，县公安局管道路。", ["桐山县教育局", "桐山县公安局"]),
        ("与乡镇人民政府、街道办事处的职责分工。各管一段。", ["乡镇人民政府", "街道办事处"]),
    ],
)
def test_boundary_names_both_sides_in_full(label, others):
    clauses, _ = read("一、其他事项", f"（一）{label}")
    assert clauses[-1].kind is ClauseKind.BOUNDARY
    assert list(clauses[-1].bodies) == [BODY, *others]


def test_boundary_in_parts_names_the_parties_in_each_part():
    clauses, _ = read(
        "一、有关职责分工",
        "（一）与县水利局的有关职责分工",
        "1.渠道由县水利局管。",
        "2.粮库由县粮食局管。",
    )
    parties = {clause.bodies for clause in clauses if clause.kind is ClauseKind.BOUNDARY}
    assert parties == {(BODY, "桐山县水利局")}
    assert len(clauses) == 4


def test_short_names_are_taken_from_the_paper_itself():
    title, body = "桐山县市场监督管理局职能配置、内设机构和人员编制规定", "桐山县市场监督管理局"
    clauses, _ = read(
        "第一条　桐山县市场监督管理局（以下简称“县市监局”）是县人民政府工作部门。",
        "第二条　关于酒类的职责分工。县市监局管销售，县卫健委管监测。",
        "第三条　县市监局会同桐山县卫生健康委员会通报。",
        title=title,
        body=body,
    )
    assert clauses[1].bodies == (body, "桐山县卫生健康委员会")


def test_old_body_in_a_closing_article_is_a_reform_clause():
    clauses, _ = read("第一条　原桐山县物资局承担的储备职责由县粮食局承担。")
    assert clauses[0].kind is ClauseKind.REFORM
    assert clauses[0].bodies == ("桐山县物资局", BODY)


def test_city_paper_completes_names_of_its_own_level_only():
    title, body = "云岭市商务局职能配置、内设机构和人员编制规定", "云岭市商务局"
    clauses, _ = read(
        "一、其他事项",
        "（一）与市场监督管理局、市城市管理局的职责分工。市容由云岭市城市管理局负责。",
        "（二）与桐山县商务局、临江县商务局的职责分工。县里的店由县商务局管。",
        title=title,
        body=body,
    )
    assert clauses[1].bodies == (body, "云岭市市场监督管理局", "云岭市城市管理局")
    assert clauses[2].bodies == (body, "桐山县商务局", "临江县商务局")
