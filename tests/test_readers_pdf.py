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
BODY = ParagraphStyle(
    "body", fontName=FONT, fontSize=11, leading=18, firstLineIndent=22, wordWrap="CJK"
)
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
    long = "第二条 " + "县水利局贯彻落实有关水利工作的方针政策和决策部署，" * 4
    path = _save(
        tmp_path / "三定.pdf",
        [
            Paragraph("清源县水利局职能配置、内设机构和人员编制规定", TITLE),
            Paragraph("第一条 根据有关规定，制定本规定。", BODY),
            Paragraph(long, BODY),
        ],
    )
    texts = [block.text for block in read(path).blocks]
    assert texts == [
        "清源县水利局职能配置、内设机构和人员编制规定",
        "第一条 根据有关规定，制定本规定。",
        long,
    ]


def _drawn(path: Path, *pages: list[tuple[float, float, str]]) -> Path:
    """Lines drawn at (x, y from the bottom), page by page."""
    canvas = Canvas(str(path), pagesize=A4)
    for lines in pages:
        canvas.setFont(FONT, 12)
        for x, y, text in lines:
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return path


FULL = "县水利局负责全县水资源的统一监督管理并组织实施有关制度办法措施"


def test_blanks_stay_as_they_are_set(tmp_path: Path) -> None:
    texts = ["第一条　局　长主持全面工作。", "《农业农村部 自然资源部 关于规范审批的通知》第三条"]
    path = _drawn(tmp_path / "空格.pdf", [(96, 700, texts[0]), (96, 680, texts[1])])
    assert [block.text for block in read(path).blocks] == texts


def test_an_article_cited_at_a_line_start_opens_no_paragraph(tmp_path: Path) -> None:
    path = _drawn(
        tmp_path / "引用.pdf",
        [(72, 700, FULL), (72, 680, "第四十八条核发取水许可证。"), (72, 660, "（二）负责节水。")],
    )
    assert [block.text for block in read(path).blocks] == [
        FULL + "第四十八条核发取水许可证。",
        "（二）负责节水。",
    ]


def test_a_line_that_stops_short_ends_its_paragraph(tmp_path: Path) -> None:
    path = _drawn(
        tmp_path / "短行.pdf",
        [
            (72, 700, FULL),
            (72, 680, "工作要求"),
            (72, 660, "各股室按照分工办理"),
            (400, 640, "2024年5月"),
        ],
    )
    texts = [block.text for block in read(path).blocks]
    assert texts == [FULL + "工作要求", "各股室按照分工办理", "2024年5月"]


def test_running_headers_go_and_a_paragraph_goes_on_over_the_page(tmp_path: Path) -> None:
    header, half = "清源县水利局文件汇编", (72, 700, FULL)
    path = _drawn(
        tmp_path / "页眉.pdf",
        [(72, 800, header), half, (290, 40, "- 1 -")],
        [(72, 800, header), (72, 700, "，并公布结果。"), (290, 40, "- 2 -")],
        [(72, 800, header), (72, 700, "（二）负责节水。"), (290, 40, "- 3 -")],
    )
    blocks = read(path).blocks
    assert [(block.text, block.page) for block in blocks] == [
        (FULL + "，并公布结果。", 1),
        ("（二）负责节水。", 3),
    ]


def test_a_frame_around_text_is_no_table_and_text_beside_a_table_stays(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "框.pdf"), pagesize=A4)
    canvas.setFont(FONT, 12)
    canvas.rect(50, 50, 500, 740)
    canvas.drawString(72, 750, "一、主要职责")
    canvas.grid([72, 172, 272], [600, 630, 660])
    canvas.drawString(80, 640, "序号")
    canvas.drawString(300, 640, "旁注文字")
    canvas.save()
    document = read(tmp_path / "框.pdf")
    assert [block.text for block in document.blocks] == ["一、主要职责", "旁注文字"]
    assert [dict(grid.texts) for grid in document.grids] == [{(1, 1): "序号"}]


def test_text_set_twice_for_bold_is_read_once(tmp_path: Path) -> None:
    line = "负责取水许可。"
    path = _drawn(tmp_path / "粗.pdf", [(72, 700, line), (72.3, 700, line)])
    assert [block.text for block in read(path).blocks] == [line]


def test_items_in_a_cell_stay_lines_and_wrapped_ones_are_joined(tmp_path: Path) -> None:
    text = (
        "1.受理责任：接收材料，五个工作日内依照\n第四十八条决定受理。\n2.审查责任：审查用水定额。"
    )
    path = _save(tmp_path / "格.pdf", [_ruled([HEADER, ["1", text, "行政许可", "县水利局"]])])
    (grid,) = read(path).grids
    assert grid.text(2, 2) == (
        "1.受理责任：接收材料，五个工作日内依照第四十八条决定受理。\n2.审查责任：审查用水定额。"
    )


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


