"""The sample city's stories: the papers decide each answer."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
import yaml

from assistant.model import Answer, Question
from assistant.pipeline import Assistant
from index.readers import read

STORIES = yaml.safe_load(
    (Path(__file__).parent / "sample_city" / "stories.yaml").read_text("utf-8")
)


def _ask(assistant: Assistant, story: dict) -> Answer:
    return assistant.answer(
        Question(story["question"], story.get("place") or "", story.get("as_of"))
    )


@pytest.mark.parametrize("story", STORIES["stories"], ids=lambda story: story["id"])
def test_the_papers_decide(sample: Assistant, story: dict) -> None:
    expected, answer = story["expect"], _ask(sample, story)
    assert answer.status == expected["status"], answer.text
    holder = answer.holders[0] if answer.holders else None
    for name, given in (("body", "body"), ("office", "office"), ("office_from", "office_from")):
        if name in expected:
            assert holder is not None
            assert getattr(holder, given) == expected[name], answer.text
    if "roles" in expected:
        assert holder is not None
        assert holder.role in expected["roles"]
    if "principal" in expected:
        assert holder is not None
        assert holder.principal == expected["principal"]
    assert not set(expected.get("not_bodies", ())) & {h.body for h in answer.holders}
    if "options" in expected:
        assert answer.clarify is not None
        assert {option.value for option in answer.clarify.options} == set(expected["options"])
    if "says_old_name" in expected:
        assert expected["says_old_name"] in answer.text


def test_every_quote_stands_in_its_source(sample: Assistant) -> None:
    """A law: the words quoted occur in the published file, as its reader reads it."""
    n_quotes = 0
    for story in STORIES["stories"]:
        for citation in _ask(sample, story).citations:
            original = sample.original(citation.source.id)
            assert original is not None
            document = read(original)
            words = _squashed(
                "".join(
                    [block.text for block in document.blocks]
                    + [text for grid in document.grids for text in grid.texts.values()]
                )
            )
            for line in citation.quote.split("\n"):
                assert _squashed(line) in words, citation
                n_quotes += 1
    assert n_quotes > 50


def _squashed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def test_an_answer_never_lacks_proof(sample: Assistant) -> None:
    for story in STORIES["stories"]:
        answer = _ask(sample, story)
        labels = {citation.label for citation in answer.citations}
        assert {label for segment in answer.segments for label in segment.citations} == labels
        assert not answer.holders or answer.citations


def test_a_place_without_lists_is_out_of_coverage(sample: Assistant) -> None:
    answer = sample.answer(Question("低保找谁办", "北京市朝阳区"))
    assert answer.status == "out_of_coverage"
    assert not answer.citations
    assert "北京市朝阳区" in answer.text


def test_a_question_of_nothing_listed_is_not_answered(sample: Assistant) -> None:
    for question in ("今天天气怎么样", "帮我写首诗", "股票怎么买", "彩票中奖去哪领"):
        answer = sample.answer(Question(question, "临溪县城关镇"))
        assert answer.status in ("no_evidence", "out_of_scope"), (question, answer.text)
        assert not answer.holders


def test_place_in_the_question_or_beside_it_is_the_same(sample: Assistant) -> None:
    beside = sample.answer(Question("路边摆摊占道谁管", "临溪县城关镇"))
    inside = sample.answer(Question("临溪县城关镇路边摆摊占道谁管"))
    assert beside.holders == inside.holders
    assert beside.holders[0].body == "临溪县城关镇人民政府"
    next_door = sample.answer(Question("路边摆摊占道谁管", "临溪县白沙乡"))
    assert next_door.holders[0].body == "临溪县综合行政执法局"


def test_townships_that_agree_are_answered_at_once(sample: Assistant) -> None:
    answer = sample.answer(Question("低保在哪里申请受理", "临溪县"))
    assert answer.status == "answered"
    assert answer.text.startswith("全县各乡镇（街道）相同")


def test_townships_that_differ_are_asked_about(sample: Assistant) -> None:
    """Subdistricts hold no homestead approvals; towns do."""
    answer = sample.answer(Question("我想在自家宅基地盖房找谁批？", "临溪县"))
    assert answer.status == "clarify"
    assert answer.clarify is not None
    assert "990121001" in {option.value for option in answer.clarify.options}
