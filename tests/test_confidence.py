"""The fitted probability that a matter is covered, its thresholds, and the reranker beside it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from queries import query

from assistant.evaluation.calibrate import (
    MEANING,
    WORDS,
    Sample,
    crossed,
    fit,
    reliability,
    with_thresholds,
)
from assistant.evaluation.cases import Case, Expectation, read_cases
from assistant.pipeline import Assistant
from assistant.retrieve.confidence import (
    FITTED,
    Confidence,
    Decision,
    Features,
    load_models,
    write_models,
)
from assistant.retrieve.loaded import Loaded
from assistant.retrieve.rerank import load_reranker
from assistant.retrieve.retriever import Retriever
from assistant.retrieve.wording import Wording, word
from index.errors import CorpusError, EncoderError
from index.lexicon import Lexicon, Wish, shipped_entries
from index.model import PaperKind

QUESTIONS = Path(__file__).parent / "questions"
LEXICON = Lexicon(shipped_entries())


def _samples(names) -> list[Sample]:
    """Covered matters have every feature high, others low, two of each kind swapped."""
    values = [(0.9, True)] * 20 + [(0.1, False)] * 20 + [(0.1, True), (0.9, False)] * 2
    return [
        Sample(Case(str(i), "问"), dict.fromkeys(names, value), covered, False, covered)
        for i, (value, covered) in enumerate(values)
    ]


def test_the_shipped_models_know_their_features_and_their_run() -> None:
    models = load_models(FITTED)
    assert models["meaning"].names == MEANING
    assert models["words"].names == WORDS
    for model in models.values():
        assert 0 < model.refuse <= model.answer < 1
        assert model.run["held_figures"]
        assert model.run["crossed_figures"]


def test_two_thresholds_make_three_decisions() -> None:
    model = load_models(FITTED)["meaning"]
    assert model.decide(model.answer) is Decision.ANSWER
    assert model.decide(model.refuse) is Decision.OFFER
    assert model.decide(model.refuse - 0.01) is Decision.REFUSE


def test_a_fit_parts_what_its_features_part() -> None:
    samples = _samples(("a", "b"))
    model = fit(samples, ("a", "b"), {})
    assert model.probability({"a": 0.9, "b": 0.9}) > 0.8
    assert model.probability({"a": 0.1, "b": 0.1}) < 0.2
    assert sum(n for _, _, n in reliability(model, samples)) == len(samples)


def test_stored_models_come_back_and_damaged_files_say_what_to_do(tmp_path: Path) -> None:
    models = load_models(FITTED)
    write_models(tmp_path / "m.json", models)
    assert load_models(tmp_path / "m.json")["words"].weights == models["words"].weights
    (tmp_path / "m.json").write_text("{}[", "utf-8")
    with pytest.raises(CorpusError, match="calibrate"):
        load_models(tmp_path / "m.json")


def test_there_are_enough_questions_and_the_splits_do_not_share_any() -> None:
    cases = {path.name: read_cases(path) for path in QUESTIONS.glob("*.jsonl")}
    every = [case for part in cases.values() for case in part]
    assert len({(case.place, case.question) for case in every}) == len(every)
    assert sum(case.expects is Expectation.REFUSAL for case in every) >= 200
    assert sum(case.expects is Expectation.ANSWER for case in every) >= 200


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("想在路边摆摊去哪申请", Wish.APPLY),
        ("路边摆摊占道没法走", Wish.COMPLAIN),
        ("有人偷排污水,举报给谁", Wish.COMPLAIN),
        ("办残疾证", Wish.APPLY),
    ],
)
def test_the_wish_is_read_from_the_words_before_the_lexicon(text: str, wish: Wish) -> None:
    assert word(query(text), LEXICON).wish is wish


def test_without_an_encoder_only_phrases_said_word_for_word_are_readings() -> None:
    wording = word(query("家里吃低保找谁"), LEXICON)
    assert [reading.is_exact for reading in wording.readings] == [True]
    assert "最低生活保障审核确认" in wording.readings[0].entry.terms
    assert wording.bodies == ("民政",)


def test_an_unknown_reranker_is_refused_with_what_is_possible() -> None:
    assert load_reranker("none") is None
    with pytest.raises(EncoderError, match="none"):
        load_reranker("whatever")
    with pytest.raises(EncoderError, match="模型名"):
        load_reranker("http://127.0.0.1:9/v1")


def test_no_weight_speaks_against_sense() -> None:
    """A feature whose weight would have the wrong sign is left out, not turned round."""
    samples = [
        Sample(Case(str(i), "问"), {"dense": v, "reading": -v, "away": 1 - v}, v > 0.5, False, True)
        for i, v in enumerate([0.9, 0.8, 0.7, 0.3, 0.2, 0.1] * 5)
    ]
    model = fit(samples, ("dense", "reading", "away"), {})
    weights = dict(zip(model.names, model.weights, strict=True))
    assert weights["dense"] > 0
    assert weights["reading"] == 0
    assert weights["away"] < 0


def test_the_lists_loaded_are_those_of_the_place_asked_about(sample: Assistant) -> None:
    """临溪县's market supervision list says nothing about 望川县's, which is not loaded."""
    features = Features(sample.corpus)
    wording = Wording("食品经营许可证", around=((("市场监督管理",), 1.0),))
    away = {}
    for name in ("临溪县", "望川县"):
        place = next(p for p in sample.corpus.gazetteer if p.name == name)
        chain = tuple(p.code for p in sample.corpus.gazetteer.chain(place.code))
        found = Retriever(sample.corpus).retrieve(query("食品经营许可证"), chain)
        found = replace(found, wording=wording)
        away[name] = features.of(query("食品经营许可证"), found)["away"]
    assert away == {"临溪县": 0.0, "望川县": 1.0}


def test_no_question_is_in_both_halves_and_enough_are_out_of_scope() -> None:
    halves = {}
    for half in ("fit", "held"):
        paths = sorted(QUESTIONS.glob(f"*.{half}.jsonl"))
        halves[half] = [case for path in paths for case in read_cases(path)]
    asked = {half: {case.question for case in cases} for half, cases in halves.items()}
    assert not asked["fit"] & asked["held"]
    for cases in halves.values():
        assert sum(case.expects is Expectation.REFUSAL for case in cases) >= 120


def test_a_list_filed_under_a_short_name_counts_for_the_bodies_of_its_rows(
    sample: Assistant,
) -> None:
    """No row's body is lost because its paper is filed under another name."""
    loaded = Loaded(sample.corpus)
    lists = [s for s in sample.corpus.sources.values() if s.kind is PaperKind.DEPARTMENT_LIST]
    of_list = {source.id: source.place for source in lists}
    rows = [r for r in sample.corpus.catalog.all_records() if r.source_id in of_list]
    assert rows
    assert all(
        loaded.has((body,), (of_list[row.source_id],))
        for row in rows
        for body in row.body.split("、")
    )
    gone = rows[0].body
    assert not Loaded(sample.corpus, frozenset({gone})).has((gone,), (of_list[rows[0].source_id],))


