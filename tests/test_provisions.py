"""三定 provisions: three decades of numbering, and the troubles of each."""

from __future__ import annotations

import pytest

from index.extract.provisions import plates, read_clauses
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

TITLE = "桐山县粮食局职能配置、内设机构和人员编制规定"
BODY = "桐山县粮食局"
DEPARTMENTS_AND_TOWNSHIPS = [
    path for path in sample_papers() if not path.stem.startswith(("admission", "reform"))
]


def read(*parts, title: str = TITLE, body: str = BODY):
    return read_clauses(document_of(title, *parts), source_of(title, body))


def by_path(clauses):
    return {clause.id.partition("#")[2]: clause for clause in clauses}


@pytest.mark.parametrize("path", DEPARTMENTS_AND_TOWNSHIPS, ids=lambda path: path.stem)
def test_every_paragraph_of_a_sample_provision_is_in_one_clause_and_quotable(path):
    document, source, spec = load_sample(path)
    clauses, findings = read_clauses(document, source)
    assert not findings
    assert every_line_stands_in(document, clauses)
    assert paragraphs_missing_or_doubled(document, clauses, spec["title"]) == []
    assert len({clause.id for clause in clauses}) == len(clauses)
    assert all(clause.office for clause in clauses if clause.kind is ClauseKind.OFFICE)
    assert sum(clause.kind is ClauseKind.INTERPRETATION for clause in clauses) == 1


def test_2018_style_articles_duties_offices_boundaries_staff():
    clauses, findings = read(
        "第一条　根据《桐山县机构改革方案》，制定本规定。",
        "第二条　桐山县粮食局（以下简称县粮食局）是县人民政府工作部门，加挂桐山县物资储备局牌子。",
        "第三条　县粮食局贯彻党中央关于粮食安全的方针政策，主要职责是：",
        "（一）拟订粮食收储规划。",
        "（二）职能转变。减少收购资格的材料。",
        "第四条　县粮食局设下列内设机构（正股级）：",
        "（一）办公室。负责机关运转。",
        "（二）仓储股（挂军粮供应办公室牌子）：承担粮库管理。",
        "第五条　有关职责分工：",
        "（一）与县农业农村局关于种粮的有关职责分工。县农业农村局负责产前，县粮食局负责收购。",
        "第六条　县粮食局机关行政编制9名。设局长1名，副局长2名。",
        "第七条　县粮食局所属事业单位桐山县粮油检测中心的设置另行规定。",
        "第八条　本规定由中共桐山县委机构编制委员会办公室负责解释。",
        "第九条　本规定自2024年5月1日起施行。",
    )
    assert not findings
    assert brief(clauses) == [
        ("第一条", "其他", ""),
        ("第二条", "其他", ""),
        ("第三条", "主要职责", ""),
        ("第三条（一）", "主要职责", ""),
        ("第三条（二）", "职能转变", ""),
        ("第四条", "其他", ""),
        ("第四条（一）", "内设机构", "办公室"),
        ("第四条（二）", "内设机构", "仓储股"),
        ("第五条", "其他", ""),
        ("第五条（一）", "职责分工", ""),
        ("第六条", "人员编制", ""),
        ("第七条", "所属事业单位", "桐山县粮油检测中心"),
        ("第八条", "解释机关", ""),
        ("第九条", "其他", ""),
    ]
    found = by_path(clauses)
    assert found["第四条（二）"].bodies == ("军粮供应办公室",)
    assert found["第五条（一）"].bodies == (BODY, "桐山县农业农村局")
    assert found["第八条"].bodies == ("中共桐山县委机构编制委员会办公室",)
    assert found["第六条"].locator.article == "第六条"
    assert found["第六条"].locator.paragraph == 12


def test_2010_style_sections_with_office_names_on_their_own_lines():
    clauses, findings = read(
        "根据机构改革意见，设立桐山县粮食局。",
        "一、职责调整",
        "（一）取消粮食批发准入审批。",
        "二、主要职责",
        "（一）管理地方储备粮。",
        "三、内设机构",
        "根据上述职责，县粮食局设2个内设机构。",
        "（一）办公室",
        "负责文电。",
        "负责会务。",
        "（二）储备股",
        "1.负责轮换。",
        "2.负责统计。",
        "四、人员编制",
        "县粮食局机关行政编制9名。",
        "五、附则",
        "（一）本规定由桐山县机构编制委员会办公室负责解释。",
    )
    assert not findings
    assert brief(clauses) == [
        ("导语", "其他", ""),
        ("一、", "其他", ""),
        ("一、（一）", "职能转变", ""),
        ("二、", "其他", ""),
        ("二、（一）", "主要职责", ""),
        ("三、", "其他", ""),
        ("三、（一）", "内设机构", "办公室"),
        ("三、（二）", "内设机构", "储备股"),
        ("三、（二）1", "内设机构", "储备股"),
        ("三、（二）2", "内设机构", "储备股"),
        ("四、", "人员编制", ""),
        ("五、", "其他", ""),
        ("五、（一）", "解释机关", ""),
    ]
    found = by_path(clauses)
    assert found["三、（一）"].text == "（一）办公室\n负责文电。\n负责会务。"
    assert found["四、"].text == "四、人员编制\n县粮食局机关行政编制9名。"
    assert found["导语"].locator.article is None


