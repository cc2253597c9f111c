"""A stream says the same as the answer, sentence by sentence, and ends with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from fake_assistant import FakeAssistant

from assistant.model import Answer, Phrasing, Question, Segment
from assistant.pipeline import Assistant
from assistant.service.journal import NoJournal
from assistant.service.observed import observed
from assistant.wire.schemas import AskResponse

QUESTIONS = (
    Question("低保由谁审核确认？", "临溪县城关镇"),
    Question("临时救助找谁"),
    Question("城关镇的低保找谁"),
    Question("天上有几颗星"),
    Question("由谁负责"),
)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.text)
def test_a_stream_is_the_answer_in_parts(sample: Assistant, question: Question) -> None:
    *segments, last = sample.stream(question)
    assert isinstance(last, Answer)
    assert all(isinstance(segment, Segment) for segment in segments)
    assert tuple(segments) == last.segments
    asked = sample.answer(question)
    assert (last.status, last.segments, last.citations, last.holders) == (
        asked.status,
        asked.segments,
        asked.citations,
        asked.holders,
    )


def test_without_a_model_the_words_are_deterministic_and_say_so(sample: Assistant) -> None:
    answer = sample.answer(QUESTIONS[0])
    assert answer.phrasing == Phrasing()
    assert AskResponse.from_answer(answer).phrasing.model == ""


def test_the_wire_form_names_the_model_and_why_it_was_left(sample: Assistant) -> None:
    said = Phrasing("qwen", "0123456789ab", "超时", 1, 2)
    answer = replace(sample.answer(QUESTIONS[0]), phrasing=said)
    assert AskResponse.from_answer(answer).model_dump()["phrasing"] == {
        "model": "qwen",
        "prompt": "0123456789ab",
        "fallback": "超时",
        "n_kept": 1,
        "n_dropped": 2,
    }


def test_an_observed_stream_passes_every_part_on(tmp_path: Path) -> None:
    *segments, last = observed(FakeAssistant(tmp_path), NoJournal()).stream(Question("盖房找谁"))
    assert isinstance(last, Answer)
    assert tuple(segments) == last.segments
