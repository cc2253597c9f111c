"""Rows to take away: as the sheet of a workbook and as a paper with numbered sources."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date

from index.diff.report import title
from index.editions import starts_on
from index.gazetteer import Gazetteer
from index.model import DutyItem, SourceDocument
from index.provenance import where
from index.records import Record
from index.workbook import Sheet, Value, to_bytes

MOST_IN_WORKBOOK = 20_000
MOST_IN_PAPER = 300
_COLUMNS = (
    ("序号", 6), ("事项", 40), ("权力类型", 12), ("责任方式", 9), ("部门", 26), ("另一方", 22),
    ("科室", 18), ("适用地方", 26), ("依据", 50), ("起", 12), ("止", 12), ("文件", 40),
    ("文号", 18), ("公布机关", 22), ("公布日期", 12), ("位置", 20), ("编号", 30),
)  # fmt: skip
_SAID = "与原文不一致的，以原文为准。"


def as_workbook(
    records: Sequence[Record],
    sources: Mapping[str, SourceDocument],
    places: Gazetteer,
    notes: Sequence[str],
) -> bytes:
    """An .xlsx with one row a record and where each stands."""
    rows: list[tuple[Value, ...]] = [
        (number, *_values(record, sources[record.source_id], places))
        for number, record in enumerate(records, start=1)
    ]
    header, widths = zip(*_COLUMNS, strict=True)
    sheet = Sheet("查询结果", header, rows, widths, (*notes, _SAID))
    return to_bytes((sheet,))


def _values(record: Record, source: SourceDocument, places: Gazetteer) -> tuple[str, ...]:
    item = record if isinstance(record, DutyItem) else None
    codes = item.places if item else (getattr(record, "place", ""),)
    named = (place.full_name for code in codes if (place := places.get(code)))
    since = (item.valid_from if item else None) or starts_on(source)
    until = (item.valid_to if item else None) or source.expires_on
    return (
        title(record) if item else getattr(record, "text", ""),
        item.power.value if item and item.power else "",
        item.role.value if item else "",
        record.body,
        item.counterpart if item else "",
        record.office,
        "、".join(named),
        item.field("basis") if item else "",
        _day(since),
        _day(until),
        source.title,
        source.document_number,
        source.publisher,
        _day(source.published_on),
        where(record),
        record.id,
    )


def as_paper(
    records: Sequence[Record],
    sources: Mapping[str, SourceDocument],
    heading: str,
    notes: Sequence[str],
) -> bytes:
    """A .docx: a table of rows with source numbers, and the sources in full below it."""
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.oxml.ns import qn

    paper = Document()
    section = paper.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    style = paper.styles["Normal"]
    style.font.name = "宋体"
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "宋体")
    paper.add_heading(heading, level=1)
    for note in (*notes, _SAID):
        paper.add_paragraph(note)
    numbers = {key: n for n, key in enumerate(dict.fromkeys(r.source_id for r in records), 1)}
    table = paper.add_table(rows=1, cols=6, style="Table Grid")
    for cell, text in zip(
        table.rows[0].cells,
        ("序号", "事项", "类型、方式", "部门、科室", "依据", "出处"),
        strict=True,
    ):
        cell.text = ""
        cell.paragraphs[0].add_run(text).bold = True
    for number, record in enumerate(records, start=1):
        for cell, text in zip(table.add_row().cells, _cells(number, record, numbers), strict=True):
            cell.text = text
    paper.add_heading("出处", level=2)
    for key, number in numbers.items():
        paper.add_paragraph(f"[{number}] {cited(sources[key])}")
    written = io.BytesIO()
    paper.save(written)
    return written.getvalue()


def cited(source: SourceDocument) -> str:
    """A source as it is cited: title, 文号, publisher, date."""
    day = f"{source.published_on:%Y-%m-%d}公布" if source.published_on else ""
    facts = (f"《{source.title}》", source.document_number, source.publisher, day)
    return "，".join(filter(None, facts))


def _cells(number: int, record: Record, numbers: Mapping[str, int]) -> tuple[str, ...]:
    at = f"[{numbers[record.source_id]}] {where(record)}"
    if not isinstance(record, DutyItem):
        return (str(number), _plain(record.text), "条款", f"{record.body} {record.office}", "", at)
    how = "、".join(filter(None, (record.power.value if record.power else "", record.role.value)))
    other = f"（另一方：{record.counterpart}）" if record.counterpart else ""
    body = f"{record.body} {record.office}{other}".strip()
    return (str(number), _plain(title(record)), how, body, _plain(record.field("basis")), at)


def _plain(text: str) -> str:
    """Without the control characters that the format forbids."""
    return "".join(char for char in text if char >= " " or char in "\n\t")


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
