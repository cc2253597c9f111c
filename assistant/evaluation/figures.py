"""Outcomes → figures with their 95 % intervals, over all questions or one kind or corpus."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from assistant.evaluation.cases import Expectation
from assistant.evaluation.intervals import Estimate, mean, percentile, share
from assistant.evaluation.judge import Outcome
from assistant.evaluation.measures import ndcg_at, recall_at, reciprocal_rank
from assistant.model import Status

CUTOFFS = (1, 3, 5, 10)
_FIRST_CITATIONS = 3
_RANKED = 10

Outcomes = Sequence[Outcome]
Test = Callable[[Outcome], bool]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure: what it is called, its estimate, its unit ("%", "", "ms") and its good side."""

    key: str
    label: str
    estimate: Estimate | None
    unit: str = "%"
    higher_is_better: bool = True

    @property
    def shown(self) -> str:
        """The value as people read it; — where no question says what is right."""
        if self.estimate is None:
            return "—"
        return self._written(self.estimate.value)

    @property
    def interval(self) -> str:
        """The interval as people read it."""
        if self.estimate is None:
            return ""
        return f"{self._written(self.estimate.low)}–{self._written(self.estimate.high)}"

    def _written(self, value: float) -> str:
        if self.unit == "%":
            return f"{value * 100:.1f}%"
        return f"{value:.1f} ms" if self.unit == "ms" else f"{value:.3f}"


def figures(outcomes: Outcomes) -> tuple[Figure, ...]:
    """Every figure over some outcomes, in the order they are shown."""
    return (*_answers(outcomes), *_citations(outcomes), *_ranking(outcomes), *_times(outcomes))


def by_kind(outcomes: Outcomes) -> Mapping[str, Outcomes]:
    """Outcomes by the kind of question, in the order met."""
    kinds = dict.fromkeys(o.case.kind for o in outcomes)
    return {kind: [o for o in outcomes if o.case.kind == kind] for kind in kinds}


def summarise(outcomes: Outcomes) -> dict[str, object]:
    """Counts and figures, ready for JSON."""
    judged = [o for o in outcomes if o.office_right is not None]
    return {
        "n": len(outcomes),
        "answered": sum(o.answer.status is Status.ANSWERED for o in outcomes),
        "body_right": sum(bool(o.body_right) for o in outcomes),
        "n_body": sum(o.body_right is not None for o in outcomes),
        "office_right": sum(bool(o.office_right) for o in judged),
        "n_office": len(judged),
        "row_first": sum(o.row_rank == 1 for o in outcomes),
        "row_in_first_three": sum(_row_within(_FIRST_CITATIONS)(o) for o in outcomes),
        "figures": {f.key: asdict(f.estimate) if f.estimate else None for f in figures(outcomes)},
    }


def _answers(outcomes: Outcomes) -> Iterable[Figure]:
    """Reactions, bodies and offices; what is refused against what should be."""
    answerable = [o for o in outcomes if o.case.expects is Expectation.ANSWER]
    unanswerable = [o for o in outcomes if o.case.expects is Expectation.REFUSAL]
    refused = [o for o in outcomes if o.is_refused]
    yield _share("status", "反应正确", outcomes, lambda o: o.status_right)
    yield _share("body", "部门正确", _judged(outcomes, "body"), lambda o: bool(o.body_right))
    yield _share("office", "科室正确", _judged(outcomes, "office"), lambda o: bool(o.office_right))
    yield _share("refusal_precision", "拒答准确率", refused, lambda o: o in unanswerable)
    yield _share("refusal_recall", "拒答召回率", unanswerable, lambda o: o.is_refused)
    for key, label, test in (
        ("false_refusal", "误拒", lambda o: o.is_refused),
        ("wrong_place", "地方错", lambda o: o.wrong_place),
        ("wrong_edition", "版本错", lambda o: o.wrong_edition),
    ):
        over = answerable if key == "false_refusal" else outcomes
        yield _share(key, label, over, test, higher_is_better=False)


def _citations(outcomes: Outcomes) -> Iterable[Figure]:
    proven = _proven(outcomes)
    yield _share("row_first", "首条出处正确", proven, _row_within(1))
    yield _share("row_3", "前三条出处有正确行", proven, _row_within(_FIRST_CITATIONS))
    precisions = [p for o in proven if (p := _precision(o)) is not None]
    yield Figure("citation_precision", "出处准确率", mean(precisions))
    recalls = [recall_at(o.proof, _gains(o), len(o.proof)) for o in proven]
    yield Figure("citation_recall", "出处召回率", mean(recalls))


def _ranking(outcomes: Outcomes) -> Iterable[Figure]:
    proven = _proven(outcomes)
    for k in CUTOFFS:
        recalls = [recall_at(o.ranking, _gains(o), k) for o in proven]
        yield Figure(f"recall@{k}", f"检索 Recall@{k}", mean(recalls))
    ranks = [reciprocal_rank(o.ranking, _gains(o)) for o in proven]
    yield Figure("mrr", "检索 MRR", mean(ranks), "")
    gains = [ndcg_at(o.ranking, _gains(o), _RANKED) for o in proven]
    yield Figure(f"ndcg@{_RANKED}", f"检索 nDCG@{_RANKED}", mean(gains), "")


def _times(outcomes: Outcomes) -> Iterable[Figure]:
    times = [o.ms for o in outcomes]
    for q in (50, 95):
        estimate = percentile(times, q)
        yield Figure(f"ms_p{q}", f"用时 p{q}", estimate, "ms", higher_is_better=False)


def _share(
    key: str, label: str, over: Outcomes, test: Test, *, higher_is_better: bool = True
) -> Figure:
    estimate = share(sum(map(test, over)), len(over))
    return Figure(key, label, estimate, higher_is_better=higher_is_better)


def _judged(outcomes: Outcomes, what: str) -> Outcomes:
    return [o for o in outcomes if getattr(o, f"{what}_right") is not None]


def _proven(outcomes: Outcomes) -> Outcomes:
    """Outcomes of answerable cases that name their right records."""
    return [o for o in outcomes if o.case.evidence and o.case.expects is Expectation.ANSWER]


def _gains(outcome: Outcome) -> dict[str, int]:
    return dict.fromkeys(outcome.case.evidence, 1)


def _precision(outcome: Outcome) -> float | None:
    """Share of the rows cited as proof that are right; clauses count only where evidence names any.

    A 三定 clause cited for the office proves something else than the row that the case names.
    """
    rows_only = all("!R" in key for key in outcome.case.evidence)
    cited = [key for key in outcome.proof if "!R" in key or not rows_only]
    right = sum(key in {*outcome.case.evidence, *outcome.case.beside} for key in cited)
    return right / len(cited) if cited else None


def _row_within(k: int) -> Test:
    return lambda outcome: outcome.row_rank is not None and outcome.row_rank <= k
