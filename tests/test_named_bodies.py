"""What an answer says of a body that the question names: it has the matter, has not, is not loaded."""

from __future__ import annotations

import pytest

from assistant.model import Answer, Question, Status
from assistant.pipeline import Assistant

_LACKS = "没有把这件事列给"
_NOT_LOADED = "没有收录"


def _ask(sample: Assistant, question: str, place: str = "临溪县青石镇") -> Answer:
    return sample.answer(Question(question, place))


@pytest.mark.parametrize(
    "question",
    [
        "取水许可由水利局审批吗",
        "取水许可是县水利局管的吧",
        "取水许可归水利局哪个股",
        "排污许可是生态环境局批吗",
        "排污许可归环保局管不管",
    ],
)
def test_the_named_body_that_has_the_matter_is_answered_without_more(
    sample: Assistant, question: str
) -> None:
    answer = _ask(sample, question)
    assert answer.status is Status.ANSWERED
    assert _LACKS not in answer.text
    assert _NOT_LOADED not in answer.text


@pytest.mark.parametrize("named", ["民政局", "县农业农村局", "临溪县应急管理局"])
@pytest.mark.parametrize("wording", ["取水许可由{}审批吗", "取水许可是不是{}管", "取水许可归{}？"])
def test_another_body_with_a_list_is_said_not_to_have_it(
    sample: Assistant, wording: str, named: str
) -> None:
    answer = _ask(sample, wording.format(named))
    assert [holder.body for holder in answer.holders] == ["临溪县水利局"]
    assert _LACKS in answer.text


@pytest.mark.parametrize("named", ["公安局", "县教育局", "临溪县税务局", "气象局"])
def test_a_body_without_a_list_is_said_not_to_be_loaded(sample: Assistant, named: str) -> None:
    answer = _ask(sample, f"取水许可由{named}审批吗")
    assert [holder.body for holder in answer.holders] == ["临溪县水利局"]
    assert (
        f"{_NOT_LOADED}临溪县{named.removeprefix('县').removeprefix('临溪县')}的权责清单"
        in answer.text
    )


def test_a_body_without_a_list_gets_no_answer_from_a_row_that_is_only_alike(
    sample: Assistant,
) -> None:
    answer = _ask(sample, "民办学校设立由县教育局审批吗")
    assert answer.status is Status.OUT_OF_COVERAGE
    assert not answer.holders
