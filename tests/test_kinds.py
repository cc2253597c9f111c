"""Papers as other provinces publish them, unseen by the rules' authors: kind, bodies, places, roles."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench.layouts import Sheet, book, layout

from index.collect import collect
from index.gazetteer import GazetteerBuilder
from index.model import DutyItem, Finding, SourceDocument
from index.papers import extract, read_paper, settle_places, source_of
from index.readers import read

PLACES = """
places:
- {code: "990501", name: 清源县, level: county}
- {code: "990501100", name: 城关镇, level: township, parent: "990501"}
- {code: "990501101", name: 青石镇, level: township, parent: "990501"}
- {code: "990501200", name: 白沙乡, level: township, parent: "990501"}
- {code: "990501001", name: 东坝街道, level: township, parent: "990501", aliases: [东坝]}
"""
TOWNS = {"990501100": "城关", "990501101": "青石", "990501200": "白沙", "990501001": "东坝"}


class Read:
    """What a folder of papers yields."""

    def __init__(self, folder: Path) -> None:
        collected = collect([folder], folder)
        papers = [read_paper(file, read) for file in collected.files]
        builder = GazetteerBuilder()
        for manifest in collected.manifests:
            for place in manifest.place_values():
                builder.add(place)
        places, found = settle_places(papers, builder)
        self.gazetteer = builder.build()
        self.sources = [source_of(p, places[p.id], self.gazetteer) for p in papers]
        records = [extract(p, s, self.gazetteer) for p, s in zip(papers, self.sources, strict=True)]
        self.items: list[DutyItem] = [i for r in records for i in r.items if i.is_answerable]
        self.findings: list[Finding] = [*found, *(f for r in records for f in r.findings)]

    @property
    def source(self) -> SourceDocument:
        (source,) = self.sources
        return source

    def shown(self, *names: str) -> list[tuple[str, ...]]:
        """Some attributes of each item as text; places by their short names."""
        return [tuple(self._text(item, name) for name in names) for item in self.items]

    def _text(self, item: DutyItem, name: str) -> str:
        if name == "places":
            known = {code: TOWNS.get(code, place.name) for code, place in self._places().items()}
            return " ".join(known[code] for code in item.places)
        value = getattr(item, name)
        return str(value.value if hasattr(value, "value") else value or "")

    def _places(self):
        return {place.code: place for place in self.gazetteer}


@pytest.fixture
def papers(tmp_path: Path):
    """Saves drawn books under a folder and reads them all."""

    def save(*books, manifest: str = "", name: str = "", folder: str = "") -> Read:
        into = tmp_path / "papers" / folder
        into.mkdir(parents=True)
        for each in books:
            path = each.save(into)
            if name:
                path.rename(into / name)
        if manifest:
            (tmp_path / "papers" / "manifest.yaml").write_text(manifest, "utf-8")
        return Read(tmp_path / "papers")

    return save


def drawn(title: str, text: str, **odd: str):
    return layout(title, text, "name\n", **odd)


def test_zhejiang_style_power_list_of_an_education_bureau(papers) -> None:
    read = papers(
        drawn(
            "清源县教育局权力清单（2024年）",
            """
清源县教育局权力清单
权力编码 | 权力事项名称 | 子项名称 | 权力类型 | 实施主体 | 行使层级 | 承办机构 | 法律依据 | 备注
330105001 | 民办学校设立审批 | 幼儿园设立 | 行政许可 | 清源县教育局 | 县级 | 行政审批科 | 《民办教育促进法》第十二条 | 
330305002 | 对违规招生的处罚 | | 行政处罚 | 县教育局 | 县级 | 基础教育科 | 《义务教育法》第五十七条 | 
""",
            merges="A1:I1",
        )
    )
    assert read.source.kind == "部门权责清单"
    assert read.shown("name", "sub_item", "power", "body", "office") == [
        ("民办学校设立审批", "幼儿园设立", "行政许可", "清源县教育局", "行政审批科"),
        ("对违规招生的处罚", "", "行政处罚", "清源县教育局", "基础教育科"),
    ]
    assert {i.field("code") for i in read.items} == {"330105001", "330305002"}
    assert read.findings == []


def test_henan_style_list_with_its_kind_merged_downwards(papers) -> None:
    read = papers(
        drawn(
            "清源县民政局行政职权目录",
            """
