"""Which questions are of admission papers or of a list's editions, and which are of a matter."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.model import Question, Status
from assistant.pipeline import Assistant
from assistant.resolve.admissions import Admissions
from assistant.resolve.compared import Comparisons
from assistant.retrieve.likeness import Likeness


@pytest.fixture(scope="module")
def admissions(sample: Assistant) -> Admissions:
    return Admissions(sample.corpus, Likeness(sample.corpus))


@pytest.fixture(scope="module")
def comparisons(sample: Assistant) -> Comparisons:
    return Comparisons(sample.corpus)


@pytest.mark.parametrize(
    "question",
    [
        "部门要把工作交给乡镇做，程序上要先报谁",
        "县里把新任务派给镇里要走什么手续",
        "没经过准入的事项乡镇能不能不接",
        "清单以外的事交给街道行不行",
        "职责准入要谁批",
    ],
)
def test_how_a_duty_may_be_put_on_a_township_is_answered_by_the_rules_of_admission(
    sample: Assistant, admissions: Admissions, question: str
) -> None:
    found = admissions.answer(sample.understand(Question(question, "临溪县")))
    assert found is not None
    assert found.status is Status.ANSWERED
    kinds = {sample.corpus.sources[s.record.source_id].kind.value for s in found.statements}
    assert kinds == {"职责准入"}


@pytest.mark.parametrize(
    "question",
    [
        "市场准入负面清单在哪里看",
        "县里下放给乡镇的审批有哪些",
        "低保申请要什么手续",
        "镇里的工作由谁考核",
    ],
)
def test_other_questions_are_none_of_admission(
    sample: Assistant, admissions: Admissions, question: str
) -> None:
    assert admissions.answer(sample.understand(Question(question, "临溪县"))) is None


def test_before_the_rules_of_admission_were_in_force_nothing_is_said_of_them(
    sample: Assistant, admissions: Admissions
) -> None:
    asked = Question("职责准入要谁批", "临溪县", date(2025, 1, 1))
    found = admissions.answer(sample.understand(asked))
    assert found is not None
    assert found.status is Status.NO_EVIDENCE


@pytest.mark.parametrize(
    ("question", "place", "status"),
    [
        ("民政局权责清单新版和旧版有什么变化", "临溪县", Status.ANSWERED),
        ("民政局权责清单2021年版和2024年版有什么不同", "临溪县", Status.ANSWERED),
        ("民政局权责清单2019年版和2024年版有什么不同", "临溪县", Status.OUT_OF_COVERAGE),
        ("民政局权责清单新版和旧版有什么变化", "", Status.CLARIFY),
    ],
)
def test_the_editions_of_a_list_are_compared(
    sample: Assistant, comparisons: Comparisons, question: str, place: str, status: Status
) -> None:
    found = comparisons.answer(sample.understand(Question(question, place)))
    assert found is not None
    assert found.status is status
    if status is Status.ANSWERED:
        assert found.compared is not None
        old, new = (sample.corpus.sources[r.source_id] for r in found.compared.firsts)
        assert (old.year, new.year) == (2021, 2024)
        assert found.compared.changes


@pytest.mark.parametrize(
    "question",
    ["低保审核确认2021年和现在有什么变化", "民政局权责清单里有低保吗", "新版结婚证哪里办"],
)
def test_a_matter_is_no_comparison_of_lists(
    sample: Assistant, comparisons: Comparisons, question: str
) -> None:
    assert comparisons.answer(sample.understand(Question(question, "临溪县"))) is None
