"""Workbooks made here, .xlsx and .xls, each test named after its trouble."""

from __future__ import annotations

import resource
import zipfile
from collections.abc import Iterable
from pathlib import Path

import openpyxl
import pytest
import xlwt
from docx import Document as WordDocument
from workbooks import save_xls, save_xlsx

from index.errors import ReadingError
from index.readers import read
from index.readers.process import ReaderProcess

ROWS = [
    ["序号", "事项名称", "行使主体"],
    ["1", "取水许可", "县水利局"],
    ["2", "河道采砂许可", "县水利局"],
]
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def _repacked(path: Path, source: Path, **parts: str | bytes | None) -> Path:
    """A copy of a package in which some parts are added, replaced or (None) left out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, data in parts.items():
            if data is not None:
                new.writestr(name, data)
    return path


def _with_sheet(path: Path, rows: Iterable[str], after: str = "") -> Path:
    """A workbook whose only sheet has the given XML."""
    plain = save_xlsx(path.with_suffix(".plain"), ROWS)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != "xl/worksheets/sheet1.xml":
                new.writestr(name, old.read(name))
        with new.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'<worksheet {MAIN}><dimension ref="A1:XFD1048576"/><sheetData>'.encode())
            for row in rows:
                sheet.write(row.encode())
            sheet.write(f"</sheetData>{after}</worksheet>".encode())
    return path


def _cell(address: str, text: str) -> str:
    return f'<c r="{address}" t="inlineStr"><is><t>{text}</t></is></c>'


FIRST = f'<row r="1">{_cell("A1", "序号")}{_cell("B1", "事项名称")}</row>'


@pytest.mark.parametrize("suffix", [".et", ".wps", ".xls", ".dat"])
def test_zip_inside_is_read_whatever_the_name_says(tmp_path: Path, suffix: str) -> None:
    path = save_xlsx(tmp_path / f"清单{suffix}", ROWS)
    assert read(path).format == "xlsx"
    assert read(path).grids[0].text(2, 2) == "取水许可"


@pytest.mark.parametrize("suffix", [".et", ".wps", ".xlsx"])
def test_ole_inside_is_read_whatever_the_name_says(tmp_path: Path, suffix: str) -> None:
    path = save_xls(tmp_path / f"清单{suffix}", ROWS)
    assert read(path).format == "xls"
    assert read(path).grids[0].text(2, 2) == "取水许可"


def test_wps_that_is_word_inside_is_read_as_word(tmp_path: Path) -> None:
    word = WordDocument()
    word.add_paragraph("第一条 县水利局负责节水。")
    with (tmp_path / "三定.wps").open("wb") as file:
        word.save(file)
    document = read(tmp_path / "三定.wps")
    assert (document.format, document.blocks[0].text) == ("docx", "第一条 县水利局负责节水。")


def test_a_million_empty_cells_take_no_memory(tmp_path: Path) -> None:
    letters = [openpyxl.utils.get_column_letter(n) for n in range(1, 51)]
    empty = (
        f'<row r="{row}">' + "".join(f'<c r="{c}{row}" s="0"/>' for c in letters) + "</row>"
        for row in range(2, 20_002)
    )
    path = _with_sheet(tmp_path / "空格.xlsx", [FIRST, *empty])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (grid,) = read(path).grids
    assert (dict(grid.texts), grid.n_rows) == ({(1, 1): "序号", (1, 2): "事项名称"}, 1)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


def test_text_in_the_farthest_cell_is_told_and_costs_nothing(tmp_path: Path) -> None:
    far = f'<row r="1048576">{_cell("XFD1048576", "备用")}</row>'
    document = read(_with_sheet(tmp_path / "远.xlsx", [FIRST, far]))
    (grid,) = document.grids
    assert (grid.n_rows, grid.n_columns) == (1, 2)
    assert ["XFD1048576" in text for text in document.warnings] == [True]


def test_links_between_sheets_of_one_old_workbook_are_no_outward_links(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    book.add_sheet("甲").write(0, 0, "取水许可")
    book.add_sheet("乙").write(0, 0, xlwt.Formula("'甲'!A1"))
    book.save(str(tmp_path / "簿.xls"))
    assert not any("链接" in text for text in read(tmp_path / "簿.xls").warnings)


def test_absurd_and_overlapping_merges_are_told_once_each(tmp_path: Path) -> None:
    merges = ["A1:A1048576", *(f"B1:B{n}" for n in range(2, 5001))]
    after = (
        "<mergeCells>" + "".join(f'<mergeCell ref="{ref}"/>' for ref in merges) + "</mergeCells>"
    )
    document = read(_with_sheet(tmp_path / "合并.xlsx", [FIRST], after))
    (grid,) = document.grids
    assert (grid.n_rows, len(grid.merges)) == (2, 2)
    assert [text for text in document.warnings if "A1:A1048576 大得反常" in text]
    assert [text for text in document.warnings if "4998 处合并区域与别处重叠" in text]
    assert len(document.warnings) == 2


def test_merges_without_end_do_not_hang(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{n}">{_cell(f"IV{n}", "末")}</row>' for n in range(1, 3000))
    refs = (f'<mergeCell ref="A{n}:IV3000"/>' for n in range(2, 3000))
    after = "<mergeCells>" + "".join([*refs] * 30) + "</mergeCells>"
    document = read(_with_sheet(tmp_path / "合并.xlsx", [rows], after))
    assert ["2997 处合并区域" in text for text in document.warnings] == [True, False]


def test_text_that_a_merge_hides_is_not_read_but_told(tmp_path: Path) -> None:
    row = f'<row r="2">{_cell("A2", "1")}{_cell("B2", "藏着的字")}</row>'
    after = '<mergeCells><mergeCell ref="A2:B2"/></mergeCells>'
    document = read(_with_sheet(tmp_path / "压住.xlsx", [FIRST, row], after))
    assert (2, 2) not in document.grids[0].texts
    assert "B2" in document.warnings[0]


def test_hidden_sheets_rows_and_columns_are_marked_in_both_formats(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    old = xlwt.Workbook()
    old_sheet = old.add_sheet("清单")
    for r, row in enumerate(ROWS):
        for c, text in enumerate(row):
            sheet.cell(r + 1, c + 1, text)
            old_sheet.write(r, c, text)
    sheet.row_dimensions[2].hidden = sheet.row_dimensions[3].hidden = old_sheet.row(1).hidden = True
    old_sheet.row(2).height, old_sheet.row(2).height_mismatch = 0, True
    sheet.column_dimensions["B"].hidden = sheet.column_dimensions["C"].hidden = True
    old_sheet.col(1).hidden, old_sheet.col(2).width = True, 0
    book.create_sheet("旧表").append(["x"])
    book["旧表"].sheet_state = "veryHidden"
    old.add_sheet("旧表").write(0, 0, "x")
    old.get_sheet(1).visibility = 2
    book.save(tmp_path / "a.xlsx")
    old.save(str(tmp_path / "b.xls"))
    for name in ("a.xlsx", "b.xls"):
        first, second = read(tmp_path / name).grids
        assert first.hidden_rows == {2, 3}, name
        assert first.hidden_columns == {2, 3}, name
        assert (first.hidden, second.hidden) == (False, True), name


def test_failed_formulas_are_empty_and_told(tmp_path: Path) -> None:
    row = '<row r="2"><c r="A2" t="e"><f>X1</f><v>#REF!</v></c><c r="B2"><f>SUM(A1)</f></c></row>'
    document = read(_with_sheet(tmp_path / "公式.xlsx", [FIRST, row]))
    assert document.grids[0].n_rows == 1
    assert [("A2" in text, "B2" in text) for text in document.warnings] == [
        (True, False),
        (False, True),
    ]


def test_dates_numbers_and_truth_read_alike_in_both_formats(tmp_path: Path) -> None:
    from datetime import date

    book, old = openpyxl.Workbook(), xlwt.Workbook()
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for c, value in enumerate([date(2024, 5, 10), 3.0, 2.5, True]):
        book.active.cell(1, c + 1, value)
    sheet = old.add_sheet("清单")
    sheet.write(0, 0, date(2024, 5, 10), day)
    for c, value in enumerate([3.0, 2.5, True], start=1):
        sheet.write(0, c, value)
    book.save(tmp_path / "a.xlsx")
    old.save(str(tmp_path / "b.xls"))
    texts = {1: "2024-05-10", 2: "3", 3: "2.5", 4: "是"}
    for name in ("a.xlsx", "b.xls"):
        assert {c: text for (_, c), text in read(tmp_path / name).grids[0].texts.items()} == texts


def test_a_damaged_cell_is_named(tmp_path: Path) -> None:
    row = '<row r="2"><c r="A2" t="s"><v>99</v></c></row>'
    with pytest.raises(ReadingError, match=r"坏\.xlsx：工作表“清单”的 A2 单元格已损坏"):
        read(_with_sheet(tmp_path / "坏.xlsx", [FIRST, row]))


def test_a_sheet_that_breaks_off_is_named_with_its_last_row(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match="工作表“清单”在第 1 行之后已损坏"):
        read(_with_sheet(tmp_path / "断.xlsx", [FIRST, "<row"]))


def test_macros_and_links_are_told_and_not_followed(tmp_path: Path) -> None:
    link = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="http://x/externalLinkPath" Target="http://x.invalid/a.xlsx"'
        ' TargetMode="External"/></Relationships>'
    )
    plain = save_xlsx(tmp_path / "清单.xlsx", ROWS)
    path = _repacked(
        tmp_path / "宏.xlsm",
        plain,
        **{"xl/vbaProject.bin": b"x", "xl/externalLinks/_rels/externalLink1.xml.rels": link},
    )
    document = read(path)
    assert document.grids == read(plain).grids
    assert ["含有宏" in text for text in document.warnings] == [True, False]
    assert "链接到别的文件" in document.warnings[1]


def test_a_hyperlink_is_no_outward_link(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "序号"
    book.active["A1"].hyperlink = "https://example.invalid/"
    book.save(tmp_path / "链.xlsx")
    assert read(tmp_path / "链.xlsx").warnings == ()


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml"])
def test_xlsx_xml_bomb(tmp_path: Path, part: str) -> None:
    bomb = '<!DOCTYPE b [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><b>&b;</b>'
    path = _repacked(tmp_path / "弹.xlsx", save_xlsx(tmp_path / "x.xlsx", ROWS), **{part: bomb})
    with pytest.raises(ReadingError, match=rf"弹\.xlsx：内部的 {part} 含有不允许的 DTD"):
        read(path)


def test_xlsx_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "弹.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * (300 * 2**20))
    with pytest.raises(ReadingError, match=r"弹\.xlsx：展开后有 1 个部分、300 MB"):
        read(tmp_path / "弹.xlsx")


def test_a_torn_xls_says_so_and_the_next_file_is_read(tmp_path: Path) -> None:
    whole = save_xls(tmp_path / "整.xls", ROWS * 200)
    torn = tmp_path / "残.xls"
    torn.write_bytes(whole.read_bytes()[:6000])
    with ReaderProcess() as process:
        with pytest.raises(ReadingError, match=r"残\.xls：.*损坏"):
            process.read(torn)
        assert process.read(whole).grids


@pytest.mark.parametrize(
    ("part", "said"),
    [("xl/workbook.bin", "xlsb"), ("content.xml", "OpenDocument"), ("OFD.xml", "OFD")],
)
def test_packages_of_other_kinds_say_what_to_save_them_as(
    tmp_path: Path, part: str, said: str
) -> None:
    with zipfile.ZipFile(tmp_path / "其他.xlsx", "w") as archive:
        archive.writestr(part, "x")
    with pytest.raises(ReadingError, match=f"{said}.*请"):
        read(tmp_path / "其他.xlsx")


@pytest.mark.parametrize("head", [b"Rar!\x1a\x07\x01\x00", b"7z\xbc\xaf\x27\x1c\x00\x04"])
def test_other_archives_say_what_to_do(tmp_path: Path, head: bytes) -> None:
    (tmp_path / "清单.zip").write_bytes(head + b"\x00" * 100)
    with pytest.raises(ReadingError, match="请解压后放入"):
        read(tmp_path / "清单.zip")
