"""The arithmetic of evaluation, held against ir-measures and against chance itself."""

from __future__ import annotations

import random

import ir_measures
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ir_measures import RR, Qrel, R, ScoredDoc, nDCG

from assistant.evaluation.intervals import mean, percentile, share
from assistant.evaluation.measures import ndcg_at, recall_at, reciprocal_rank

IDS = [f"d{n}" for n in range(30)]
RANKINGS = st.lists(st.sampled_from(IDS), unique=True, min_size=1, max_size=25)
GAINS = st.dictionaries(st.sampled_from(IDS), st.integers(0, 4), min_size=1, max_size=12).filter(
    lambda gains: any(gains.values())
)


@settings(max_examples=150, deadline=None)
@given(runs=st.lists(st.tuples(RANKINGS, GAINS), min_size=1, max_size=4), k=st.integers(1, 20))
def test_measures_agree_with_ir_measures(runs: list, k: int) -> None:
    qrels = [
        Qrel(str(q), key, gain) for q, (_, gains) in enumerate(runs) for key, gain in gains.items()
    ]
    docs = [
        ScoredDoc(str(q), key, -rank)
        for q, (run, _) in enumerate(runs)
        for rank, key in enumerate(run)
    ]
    theirs = ir_measures.calc_aggregate([R @ k, RR, nDCG @ k], qrels, docs)
    ours = {
        R @ k: [recall_at(run, gains, k) for run, gains in runs],
        RR: [reciprocal_rank(run, gains) for run, gains in runs],
        nDCG @ k: [ndcg_at(run, gains, k) for run, gains in runs],
    }
    for measure, values in ours.items():
        assert sum(values) / len(values) == pytest.approx(theirs[measure], abs=1e-6), measure


def test_nothing_found_and_nothing_right_score_zero() -> None:
    for measure in (recall_at, ndcg_at):
        assert measure([], {"a": 1}, 10) == 0
        assert measure(["a"], {}, 10) == 0
    assert reciprocal_rank(["b"], {"a": 1}) == 0


@given(n=st.integers(1, 500), data=st.data())
def test_a_share_lies_in_its_interval(n: int, data: st.DataObject) -> None:
    n_right = data.draw(st.integers(0, n))
    estimate = share(n_right, n)
    assert estimate is not None
    assert 0 <= estimate.low <= estimate.value + 1e-9
    assert estimate.value <= estimate.high + 1e-9 <= 1 + 1e-9


def test_wilson_is_the_published_one() -> None:
    """Worked example of Newcombe 1998, table I: 81 of 263 gives 0.2553 to 0.3662."""
    estimate = share(81, 263)
    assert estimate is not None
    assert (round(estimate.low, 4), round(estimate.high, 4)) == (0.2553, 0.3662)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    chance, n_held = random.Random(4), {"wilson": 0, "bootstrap": 0}
    for seed in range(300):
        drawn = [float(chance.random() < 0.7) for _ in range(60)]
        for estimate in (share(int(sum(drawn)), 60), mean(drawn, seed=seed)):
            assert estimate is not None
            n_held[estimate.method] += estimate.low <= 0.7 <= estimate.high
    assert all(n / 300 > 0.91 for n in n_held.values()), n_held


def test_a_percentile_is_found_and_repeats() -> None:
    values = [float(n) for n in range(101)]
    estimate = percentile(values, 95)
    assert estimate is not None
    assert estimate.value == 95
    assert estimate.low < 95 < estimate.high
    assert percentile(values, 95) == estimate
    assert percentile([], 50) is None