def test_phrases_of_other_bodies_speak_against_and_are_all_compared_where_none_is_missing(
    sample: Assistant,
) -> None:
    features = Features(sample.corpus)
    place = next(p for p in sample.corpus.gazetteer if p.name == "临溪县")
    chain = tuple(p.code for p in sample.corpus.gazetteer.chain(place.code))
    found = Retriever(sample.corpus).retrieve(query("食品经营许可证"), chain)
    is_loaded = Loaded(sample.corpus).entries(chain)
    assert is_loaded.any()
    assert not is_loaded.all()
    leads = [
        features.of(
            query("食品经营许可证"), replace(found, wording=replace(found.wording, says=says))
        )
        for says in (np.where(is_loaded, 0.9, 0.8), np.where(is_loaded, 0.8, 0.9))
    ]
    for name in ("dense_lead", "phrase_lead", "field_lead"):
        assert leads[0][name] > leads[1][name]


def test_questions_of_one_row_are_judged_by_a_model_that_saw_none_of_them() -> None:
    """Eight times the same row, half of them labelled against the feature, do not teach each other."""
    odd = [
        Sample(Case(f"x{i}", "问", evidence=("a#1",)), {"a": 0.1}, True, False, True)
        for i in range(8)
    ]
    samples = _samples(("a",)) + odd
    chances = crossed(samples, ("a",))
    assert max(chances[-8:]) < fit(samples, ("a",), {}).probability({"a": 0.1})


def test_thresholds_let_through_as_few_uncovered_questions_as_wanted() -> None:
    samples = _samples(("a",))
    chances = [0.9 if s.is_covered else 0.01 * i for i, s in enumerate(samples)]
    model = with_thresholds(fit(samples, ("a",), {}), samples, chances, answered_share=0.05)
    let = [c for c, s in zip(chances, samples, strict=True) if not s.is_covered]
    assert sum(c >= model.answer for c in let) <= 0.05 * len(let) + 1
    assert model.refuse <= model.answer


@pytest.mark.parametrize(
    ("asked", "decision"),
    [
        ("食品经营许可", Decision.ANSWER),
        ("对社会生活噪声扰民行为的处罚", Decision.ANSWER),
        ("社会生活噪声扰民", Decision.ANSWER),
        ("生活噪声大", Decision.REFUSE),
    ],
)
def test_what_is_asked_for_by_its_very_name_is_never_refused(
    sample: Assistant, asked: str, decision: Decision
) -> None:
    """Even a model that refuses everything does not outweigh the name on the list."""
    strict = replace(load_models(FITTED)["meaning"], answer=0.9999, refuse=0.9998)
    confidence = Confidence(sample.corpus, {"meaning": strict, "words": strict})
    place = next(p for p in sample.corpus.gazetteer if p.name == "临溪县")
    chain = tuple(p.code for p in sample.corpus.gazetteer.chain(place.code))
    found = Retriever(sample.corpus).retrieve(query(asked), chain)
    assert confidence.judge(query(asked), found).decision is decision