清源县民政局行政职权目录
序号 | 职权类别 | 项目编码 | 职权名称 | 子项 | 实施依据 | 责任事项 | 追责情形 | 责任主体 | 备注
1 | 行政给付 | 0500001 | 特困人员认定 | 无 | 《社会救助暂行办法》第十四条 | 受理 | 不予受理的 | 县民政局 | 
2 | | 0500002 | 临时救助给付 | 无 | 《社会救助暂行办法》第四十七条 | 审核 | 不予审核的 | 县民政局 | 
3 | 其他职权 | 1000001 | 地名备案 | 无 | 《地名管理条例》第十三条 | 备案 | 不予备案的 | 县民政局 | 
""",
            merges="A1:J1 B3:B4",
        )
    )
    assert read.shown("name", "power", "body", "sub_item") == [
        ("特困人员认定", "行政给付", "清源县民政局", ""),
        ("临时救助给付", "行政给付", "清源县民政局", ""),
        ("地名备案", "其他行政权力", "清源县民政局", ""),
    ]
    assert read.findings == []


def test_guangdong_style_list_of_a_housing_bureau(papers) -> None:
    read = papers(
        drawn(
            "清源县住房和城乡建设局权责清单",
            """
序号 | 事项类型 | 主项名称 | 子项名称 | 实施依据 | 行使层级 | 实施部门 | 行使内容 | 责任处室
1 | 行政许可 | 建筑工程施工许可证核发 | 首次申领 | 《建筑法》第七条 | 县级 | 县住房和城乡建设局 | 审查核发 | 建筑管理股
""",
        )
    )
    assert read.shown("name", "sub_item", "power", "body", "office") == [
        ("建筑工程施工许可证核发", "首次申领", "行政许可", "清源县住房和城乡建设局", "建筑管理股")
    ]
    assert read.items[0].field("scope") == "审查核发"


def test_sheets_by_kind_of_power_name_the_kind_and_say_so(papers) -> None:
    rows = "序号 | 事项名称 | 实施依据\n1 | {} | 《水法》第七条"
    read = papers(
        book(
            "清源县水利局权责清单",
            (
                Sheet(rows.format("取水许可"), name="行政许可（1项）"),
                Sheet(rows.format("擅自取水的处罚"), name="二、行政处罚"),
            ),
            "name\n",
        )
    )
    assert read.shown("name", "power", "body") == [
        ("取水许可", "行政许可", "清源县水利局"),
        ("擅自取水的处罚", "行政处罚", "清源县水利局"),
    ]
    assert all("power-from-sheet" in item.flags for item in read.items)


def test_a_countys_book_with_a_sheet_for_each_department(papers) -> None:
    rows = "序号 | 权力类型 | 事项名称\n1 | 行政许可 | {}"
    read = papers(
        book(
            "清源县县级部门权责清单",
            (
                Sheet(rows.format("取水许可"), name="县水利局（1项）"),
                Sheet(rows.format("殡葬设施建设审批"), name="民政局"),
            ),
            "name\n",
        )
    )
    assert read.shown("name", "body") == [
        ("取水许可", "清源县水利局"),
        ("殡葬设施建设审批", "清源县民政局"),
    ]


def test_category_rows_that_name_departments_name_the_body(papers) -> None:
    read = papers(
        drawn(
            "清源县县级部门权责清单",
            """
序号 | 权力类型 | 事项名称
（一）县水利局（2项）
1 | 行政许可 | 取水许可
2 | 行政检查 | 取水检查
（二）县卫生健康委员会（1项）
1 | 行政许可 | 医疗机构执业登记
""",
            merges="A2:C2 A5:C5",
        )
    )
    assert read.shown("name", "body") == [
        ("取水许可", "清源县水利局"),
        ("取水检查", "清源县水利局"),
        ("医疗机构执业登记", "清源县卫生健康委员会"),
    ]


def test_category_rows_of_a_delegation_name_principal_and_mode(papers) -> None:
    read = papers(
        drawn(
            "清源县赋予乡镇（街道）行政执法事项目录",
            """
