"""Papers → .docx with real heading and body styles, fonts as official documents use them."""

from __future__ import annotations

import io
import re

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table as WordTable

from tests.sample_city.packing import repack
from tests.sample_city.papers import Cell, Paper, Table, chinese_date

_CHAPTER = re.compile(r"^(?:第[一二三四五六七八九十]+章|[一二三四五六七八九十]+、)")
_SECTION = re.compile(r"^[（(][一二三四五六七八九十]+[）)]")
# A numbered line up to this long, without a full stop, is a heading and not a paragraph.
_HEADING_LENGTH = 24
_ONE_CHARACTER = 32
_FONTS = {
    "Title": ("方正小标宋简体", 22),
    "Heading 1": ("黑体", 16),
    "Heading 2": ("楷体_GB2312", 16),
    "Normal": ("仿宋_GB2312", 16),
}


def to_docx(paper: Paper, notice: str) -> bytes:
    """The document: number, title, text or tables, signature and date, notice."""
    document = Document()
    _set_styles(document)
    if paper.tables:
        section = document.sections[0]
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width
    for table in paper.tables:
        _add_list(document, table)
    if paper.paragraphs:
        _add_text(document, paper)
        note = document.add_paragraph(notice)
        note.runs[0].font.size = Pt(10)
    document.core_properties.title = paper.title
    document.core_properties.author = paper.publisher
    out = io.BytesIO()
    document.save(out)
    return repack(out.getvalue())


def _set_styles(document: WordDocument) -> None:
    for name, (font, points) in _FONTS.items():
        style = document.styles[name]
        assert isinstance(style, ParagraphStyle)
        style.font.name = font
        style.font.size = Pt(points)
        style.font.bold = False
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), font)
        for theme in ("w:asciiTheme", "w:eastAsiaTheme", "w:hAnsiTheme"):
            fonts.attrib.pop(qn(theme), None)
    title = document.styles["Title"]
    assert isinstance(title, ParagraphStyle)
    border = title.element.pPr.find(qn("w:pBdr"))
    if border is not None:
        title.element.pPr.remove(border)
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _add_text(document: WordDocument, paper: Paper) -> None:
    number = document.add_paragraph(paper.document_number)
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_paragraph(paper.title, style="Title")
    for text in paper.paragraphs:
        if text.strip() == paper.title:
            continue
        heading = len(text) <= _HEADING_LENGTH and "。" not in text
        if heading and _CHAPTER.match(text):
            document.add_paragraph(text, style="Heading 1")
        elif heading and _SECTION.match(text):
            document.add_paragraph(text, style="Heading 2")
        else:
            _add_body(document, text)
    for text in (paper.publisher, chinese_date(paper.published_on)):
        document.add_paragraph(text).alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _add_body(document: WordDocument, text: str) -> None:
    paragraph = document.add_paragraph()
    addressed = text.endswith("：") and "，" in text and text.startswith("各")
    paragraph.paragraph_format.first_line_indent = Pt(0 if addressed else _ONE_CHARACTER)
    article = re.match(r"^第[一二三四五六七八九十]+条", text)
    end = article.end() if article else 0
    if article:
        paragraph.add_run(text[:end]).bold = True
    paragraph.add_run(text[end:])


def _add_list(document: WordDocument, table: Table) -> None:
    document.add_paragraph(table.title, style="Title")
    for line in table.above:
        _small(document, line)
    rows = (*table.header, *table.body)
    grid = document.add_table(len(rows), len(table.widths), style="Table Grid")
    grid.autofit = False
    unit = 24.0 / sum(table.widths)
    for n, cells in enumerate(rows):
        for m, cell in enumerate(cells):
            if cell is not None:
                _fill(grid, n, m, cell)
    for m, width in enumerate(table.widths):
        for cell_ in grid.columns[m].cells:
            cell_.width = Cm(width * unit)
    if table.repeat_header:
        _repeat(grid, len(table.header))
    for line in table.below:
        _small(document, line)


def _fill(grid: WordTable, row: int, column: int, cell: Cell) -> None:
    target = grid.cell(row, column)
    if cell.rows > 1 or cell.cols > 1:
        target = target.merge(grid.cell(row + cell.rows - 1, column + cell.cols - 1))
    target.text = cell.text.strip()
    for paragraph in target.paragraphs:
        for run in paragraph.runs:
            run.font.size = Pt(9)


def _small(document: WordDocument, text: str) -> None:
    document.add_paragraph(text).runs[0].font.size = Pt(10.5)


def _repeat(grid: WordTable, n_rows: int) -> None:
    """Mark the first rows as a header that is printed on each page."""
    for row in grid.rows[:n_rows]:
        mark = OxmlElement("w:tblHeader")
        mark.set(qn("w:val"), "true")
        row._tr.get_or_add_trPr().append(mark)
