"""Saved web pages with their usual troubles."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.documents import Document, Merge
from index.errors import ReadingError
from index.readers.html import read_html

CMS_PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8">
<title>临溪县养犬管理权责清单_临溪县人民政府</title>
<style>.gone{display:none} @media print{.kept{display:none}}</style>
<script>var a="脚本里的字";</script></head><body>
<div class="top-nav"><ul><li><a href=1>首页</a></li><li><a href=2>政务公开</a></li>
<li><a href=3>办事服务</a></li></ul></div>
<div class="location">当前位置：<a>首页</a> &gt; <a>权责清单</a></div>
<table width="100%"><tr><td valign="top"><div class="left"><ul>
<li><a>机构设置</a></li><li><a>工作动态</a></li><li><a>通知公告</a></li></ul></div></td>
<td><div id="zoom">
  <h1>临溪县养犬管理权责清单</h1>
  <p>　　根据有关规定，现将清单公布如下，请各乡镇、
  街道对照执行。</p>
  <table border="1">
    <tr><th rowspan="2">序号</th><th colspan="2">事项</th><th rowspan="2">责任事项</th></tr>
    <tr><th>名称</th><th>类型</th></tr>
    <tr><td>1</td><td>养犬登记</td><td>行政确认</td>
        <td><p>受理</p><p>审核</p><table><tr><td>环节</td><td>时限</td></tr>
        <tr><td>审核</td><td>五日</td></tr></table></td></tr>
    <tr style="display:none"><td>2</td><td>隐藏事项</td><td>行政处罚</td><td></td></tr>
    <tr><td>3</td><td>携犬<br>出户</td><td>行政处罚</td><td>立案</td></tr>
  </table>
  <p class="kept">附注：本清单自印发之日起施行。</p>
  <p class="gone">草稿备注</p>
</div></td></tr></table>
<div class="share">分享到：微信 微博</div>
<div class="footer">版权所有：临溪县人民政府 备案号：豫ICP备00000000号</div>
</body></html>"""


def page(tmp_path: Path, html: str | bytes, name: str = "网页.html") -> Document:
    path = tmp_path / name
    path.write_bytes(html if isinstance(html, bytes) else html.encode())
    return read_html(path)


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks]


def test_html_cms_debris_and_nested_table(tmp_path: Path):
    document = page(tmp_path, CMS_PAGE)
    assert [(block.text, block.level) for block in document.blocks] == [
        ("临溪县养犬管理权责清单", 1),
        ("根据有关规定，现将清单公布如下，请各乡镇、街道对照执行。", 0),
        ("附注：本清单自印发之日起施行。", 0),
    ]
    outer, inner = document.grids
    assert [outer.text(3, column) for column in (1, 2, 3, 4)] == [
        "1", "养犬登记", "行政确认", "受理\n审核",
    ]  # fmt: skip
    assert outer.text(4, 2) == "携犬\n出户"
    assert inner.texts == {(1, 1): "环节", (1, 2): "时限", (2, 1): "审核", (2, 2): "五日"}
    assert [type(part).__name__ for part in document.parts] == [
        "Block", "Block", "Grid", "Grid", "Block",
    ]  # fmt: skip


def test_html_hidden_rows_and_elements_are_left_out_and_told(tmp_path: Path):
    document = page(tmp_path, CMS_PAGE)
    everything = " ".join([*texts(document), *document.grids[0].texts.values()])
    assert "隐藏事项" not in everything
    assert "草稿备注" not in everything
    assert any("2 处隐藏" in warning for warning in document.warnings)


@pytest.mark.parametrize(
    "attribute",
    ['hidden', 'aria-hidden="true"', 'style="visibility: hidden"', 'style="DISPLAY:NONE;"',
     'style="height:0;overflow:hidden"', 'style="position:absolute;left:-9999px"',
     'style="font-size:0"'],
)  # fmt: skip
def test_html_each_way_of_hiding(tmp_path: Path, attribute: str):
    document = page(tmp_path, f"<p>看得见</p><div {attribute}><p>看不见</p></div><p>末尾</p>")
    assert texts(document) == ["看得见", "末尾"]


def test_html_spans_become_merges_and_are_clipped(tmp_path: Path):
    document = page(tmp_path, CMS_PAGE)
    assert set(document.grids[0].merges) == {
        Merge(1, 1, 2, 1), Merge(1, 2, 1, 3), Merge(1, 4, 2, 4),
    }  # fmt: skip
    wild = page(
        tmp_path,
        "<table><tr><td rowspan=65534>县</td><td colspan=99999>名称</td></tr>"
        "<tr><td>甲</td><td>乙</td></tr></table>",
    )
    assert set(wild.grids[0].merges) == {Merge(1, 1, 2, 1), Merge(1, 2, 1, 512)}
    assert wild.grids[0].text(2, 3) == "乙"


