"""Word files with their usual troubles, read by the `.docx` and `.doc` readers."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path

import docx as python_docx
import pytest
from docx.document import Document as Docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm

from index.documents import Document, Merge
from index.errors import ReadingError
from index.readers import read
from index.readers.word import read_docx
from index.readers.word_numbering import Numbering, han_number
from index.readers.word_ole import read_doc

NAMESPACE = nsdecls("w")


def xml(text: str) -> BaseOxmlElement:
    """An element written with the `w:` prefix."""
    head, _, tail = text.partition(">")
    slash = "/" if head.endswith("/") else ""
    return parse_xml(f"{head.removesuffix('/')} {NAMESPACE}{slash}>{tail}")


def saved(docx: Docx, tmp_path: Path) -> Document:
    path = tmp_path / "文件.docx"
    docx.save(str(path))
    return read_docx(path)


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks]


def add_list(docx: Docx, *levels: tuple[str, str], num_id: int = 77, extra: str = "") -> None:
    """Define a list whose levels are (format, pattern)."""
    numbering = docx.part.numbering_part.element
    inner = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{pattern}"/></w:lvl>'
        for n, (form, pattern) in enumerate(levels)
    )
    definition = xml(f'<w:abstractNum w:abstractNumId="{num_id}">{inner}</w:abstractNum>')
    numbering.insert(0, definition)
    numbering.append(
        xml(f'<w:num w:numId="{num_id}"><w:abstractNumId w:val="{num_id}"/>{extra}</w:num>')
    )


def numbered(docx: Docx, text: str, level: int = 0, num_id: int = 77) -> None:
    properties = docx.add_paragraph(text)._p.get_or_add_pPr()
    properties.append(
        xml(f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num_id}"/></w:numPr>')
    )


def test_docx_auto_numbering_chinese(tmp_path: Path):
    docx = python_docx.Document()
    add_list(docx, ("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3."))
    for text, level in [
        ("主要职责", 0), ("负责养老服务", 1), ("发放补贴", 2), ("监督机构", 2),
        ("负责救助", 1), ("内设机构", 0), ("办公室", 1),
    ]:  # fmt: skip
        numbered(docx, text, level)
    assert texts(saved(docx, tmp_path)) == [
        "一、主要职责", "（一）负责养老服务", "1.发放补贴", "2.监督机构",
        "（二）负责救助", "二、内设机构", "（一）办公室",
    ]  # fmt: skip


def test_docx_article_numbers_past_a_hundred_keep_off_the_text(tmp_path: Path):
    docx = python_docx.Document()
    add_list(docx, ("chineseCountingThousand", "第%1条"))
    for n in range(1, 113):
        numbered(docx, f"条文{n}")
    found = texts(saved(docx, tmp_path))
    assert (found[0], found[9], found[11]) == ("第一条 条文1", "第十条 条文10", "第十二条 条文12")
    assert (found[100], found[111]) == ("第一百零一条 条文101", "第一百一十二条 条文112")


def test_docx_numbering_that_restarts_by_override(tmp_path: Path):
    docx = python_docx.Document()
    add_list(docx, ("decimal", "%1."))
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    numbering = docx.part.numbering_part.element
    numbering.append(xml(f'<w:num w:numId="78"><w:abstractNumId w:val="77"/>{override}</w:num>'))
    for text, num_id in [("甲", 77), ("乙", 77), ("丙", 78), ("丁", 78)]:
        numbered(docx, text, num_id=num_id)
    assert texts(saved(docx, tmp_path)) == ["1.甲", "2.乙", "1.丙", "2.丁"]


def test_docx_numbering_that_comes_from_the_style(tmp_path: Path):
    docx = python_docx.Document()
    add_list(docx, ("ideographTraditional", "%1）"))
    style = docx.styles.add_style("条目", 1)
    style.element.get_or_add_pPr().append(xml('<w:numPr><w:numId w:val="77"/></w:numPr>'))
    docx.add_paragraph("科室", style="条目")
    docx.add_paragraph("没有编号")
    docx.add_paragraph("编制", style="条目")
    assert texts(saved(docx, tmp_path)) == ["甲）科室", "没有编号", "乙）编制"]


def test_docx_serial_numbers_of_a_table_are_automatic(tmp_path: Path):
    docx = python_docx.Document()
    add_list(docx, ("decimal", "%1"))
    table = docx.add_table(rows=3, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "序号", "事项名称"
    for row, name in [(1, "养犬登记"), (2, "户外广告")]:
        table.cell(row, 0).paragraphs[0]._p.get_or_add_pPr().append(
            xml('<w:numPr><w:ilvl w:val="0"/><w:numId w:val="77"/></w:numPr>')
        )
        table.cell(row, 1).text = name
    (grid,) = saved(docx, tmp_path).grids
    assert [grid.text(row, 1) for row in (1, 2, 3)] == ["序号", "1", "2"]


def test_docx_merged_cells_both_ways(tmp_path: Path):
    docx = python_docx.Document()
    table = docx.add_table(rows=4, cols=3)
    table.cell(0, 0).merge(table.cell(0, 2)).text = "事项清单"
    for column, text in enumerate(("类别", "名称", "部门")):
        table.cell(1, column).text = text
    table.cell(2, 0).merge(table.cell(3, 0)).text = "社会保障"
    table.cell(2, 1).text, table.cell(3, 1).text = "低保初审", "特困认定"
    table.cell(2, 2).merge(table.cell(3, 2)).text = "民政局"
    (grid,) = saved(docx, tmp_path).grids
    assert set(grid.merges) == {Merge(1, 1, 1, 3), Merge(3, 1, 4, 1), Merge(3, 3, 4, 3)}
    assert grid.text(4, 1) == "社会保障"
    assert grid.own_text(4, 1) == ""
    assert (grid.text(3, 2), grid.text(4, 2), grid.text(4, 3)) == ("低保初审", "特困认定", "民政局")


def test_docx_grid_columns_that_no_cell_uses_do_not_count(tmp_path: Path):
    docx = python_docx.Document()
    table = docx.add_table(rows=1, cols=1)._tbl
    table.getparent().replace(table, _table([("序号", 2), ("名称", 3)], [("1", 2), ("登记", 3)]))
    (grid,) = saved(docx, tmp_path).grids
    assert grid.texts == {(1, 1): "序号", (1, 2): "名称", (2, 1): "1", (2, 2): "登记"}
    assert grid.merges == ()


def test_docx_column_edges_drawn_unsteadily_are_one_edge(tmp_path: Path):
    docx = python_docx.Document()
    table = docx.add_table(rows=1, cols=1)._tbl
    # Grid edges at 0, 1000, 1030, 3000: the second row's inner edge is 30 twips off.
    uneven = _table([("序号", 1), ("名称", 2)], [("1", 2), ("登记", 1)], widths=(1000, 30, 1970))
    table.getparent().replace(table, uneven)
    (grid,) = saved(docx, tmp_path).grids
    assert grid.texts == {(1, 1): "序号", (1, 2): "名称", (2, 1): "1", (2, 2): "登记"}


def _table(*rows: list[tuple[str, int]], widths: tuple[int, ...] = ()) -> BaseOxmlElement:
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    body = "".join(
        "<w:tr>"
        + "".join(
            f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr>'
            f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"
            for text, span in row
        )
        + "</w:tr>"
        for row in rows
    )
    return xml(f"<w:tbl><w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>")


def test_docx_nested_table_is_a_grid_of_its_own(tmp_path: Path):
    docx = python_docx.Document()
    docx.add_paragraph("前言")
    outer = docx.add_table(rows=1, cols=2)
    outer.cell(0, 0).text = "责任事项"
    inner = outer.cell(0, 1).add_table(rows=1, cols=2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "受理", "五日"
    docx.add_paragraph("结语")
    document = saved(docx, tmp_path)
    assert [type(part).__name__ for part in document.parts] == ["Block", "Grid", "Grid", "Block"]
    assert document.grids[0].texts == {(1, 1): "责任事项"}
    assert document.grids[1].texts == {(1, 1): "受理", (1, 2): "五日"}
    assert [grid.name for grid in document.grids] == ["表1", "表2"]


def test_docx_hidden_text_is_left_out_and_told(tmp_path: Path):
    docx = python_docx.Document()
    paragraph = docx.add_paragraph("市民政局负责")
    paragraph.add_run("（待定）").font.hidden = True
    paragraph.add_run("救助")
    document = saved(docx, tmp_path)
    assert texts(document) == ["市民政局负责救助"]
    assert any("隐藏" in warning for warning in document.warnings)


def test_docx_tracked_changes_read_as_if_accepted(tmp_path: Path):
    docx = python_docx.Document()
    paragraph = docx.add_paragraph("由")._p
    paragraph.append(
        xml('<w:del w:id="1"><w:r><w:delText>城管局</w:delText><w:t>城管</w:t></w:r></w:del>')
    )
    paragraph.append(xml('<w:ins w:id="2"><w:r><w:t>执法局</w:t></w:r></w:ins>'))
    head = docx.add_paragraph("上半句，")._p.get_or_add_pPr()
    head.append(xml('<w:rPr><w:del w:id="3"/></w:rPr>'))
    docx.add_paragraph("下半句。")
    table = docx.add_table(rows=2, cols=1)
    table.cell(0, 0).text, table.cell(1, 0).text = "保留", "删去"
    table.rows[1]._tr.get_or_add_trPr().append(xml('<w:del w:id="4"/>'))
    document = saved(docx, tmp_path)
    assert texts(document) == ["由执法局", "上半句，下半句。"]
    assert document.grids[0].texts == {(1, 1): "保留"}


def test_docx_text_box_and_its_fallback_are_read_once(tmp_path: Path):
    docx = python_docx.Document()
    content = "<w:txbxContent><w:p><w:r><w:t>框内说明</w:t></w:r></w:p></w:txbxContent>"
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    run = docx.add_paragraph("框外").add_run()._r
    run.append(
        parse_xml(
            f"<mc:AlternateContent {mc} {NAMESPACE}><mc:Choice Requires='wps'>{content}</mc:Choice>"
            f"<mc:Fallback>{content}</mc:Fallback></mc:AlternateContent>"
        )
    )
    assert texts(saved(docx, tmp_path)) == ["框外", "框内说明"]


def test_docx_content_control_headings_and_page_fields(tmp_path: Path):
    docx = python_docx.Document()
    docx.add_heading("职能配置规定", level=1)
    body = docx.element.body
    body.insert(1, xml("<w:sdt><w:sdtContent><w:p><w:r><w:t>控件内</w:t></w:r></w:p>"
                       "</w:sdtContent></w:sdt>"))  # fmt: skip
    field = docx.add_paragraph("见第")._p
    field.append(xml("<w:r><w:instrText>PAGEREF _Toc1</w:instrText></w:r>"))
    field.append(xml("<w:r><w:t>3</w:t></w:r>"))
    document = saved(docx, tmp_path)
    assert [(block.text, block.level, block.number) for block in document.blocks] == [
        ("职能配置规定", 1, 1), ("控件内", 0, 2), ("见第3", 0, 3),
    ]  # fmt: skip


def test_docx_cell_keeps_its_lines_and_loses_invisible_characters(tmp_path: Path):
    docx = python_docx.Document()
    table = docx.add_table(rows=1, cols=2)
    table.cell(0, 0).text = "第一行\n第二行"
    table.cell(0, 1).text = " 事\u200b项\ufeff "
    table.cell(0, 0).width = Cm(4)
    (grid,) = saved(docx, tmp_path).grids
    assert grid.texts == {(1, 1): "第一行\n第二行", (1, 2): "事项"}


def test_docx_xml_bomb_is_refused(tmp_path: Path):
    path = tmp_path / "炸弹.docx"
    entities = "".join(f'<!ENTITY a{n} "&a{n - 1};&a{n - 1};">' for n in range(1, 40))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "word/document.xml",
            f'<!DOCTYPE w [<!ENTITY a0 "x">{entities}]><w:document {NAMESPACE}><w:body><w:p><w:r>'
            "<w:t>&a39;</w:t></w:r></w:p></w:body></w:document>",
        )
    with pytest.raises(ReadingError, match=r"炸弹\.docx"):
        read_docx(path)


def test_docx_without_text_and_broken_docx_are_refused(tmp_path: Path):
    with pytest.raises(ReadingError, match="没有文字"):
        saved(python_docx.Document(), tmp_path)
    broken = tmp_path / "断.docx"
    broken.write_bytes(b"PK\x03\x04" + b"\x00" * 50)
    with pytest.raises(ReadingError, match=r"断\.docx.*另存"):
        read_docx(broken)


@pytest.mark.parametrize(
    ("n", "text"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (101, "一百零一"), (110, "一百一十"),
     (1000, "一千"), (1010, "一千零一十"), (2005, "二千零五")],
)  # fmt: skip
def test_han_numbers(n: int, text: str):
    assert han_number(n) == text


def test_numbering_without_definitions_gives_no_label():
    assert Numbering(None).next_label("1", 0) == ""


def test_doc_is_converted_by_the_office_suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    made = python_docx.Document()
    made.add_paragraph("一、主要职责")
    made.save(str(tmp_path / "made.docx"))
    office = tmp_path / "soffice"
    office.write_text(
        '#!/bin/sh\nwhile [ "$1" != --outdir ]; do shift; done\n'
        f'mkdir -p "$2" && cp "{tmp_path}/made.docx" "$2/source.docx"\n'
    )
    office.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    (tmp_path / "旧.doc").write_bytes(b"\xd0\xcf\x11\xe0")
    document = read_doc(tmp_path / "旧.doc")
    assert (document.format, texts(document)) == ("doc", ["一、主要职责"])


@pytest.fixture(scope="module")
def real_doc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A .doc that LibreOffice itself wrote."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed: no real .doc can be made or read")
    folder = tmp_path_factory.mktemp("doc")
    made = python_docx.Document()
    made.add_heading("清源县水利局职能配置规定", 1)
    made.add_paragraph("第一条 根据有关规定，制定本规定。")
    table = made.add_table(2, 2)
    for cell, text in zip(table._cells, ["序号", "事项名称", "1", "取水许可"], strict=True):
        cell.text = text
    made.add_paragraph().add_run("藏着的字").font.hidden = True
    made.save(str(folder / "旧.docx"))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    convert = ["--headless", "--convert-to", "doc:MS Word 97", "--outdir", str(folder)]
    subprocess.run([office, profile, *convert, str(folder / "旧.docx")], check=True, timeout=90)
    return folder / "旧.doc"


@pytest.mark.parametrize("name", ["旧.doc", "旧.wps"])
def test_doc_that_libreoffice_wrote_is_read_whatever_it_is_called(
    real_doc: Path, tmp_path: Path, name: str
):
    path = tmp_path / name
    path.write_bytes(real_doc.read_bytes())
    document = read(path)
    assert texts(document) == ["清源县水利局职能配置规定", "第一条 根据有关规定，制定本规定。"]
    assert document.grids[0].text(2, 2) == "取水许可"
    assert (document.format, document.warnings) == ("doc", ("有 1 处隐藏文字未读取",))


def test_doc_without_office_suite_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    path = tmp_path / "旧文件.doc"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512)
    with pytest.raises(ReadingError, match=r"旧文件\.doc.*LibreOffice"):
        read_doc(path)
