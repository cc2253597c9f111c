"""Dialogues turn by turn, and where the turns are kept."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import yaml
from invented_province import TODAY, province
from test_understand import FOLDER, READ, _expected

from assistant.conversation.store import InMemoryConversations, new_conversation_id
from assistant.conversation.turns import Turn, home_of, resume, turn_of
from assistant.model import (
    Answer,
    Clarify,
    Holder,
    Intent,
    Option,
    Query,
    Question,
    Segment,
    Status,
)
from assistant.pipeline import Assistant
from assistant.understand import Names
from index.model import Role

DIALOGUES = yaml.safe_load((FOLDER / "dialogues.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def names() -> Names:
    return province()


def _answer(turn: dict[str, Any], names: Names) -> Answer:
    offered = [names.gazetteer.locate(name)[0] for name in turn.get("offer", ())]
    options = tuple(Option(place.full_name, place.code) for place in offered)
    return Answer(
        Status.CLARIFY if options else Status.ANSWERED,
        (Segment("……"),),
        holders=tuple(Holder(body, Role.LEAD, "", "") for body in turn.get("by", ())),
        clarify=Clarify("place", options) if options else None,
    )


@pytest.mark.parametrize("dialogue", [pytest.param(d, id=d["name"]) for d in DIALOGUES])
def test_turns_lean_on_the_one_before(names: Names, dialogue: dict[str, Any]) -> None:
    previous: Turn | None = None
    for turn in dialogue["turns"]:
        question = Question(turn["q"], turn.get("at", ""), anywhere=turn.get("anywhere", False))
        query = resume(previous, question, names, today=TODAY)
        wanted = _expected({k: v for k, v in turn.items() if k not in {"by", "offer", "anywhere"}})
        assert {key: READ[key](query) for key in wanted} == wanted, turn["q"]
        previous = turn_of(query, _answer(turn, names), home_of(previous, question))


def test_without_a_turn_before_a_question_stands_alone(names: Names) -> None:
    query = resume(None, Question("依据是什么"), names, today=TODAY)
    assert (query.matter, query.intent, query.places) == ("", Intent.LEGAL_BASIS, ())


@pytest.mark.parametrize("words", ["第一个", "民政局", "赤岩县民政局", "1"])
def test_a_body_can_be_chosen(names: Names, words: str) -> None:
    options = (Option("赤岩县民政局", "赤岩县民政局"), Option("赤岩县水利局", "赤岩县水利局"))
    waiting = Turn(Query("河边摆摊", Intent.WHO_HANDLES, TODAY), ask="body", options=options)
    query = resume(waiting, Question(words), names, today=TODAY)
    assert (query.matter, query.bodies) == ("河边摆摊", ("赤岩县民政局",))


def test_a_matter_can_be_chosen(names: Names) -> None:
    options = (Option("低保审核确认", "最低生活保障审核确认"), Option("低保复核", "低保复核"))
    waiting = Turn(Query("低保", Intent.WHO_HANDLES, TODAY), ask="matter", options=options)
    assert resume(waiting, Question("复核"), names, today=TODAY).matter == "低保复核"


def test_what_is_kept_holds_no_typed_words(names: Names) -> None:
    question = Question("我叫王小明，身份证丢了，青石镇低保谁审批")
    query = resume(None, question, names, today=TODAY)
    turn = turn_of(query, _answer({}, names), "")
    assert turn.query.text == turn.query.matter
    assert question.text not in repr(turn)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def turn(matter: str) -> Turn:
    return Turn(Query(matter, Intent.WHO_HANDLES, TODAY))


def test_a_conversation_expires_after_its_last_turn() -> None:
    clock = Clock()
    kept = InMemoryConversations(limit=10, ttl_s=60, clock=clock)
    kept.keep("a", turn("低保"))
    clock.now = 50
    kept.keep("a", turn("残疾证"))
    clock.now = 109
    assert kept.find("a") == turn("残疾证")
    clock.now = 111
    assert kept.find("a") is None
    assert len(kept) == 0


def test_the_conversation_unused_for_longest_gives_way() -> None:
    kept = InMemoryConversations(limit=2, ttl_s=60, clock=Clock())
    for name in ("a", "b", "a", "c"):
        kept.keep(name, turn(name))
    assert [kept.find(name) is not None for name in "abc"] == [True, False, True]


def test_many_threads_keep_within_the_limit() -> None:
    kept = InMemoryConversations(limit=50, ttl_s=60)

    def talk(worker: int) -> None:
        for n in range(200):
            name = f"{worker}-{n}"
            kept.keep(name, turn(name))
            found = kept.find(name)
            assert found is None or found == turn(name)

    threads = [threading.Thread(target=talk, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept) == 50


def test_ids_are_long_and_never_the_same() -> None:
    ids = {new_conversation_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert min(map(len, ids)) >= 20


def test_an_unknown_id_starts_anew_under_another(sample: Assistant) -> None:
    first = sample.answer(Question("青石镇低保谁审批", conversation_id="猜的"))
    assert first.conversation_id != "猜的"
    second = sample.answer(Question("依据是什么", conversation_id=first.conversation_id))
    assert second.conversation_id == first.conversation_id
    assert second.understood["place"] == "云岫市临溪县青石镇"
    assert second.understood["intent"] == "legal_basis"
    alone = sample.answer(Question("依据是什么"))
    assert alone.understood["place"] == ""
