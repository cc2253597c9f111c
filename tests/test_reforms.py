"""Reform notices: who became whom, what moved, from which day."""

from __future__ import annotations

from datetime import date

import pytest

from index.extract import provisions
from index.extract.reforms import read_clauses, read_reforms
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

TITLE = "中共桐山县委机构编制委员会关于机构调整有关事项的通知"
PUBLISHER = "中共桐山县委机构编制委员会"
DAY = date(2019, 3, 1)
# A notice speaks of an abolition and of a return of duties in one breath.
_SAME = {"撤销并回归": "撤销"}


def read(*lines):
    return read_clauses(document_of(TITLE, *lines), source_of(TITLE, publisher=PUBLISHER))[0]


def changes(*lines, effective_on=None):
    found = read_reforms(read(*lines), effective_on=effective_on)
    return [(reform.old, reform.new, reform.how, reform.on) for reform in found]


@pytest.mark.parametrize("path", sample_papers("reform"), ids=lambda path: path.stem)
def test_sample_notice_states_the_changes_planted_in_it(path):
    document, source, spec = load_sample(path)
    clauses, findings = read_clauses(document, source)
    assert not findings
    assert every_line_stands_in(document, clauses)
    assert paragraphs_missing_or_doubled(document, clauses, spec["title"]) == []
    found = {
        (reform.old, reform.new, reform.how, reform.on)
        for reform in read_reforms(clauses, effective_on=spec["effective_on"])
    }
    planted = {
        (change["old"], change["new"], _SAME.get(change["kind"], change["kind"]), change["date"])
        for change in spec["changes"]
    }
    assert planted <= found
    # Beyond those only duties that a notice moves elsewhere besides.
    assert {how for _, _, how, _ in found - planted} <= {"划转"}


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        (
            "县文化局更名为县文化和旅游局。",
            [("桐山县文化局", "桐山县文化和旅游局", "更名")],
        ),
        ("将县粮食局并入县发展和改革局。", [("桐山县粮食局", "桐山县发展和改革局", "并入")]),
        (
            "将桐山县工商局、质监局的职责整合，组建桐山县市场监督管理局，不再保留上述两局。",
            [
                ("桐山县工商局", "桐山县市场监督管理局", "合并组建"),
                ("桐山县质监局", "桐山县市场监督管理局", "合并组建"),
            ],
        ),
        (
            "组建县自然资源局。将县国土资源局的职责，以及县水利局的水资源登记职责整合，组建县自然资源局。",
            [
                ("桐山县国土资源局", "桐山县自然资源局", "合并组建"),
                ("桐山县水利局", "桐山县自然资源局", "划转"),
            ],
        ),
        (
            "将县工信委员会分设为县工业局、县科学技术局。",
            [
                ("桐山县工信委员会", "桐山县工业局", "分设"),
                ("桐山县工信委员会", "桐山县科学技术局", "分设"),
            ],
        ),
        (
            "将县民政局的救灾职责，县地震局的职责划入县应急管理局。",
            [
                ("桐山县民政局", "桐山县应急管理局", "划转"),
                ("桐山县地震局", "桐山县应急管理局", "划转"),
            ],
        ),
        (
            "原县林业局承担的林权调处职责由县自然资源局承担。",
            [("桐山县林业局", "桐山县自然资源局", "划转")],
        ),
        ("撤销桐山县环境监察站。", [("桐山县环境监察站", "", "撤销")]),
        (
            "撤销县农机站。该站承担的行政职能划归县农业农村局。",
            [("桐山县农机站", "桐山县农业农村局", "撤销")],
        ),
        ("设立桐山县数据局，为县人民政府工作部门。", [("", "桐山县数据局", "设立")]),
        (
            "撤销石桥乡，设立石桥镇。",
            [("桐山县石桥乡人民政府", "桐山县石桥镇人民政府", "撤乡设镇")],
        ),
    ],
)
def test_each_way_of_wording_a_change(sentence, wanted):
    assert changes(f"一、{sentence}", effective_on=DAY) == [(*change, DAY) for change in wanted]


@pytest.mark.parametrize(
    "sentence",
    [
        "不再保留县物价局牌子。",
        "不再加挂县物价局牌子。",
        "县农机站的人员编制划入县农技中心，资产由县农业农村局接收。",
        "上述职责由县农业农村局承担。",
        "县农业农村局负责指导，县水利局配合。",
        "公开栏中仍用“县扶贫局”的，应当改为“县乡村振兴局”。",
        "启用“桐山县数据局”印章，以桐山县数据局名义行使职权。",
        "变更、延续、注销由县市场监督管理局办理。",
    ],
)
def test_no_change_is_read_into_plates_staff_seals_and_everyday_duties(sentence):
    assert changes(f"一、{sentence}") == []