序号 | 事项名称 | 承接乡镇（街道）
一、委托事项（1项）
（一）县水利局（1项）
1 | 河道采砂许可 | 全部
二、下放事项（1项）
（一）县民政局（1项）
1 | 殡葬检查 | 城关镇
""",
            merges="A2:C2 A3:C3 A5:C5 A6:C6",
        ),
        manifest=PLACES,
    )
    assert read.shown("name", "role", "counterpart", "places") == [
        ("河道采砂许可", "委托", "清源县水利局", "城关 青石 白沙 东坝"),
        ("殡葬检查", "赋权", "清源县民政局", "城关"),
    ]


def test_a_blank_kind_is_never_invented(papers) -> None:
    read = papers(
        drawn(
            "清源县水利局权责清单",
            """
序号 | 权力类型 | 事项名称 | 责任主体
1 | | 取水许可 | 县水利局
2 | 行政管理 | 河道管理 | 县水利局
""",
        )
    )
    assert read.shown("power") == [("",), ("",)]
    assert [(f.code, f.locator.cells) for f in read.findings] == [
        ("no-power", "B2"),
        ("no-power", "B3"),
    ]


DUTY_SHEETS = (
    Sheet(
        "类别 | 序号 | 事项名称\n党的建设 | 1 | 基层党组织建设\n | 2 | 党员教育管理",
        merges="A2:A3",
        name="基本",
    ),
    Sheet(
        """
序号 | 事项名称 | 对应上级部门 | 上级部门职责 | 乡镇（街道）配合职责
1 | 河道管护 | 县水利局（牵头）、县自然资源局 | 编制规划 | 日常巡查
""",
        name="配合",
    ),
    Sheet(
        """
序号 | 事项名称 | 承接部门及工作方式
1 | 烟草广告监管 | 承接部门：县市场监督管理局↵工作方式：直接实施监管
2 | 林木采伐许可 | 由县林业局承接，工作方式为直接办理
""",
        name="收回",
    ),
)
DUTIES = [
    ("基本履职事项清单", "主责", "基层党组织建设", ""),
    ("基本履职事项清单", "主责", "党员教育管理", ""),
    ("配合履职事项清单", "配合", "河道管护", "清源县水利局（牵头）、清源县自然资源局"),
    ("上级部门收回事项清单", "收回", "烟草广告监管", "清源县市场监督管理局"),
    ("上级部门收回事项清单", "收回", "林木采伐许可", "清源县林业局"),
]


def test_duty_lists_of_a_township_in_three_sheets(papers) -> None:
    read = papers(book("清源县白沙乡履职事项清单", DUTY_SHEETS, "name\n"), manifest=PLACES)
    assert read.shown("paper", "role", "name", "counterpart") == DUTIES
    assert {item.body for item in read.items} == {"清源县白沙乡人民政府"}
    assert {item.places for item in read.items} == {("990501200",)}
    assert read.findings == []


def test_duty_lists_of_a_street_stacked_in_one_sheet(papers) -> None:
    read = papers(
        drawn(
            "东坝街道履职事项清单",
            """
东坝街道履职事项清单
一、基本履职事项清单
序号 | 事项名称
 | 党的建设（2项）
1 | 基层党组织建设
2 | 党员教育管理
二、配合履职事项清单
序号 | 事项名称 | 对应上级部门 | 上级部门职责 | 街道配合职责
1 | 河道管护 | 县水利局 | 编制规划 | 日常巡查
三、上级部门收回事项清单
序号 | 事项名称 | 承接部门 | 工作方式
1 | 烟草广告监管 | 县市场监督管理局 | 直接实施监管
""",
            merges="A1:E1 A2:E2 A7:E7 A10:E10",
        ),
        folder="清源县/东坝街道",
        manifest=PLACES,
    )
    assert read.shown("paper", "role", "name", "counterpart") == [
        *DUTIES[:2],
        ("配合履职事项清单", "配合", "河道管护", "清源县水利局"),
        DUTIES[3],
    ]
    assert {item.body for item in read.items} == {"清源县东坝街道办事处"}


def test_ticks_under_each_township_give_it_the_power(papers) -> None:
    read = papers(
        drawn(
            "清源县赋予乡镇（街道）县级行政权力事项目录",
            """
