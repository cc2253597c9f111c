"""Published telephone numbers: one for questions is never mixed up with one for complaints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fake_assistant import ROW
from workbooks import grid_of

from assistant.compose.holders import holders_of
from assistant.model import Holder, Status
from assistant.resolve.findings import Resolution, Ruling
from index.documents import paragraph
from index.extract.captions import tables_of
from index.extract.columns import Field, field_of
from index.extract.contacts import phones_of, with_numbers_below
from index.extract.rows import read_rows
from index.extract.tables import find_tables
from index.model import Cell, Role
from index.readers import read

ASK, COMPLAIN = Field.PHONE, Field.COMPLAINT_PHONE
HEADER = ("序号", "事项名称", "权力类型", "承办机构", "咨询电话")


@pytest.mark.parametrize(
    ("header", "field"),
    [
        *(
            (name, ASK)
            for name in ("咨询电话", "联系电话", "办公电话", "咨询（投诉）电话", "服务热线")
        ),
        *((name, ASK) for name in ("联系方式", "承办科室联系方式", "咨询及监督投诉电话")),
        *((name, COMPLAIN) for name in ("监督电话", "投诉电话", "监督投诉电话", "举报热线")),
        *((name, COMPLAIN) for name in ("投诉举报联系电话", "追责机关及监督电话")),
    ],
)
def test_a_column_is_for_questions_or_for_complaints(header: str, field: Field):
    assert field_of(header) is field


@pytest.mark.parametrize(
    ("field", "text", "found"),
    [
        (ASK, "0990-6251234", [(ASK, "0990-6251234")]),
        (ASK, "监督电话：0990-6251234", [(COMPLAIN, "0990-6251234")]),
        (
            COMPLAIN,
            "咨询电话：0990-1234567；投诉电话：12345",
            [(ASK, "0990-1234567"), (COMPLAIN, "12345")],
        ),
        (COMPLAIN, "纪检监察室 0990-6251234", [(COMPLAIN, "纪检监察室 0990-6251234")]),
        (Field.REMARK, "咨询电话：0990-1234567", []),
    ],
)
def test_what_a_cell_says_of_a_number_goes_before_its_column(field, text, found):
    phones = phones_of([Cell(field, "H2", text)])
    assert [(phone.purpose, phone.number) for phone in phones] == found


def _rows(*below: str, phone: str = ""):
    row = ("1", "取水许可", "行政许可", "水政股", phone)
    grid = grid_of([HEADER, row, *((text, "", "", "", "") for text in below)])
    rows = with_numbers_below(tuple(read_rows(find_tables(grid)[0])))
    return [(p.purpose, p.number, p.cell.address) for p in phones_of(rows[0].cells)]


def test_a_line_below_the_list_speaks_for_all_its_rows():
    assert _rows("监督电话：0990-5550302") == [(COMPLAIN, "0990-5550302", "A3")]
    assert _rows("咨询电话：0990-1 监督电话：0990-5550302", phone="0990-7") == [
        (ASK, "0990-7", "E2"),
        (ASK, "0990-1", "A3"),
        (COMPLAIN, "0990-5550302", "A3"),
    ]
    assert _rows("注：监督电话：12345 只收投诉") == []


LINES = ("注：本清单由县水利局负责解释。", "咨询电话：0990-5550301　监督电话：0990-5550302")
LIST = (
    ("序号", "事项名称", "权力类型", "咨询电话", "承办机构"),
    ("1", "取水许可", "行政许可", "", "水政股"),
    ("2", "河道采砂许可", "行政许可", "无", "水政股"),
)


def _html(folder: Path) -> Path:
    rows = "".join(f"<tr>{''.join(f'<td>{text}</td>' for text in row)}</tr>" for row in LIST)
    below = "".join(f"<p>{line}</p>" for line in LINES)
    page = f"<p>县水利局权责清单</p><table>{rows}</table>{below}"
    return _written(folder / "清单.html", page.encode())


def _word(folder: Path) -> Path:
    from docx import Document as Paper

    paper = Paper()
    paper.add_paragraph("县水利局权责清单")
    for part in (LIST[:2], LIST[2:]):  # a list cut in two goes on under the break
        table = paper.add_table(rows=0, cols=len(LIST[0]))
        for row in part:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
        paper.add_paragraph("")
    for line in LINES:
        paper.add_paragraph(line)
    paper.save(folder / "清单.docx")
    return folder / "清单.docx"


def _pdf(folder: Path) -> Path:
    from reportlab.lib import colors
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("text", fontName="STSong-Light", fontSize=11, leading=16)
    cells = [
        ("FONTNAME", (0, 0), (-1, -1), "STSong-Light"),
        ("GRID", (0, 0), (-1, -1), 1, colors.black),
    ]
    story = [Paragraph("县水利局权责清单", style), Table(LIST, style=TableStyle(cells))]
    SimpleDocTemplate(str(folder / "清单.pdf")).build(
        [*story, *(Paragraph(x, style) for x in LINES)]
    )
    return folder / "清单.pdf"


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("save", [_html, _word, _pdf], ids=["html", "word", "pdf"])
def test_a_paragraph_below_a_table_speaks_for_all_its_rows(
    save: Callable[[Path], Path], tmp_path: Path
):
    document = read(save(tmp_path))
    rows = [
        row
        for table in tables_of(document)
        for row in with_numbers_below(tuple(read_rows(table)), table.below)
    ]
    numbers = [{p.purpose: p.number for p in phones_of(row.cells)} for row in rows]
    assert numbers == [{ASK: "0990-5550301", COMPLAIN: "0990-5550302"}] * 2
    words = {paragraph(block.number): block.text for block in document.blocks}
    assert all(words[p.cell.address] == p.cell.text for row in rows for p in phones_of(row.cells))


def test_a_number_below_one_list_is_not_that_of_the_list_after_it(tmp_path: Path):
    page = _html(tmp_path).read_text("utf-8")
    both = _written(
        tmp_path / "两张.html",
        f"{page}<p>县林业局权责清单</p>{page}".replace(LINES[1], "", 1).encode(),
    )
    first, second = (
        with_numbers_below(tuple(read_rows(table)), table.below) for table in tables_of(read(both))
    )
    assert not list(phones_of(first[0].cells))
    assert list(phones_of(second[0].cells))


def test_the_card_gives_each_number_under_its_own_name():
    cells = (Cell("phone", "H25", "0990-6251234"), Cell("complaint_phone", "I25", "12345"))
    row = replace(ROW, cells=(*ROW.cells, *cells))
    ruling = Ruling(Role.LEAD, Holder(ROW.body, Role.LEAD, "", ROW.id), (row,), "own list")
    (holder,) = holders_of(Resolution(Status.ANSWERED, rulings=(ruling,)))
    assert (holder.phone, holder.complaint_phone) == ("0990-6251234", "12345")