def test_the_day_is_the_sentence_s_own_before_the_paper_s():
    found = changes(
        "一、原县农机站的职能自2023年7月1日起、原县扶贫局的职能自二〇二四年一月十五日起由县农业农村局承担。",
        "二、县商务局更名为县商贸局。",
        "三、本通知自2024年3月1日起施行。",
        effective_on=DAY,
    )
    assert [on for *_, on in found] == [date(2023, 7, 1), date(2024, 1, 15), date(2024, 3, 1)]


def test_without_any_day_a_change_is_undated():
    assert changes("一、县商务局更名为县商贸局。") == [
        ("桐山县商务局", "桐山县商贸局", "更名", None)
    ]


def test_announcement_before_the_clauses_is_no_change_of_its_own():
    assert (
        changes("经研究，现就撤销县农机站有关事项通知如下：", "一、县农机站的牌证继续有效。") == []
    )


def test_clauses_of_a_notice_name_old_body_before_new():
    clauses = read(
        "各乡镇人民政府：",
        "现通知如下：",
        "一、关于更名",
        "（一）县商务局更名为县商贸局。",
        "二、本通知由中共桐山县委机构编制委员会办公室负责解释。",
    )
    assert brief(clauses) == [
        ("导语", "机构改革", ""),
        ("一、", "其他", ""),
        ("一、（一）", "机构改革", ""),
        ("二、", "解释机关", ""),
    ]
    assert clauses[2].bodies == ("桐山县商务局", "桐山县商贸局")


def test_a_provision_recalls_old_changes_without_dating_them():
    title = "桐山县水利局职能配置、内设机构和人员编制规定"
    clauses, _ = provisions.read_clauses(
        document_of(
            title,
            "第一条　桐山县水利局（以下简称县水利局）管水。",
            "第二条　原桐山县水电局承担的水行政管理职责由县水利局承担。",
        ),
        source_of(title, "桐山县水利局"),
    )
    assert clauses[1].kind is ClauseKind.REFORM
    reforms = read_reforms(clauses)
    assert [(r.old, r.new, r.how, r.on) for r in reforms] == [
        ("桐山县水电局", "桐山县水利局", "划转", None)
    ]
    assert reforms[0].clause_id == "S#第二条"


def test_towns_merged_into_one_and_towns_renamed_are_paired_each():
    found = changes(
        "一、同意撤销东关镇、南关镇，合并设立城东街道，以原东关镇的行政区域为城东街道的行政区域。",
        "二、同意将柳河乡更名为柳河湾乡。",
        "三、撤销小河乡，将其行政区域并入桐山县大河镇。",
        "四、撤销甲山镇、乙山镇，设立丙山街道、丁山街道。",
        effective_on=DAY,
    )
    assert [(old[3:], new[3:], how) for old, new, how, _ in found] == [
        ("东关镇人民政府", "城东街道办事处", "撤镇设街道"),
        ("南关镇人民政府", "城东街道办事处", "撤镇设街道"),
        ("柳河乡人民政府", "柳河湾乡人民政府", "更名"),
        ("小河乡人民政府", "大河镇人民政府", "并入"),
    ]


def test_reply_of_a_city_speaks_of_the_county_in_its_title():
    title = "云岫市人民政府关于桐山县部分乡镇行政区划调整的批复"
    document = document_of(title, "一、撤销大河乡，设立大河镇。")
    source = source_of(title, publisher="云岫市人民政府")
    clauses, _ = read_clauses(document, source)
    found = [(reform.old, reform.new) for reform in read_reforms(clauses, source=source)]
    assert found == [("桐山县大河乡人民政府", "桐山县大河镇人民政府")]


def test_offices_of_government_and_party_are_bodies_too():
    assert changes(
        "一、撤销县人民政府法制办公室，其职责划入县司法局。",
        "二、将县委农村工作办公室的职责，县农业局的职责整合，组建县农业农村局。",
        effective_on=DAY,
    ) == [
        ("桐山县人民政府法制办公室", "桐山县司法局", "撤销", DAY),
        ("桐山县委农村工作办公室", "桐山县农业农村局", "合并组建", DAY),
        ("桐山县农业局", "桐山县农业农村局", "合并组建", DAY),
    ]


