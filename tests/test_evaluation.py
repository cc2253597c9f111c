"""Judging answers and showing what came out."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest
from rich.console import Console

from assistant.evaluation.cases import Case, evidence_of
from assistant.evaluation.figures import figures, summarise
from assistant.evaluation.judge import Judge, Outcome, evaluate
from assistant.evaluation.names import is_one_of, same_kind_elsewhere, same_name
from assistant.evaluation.page import page
from assistant.evaluation.report import Group, Report
from assistant.evaluation.table import tables
from assistant.model import Answer, Citation, Holder, Related, Segment, Status
from assistant.pipeline import Assistant
from index.model import DutyItem, Role


def _rows(sample: Assistant, body: str, name: str, on: date = date(2025, 6, 1)) -> list[DutyItem]:
    return [
        r
        for r in sample._corpus.catalog.all_records()
        if isinstance(r, DutyItem)
        and r.body == body
        and r.name == name
        and (r.valid_from is None or r.valid_from <= on)
        and (r.valid_to is None or on <= r.valid_to)
    ]


def _row(sample: Assistant, body: str, name: str) -> DutyItem:
    return _rows(sample, body, name)[0]


def _address(sample: Assistant, row: DutyItem) -> str:
    source = sample.source(row.source_id)
    assert source is not None
    return evidence_of(row, source)


def _answer(sample: Assistant, *rows: DutyItem, related: tuple[DutyItem, ...] = ()) -> Answer:
    """An answer that names the first row's body and cites all rows."""
    cited = []
    for label, row in enumerate((*rows, *related), start=1):
        source = sample.source(row.source_id)
        assert source is not None
        cited.append(Citation(label, row.id, source, row.locator, row.name))
    first = rows[0]
    return Answer(
        Status.ANSWERED,
        (Segment("由它负责。", tuple(c.label for c in cited)),),
        holders=(Holder(first.body, Role.LEAD, "", first.id, first.office),),
        citations=tuple(cited),
        related=tuple(Related(row.id, row.name) for row in related),
    )


LOW = "最低生活保障审核确认"


def test_right_answer_is_judged_right(sample: Assistant) -> None:
    row = _row(sample, "临溪县民政局", LOW)
    case = Case(
        "1", "低保归谁", "临溪县青石镇", date(2025, 6, 1), "who_handles",
        ("临溪县民政局",), ("社会救助股",), (_address(sample, row),),
    )  # fmt: skip
    outcome = Judge(sample).outcome(case, _answer(sample, row), 3.0)
    assert outcome.status_right
    assert outcome.body_right
    assert outcome.office_right
    assert outcome.row_rank == 1
    assert not outcome.wrong_place
    assert not outcome.wrong_edition


def test_evidence_by_bare_file_name_is_found(sample: Assistant) -> None:
    row = _row(sample, "临溪县民政局", LOW)
    bare = _address(sample, row).rsplit("/", 1)[-1]
    outcome = Judge(sample).outcome(Case("1", "问", evidence=(bare,)), _answer(sample, row), 1)
    assert outcome.row_rank == 1


def test_the_same_office_of_another_county_is_a_wrong_place(sample: Assistant) -> None:
    theirs = _row(sample, "望川县民政局", "城乡最低生活保障对象审核确认")
    for case in (
        Case("1", "问", bodies=("临溪县民政局",)),
        Case("2", "问", "临溪县青石镇"),
        Case("3", "问", "临溪县"),
    ):
        assert Judge(sample).outcome(case, _answer(sample, theirs), 1).wrong_place, case
    for place in ("望川县", "望川县石门乡", ""):
        assert (
            not Judge(sample)
            .outcome(Case("4", "问", place), _answer(sample, theirs), 1)
            .wrong_place
        )


def test_a_row_not_in_force_on_the_day_is_a_wrong_edition(sample: Assistant) -> None:
    row = _row(sample, "临溪县民政局", LOW)
    assert row.valid_from is not None
    judge, answer = Judge(sample), _answer(sample, row)
    assert judge.outcome(Case("1", "问", as_of=date(2020, 1, 1)), answer, 1).wrong_edition
    assert not judge.outcome(Case("1", "问", as_of=row.valid_from), answer, 1).wrong_edition


def test_near_matters_offered_are_no_proof(sample: Assistant) -> None:
    right = _row(sample, "临溪县民政局", LOW)
    near = _row(sample, "望川县民政局", "城乡最低生活保障对象审核确认")
    case = Case("1", "问", evidence=(_address(sample, right),))
    outcome = Judge(sample).outcome(case, _answer(sample, right, related=(near,)), 1)
    assert len(outcome.cited) == 2
    found = {f.key: f.estimate for f in figures([outcome])}
    assert found["citation_precision"].value == found["citation_recall"].value == 1


def test_rows_beside_the_evidence_cost_no_precision_and_are_not_wanted(sample: Assistant) -> None:
    right = _row(sample, "临溪县民政局", LOW)
    office = _row(sample, "临溪县民政局", "高龄津贴审定")
    for beside, precision in (((_address(sample, office),), 1.0), ((), 0.5)):
        case = Case("1", "问", evidence=(_address(sample, right),), beside=beside)
        outcome = Judge(sample).outcome(case, _answer(sample, right, office), 1)
        found = {f.key: f.estimate for f in figures([outcome])}
        assert found["citation_precision"].value == precision
        assert found["citation_recall"].value == 1