CELL = ParagraphStyle("cell", fontName=FONT, fontSize=9, leading=12, wordWrap="CJK")
BLACK = (0.5, colors.black)
BELOW, ABOVE = ("LINEBELOW", (0, 0), (-1, -1), *BLACK), ("LINEABOVE", (0, 0), (-1, 0), *BLACK)
INNER = ("INNERGRID", (0, 0), (-1, -1), *BLACK)
FEW = [ABOVE, ("LINEBELOW", (0, 0), (-1, 0), *BLACK), ("LINEBELOW", (0, -1), (-1, -1), *BLACK)]
LONG_HEADER = ["序号", "事项名称", "权力类型", "实施依据", "行使主体"]
LAW = "取水单位和个人应当依法缴纳水资源费，并按照批准的用水计划取水。"


def _long_rows(n_rows: int) -> list[list[str]]:
    """Rows of one to five lines, so that cells wrap in each column but the first."""
    return [
        [
            str(n),
            f"第{n}件事项的许可" + "（含变更、延续、注销等情形）" * (n % 3 == 0),
            "行政许可" if n % 2 else "行政处罚",
            f"《中华人民共和国水法》第{n}条：{LAW * (n % 4)}",
            "县水利局",
        ]
        for n in range(1, n_rows + 1)
    ]


def _save_lined(path: Path, rows: list[list[str]], lines: list, *, valign: str) -> Path:
    cells = [[Paragraph(text, CELL) for text in row] for row in [LONG_HEADER, *rows]]
    table = Table(cells, colWidths=[30, 120, 60, 200, 60], repeatRows=1)
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), valign), *lines]))
    title = Paragraph("清源县水利局权责清单（2024年版）", TITLE)
    return _save(path, [title, table, Paragraph("注：本清单由县水利局负责解释。", CELL)])


@pytest.mark.parametrize("valign", ["TOP", "MIDDLE"])
@pytest.mark.parametrize(
    "lines",
    [[], [BELOW, ABOVE], FEW, [INNER], [INNER, BELOW, ABOVE]],
    ids=["no lines", "level lines", "three lines", "inner lines", "open sides"],
)
def test_a_table_without_all_its_lines_goes_on_over_pages(
    tmp_path: Path, lines: list, valign: str
) -> None:
    rows = _long_rows(40)
    document = read(_save_lined(tmp_path / "清单.pdf", rows, lines, valign=valign))
    assert [block.text for block in document.blocks] == [
        "清源县水利局权责清单（2024年版）",
        "注：本清单由县水利局负责解释。",
    ]
    (grid,) = document.grids
    items = [row for table in find_tables(grid) for row in read_rows(table)]
    fields = ("number", "name", "power", "basis", "body")
    assert [[item.text(field) for field in fields] for item in items] == rows
    assert any("按文字对齐" in text for text in document.warnings) == (INNER not in lines)


def test_an_item_continued_on_the_next_page_of_an_unruled_table_is_one(tmp_path: Path) -> None:
    columns = (72, 110, 260, 340)
    first = [(x, 700, text) for x, text in zip(columns, HEADER, strict=True)]
    first += [
        (x, 670, text)
        for x, text in zip(columns, ["1", "取水许可", "行政许可", "县水利局"], strict=True)
    ]
    first += [
        (x, 640, text)
        for x, text in zip(columns, ["2", "河道管理范围内建", "行政许可", "县水利局"], strict=True)
    ]
    second = [(110, 780, "设项目工程建设方案审查")]
    second += [
        (x, 750, text)
        for x, text in zip(columns, ["3", "采砂许可", "行政许可", "县水利局"], strict=True)
    ]
    (grid,) = read(_drawn(tmp_path / "续.pdf", first, second)).grids
    names = [row.text("name") for table in find_tables(grid) for row in read_rows(table)]
    assert names == ["取水许可", "河道管理范围内建设项目工程建设方案审查", "采砂许可"]


def test_a_category_over_all_columns_of_an_unruled_table_is_a_row_of_its_own(
    tmp_path: Path,
) -> None:
    columns = (72, 110, 260, 340)
    lines = [(x, 700, text) for x, text in zip(columns, HEADER, strict=True)]
    lines += [(72, 670, "一、行政许可类事项（共2项）")]
    for n, y in ((1, 640), (2, 610)):
        row = [str(n), f"第{n}件许可", "行政许可", "县水利局"]
        lines += [(x, y, text) for x, text in zip(columns, row, strict=True)]
    (grid,) = read(_drawn(tmp_path / "类.pdf", lines)).grids
    assert (grid.text(2, 1), grid.n_rows) == ("一、行政许可类事项（共2项）", 4)


def test_paragraphs_with_blanks_and_signatures_are_no_table(tmp_path: Path) -> None:
    lines = [
        (72, 720, "局　长：1名"), (250, 720, "副局长：3名"),
        (72, 700, FULL), (72, 680, FULL),
        (300, 640, "清源县水利局"), (320, 620, "2024年5月10日"),
    ]  # fmt: skip
    document = read(_drawn(tmp_path / "文.pdf", lines))
    assert document.grids == ()
    assert document.warnings == ()
