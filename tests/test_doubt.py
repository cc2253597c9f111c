"""Where two bodies' matters are as near to a question, it is asked back; else one is named."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from platforms import PUBLIC, number, open_notes

from assistant.channels.clerk import House
from assistant.channels.desk import Desk
from assistant.channels.layout import plain_link, plain_signs
from assistant.channels.memory import Memory
from assistant.channels.message import Incoming, Kind, Reply, Way
from assistant.compose.absence import absent
from assistant.compose.proofs import Proofs
from assistant.http.app import create_app
from assistant.model import Candidate, Holder, Intent, Option, Query, Question, Status
from assistant.pipeline import Assistant
from assistant.resolve.doubt import Doubts
from assistant.resolve.findings import Resolution, Ruling
from assistant.retrieve.confidence import Confidence
from index.model import DutyItem, Role

FOUND, TWIN = "农业植物检疫证书核发", "林业植物检疫证书核发"
STEP = "农业植物检疫证书核发申请受理"
UNSURE, TOWN = "两家为一片山林归谁吵了几年", "临溪县青石镇"
WAY = Way("wecom", "企业微信", 2048, True, False, 300, plain_signs, plain_link)


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


def test_a_matter_taken_back_is_offered_with_the_department_that_has_it(
    doubts: Doubts, row: DutyItem
) -> None:
    taken = replace(
        _rival(row, TWIN, "临溪县青石镇人民政府"),
        role=Role.WITHDRAWN,
        counterpart="临溪县自然资源局",
    )
    told = doubts.weighed(_asked("运树苗出县要开的证"), _found(row, taken, behind=0.02))
    assert told.matters[1].label == f"{TWIN}（临溪县自然资源局）"


@pytest.mark.parametrize(
    ("name", "body", "behind"),
    [
        (TWIN, "临溪县自然资源局", 0.2),  # not as near
        (TWIN, "临溪县农业农村局", 0.02),  # the same body
        (TWIN, "云岫市农业农村局", 0.02),  # which level is for the rules
        (STEP, "临溪县青石镇人民政府", 0.02),  # a step of one matter
        (TWIN, "", 0.02),  # nobody's
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
        _asked("运树苗要开的证", unlisted=("林业局",)),  # what has no papers is told instead
        _asked("运树苗要开的证", offices=("植保站",)),
        _asked("运树苗要开的证", intent=Intent.LEGAL_BASIS),
    ],
)
def test_a_matter_named_or_a_body_named_leaves_no_doubt(
    doubts: Doubts, row: DutyItem, query: Query
) -> None:
    found = _found(row, _rival(row, TWIN, "临溪县自然资源局"), behind=0.02)
    assert doubts.weighed(query, found) is found


def test_a_choice_is_answered_in_the_next_turn(sample: Assistant) -> None:
    asked = sample.answer(Question(UNSURE, TOWN))
    assert asked.clarify is not None
    assert asked.clarify.ask == "matter"
    second = asked.clarify.options[1]
    told = sample.answer(Question("第二个", "", None, asked.conversation_id))
    assert told.status is Status.ANSWERED
    assert second.value.split("：")[0] in told.text


def test_one_matter_alone_is_asked_about_as_one() -> None:
    found = Resolution(Status.CLARIFY, "树苗", matters=(Option(TWIN, TWIN),))
    text = "".join(segment.text for segment in absent(_asked("树苗"), found, Proofs({})))
    assert text == "您问的是不是清单里的这件事？"


def test_a_choice_on_the_page_names_body_and_matter_and_sends_the_matter(
    sample: Assistant,
) -> None:
    with TestClient(create_app(sample)) as client:
        asked = client.get("/ask", params={"question": UNSURE, "place": TOWN}).text
        choices = re.findall(r'class="choice" name="question" value="([^"]+)">([^<]+)<', asked)
        (talk,) = set(re.findall(r'name="conversation_id" value="([^"]+)"', asked))
        matter, label = map(unescape, choices[1])
        assert label.startswith(f"{matter}（")
        sent = {"question": matter, "place": TOWN, "conversation_id": talk}
        told = client.get("/ask", params=sent).text
    assert 'class="choice"' not in told
    assert f"“{matter}”" in unescape(told)


def test_a_choice_in_a_channel_is_numbered_and_taken_by_its_button_or_number(
    sample: Assistant, tmp_path: Path
) -> None:
    desk = Desk(sample, Memory(open_notes(tmp_path), b"secret", talk_s=1800), House(PUBLIC))

    def say(text: str, user: str) -> Reply:
        reply = asyncio.run(desk.reply(Incoming(user, number(), Kind.TEXT, text), WAY))
        assert reply is not None
        return reply

    try:
        asked = [say(f"{TOWN}{UNSURE}", user) for user in ("甲", "乙")]
        labels = asked[0].choices
        assert f"\n2. {labels[1]}" in "\n".join(asked[0].messages)
        told = ["\n".join(say(*reply).messages) for reply in ((labels[1], "甲"), ("2", "乙"))]
    finally:
        desk.close()
    assert told[0] == told[1]
    assert f"“{labels[1].split('（')[0]}”" in told[0]