def test_a_sub_item_proves_what_is_written_of_the_row_where_its_item_begins(
    sample: Assistant,
) -> None:
    """The item's name is merged over its rows and stands in the first; not the other way round."""
    first, second = _rows(sample, "临溪县民政局", LOW)[:2]
    for cited, evidence, rank in ((second, first, 1), (first, second, None)):
        case = Case("1", "问", evidence=(_address(sample, evidence),))
        assert Judge(sample).outcome(case, _answer(sample, cited), 1).row_rank == rank


@pytest.mark.parametrize(
    ("expected", "given", "same"),
    [
        ("克拉玛依市科技局", "克拉玛依市科学技术局", True),
        ("市人社局", "克拉玛依市人力资源和社会保障局", True),
        ("农业科（农产品质量安全监管科)", "农业科(农产品质量安全监管科）", True),
        ("临溪县民政局", "望川县民政局", False),
        ("临溪县民政局", "", False),
    ],
)
def test_names_mean_the_same_in_any_spelling(expected: str, given: str, same: bool) -> None:
    assert same_name(expected, given) is same
    assert is_one_of((expected,), given) is same


def test_a_township_government_next_door_is_the_same_kind(sample: Assistant) -> None:
    gazetteer = sample._corpus.gazetteer
    own = "临溪县城关镇人民政府"
    assert same_kind_elsewhere(own, "望川县城关镇人民政府", gazetteer)
    assert same_kind_elsewhere(own, "临溪县青石镇人民政府", gazetteer)
    assert not same_kind_elsewhere(own, "临溪县民政局", gazetteer)
    assert not same_kind_elsewhere(own, own, gazetteer)


def _outcome(kind: str, status: Status, ms: float = 5.0) -> Outcome:
    return Outcome(Case(kind, "问<b>题</b>", kind=kind), Answer(status, (Segment("答"),)), ms)


def test_refusals_are_counted_both_ways() -> None:
    outcomes = [
        _outcome("who_handles", Status.ANSWERED),
        _outcome("who_handles", Status.NO_EVIDENCE),
        _outcome("out_of_scope", Status.OUT_OF_SCOPE),
        _outcome("out_of_scope", Status.NO_EVIDENCE),
        _outcome("out_of_scope", Status.ANSWERED),
        _outcome("clarify", Status.CLARIFY),
    ]
    found = {f.key: f.estimate for f in figures(outcomes)}
    assert (found["refusal_precision"].value, found["refusal_precision"].n) == (2 / 3, 3)
    assert (found["refusal_recall"].value, found["refusal_recall"].n) == (2 / 3, 3)
    assert (found["false_refusal"].value, found["false_refusal"].n) == (1 / 2, 2)
    assert (found["status"].value, found["status"].n) == (4 / 6, 6)


def test_page_needs_nothing_else_and_escapes_what_it_shows() -> None:
    outcomes = (
        _outcome("who_handles", Status.NO_EVIDENCE),
        _outcome("out_of_scope", Status.ANSWERED, 40.0),
    )
    shown = page(
        Report((Group("甲", outcomes), Group("乙", outcomes)), (Group("只按词", outcomes),))
    )
    for outside in ("http:", "https:", "src=", "<link", "<script", "url(", "<b>题"):
        assert outside not in shown, outside
    assert "问&lt;b&gt;题" in shown
    assert shown.count("<svg") > 10
    assert 'lang="zh-CN"' in shown


def test_the_page_draws_how_true_the_refusal_model_was_when_it_was_fitted() -> None:
    group = (Group("甲", (_outcome("who_handles", Status.ANSWERED),)),)
    drawn = page(Report(group, reliability=((0.1, 0.0, 40), (0.9, 1.0, 160))))
    assert drawn.count("<circle") == 2
    assert "0.90 → 1.00（160 题）" in drawn
    assert "<circle" not in page(Report(group))


def test_nothing_asked_is_shown_as_nothing() -> None:
    empty = Report((Group("空", ()),))
    assert "0 题" in page(empty)
    console = Console(record=True, width=120, file=io.StringIO())
    for table in tables(empty):
        console.print(table)
    assert "共 0 题" in console.export_text()


def test_the_sample_is_asked_and_summed_up(sample: Assistant) -> None:
    cases = [
        Case("1", "低保审核确认归谁管", "临溪县青石镇", bodies=("临溪县民政局",)),
        Case("2", "今天天气怎么样", "临溪县青石镇", kind="out_of_scope"),
    ]
    outcomes = tuple(evaluate(sample, cases))
    summary = summarise(outcomes)
    assert summary["n"] == 2
    assert summary["body_right"] == summary["n_body"] == 1
    assert outcomes[0].ranking
    assert json.loads(json.dumps(outcomes[0].as_line(), ensure_ascii=False))["status"] == "answered"
