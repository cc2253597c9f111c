"""Where two bodies' matters are as near to a question, it is asked back; else one is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from assistant.model import Candidate, Holder, Intent, Query, Question, Status
from assistant.pipeline import Assistant
from assistant.resolve.doubt import Doubts
from assistant.resolve.findings import Resolution, Ruling
from assistant.retrieve.confidence import Confidence
from index.model import DutyItem, Role

FOUND, TWIN = "农业植物检疫证书核发", "林业植物检疫证书核发"
STEP = "农业植物检疫证书核发申请受理"


@pytest.fixture(scope="module")
def doubts(sample: Assistant) -> Doubts:
    return Doubts(sample.corpus, Confidence(sample.corpus))


@pytest.fixture(scope="module")
def row(sample: Assistant) -> DutyItem:
    records = sample.corpus.catalog.all_records()
    rows = (r for r in records if isinstance(r, DutyItem) and r.name == FOUND)
    return next(r for r in rows if r.body == "临溪县农业农村局")


def _found(row: DutyItem, rival: DutyItem, *, behind: float) -> Resolution:
    """An answer by a row, another one following at a distance."""
    holder = Holder(row.body, Role.LEAD, "", row.id)
    ruling = Ruling(Role.LEAD, holder, (row,), "部门权责清单")
    candidates = (Candidate(row, 0.9), Candidate(rival, 0.9 - behind))
    return Resolution(Status.ANSWERED, row.name, (ruling,), candidates=candidates)


def _asked(matter: str, **told: object) -> Query:
    query = Query(matter, Intent.WHO_HANDLES, date(2026, 1, 1), text=matter)
    return replace(query, **told)  # type: ignore[arg-type]


def _rival(row: DutyItem, name: str, body: str) -> DutyItem:
    return replace(row, id="rival", name=name, sub_item="", body=body)


def test_a_twin_of_another_body_as_near_is_asked_about(doubts: Doubts, row: DutyItem) -> None:
    twin = _rival(row, TWIN, "临溪县自然资源局")
    told = doubts.weighed(_asked("运树苗出县要开的证"), _found(row, twin, behind=0.02))
    assert told.status is Status.CLARIFY
    assert not told.rulings
    assert [option.value for option in told.matters][1:] == [TWIN]
    assert "临溪县自然资源局" in told.matters[1].label


@pytest.mark.parametrize(
    ("name", "body", "behind"),
    [
        (TWIN, "临溪县自然资源局", 0.2),  # not as near
        (TWIN, "临溪县农业农村局", 0.02),  # the same body
        (TWIN, "云岫市农业农村局", 0.02),  # which level is for the rules
        (STEP, "临溪县青石镇人民政府", 0.02),  # a step of one matter
    ],
)
def test_what_is_no_rival_leaves_the_answer(
    doubts: Doubts, row: DutyItem, name: str, body: str, behind: float
) -> None:
    found = _found(row, _rival(row, name, body), behind=behind)
    assert doubts.weighed(_asked("运树苗出县要开的证"), found) is found


@pytest.mark.parametrize(
    "query",
    [
        _asked(FOUND),
        _asked("农业植物检疫证书"),
        _asked("运树苗要开的证", bodies=("临溪县农业农村局",)),
        _asked("运树苗要开的证", intent=Intent.LEGAL_BASIS),
    ],
)
def test_a_matter_named_or_a_body_named_leaves_no_doubt(
    doubts: Doubts, row: DutyItem, query: Query
) -> None:
    found = _found(row, _rival(row, TWIN, "临溪县自然资源局"), behind=0.02)
    assert doubts.weighed(query, found) is found


def test_a_choice_is_answered_in_the_next_turn(sample: Assistant) -> None:
    asked = sample.answer(Question("两家为一片山林归谁吵了几年", "临溪县青石镇"))
    assert asked.clarify is not None
    assert asked.clarify.ask == "matter"
    second = asked.clarify.options[1]
    told = sample.answer(Question("第二个", "", None, asked.conversation_id))
    assert told.status is Status.ANSWERED
    assert second.value.split("：")[0] in told.text