清源县赋予乡镇（街道）县级行政权力事项目录
序号 | 事项名称 | 原实施部门 | 承接乡镇（街道） | | 
 | | | 城关镇 | 青石镇 | 东坝街道办事处
1 | 河道采砂许可 | 县水利局 | √ | | √
2 | 擅自取水的处罚 | 县水利局 | 委托 | 赋权 | ×
3 | 水事纠纷处理 | 县水利局 | √ | |
注：√表示赋权。
""".replace("√ | |\n", "√ | | \n"),
            merges="A1:F1 A2:A3 B2:B3 C2:C3 D2:F2",
        ),
        manifest=PLACES,
    )
    assert read.source.kind == "放权赋权事项目录"
    assert read.shown("name", "role", "places", "body", "counterpart") == [
        (
            "河道采砂许可",
            "赋权",
            "城关 东坝",
            "清源县城关镇人民政府、清源县东坝街道办事处",
            "清源县水利局",
        ),
        ("擅自取水的处罚", "委托", "城关", "清源县城关镇人民政府", "清源县水利局"),
        ("擅自取水的处罚", "赋权", "青石", "清源县青石镇人民政府", "清源县水利局"),
        ("水事纠纷处理", "赋权", "城关", "清源县城关镇人民政府", "清源县水利局"),
    ]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("全部", "城关 青石 白沙 东坝"),
        ("", "城关 青石 白沙 东坝"),
        ("各乡镇（街道）", "城关 青石 白沙 东坝"),
        ("除城关镇外的其他乡镇（街道）", "青石 白沙 东坝"),
        ("各乡镇、街道（东坝街道除外）", "城关 青石 白沙"),
        ("全部（不含白沙乡、青石镇）", "城关 东坝"),
        ("各镇", "城关 青石"),
        ("各街道办事处", "东坝"),
        ("城关镇、青石镇", "城关 青石"),
        ("1.城关镇↵2.白沙乡", "城关 白沙"),
        ("城关镇人民政府 东坝街道办事处", "城关 东坝"),
        ("东坝、城关镇", "城关 东坝"),
        ("城关镇等2个乡镇", "城关"),
        ("有条件的乡镇", ""),
        ("新城关镇", "新城关镇"),
    ],
)
def test_recipients_are_those_that_the_cell_names(said: str, meant: str, papers) -> None:
    read = papers(
        drawn(
            "清源县赋权事项目录",
            f"序号 | 赋权事项 | 原实施部门 | 承接乡镇（街道） | 赋权方式\n1 | 河道采砂许可 | 县水利局 | {said} | 下放",
        ),
        manifest=PLACES,
    )
    assert read.shown("places") == [(meant,)]
    assert [f.code for f in read.findings] == ([] if meant else ["no-recipient"])


def test_townships_that_only_a_catalog_names_are_places(papers) -> None:
    read = papers(
        drawn(
            "望江县委托乡镇实施行政权力事项目录",
            """