def test_2001_style_half_width_numbers_and_moved_functions():
    clauses, findings = read(
        "一、职能调整",
        "(一)划入的职能",
        "1、原由商业部门承担的饲料管理职能。",
        "2、军粮供应职能。",
        "(二)划出的职能",
        "1、粮油加工企业的管理职能。",
        "二、人员编制和领导职数",
        "(一)机关行政编制9名。",
        "(二)领导职数:局长1名,副局长2名。",
        "三、其他事项",
        "(一)县粮油调度室设在县粮食局,不另核定编制。",
    )
    assert not findings
    assert brief(clauses) == [
        ("一、", "其他", ""),
        ("一、(一)", "其他", ""),
        ("一、(一)1", "职能转变", ""),
        ("一、(一)2", "职能转变", ""),
        ("一、(二)", "其他", ""),
        ("一、(二)1", "职能转变", ""),
        ("二、", "其他", ""),
        ("二、(一)", "人员编制", ""),
        ("二、(二)", "人员编制", ""),
        ("三、", "其他", ""),
        ("三、(一)", "其他", ""),
    ]


def test_items_run_on_in_one_paragraph_are_cut_into_clauses():
    clauses, _ = read(
        "第一条　主要职责是：（一）管理储备粮；（二）依照前条（二）检查粮库；（三）有关职责分工。"
        "1.与县水利局的有关职责分工。各管一段。2.与县公安局、县交通局等部门的职责分工。各管一段。"
    )
    assert brief(clauses) == [
        ("第一条", "其他", ""),
        ("第一条（一）", "主要职责", ""),
        ("第一条（二）", "主要职责", ""),
        ("第一条（三）", "其他", ""),
        ("第一条（三）1", "职责分工", ""),
        ("第一条（三）2", "职责分工", ""),
    ]
    assert clauses[2].text == "（二）依照前条（二）检查粮库；"
    assert clauses[5].bodies == (BODY, "桐山县公安局", "桐山县交通局")
    assert {clause.locator.paragraph for clause in clauses} == {2}


def test_offices_without_numbers_open_clauses_and_duties_do_not():
    clauses, _ = read(
        "一、内设机构",
        "县粮食局设3个职能股室：",
        "办公室",
        "负责文电。",
        "储备股　承担粮库管理。",
        "协助局领导管理军粮，指导乡镇粮站。",
        "检查股（执法股）：①检查；②处罚。",
        "机关党委。负责党群工作。",
    )
    assert brief(clauses) == [
        ("一、", "其他", ""),
        ("一、办公室", "内设机构", "办公室"),
        ("一、储备股", "内设机构", "储备股"),
        ("一、检查股", "内设机构", "检查股"),
        ("一、机关党委", "内设机构", "机关党委"),
    ]
    assert clauses[2].text.endswith("指导乡镇粮站。")
    assert clauses[3].bodies == ("执法股",)


def test_party_committee_as_an_article_of_its_own_is_an_office():
    clauses, _ = read(
        "第一条　县粮食局设下列内设机构：",
        "（一）办公室。负责机关运转。",
        "第二条　机关党委。负责机关和直属单位的党群工作。",
    )
    assert brief(clauses)[-1] == ("第二条", "内设机构", "机关党委")


def test_section_titles_without_numbers_head_sections():
    clauses, _ = read(
        "【主要职责】", "（一）管理储备粮。", "内设机构：", "（一）办公室。负责运转。"
    )
    assert brief(clauses) == [
        ("主要职责", "其他", ""),
        ("主要职责（一）", "主要职责", ""),
        ("内设机构", "其他", ""),
        ("内设机构（一）", "内设机构", "办公室"),
    ]


