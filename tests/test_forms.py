"""A list of forms: one item a form, its labels beside or above what is filled in."""

from __future__ import annotations

import docx
import pytest
from bench.fixtures import LAYOUTS, read_records
from bench.layouts import Layout, Sheet, book, layout

from index.documents import Grid, address
from index.extract.captions import tables_of
from index.extract.forms import find_forms
from index.extract.lists import ListContext, read_items
from index.extract.rows import read_rows
from index.gazetteer import Gazetteer
from index.institutions.naming import Publisher
from index.model import PaperKind, SourceDocument
from index.readers import read

FORMS = (
    layout(
        "一张登记表，两栏并排",
        """
清河县民政局行政职权登记表 | | | 
职权名称 | 慈善组织认定 | | 
职权类别 | 行政确认 | 职权编码 | QH07
实施主体 | 清河县民政局 | 承办科室 | 社会组织管理股
设定依据 | 《慈善法》第十条 | | 
责任事项 | 受理、审查、决定 | | 
""",
        """
name | power | code | body | office | basis | duty
慈善组织认定 | 行政确认 | QH07 | 清河县民政局 | 社会组织管理股 | 《慈善法》第十条 | 受理、审查、决定
""",
        merges="A1:D1 B2:D2 B5:D5 B6:D6",
    ),
    layout(
        "上下接着几张，标签跨行，有不认得的标签",
        """
序号 | 1 | 职权名称 | 取水许可
职权类型 | 行政许可 | 审核转报 | 否
行使主体 | 县水利局 | 承办机构 | 
责任事项 | 受理责任 | 公示条件 | 
 | 审查责任 | 现场勘验 | 
实施依据 | 《水法》第四十八条 | | 
序号 | 2 | 职权名称 | 河道采砂许可
职权类型 | 行政许可 | 审核转报 | 是
行使主体 | 县水利局 | 承办机构 | 河湖股
实施依据 | 《水法》第三十九条 | | 
""",
        """
number | name | power | extra | body | duty | office | basis
1 | 取水许可 | 行政许可 | 否 | 县水利局 | 受理责任公示条件审查责任现场勘验 | | 《水法》第四十八条
2 | 河道采砂许可 | 行政许可 | 是 | 县水利局 | | 河湖股 | 《水法》第三十九条
""",
        merges="A4:A5 B6:D6 B10:D10",
    ),
    layout(
        "标签独占一行，内容写在下一行",
        """
事项名称 | 再生育审批
事项类型 | 行政许可
实施机关 | 县卫生健康委
设定依据 | 
《人口与计划生育法》第十八条 | 
责任事项 | 
受理申请并依法审查 | 
""",
        """
name | power | body | basis | duty
再生育审批 | 行政许可 | 县卫生健康委 | 《人口与计划生育法》第十八条 | 受理申请并依法审查
""",
        merges="A4:B4 A5:B5 A6:B6 A7:B7",
    ),
    book(
        "一张工作表一项",
        tuple(
            Sheet(
                f"权力名称 | {name}\n权力类别 | 行政许可\n行使主体 | 县水利局\n权力依据 | 《水法》",
                name=n,
            )
            for n, name in (("1", "取水许可"), ("2", "河道采砂许可"))
        ),
        """
name | power | body | basis
取水许可 | 行政许可 | 县水利局 | 《水法》
河道采砂许可 | 行政许可 | 县水利局 | 《水法》
""",
    ),
)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.trouble)
def test_a_form_gives_its_records(form: Layout, tmp_path) -> None:
    assert read_records(form.save(tmp_path), form) == list(form.records)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.trouble)
def test_every_quoted_value_stands_at_its_address(form: Layout, tmp_path) -> None:
    for table in tables_of(read(form.save(tmp_path))):
        for row in read_rows(table):
            assert {c.address: c.text for c in row.cells}.items() <= standing(table.grid).items()


@pytest.mark.parametrize("listed", LAYOUTS, ids=lambda listed: listed.trouble)
def test_a_list_with_a_header_is_no_form(listed: Layout, tmp_path) -> None:
    assert not any(map(find_forms, read(listed.save(tmp_path)).grids))


def test_the_number_before_a_name_is_no_part_of_it(tmp_path) -> None:
    path = tmp_path / "县水利局行政权力责任事项梳理表.docx"
    document = docx.Document()
    for number, name in enumerate(("取水许可", "河道采砂许可"), 1):
        table = document.add_table(rows=0, cols=2)
        filled = {
            "职权名称": f"{number}、{name}",
            "职权类型": "行政许可",
            "法定主体": "县水利局",
            "实施依据": "《水法》",
        }
        for pair in filled.items():
            for cell, text in zip(table.add_row().cells, pair, strict=True):
                cell.text = text
        document.add_paragraph()
    document.save(path)
    source = SourceDocument("s", path.name, "", "", PaperKind.DEPARTMENT_LIST, "")
    context = ListContext(source, source.kind, Publisher("", ()), Gazetteer(()))
    read_ = [pair for table in tables_of(read(path)) for pair in read_items(table, context)]
    assert [item.name for item, _ in read_] == ["取水许可", "河道采砂许可"]
    assert [row.text("name") for _, row in read_] == ["1、取水许可", "2、河道采砂许可"]


def standing(grid: Grid) -> dict[str, str]:
    return {address(row, column): text for (row, column), text in grid.texts.items()}