序号 | 委托事项名称 | 委托机关 | 受委托单位 | 委托期限
1 | 河道采砂许可 | 县水利局 | 柳林镇、石门乡 | 2024年1月1日至2025年12月31日
2 | 擅自取水的处罚 | 县水利局 | 各乡镇 | 2024年1月1日至2025年12月31日
""",
        )
    )
    assert read.shown("role", "places", "valid_from", "valid_to") == [
        ("委托", "柳林镇 石门乡", "2024-01-01", "2025-12-31"),
        ("委托", "柳林镇 石门乡", "2024-01-01", "2025-12-31"),
    ]


def test_a_catalog_without_any_known_township_says_what_to_do(papers) -> None:
    read = papers(
        drawn(
            "望江县赋权事项目录",
            "序号 | 赋权事项 | 原实施部门 | 赋权对象\n1 | 河道采砂许可 | 县水利局 | 各乡镇",
        )
    )
    assert read.shown("places") == [("",)]
    (finding,) = read.findings
    assert finding.code == "no-recipient"
    assert "manifest.yaml" in finding.message


def test_basic_catalog_is_a_template_for_every_township(papers) -> None:
    read = papers(
        drawn(
            "清源县乡镇（街道）权责清单基本事项目录",
            "序号 | 职权名称 | 职权类型 | 实施依据\n1 | 低保审核 | 行政给付 | 《社会救助暂行办法》第十一条",
        ),
        manifest=PLACES,
    )
    assert read.shown("paper", "body", "places") == [
        ("乡镇（街道）权责清单基本事项目录", "各乡镇（街道）", "城关 青石 白沙 东坝")
    ]


def test_a_plain_list_in_a_townships_folder_is_the_townships(papers) -> None:
    read = papers(
        drawn("权责清单", "序号 | 职权名称 | 职权类型\n1 | 低保审核 | 行政给付"),
        folder="清源县/青石镇",
        manifest=PLACES,
    )
    assert read.source.kind == "乡镇（街道）权责清单"
    assert read.shown("body", "places") == [("清源县青石镇人民政府", "青石")]


def test_a_plain_list_in_a_departments_folder_is_the_departments_and_says_so(papers) -> None:
    read = papers(
        drawn("权责清单", "序号 | 职权名称 | 职权类型\n1 | 低保确认 | 行政确认"),
        folder="清源县/清源县民政局",
        manifest=PLACES,
    )
    assert read.shown("body") == [("清源县民政局",)]
    assert [f.code for f in read.findings] == ["body-from-folder"]


def test_signature_notes_and_file_name_tell_what_the_title_does_not(papers) -> None:
    read = papers(
        drawn(
            "清水发〔2024〕7号 清源县水利局权责清单",
            """
序号 | 事项名称 | 权力类型
1 | 取水许可 | 行政许可
注：本清单自2024年6月1日起施行，有效期至2027年5月31日。
清源县水利局
二〇二四年五月十日
""",
            merges="A3:C3 A4:C4 A5:C5",
        )
    )
    said = read.source
    assert said.document_number == "清水发〔2024〕7号"
    assert [str(d) for d in (said.published_on, said.effective_on, said.expires_on)] == [
        "2024-05-10",
        "2024-06-01",
        "2027-05-31",
    ]
    assert said.publisher == said.body == "清源县水利局"


def test_the_manifest_overrides_whatever_the_paper_says(papers) -> None:
    read = papers(
        drawn("清源县水利局权责清单（2023年版）", "序号 | 事项名称\n1 | 取水许可"),
        manifest=PLACES
        + """
files:
- file: 清单.xlsx
  title: 东坝街道收回事项
  kind: 上级部门收回事项清单
  document_number: 清办〔2024〕1号
  publisher: 清源县委编办
  place: "990501001"
  published_on: 2024-03-01
  effective_on: 2024-04-01
  expires_on: 2026-04-01
  url: https://example.invalid/1
""",
        name="清单.xlsx",
    )
    said = read.source
    assert (said.title, said.kind, said.document_number, said.publisher) == (
        "东坝街道收回事项",
        "上级部门收回事项清单",
        "清办〔2024〕1号",
        "清源县委编办",
    )
    assert (said.place, said.url) == ("990501001", "https://example.invalid/1")
    assert [str(d) for d in (said.published_on, said.effective_on, said.expires_on)] == [
        "2024-03-01",
        "2024-04-01",
        "2026-04-01",
    ]
    assert read.shown("paper", "role", "body") == [
        ("上级部门收回事项清单", "收回", "清源县东坝街道办事处")
    ]
    assert [f.code for f in read.findings] == ["no-receiver"]
