"""Published telephone numbers: one for questions is never mixed up with one for complaints."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fake_assistant import ROW
from workbooks import grid_of

from assistant.compose.holders import holders_of
from assistant.model import Holder, Status
from assistant.resolve.findings import Resolution, Ruling
from index.extract.columns import Field, field_of
from index.extract.contacts import phones_of, with_numbers_below
from index.extract.rows import read_rows
from index.extract.tables import find_tables
from index.model import Cell, Role

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


def test_the_card_gives_each_number_under_its_own_name():
    cells = (Cell("phone", "H25", "0990-6251234"), Cell("complaint_phone", "I25", "12345"))
    row = replace(ROW, cells=(*ROW.cells, *cells))
    ruling = Ruling(Role.LEAD, Holder(ROW.body, Role.LEAD, "", ROW.id), (row,), "own list")
    (holder,) = holders_of(Resolution(Status.ANSWERED, rulings=(ruling,)))
    assert (holder.phone, holder.complaint_phone) == ("0990-6251234", "12345")