def test_html_rowspan_zero_reaches_the_end_and_foot_is_shown_last(tmp_path: Path):
    document = page(
        tmp_path,
        "<table><tfoot><tr><td>合计</td><td>2项</td></tr></tfoot>"
        "<tbody><tr><td rowspan=0>民政</td><td>低保</td></tr><tr><td>特困</td></tr></tbody></table>",
    )
    (grid,) = document.grids
    assert [grid.own_text(row, 2) for row in (1, 2)] == ["低保", "特困"]
    assert grid.merges == (Merge(1, 1, 3, 1),)


@pytest.mark.parametrize("declared", ["gb2312", "utf-8", ""])
def test_html_gb18030_whatever_the_page_declares(tmp_path: Path, declared: str):
    html = (
        f"<html><head><meta charset='{declared}'></head><body><p>负责砼搅拌站、圳口镇㙍塘村的监管。"
    )
    assert texts(page(tmp_path, html.encode("gb18030"))) == ["负责砼搅拌站、圳口镇㙍塘村的监管。"]


def test_html_declares_gbk_but_is_utf8(tmp_path: Path):
    html = "<meta http-equiv=Content-Type content='text/html; charset=gbk'><p>乡镇街道职责清单</p>"
    assert texts(page(tmp_path, html)) == ["乡镇街道职责清单"]


def test_html_saved_with_wrong_decoding_is_refused(tmp_path: Path):
    spoilt = "<p>乡镇街道履职事项清单，自印发之日起施行</p>".encode().decode("gbk", "ignore")
    with pytest.raises(ReadingError, match=r"网页\.html.*乱码"):
        page(tmp_path, spoilt)


def test_html_title_without_the_name_of_the_site(tmp_path: Path):
    html = "<title>权责清单公示 - 临溪县民政局</title><body><h1>临溪县民政局</h1><p>正文一段。</p>"
    assert texts(page(tmp_path, html))[0] == "临溪县民政局"
    named = "<meta name=ArticleTitle content='养老服务清单'>" + html
    first = page(tmp_path, named).blocks[0]
    assert (first.text, first.level) == ("养老服务清单", 1)


def test_html_lists_breaks_and_headings(tmp_path: Path):
    document = page(
        tmp_path,
        "<h2>一、职责</h2><ol start=3><li>审批<li>监管</ol><ol><li>（一）受理</ol>"
        "<ul><li>条目</ul><div>甲<br>&nbsp;　乙<b>丙</b><br><br>丁</div>",
    )
    assert [(block.text, block.level) for block in document.blocks] == [
        ("一、职责", 2), ("3.审批", 0), ("4.监管", 0), ("（一）受理", 0), ("条目", 0),
        ("甲", 0), ("乙丙", 0), ("丁", 0),
    ]  # fmt: skip
    assert [block.number for block in document.blocks] == list(range(1, 9))


def test_html_two_lists_on_one_page_stay_two(tmp_path: Path):
    row = "<tr><td>{}</td><td>{}</td></tr>"
    table = "<table>" + row.format("序号", "名称") + row.format("1", "{}") + "</table>"
    html = f"<p>基本</p>{table.format('低保')}<p>配合</p>{table.format('防汛')}"
    document = page(tmp_path, html)
    assert [(g.name, g.text(2, 2)) for g in document.grids] == [("表1", "低保"), ("表2", "防汛")]


def test_html_rows_of_links_in_a_data_table_stay(tmp_path: Path):
    rows = "".join(
        f"<tr><td>{n}</td><td><div><a>事项{n}</a> <a>指南</a> <a>表格</a></div></td></tr>"
        for n in range(1, 6)
    )
    (grid,) = page(tmp_path, f"<p>清单</p><table>{rows}</table>").grids
    assert grid.text(4, 2) == "事项4 指南 表格"


def test_html_page_of_links_only_is_read_whole(tmp_path: Path):
    links = "".join(f"<li><a href={n}>养犬登记事项{n}</a></li>" for n in range(5))
    document = page(tmp_path, f"<body><ul>{links}</ul>")
    assert "养犬登记事项3" in texts(document)
    assert any("链接" in warning for warning in document.warnings)


def test_html_paper_data_beside_the_article_are_kept(tmp_path: Path):
    article = "<p>" + "负责本县行政区域内的养犬管理工作。" * 20 + "</p>"
    html = (
        "<div><table><tr><td>索引号</td><td>A-1</td></tr><tr><td>发文字号</td><td>临政〔2024〕5号</td>"
        f"</tr></table></div><div id=zoom>{article}</div>"
    )
    (grid,) = page(tmp_path, html).grids
    assert grid.text(2, 2) == "临政〔2024〕5号"


def test_html_without_text_is_refused(tmp_path: Path):
    with pytest.raises(ReadingError, match="没有文字"):
        page(tmp_path, "<html><body><div id=app></div><script>load()</script></body></html>")
