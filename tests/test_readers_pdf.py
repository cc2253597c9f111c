"""PDF files made here, each test named after its trouble."""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

from index.errors import ReadingError
from index.extract.rows import read_rows
from index.extract.tables import find_tables
from index.readers import read

FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))
BODY = ParagraphStyle("body", fontName=FONT, fontSize=11, leading=18, firstLineIndent=22, wordWrap="CJK")
TITLE = ParagraphStyle("title", fontName=FONT, fontSize=18, leading=26, alignment=1, wordWrap="CJK")


def _page_number(canvas, document) -> None:
    canvas.setFont(FONT, 9)
    canvas.drawCentredString(A4[0] / 2, 30, f"— {document.page} —")


def _save(path: Path, story: list) -> Path:
    SimpleDocTemplate(str(path), pagesize=A4).build(
        story, onFirstPage=_page_number, onLaterPages=_page_number
    )
    return path


def _ruled(rows: list[list[str]], *spans: tuple[tuple[int, int], tuple[int, int]]) -> Table:
    style = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("FONT", (0, 0), (-1, -1), FONT, 9)]
    table = Table(rows, colWidths=[40, 180, 80, 120], repeatRows=1)
    table.setStyle(TableStyle([*style, *(("SPAN", *span) for span in spans)]))
    return table


HEADER = ["序号", "事项名称", "权力类型", "行使主体"]


def test_wrapped_lines_are_one_paragraph_and_page_numbers_are_gone(tmp_path: Path) -> None:
    long = "第二条　" + "县水利局贯彻落实有关水利工作的方针政策和决策部署，" * 4
    path = _save(
        tmp_path / "三定.pdf",
        [
            Paragraph("清源县水利局职能配置、内设机构和人员编制规定", TITLE),
            Paragraph("第一条　根据有关规定，制定本规定。", BODY),
            Paragraph(long, BODY),
        ],
    )
    texts = [block.text for block in read(path).blocks]
    assert texts == ["清源县水利局职能配置、内设机构和人员编制规定", "第一条　根据有关规定，制定本规定。", long]


def test_a_ruled_table_over_a_page_break_is_one_grid(tmp_path: Path) -> None:
    rows = [[str(n), f"第{n}件事的许可", "行政许可", "县水利局"] for n in range(1, 81)]
    path = _save(tmp_path / "清单.pdf", [_ruled([HEADER, *rows])])
    document = read(path)
    assert document.pages == 3
    (grid,) = document.grids
    items = [row for table in find_tables(grid) for row in read_rows(table)]
    assert [row.text("name") for row in items] == [row[1] for row in rows]
    assert [items[0].locator.page, items[-1].locator.page] == [1, 3]


def test_merged_cells_are_merges(tmp_path: Path) -> None:
    rows = [HEADER, ["1", "取水许可", "行政许可", "县水利局"], ["", "", "行政处罚", "县水利局"]]
    path = _save(tmp_path / "合并.pdf", [_ruled(rows, ((0, 1), (0, 2)), ((1, 1), (1, 2)))])
    (grid,) = read(path).grids
    assert grid.text(3, 2) == "取水许可"
    assert grid.own_text(3, 2) == ""
    assert {(m.top, m.left, m.bottom, m.right) for m in grid.merges} == {(2, 1, 3, 1), (2, 2, 3, 2)}


def test_a_scan_is_refused_and_says_so(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "扫描.pdf"))
    canvas.rect(100, 100, 200, 200, fill=1)
    canvas.save()
    with pytest.raises(ReadingError, match="扫描"):
        read(tmp_path / "扫描.pdf")


def test_a_protected_file_says_so(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "密.pdf"), encrypt="secret")
    canvas.drawString(100, 100, "x")
    canvas.save()
    with pytest.raises(ReadingError, match="密码"):
        read(tmp_path / "密.pdf")


def test_a_broken_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "坏.pdf").write_bytes(b"%PDF-1.4 broken")
    with pytest.raises(ReadingError, match="损坏"):
        read(tmp_path / "坏.pdf")