def test_institutions_are_merged_renamed_and_give_powers_back():
    found = changes(
        "一、县质检站、县植保站整合组建桐山县农业综合服务中心，为县农业农村局所属公益一类事业单位。",
        "二、县河道所更名为桐山县河湖事务中心，隶属关系不变。",
        "三、县农机站承担的登记、核发等行政职权，回归县农业农村局行使。",
        "四、撤销县城建监察大队，人员编制划入县城管大队。",
        effective_on=DAY,
    )
    assert [(old[3:], new[3:], how) for old, new, how, _ in found] == [
        ("质检站", "农业综合服务中心", "合并组建"),
        ("植保站", "农业综合服务中心", "合并组建"),
        ("河道所", "河湖事务中心", "更名"),
        ("农机站", "农业农村局", "划转"),
        ("城建监察大队", "", "撤销"),
    ]


def test_table_of_old_and_new_names_tells_a_change_a_row():
    table = grid_of(
        [
            ["序号", "原机构名称", "更名后机构名称", "主管部门"],
            ["1", "桐山县房产管理处", "桐山县房产事务中心", "县住建局"],
            ["2", "县墙改办", "县建筑节能中心", "县住建局"],
        ]
    )
    announced = "桐山县委编委决定对下列事业单位更名，自2023年6月1日起执行。"
    source = source_of(TITLE, publisher=PUBLISHER)
    clauses, _ = read_clauses(document_of(TITLE, announced, table), source)
    found = read_reforms(clauses, source=source)
    assert [(r.old, r.new, r.how, r.on) for r in found] == [
        ("桐山县房产管理处", "桐山县房产事务中心", "更名", date(2023, 6, 1)),
        ("桐山县墙改办", "桐山县建筑节能中心", "更名", date(2023, 6, 1)),
    ]


def test_plan_of_2024_moves_duties_to_several_and_from_several():
    found = changes(
        "一、调整县科学技术局职责。将县科学技术局的规划职责分别划入县发展和改革局、县工业局等部门。",
        "二、县乡村振兴局并入县农业农村局，不再保留单设的县乡村振兴局。",
        "三、组建县委社会工作部。划入县民政局的社区治理职责，划入县委组织部的两新党建职责。",
        "四、不再保留县老龄工作委员会办公室设在县卫生局的体制。",
        effective_on=DAY,
    )
    assert [(old[3:], new[3:], how) for old, new, how, _ in found] == [
        ("科学技术局", "发展和改革局", "划转"),
        ("科学技术局", "工业局", "划转"),
        ("乡村振兴局", "农业农村局", "并入"),
        ("", "委社会工作部", "设立"),
        ("民政局", "委社会工作部", "划转"),
        ("委组织部", "委社会工作部", "划转"),
    ]


@pytest.mark.parametrize(
    ("sentences", "wanted"),
    [
        (
            "县档案馆、县史志办公室整合为县档案史志馆。",
            ["档案馆>档案史志馆", "史志办公室>档案史志馆"],
        ),
        ("县扶贫开发办公室重组为县乡村振兴局。", ["扶贫开发办公室>乡村振兴局"]),
        ("将县兽医局由直属单位改为县农业农村局所属事业单位。", []),
        (
            "桐山县东区管理委员会与桐山县西区管理委员会合并，设立桐山县新区管理委员会。",
            ["东区管理委员会>新区管理委员会", "西区管理委员会>新区管理委员会"],
        ),
        (
            "组建县医保局。将县人社局的医疗保险职责，县民政局的医疗救助职责整合，作为县政府工作部门。",
            [">医保局", "人社局>医保局", "民政局>医保局"],
        ),
        ("撤销县公路管理段，其承担的路政职责划归县交通执法大队。", ["公路管理段>交通执法大队"]),
        (
            "将甲乡、乙乡合并设立丙镇，撤销甲乡、乙乡。",
            ["甲乡人民政府>丙镇人民政府", "乙乡人民政府>丙镇人民政府"],
        ),
        (
            "撤销城关镇建制，分设东城、西城两个街道办事处。",
            ["城关镇人民政府>东城街道办事处", "城关镇人民政府>西城街道办事处"],
        ),
        ("撤并小河乡，其行政区域划归大河镇管辖。", ["小河乡人民政府>大河镇人民政府"]),
    ],
)
def test_further_ways_of_wording_a_change(sentences, wanted):
    found = changes(f"一、{sentences}", effective_on=DAY)
    assert [f"{old[3:]}>{new[3:]}" for old, new, _, _ in found] == wanted