def test_chapters_head_their_articles_but_stay_out_of_the_path():
    clauses, findings = read(
        "第一章　总则",
        "第一条　为了规范县粮食局的职能，制定本规定。",
        "第二章　职能配置",
        "第二条　县粮食局的主要职责是：",
        "㈠管理储备粮。",
        "㈡管理军粮。",
        "第三章　内设机构",
        "第三条　办公室。负责机关运转。",
        "第四章　附则",
        "第四条　本规定具体解释工作由县委编办承担。",
    )
    assert not findings
    assert brief(clauses) == [
        ("第一章", "其他", ""),
        ("第一条", "其他", ""),
        ("第二章", "其他", ""),
        ("第二条", "其他", ""),
        ("第二条㈠", "主要职责", ""),
        ("第二条㈡", "主要职责", ""),
        ("第三章", "其他", ""),
        ("第三条", "内设机构", "办公室"),
        ("第四章", "其他", ""),
        ("第四条", "解释机关", ""),
    ]
    assert clauses[-1].bodies == ("桐山县委编办",)


def test_township_with_offices_and_institutions_under_one_heading():
    title, body = "白石镇机构设置和人员编制方案", "桐山县白石镇人民政府"
    clauses, _ = read(
        "一、机构设置",
        "（一）综合办事机构。设2个：",
        "1、党政综合办公室（挂应急办公室、人大办公室牌子）。负责综合协调。",
        "2、社会事务办公室负责民政、卫生。",
        "（二）事业单位。设1个。",
        "1、便民服务中心（退役军人服务站）。公益一类，承担窗口服务。",
        "二、职责分工",
        "（一）与县水务局的职责分工。县水务局管河道，镇人民政府管巡查。",
        "三、编制",
        "镇行政编制20名。",
        title=title,
        body=body,
    )
    found = by_path(clauses)
    assert found["一、（一）1"].bodies == ("应急办公室", "人大办公室")
    assert found["一、（一）2"].office == "社会事务办公室"
    assert found["一、（二）1"].kind is ClauseKind.SUBORDINATE
    assert found["一、（二）1"].office == "便民服务中心"
    assert found["一、（二）1"].bodies == ("退役军人服务站",)
    assert found["二、（一）"].bodies == (body, "桐山县水务局")
    assert found["三、"].kind is ClauseKind.STAFF


def test_announcement_broken_over_lines_still_heads_its_items():
    clauses, _ = read(
        "第一条　县粮食局贯彻落实党中央关于粮食安全的方针政策和省委、市委、县委的部署要求。主要职",
        "责是：",
        "（一）管理地方储",
        "备粮。",
    )
    assert brief(clauses) == [("第一条", "主要职责", ""), ("第一条（一）", "主要职责", "")]
    assert clauses[1].text == "（一）管理地方储\n备粮。"


def test_staff_table_becomes_a_clause_a_row():
    table = grid_of(
        [["内设机构", "行政编制", "领导职数"], ["办公室", "5", "1"], ["合计", "9", "3"]], "编制表"
    )
    clauses, _ = read("一、人员编制", "机关行政编制9名。", table)
    assert brief(clauses) == [
        ("一、", "人员编制", ""),
        ("一、表R2", "人员编制", "办公室"),
        ("一、表R3", "人员编制", ""),
    ]
    assert clauses[1].text == "内设机构\n办公室\n行政编制\n5\n领导职数\n1"
    assert (clauses[1].locator.sheet, clauses[1].locator.cells) == ("编制表", "A2:C2")


def test_page_headers_are_left_out_and_reported_once():
    clauses, findings = read(
        ("一、主要职责", 1),
        ("（一）管理储备粮，检查粮", 1),
        (TITLE, 2),
        ("— 2 —", 2),
        ("库安全。", 2),
        ("（二）管理军粮。", 2),
    )
    assert [clause.text for clause in clauses] == [
        "一、主要职责",
        "（一）管理储备粮，检查粮\n库安全。",
        "（二）管理军粮。",
    ]
    assert [finding.code for finding in findings] == ["page-furniture"]
    assert findings[0].severity == "info"


def test_covering_notice_is_left_before_the_title_and_signature_after_the_text():
    clauses, _ = read_clauses(
        document_of(
            f"关于印发《{TITLE}》的通知",
            "各乡镇人民政府：",
            "现予印发。",
            "2024年5月1日",
            "桐山县粮食局职能配置、",
            "内设机构和人员编制规定",
            "（2024年4月30日印发）",
            "第一条　制定本规定。",
            "第二条　本规定自2024年5月1日起施行。",
            "中共桐山县委办公室",
            "2024年5月1日",
            "本文件由县档案馆存档",
        ),
        source_of(TITLE, BODY),
    )
    assert brief(clauses) == [
        ("题注", "其他", ""),
        ("第一条", "其他", ""),
        ("第二条", "其他", ""),
        ("落款", "其他", ""),
    ]
    assert clauses[-1].text == "中共桐山县委办公室\n2024年5月1日\n本文件由县档案馆存档"


