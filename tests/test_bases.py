"""Basis cells → laws, articles and quoted words, however the cell writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.extract.bases import bases_of, split_bases
from index.extract.citations import article_number
from index.extract.numbering import han_number, number_value
from index.laws import law_name, repeal_of
from index.model import Cell, DutyItem, Locator, PaperKind, Role

LAND = "中华人民共和国土地管理法"


def item(*cells: Cell) -> DutyItem:
    return DutyItem(
        "S#表!A2", "S", Locator(), PaperKind.DEPARTMENT_LIST, "事项", "某局", Role.LEAD, (), cells
    )


def row(basis: str, remark: str = "") -> DutyItem:
    return item(Cell("basis", "C2", basis), Cell("remark", "D2", remark))


def cited(text: str) -> list[tuple[str, str]]:
    """(law, article paragraph item) of each basis."""
    return [(b.law, f"{b.article}{b.paragraph}{b.item}") for _, b in split_bases(text)]


@pytest.mark.parametrize(
    "text",
    [
        "《中华人民共和国土地管理法》第六十二条",
        "《土地管理法》第62条",
        "【法律】《中华人民共和国土地管理法》（2019年修正）第六十二条",
        "【 法律 】《土地管理法》 第 六十二 条",
        "【法律《土地管理法》第六十二条",
        "[法律] 1.《中华人民共和国土地管理法(2019年修正)》\n    第六十二条：农村村民",
        "法律：《中华人民共和国土地管理法》第６２条",
        "根据《中华人民共和国土地管理法》第六十二条规定，",
        "中华人民共和国土地管理法第六十二条",
        "土地管理法（2019年修正）第六十二条",
        "<<中华人民共和国土地管理法>>第六十二条",
        "《中华人民共和国土地管理法第六十二条",
        "【法律】（中华人民共和国土地管理法》第六十二条",
        "《中华人民共和国土地管理法》（1986年6月25日通过，根据《关于修改〈森林法〉的决定》（2019年）修正）第五章第六十二条",
        "《中华人民共和國土地管理法》第六十二條：農村村民",
    ],
)
def test_every_way_of_citing_one_article_is_that_article(text: str) -> None:
    assert cited(text) == [(LAND, "第六十二条")]


@pytest.mark.parametrize(
    ("numbers", "wanted"),
    [
        ("第六十二条第一款第（三）项", "第六十二条第一款第三项"),
        ("第62条第1款第3项", "第六十二条第一款第三项"),
        ("第六十二条（三）项", "第六十二条第三项"),
        ("第十条、第十一条", "第十条 第十一条"),
        ("第十、十一条", "第十条 第十一条"),
        ("第十条和第十一条第二款", "第十条 第十一条第二款"),
        ("第三条至第五条", "第三条 第四条 第五条"),
        ("第3-5条", "第三条 第四条 第五条"),
        ("3条、4条", "第三条 第四条"),
        ("第三章第四条", "第四条"),
        ("第三条第一款、第二款", "第三条第一款 第三条第二款"),
        ("第三条第一款第一、三项", "第三条第一款第一项 第三条第一款第三项"),
        ("第三条第（一）、（三）项", "第三条第一项 第三条第三项"),
        ("第一百二十条之一", "第一百二十条之一"),
        ("第一千一百零五条", "第一千一百零五条"),
    ],
)
def test_numbers_in_all_their_forms(numbers: str, wanted: str) -> None:
    assert [place for _, place in cited(f"《民法典》{numbers}：当事人应当")] == wanted.split()


def test_each_article_keeps_its_own_quoted_words_up_to_the_next() -> None:
    text = (
        "【法律】《渔业法》（2013年修正）\n    第三十条：禁止使用炸鱼的方法。依照《刑法》第三百四十条处罚。\n"
        "第七条规定的机构负责。\n    第三十八条第一款：使用炸鱼的，处五万元以下罚款。\n"
        "【行政法规】《水产资源条例》\n第四条 保护对象；第五条：依照《渔业法》的规定。《渔港规定》第九条：渔港。"
    )
    found = [
        (b.law.removeprefix("中华人民共和国"), b.article, b.quote) for _, b in split_bases(text)
    ]
    assert found == [
        (
            "渔业法",
            "第三十条",
            "禁止使用炸鱼的方法。依照《刑法》第三百四十条处罚。\n第七条规定的机构负责。",
        ),
        ("渔业法", "第三十八条", "使用炸鱼的，处五万元以下罚款。"),
        ("水产资源条例", "第四条", "保护对象；"),
        ("水产资源条例", "第五条", "依照《渔业法》的规定。"),
        ("渔港规定", "第九条", "渔港。"),
    ]


def test_a_law_named_in_a_quoted_sentence_is_no_basis() -> None:
    text = (
        "《种子法》第八条：违反的，依照《治安管理处罚法》第五十条给予处罚。\n"
        "（一）《种子经营许可证》；\n《种子经营许可证》的有效期为五年。依照【法律】《草原法》的规定执行。"
    )
    assert cited(text) == [("中华人民共和国种子法", "第八条")]


def test_several_laws_side_by_side_are_each_a_basis() -> None:
    text = "《公路法》第四条、第五条，《路政规定》第六条；《关于路政的通知》（交办〔2020〕3号）和《超限办法》"
    assert cited(text) == [
        ("中华人民共和国公路法", "第四条"),
        ("中华人民共和国公路法", "第五条"),
        ("路政规定", "第六条"),
        ("关于路政的通知", ""),
        ("超限办法", ""),
    ]


def test_decisions_are_cited_by_the_number_of_their_item() -> None:
    text = "【国务院决定】《国务院关于下放审批项目的决定》（国发〔2014〕5号）\n第67项：许可证核发下放。"
    assert cited(text) == [("国务院关于下放审批项目的决定", "第六十七项")]


@pytest.mark.parametrize("text", ["", "无", "会议纪要", "《种畜禽许可证申请表》", "第五条"])
def test_cell_without_a_law_has_no_basis(text: str) -> None:
    assert split_bases(text) == ()


def test_words_that_only_say_so_are_no_quote() -> None:
    text = "根据《城乡规划法》第四十一条、《规划办法》第三条的规定"
    assert [b.quote for _, b in split_bases(text)] == ["", ""]
    numbered = "【法律1】《森林法》第三条【法律2】《草原法》第四条"
    assert [b.quote for _, b in split_bases(numbered)] == ["", ""]


def test_notice_named_after_who_issues_it_is_a_basis() -> None:
    text = "县委办、县政府办《关于印发〈准入制度〉的通知》（临办发〔2023〕5号）"
    assert cited(text) == [("关于印发〈准入制度〉的通知", "")]


def test_local_regulation_keeps_its_place_and_the_law_it_carries_out() -> None:
    text = "《河南省实施〈中华人民共和国森林法〉办法》第三条；《山西省实施《森林法》办法》第四条"
    assert [law for law, _ in cited(text)] == [
        "河南省实施〈中华人民共和国森林法〉办法",
        "山西省实施〈森林法〉办法",
    ]


def test_cell_cut_for_printing_is_read_as_one_and_addressed_where_the_law_stands() -> None:
    cells = (
        Cell("basis", "C2", "《公路法》第四条：公路"),
        Cell("basis", "C3", "应当畅通。\n《路政规定》第六条：路政。"),
        Cell("basis", "D2", "《超限办法》第一条"),
    )
    found = [(b.law, b.cell, b.quote) for b in bases_of(item(*cells))]
    assert found == [
        ("中华人民共和国公路法", "C2", "公路应当畅通。"),
        ("路政规定", "C3", "路政。"),
        ("超限办法", "D2", ""),
    ]


@pytest.mark.parametrize(
    ("written", "full"),
    [
        ("《土地管理法》", LAND),
        ("中华人民共和国土地管理法（2019年修正）", LAND),
        ("土地管理法2019年修正", LAND),
        ("《中华人民共和国 土地\n管理法》", LAND),
        ("民法典", "中华人民共和国民法典"),
        ("道路运输条例", "中华人民共和国道路运输条例"),
        ("物业管理条例", "物业管理条例"),
        ("行政处罚办法（试行）", "行政处罚办法（试行）"),
        ("环评法", "中华人民共和国环境影响评价法"),
        ("城乡规划法实施办法", "城乡规划法实施办法"),
    ],
)
def test_names_of_laws_are_made_full(written: str, full: str) -> None:
    assert law_name(written) == full
    assert law_name(full) == full


def test_repeal_is_known_from_the_reviewed_facts() -> None:
    known = repeal_of("物权法")
    assert known is not None
    assert (known.since.isoformat(), known.successor) == ("2021-01-01", "中华人民共和国民法典")
    assert repeal_of("民法典") is None


@pytest.mark.parametrize(
    ("basis", "remark", "repealed"),
    [
        ("《物权法》第七十条", "", [True]),
        ("《民法典》第七十条；《渔港规定》第三条", "《渔港规定》已废止。", [False, True]),
        (
            "《民法典》第七十条；《渔港规定》第三条",
            "《渔港规定》已被《民法典》废止。",
            [False, True],
        ),
        ("《渔港规定》第三条", "依据已废止，待清理", [True]),
        ("《渔港规定》（2020年废止）第三条；《渔业法》第一条", "", [True, False]),
        ("《渔港规定》第三条；《渔业法》第一条", "依据已废止，待清理", [False, False]),
        ("《渔港规定》第三条：证书已失效的", "", [False]),
    ],
)
def test_law_noted_as_repealed_is_flagged(basis: str, remark: str, repealed: list[bool]) -> None:
    assert [bool(b.repealed) for b in bases_of(row(basis, remark))] == repealed


def test_article_numbers_are_one_however_written() -> None:
    ways = ("第六十二条", "第62条", "62", "六十二", "第 六十二 条 第一款")
    assert {article_number(way) for way in ways} == {"第六十二条"}
    assert article_number("总则") == ""


@given(st.integers(1, 9999))
def test_numbers_printed_as_articles_count_the_same(value: int) -> None:
    assert number_value(han_number(value)) == value


_PIECES = [
    "《土地管理法》",
    "第三条",
    "【法律】",
    "。\n",
    "：",
    "（2019年修正）",
    "罚款",
    "《",
    "》",
    "第",
]


@given(st.lists(st.sampled_from(_PIECES), max_size=30).map("".join))
def test_whatever_a_cell_holds_each_quote_and_edition_stands_in_it(text: str) -> None:
    for at, basis in split_bases(text):
        assert basis.quote in text
        assert basis.edition in text
        assert 0 <= at < len(text)


def test_bases_of_the_real_lists_quote_their_cells(real) -> None:
    catalog, n_split, n_rows = real._corpus.catalog, 0, 0
    for record in catalog.all_records():
        if text := record.field("basis"):
            bases = bases_of(record)
            assert all(basis.quote in text for basis in bases)
            n_rows += 1
            n_split += bool(bases) and all(b.article or b.item for b in bases)
    assert n_split / n_rows > 0.95
    resting = catalog.resting_on("公路安全保护条例", "第65条")
    assert resting
    assert all(
        any(b.law == "公路安全保护条例" and b.article == "第六十五条" for b in bases_of(record))
        for record in catalog.records(resting).values()
    )
