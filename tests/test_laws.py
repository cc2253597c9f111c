"""Laws of answers over the sample city: proof, places, scripts, order and neighbours."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.corpus import Corpus
from assistant.evaluation.cases import Case
from assistant.evaluation.generate import generate
from assistant.model import Question, Status
from assistant.pipeline import Assistant
from index.build import read_contents
from index.catalog import Contents
from index.encoder import Encoder
from tests.conftest import ROOT
from tests.laws import assistant_over, at_places, holders, reversed_order, statement, unproved
from tests.scenario import scenarios

CITY, LINXI, WANGCHUAN = "990100", "990121", "990122"


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> Contents:
    return read_contents([ROOT / "index" / "sample"], tmp_path_factory.mktemp("unpacked"))


@pytest.fixture(scope="module")
def cases(sample_version: Path) -> tuple[Case, ...]:
    return tuple(generate(Corpus(sample_version, None), 130, seed=3))


def _asked(case: Case) -> Question:
    return Question(case.question, case.place, case.as_of)


def test_every_name_number_and_day_said_stands_in_what_is_cited(
    sample: Assistant, cases: tuple[Case, ...]
) -> None:
    questions = [_asked(case) for case in cases]
    questions += [
        Question(turn.question, turn.place, turn.as_of)
        for scenario in scenarios()
        for turn in scenario.turns[:1]
    ][::2]
    wrong = {q.text: found for q in questions if (found := unproved(sample, sample.answer(q)))}
    assert not wrong


def test_holders_are_never_named_without_proof(sample: Assistant, cases: tuple[Case, ...]) -> None:
    for case in cases:
        answer = sample.answer(_asked(case))
        assert not answer.holders or answer.citations, case
        labels = {citation.label for citation in answer.citations}
        assert {label for s in answer.segments for label in s.citations} <= labels


def test_a_place_in_the_question_or_beside_it_gives_the_same(sample: Assistant) -> None:
    for matter in (
        "最低生活保障审核确认",
        "小额临时救助审批",
        "生育登记",
        "森林防火",
        "内地居民婚姻登记",
    ):
        for place in ("临溪县城关镇", "临溪县青石镇", "望川县柳林镇", "望川县城关镇", "临溪县"):
            inside = sample.answer(Question(f"{place}{matter}由谁负责？"))
            beside = sample.answer(Question(f"{matter}由谁负责？", place))
            assert statement(inside) == statement(beside), (place, matter)


def test_traditional_characters_give_the_same_answer(
    sample: Assistant, cases: tuple[Case, ...]
) -> None:
    from opencc import OpenCC

    convert = OpenCC("s2t").convert
    for case in cases[::4]:
        plain = sample.answer(_asked(case))
        traditional = sample.answer(Question(convert(case.question), case.place, case.as_of))
        assert holders(traditional) == holders(plain), case.question


def test_the_order_of_papers_does_not_matter(
    sample: Assistant,
    contents: Contents,
    cases: tuple[Case, ...],
    encoder: Encoder,
    home: Path,
    tmp_path: Path,
) -> None:
    turned = assistant_over(reversed_order(contents), tmp_path / "turned", encoder, home / "cache")
    for case in cases[::3]:
        first, second = sample.answer(_asked(case)), turned.answer(_asked(case))
        assert holders(first) == holders(second), case.question


def test_an_unrelated_countys_papers_never_change_an_answer(
    sample: Assistant,
    contents: Contents,
    cases: tuple[Case, ...],
    encoder: Encoder,
    home: Path,
    tmp_path: Path,
) -> None:
    """With the other county beside it, whoever was answered is answered still."""
    county = {p.code for p in contents.places if not p.code.startswith(WANGCHUAN)}
    alone = assistant_over(
        at_places(contents, frozenset(county)), tmp_path / "alone", encoder, home / "cache"
    )
    n_compared = 0
    for case in cases:
        where = case.place or case.id.split("·")[2]
        if not where.startswith(LINXI) or not case.bodies:
            continue
        question = Question(case.question, where, case.as_of)
        before, after = alone.answer(question), sample.answer(question)
        if before.status is Status.ANSWERED:
            n_compared += 1
            assert holders(before) == holders(after), case.question
    assert n_compared > 20
