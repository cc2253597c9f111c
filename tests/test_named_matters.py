"""Who names a matter as its list does gets that matter, all its sub-items, and no refusal."""

from __future__ import annotations

import pytest

from assistant.guard.screen import screen
from assistant.model import Answer, Question, Status
from assistant.pipeline import Assistant
from index.model import DutyItem
from index.passages import title_text

_WORDINGS = ("{}", "{}由谁负责？", "{}是某某局负责吗？", "想问{}去哪里办")


def _rests_on(sample: Assistant, answer: Answer) -> list[str]:
    """Titles of the rows behind the first sentence that cites any."""
    first = next(segment for segment in answer.segments if segment.citations)
    cited = {c.label: sample.record(c.item_id) for c in answer.citations}
    return [title_text(record) for label in first.citations if (record := cited[label])]


def test_an_item_asked_by_its_name_rests_on_all_its_sub_items(sample: Assistant) -> None:
    for name in ("最低生活保障审核确认", "对社会生活噪声扰民行为的处罚"):
        answer = sample.answer(Question(f"{name}由谁负责？", "临溪县青石镇"))
        assert f"“{name}”由" in answer.text
        rows = _rests_on(sample, answer)
        assert len(rows) == 3
        assert all(row.startswith(f"{name}：") for row in rows)


@pytest.mark.parametrize(
    ("name", "place", "body"),
    [
        ("临时救助：临时救助审批", "临溪县青石镇", "临溪县民政局"),
        (
            "林木采伐许可证核发：国有、集体林木采伐许可证核发",
            "临溪县青石镇",
            "临溪县自然资源局",
        ),
    ],
)
def test_the_very_name_goes_before_a_delegated_matter_that_is_only_alike(
    sample: Assistant, name: str, place: str, body: str
) -> None:
    answer = sample.answer(Question(f"{name}找谁办", place))
    assert _rests_on(sample, answer) == [name]
    assert answer.holders[0].body == body


def test_what_an_answer_rests_on_is_not_offered_as_a_near_matter(sample: Assistant) -> None:
    for name in ("小额临时救助审批", "最低生活保障审核确认", "高龄津贴审定", "临时救助"):
        for place in ("望川县城关镇", "临溪县青石镇", "临溪县东坝街道"):
            answer = sample.answer(Question(f"{name}由谁负责？", place))
            proof = {holder.item_id for holder in answer.holders}
            assert not proof & {near.item_id for near in answer.related}, (name, place)


def _refused(assistant: Assistant) -> list[str]:
    records = assistant.corpus.catalog.all_records()
    titles = dict.fromkeys(title_text(r) for r in records if isinstance(r, DutyItem))
    asked = (wording.format(title) for title in titles for wording in _WORDINGS)
    return [question for question in asked if screen(question)]


def test_no_matter_of_a_list_is_taken_for_an_attack(sample: Assistant) -> None:
    assert _refused(sample) == []


@pytest.mark.real
def test_no_matter_of_the_real_lists_is_taken_for_an_attack(real: Assistant) -> None:
    assert _refused(real) == []


def test_a_registration_of_a_withdrawal_is_no_question_about_a_reform(sample: Assistant) -> None:
    question = "股权出质登记：股权出质注销、撤销登记是临溪县市场监督管理局负责吗？"
    answer = sample.answer(Question(question, "临溪县白沙乡"))
    assert answer.status is Status.ANSWERED
    assert answer.text.startswith("“股权出质登记：股权出质注销、撤销登记”由")