def test_signature_stays_apart_when_its_date_runs_into_the_next_line():
    clauses, _ = read(
        "第一条　本规定自2024年5月1日起施行。", "中共桐山县委办公室", "2024年5月1日本文件仅供存档。"
    )
    assert [path for path, *_ in brief(clauses)] == ["第一条", "落款"]


def test_missing_and_repeated_numbers_are_reported_and_ids_stay_unique():
    clauses, findings = read("一、主要职责", "（一）甲。", "（三）乙。", "（三）丙。")
    assert [clause.id for clause in clauses[1:]] == [
        "S#一、（一）",
        "S#一、（三）",
        "S#一、（三）·2",
    ]
    assert [finding.code for finding in findings] == ["numbering-gap"] * 2
    assert findings[0].locator.paragraph == 4
    assert findings[0].locator.article == "一、（三）"


def test_paper_without_numbers_is_one_clause_and_says_so():
    clauses, findings = read("县粮食局管粮。", "粮库由粮站管。")
    assert brief(clauses) == [("导语", "其他", "")]
    assert [finding.code for finding in findings] == ["no-numbering"]


def test_sentences_that_begin_with_a_number_are_not_numbered():
    clauses, findings = read(
        "第一条　河渠分级管理。",
        "一、二级河渠由县管。",
        "第七条规定的情形除外。",
        "2024年5月1日前的许可继续有效。",
        "1.5公里以内由镇管。",
    )
    assert not findings
    assert len(clauses) == 1


def test_plates_of_the_body_are_paired_and_those_of_offices_are_not():
    document = document_of(
        TITLE,
        "第一条　桐山县粮食局是县人民政府工作部门，加挂县物资储备局、桐山县军粮办公室牌子，"
        "不再挂县物价局牌子。",
        "第二条　县粮食局设下列内设机构：",
        "（一）办公室。加挂信访室牌子。负责运转。",
    )
    assert plates(document, source_of(TITLE, BODY)) == (
        (BODY, "桐山县物资储备局"),
        (BODY, "桐山县军粮办公室"),
    )
    clauses, _ = read_clauses(document, source_of(TITLE, BODY))
    assert clauses[-1].bodies == ("信访室",)


def test_2001_notice_without_title_marks_gives_way_to_the_provision_it_carries():
    title = "桐山县人民政府办公室关于印发桐山县粮食局职能配置内设机构和人员编制规定的通知"
    clauses, _ = read(
        "桐政办发〔2001〕9号",
        "各乡、镇人民政府：",
        "现予印发。",
        "二○○一年十二月六日",
        TITLE,
        "根据改革方案，设置桐山县粮食局。",
        "一、内设机构",
        "根据上述职责，县粮食局设2个职能股（室）：",
        "（一）办公室",
        "负责文秘。",
        "（二）储备股",
        "负责粮库。",
        "县军粮供应领导小组办公室设在县粮食局，承担日常工作。",
        title=title,
    )
    assert brief(clauses) == [
        ("导语", "其他", ""),
        ("一、", "其他", ""),
        ("一、（一）", "内设机构", "办公室"),
        ("一、（二）", "内设机构", "储备股"),
        ("一、县军粮供应领导小组办公室", "其他", ""),
    ]
    assert clauses[3].text == "（二）储备股\n负责粮库。"


def test_boundary_headed_by_its_matter_names_the_other_side_from_the_text():
    clauses, _ = read(
        "第一条　县粮食局与有关部门的职责分工：",
        "（一）种粮管理的职责分工。种粮由县农业农村局牵头，收购由县粮食局负责。",
        "（二）与县市场监督管理局、县公安局在粮食案件方面的职责分工。县公安局负责侦办。",
    )
    found = by_path(clauses)
    assert found["第一条（一）"].bodies == (BODY, "桐山县农业农村局")
    assert found["第一条（二）"].bodies == (BODY, "桐山县市场监督管理局", "桐山县公安局")


