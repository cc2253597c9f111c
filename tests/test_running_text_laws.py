"""Laws of running text, whatever it says: nothing is lost, doubled or reworded; it ends soon."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.extract import admissions, provisions, reforms
from index.extract.numbering import leading_mark, number_value, split_inline
from tests.running_text import (
    bare,
    document_of,
    every_line_stands_in,
    paragraphs_missing_or_doubled,
    source_of,
)

TITLE = "桐山县粮食局职能配置、内设机构和人员编制规定"
_EXTRACTORS = (provisions.read_clauses, reforms.read_clauses, admissions.read_clauses)
_NUMBERS = ["第一章", "第三条", "一、", "二、", "（一）", "(二)", "㈢", "1.", "２、", "⒊", "（4）"]
_WORDS = ["主要职责", "内设机构：", "办公室", "储备股", "负责", "原县水电局", "职责", "编制9名"]
_CHANGES = [
    "由县水利局承担",
    "更名为",
    "并入",
    "撤销",
    "设立石桥镇",
    "自2024年3月1日起",
    "挂",
    "牌子",
]
_OTHERS = [
    "与县公安局的职责分工",
    "本规定由县委编办负责解释",
    "2024年5月1日",
    "镇",
    "①",
    "　",
    "\n",
]
_PIECES = st.sampled_from([*_NUMBERS, *_WORDS, *_CHANGES, *_OTHERS, *"。；，：（）“"])
_LINES = st.lists(st.lists(_PIECES, min_size=1, max_size=9).map("".join), max_size=9)


@given(_LINES)
def test_any_text_is_kept_whole_and_quotable_by_every_extractor(lines):
    document = document_of(TITLE, *lines)
    for read_clauses in _EXTRACTORS:
        clauses, findings = read_clauses(document, source_of(TITLE, "桐山县粮食局"))
        assert every_line_stands_in(document, clauses)
        assert len({clause.id for clause in clauses}) == len(clauses)
        if not any(finding.code == "page-furniture" for finding in findings):
            assert paragraphs_missing_or_doubled(document, clauses, TITLE) == []
        reforms.read_reforms(clauses)


@given(st.lists(_PIECES, max_size=30).map("".join))
def test_cutting_a_paragraph_loses_nothing(text):
    assert bare("".join(split_inline(text))) == bare(text)


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("十一", 11),
        ("二十", 20),
        ("一百〇三", 103),
        ("三十五", 35),
        ("１２", 12),
        ("㈢", 3),
        ("⒈", 1),
        ("⑴", 1),
        ("①", 1),
    ],
)
def test_numbers_of_all_forms_count(printed, value):
    assert number_value(printed) == value


@pytest.mark.parametrize(
    ("text", "printed", "rest"),
    [
        ("　　第 十 条　设局长", "第十条", "设局长"),
        ("二、主要职责", "二、", "主要职责"),
        ("（ 三 ）办公室", "（三）", "办公室"),
        ("1\uff0e负责", "1", "负责"),
        ("（2）检查", "（2）", "检查"),
        ("3)检查", "3)", "检查"),
    ],
)
def test_leading_numbers_are_told_as_printed(text, printed, rest):
    mark = leading_mark(text)
    assert mark is not None
    assert (mark.printed, mark.rest) == (printed, rest)


@pytest.mark.parametrize(
    "text",
    [
        "县" * 40_000,
        "原县水利局、" * 8_000,
        "（一）" * 8_000,
        "撤销石桥乡，" * 8_000,
        "与县" * 20_000,
        "1.负责；" * 8_000,
    ],
    ids=lambda text: text[:6],
)
def test_absurd_paragraphs_are_read_in_bounded_time(text):
    document, source = document_of(TITLE, text, f"（一）{text}"), source_of(TITLE, "桐山县粮食局")
    start = time.process_time()
    for read_clauses in _EXTRACTORS:
        reforms.read_reforms(read_clauses(document, source)[0])
    assert time.process_time() - start < 20
