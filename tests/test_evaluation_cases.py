"""Questions with known answers, as they are read and written."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from assistant.evaluation.cases import Case, Expectation, evidence_of, read_cases, write_cases
from assistant.model import Status
from assistant.pipeline import Assistant
from index.errors import DutyDeskError
from index.model import DutyItem


def _written(folder: Path, *values: dict | str) -> Path:
    lines = [v if isinstance(v, str) else json.dumps(v, ensure_ascii=False) for v in values]
    path = folder / "题目.jsonl"
    path.write_text("\ufeff" + "\n\n".join(lines), "utf-8")
    return path


def test_a_line_as_published_is_read(tmp_path: Path) -> None:
    line = {"id": "7", "kind": "who_handles", "question": "取水谁批", "bodies": ["甲县水利局"]}
    (case,) = read_cases(_written(tmp_path, line | {"evidence": "甲.xls#附表1!R16", "place": None}))
    assert case.evidence == ("甲.xls#附表1!R16",)
    assert case.place == ""
    assert case.expects is Expectation.ANSWER


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    cases = (
        Case(
            "1", "办证找谁", "甲县", date(2024, 2, 29), "who_handles", ("甲县住建局",), ("房管股",)
        ),
        Case("2", "天气怎样", kind="out_of_scope", not_bodies=("甲县气象局",)),
        Case(
            "3", "低保谁管", status=Status.CLARIFY, evidence=("a.xlsx#表!R3", "b.docx#第四条（四）")
        ),
    )
    write_cases(tmp_path / "x.jsonl", cases)
    assert read_cases(tmp_path / "x.jsonl") == cases


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        ("who_handles", None, Expectation.ANSWER),
        ("legal_basis", None, Expectation.ANSWER),
        ("clarify", None, Expectation.CLARIFY),
        ("out-of-scope", None, Expectation.REFUSAL),
        ("no_evidence", None, Expectation.REFUSAL),
        ("near_miss", Status.NO_EVIDENCE, Expectation.REFUSAL),
    ],
)
def test_kind_or_status_says_what_is_right(kind: str, status: Status | None, expected: str) -> None:
    assert Case("1", "问题", kind=kind, status=status).expects is expected


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    for bad in ("{", "[]", '{"id": "1"}', '{"question": "问", "as_of": "2024年"}'):
        with pytest.raises(DutyDeskError, match=r"题目\.jsonl 第 3 行"):
            read_cases(_written(tmp_path, {"question": "好的"}, bad))
    with pytest.raises(DutyDeskError, match="没有这个文件"):
        read_cases(tmp_path / "无.jsonl")


def test_every_record_has_an_address_of_its_own(sample: Assistant) -> None:
    """A law: rows never share an address; a clause may, where papers number two alike."""
    addresses = {}
    for record in sample._corpus.catalog.all_records():
        source = sample.source(record.source_id)
        assert source is not None
        address = evidence_of(record, source)
        assert not address.endswith(("None", "!R"))
        if isinstance(record, DutyItem) and record.locator.row is not None:
            assert addresses.setdefault(address, record.id) == record.id