def test_township_plan_of_2012_lists_offices_institutions_and_posts():
    title, body = "白石镇机构改革方案", "桐山县白石镇人民政府"
    clauses, _ = read(
        "一、职能定位",
        "镇党委、政府要强化公共服务职能。",
        "二、机构设置",
        "（一）综合办事机构。设2个综合办公室：",
        "1.党政综合办公室。承担日常工作。",
        "2.经济发展办公室（挂安全生产监督管理办公室牌子）。负责农业。",
        "（二）事业单位。设1个事业单位：",
        "1.村镇建设服务中心：承担规划的事务性工作。",
        "三、人员编制和领导职数",
        "（一）核定机关行政编制28名。事业编制8名。",
        "（二）领导职数9名：党委书记1名，镇长1名。",
        title=title,
        body=body,
    )
    kinds = [(path, kind) for path, kind, _ in brief(clauses)]
    assert ("二、（一）2", "内设机构") in kinds
    assert ("二、（二）1", "所属事业单位") in kinds
    assert kinds[-2:] == [("三、（一）", "人员编制"), ("三、（二）", "人员编制")]


def test_half_width_stops_end_duties_and_offices_may_begin_with_a_verb():
    clauses, _ = read(
        "一、主要职责",
        "1、综合管理全县粮食工作;",
        "2、拟定粮食规划.",
        "二、内设机构",
        "根据以上职责,县粮食局设二个职能股室:",
        "(１)综合股",
        "负责文秘.",
        "(２)监督管理股",
        "负责检查.",
    )
    assert brief(clauses)[1:3] == [("一、1", "主要职责", ""), ("一、2", "主要职责", "")]
    assert [office for _, kind, office in brief(clauses) if kind == "内设机构"] == [
        "综合股",
        "监督管理股",
    ]


def test_township_provision_in_chapters_with_counted_institutions():
    title, body = "桐山县白石镇职能配置、机构设置和人员编制规定", "桐山县白石镇人民政府"
    clauses, _ = read(
        "第一章　机构设置",
        "第一条　白石镇设3个综合性办事机构：",
        "（一）党政综合办公室。负责运转。",
        "（二）社会事务办公室，负责民政。",
        "（三）应急管理办公室，挂消防工作站牌子。负责应急。",
        "镇人民武装部、工会、妇联按有关规定设置。",
        "第二条　白石镇所属事业单位1个，均为公益一类：",
        "（一）综合行政执法大队。承担事务性工作。",
        title=title,
        body=body,
    )
    assert brief(clauses)[2:] == [
        ("第一条（一）", "内设机构", "党政综合办公室"),
        ("第一条（二）", "内设机构", "社会事务办公室"),
        ("第一条（三）", "内设机构", "应急管理办公室"),
        ("第一条镇人民武装部", "其他", ""),
        ("第二条", "其他", ""),
        ("第二条（一）", "所属事业单位", "综合行政执法大队"),
    ]
    assert clauses[4].bodies == ("消防工作站",)


def test_body_with_its_plate_in_brackets_is_one_party_of_a_boundary():
    body = "桐山县粮食局（桐山县军粮局）"
    clauses, _ = read(
        "第一条　职责分工",
        "（一）县粮食局与县农业农村局的职责分工。县农业农村局管种植，县粮食局管收购。",
        body=body,
    )
    assert by_path(clauses)["第一条（一）"].bodies == (body, "桐山县农业农村局")


def test_institutions_listed_with_grade_and_funding_are_named():
    clauses, _ = read(
        "五、所属事业单位",
        "1. 桐山县粮食博物馆，正股级，自收自支事业单位，编制12名。",
        "2. 桐山县粮油检测站，股级，全额拨款事业单位。",
    )
    assert [clause.office for clause in clauses[1:]] == ["桐山县粮食博物馆", "桐山县粮油检测站"]


def test_heading_of_institutions_is_none_and_seated_stations_stand_apart():
    clauses, _ = read(
        "二、机构设置",
        "（一）党政机构",
        "设置党政办公室1个综合性办公室。",
        "1、党政办公室：负责文秘。",
        "（二）事业机构",
        "设置农业服务中心1个事业站所。",
        "1、农业服务中心：承担技术推广。",
        "财政所、司法所等派驻机构按现行体制管理。",
        title="白石乡机构设置和人员编制方案",
        body="桐山县白石乡人民政府",
    )
    assert brief(clauses) == [
        ("二、", "其他", ""),
        ("二、（一）", "其他", ""),
        ("二、（一）1", "内设机构", "党政办公室"),
        ("二、（二）", "其他", ""),
        ("二、（二）1", "所属事业单位", "农业服务中心"),
        ("二、（二）财政所", "其他", ""),
    ]
