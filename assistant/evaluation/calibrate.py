"""Fits the probability that a matter is covered on questions with known answers, and reports on it.

Beside the questions that no list answers, each answerable question is asked once more with the
body that answers it left out of the corpus: the nearest misses there are. Figures and thresholds are
cross-fitted: each question is judged by a model that was fitted without it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from assistant.corpus import Scope
from assistant.evaluation.cases import Case, Expectation, evidence_of
from assistant.model import Query, Question
from assistant.pipeline import Assistant
from assistant.retrieve.confidence import Features, Model
from assistant.retrieve.retriever import Retriever
from index.model import DutyItem

Numbers64 = npt.NDArray[np.float64]

# A left-out question weighs half: it is nearer to a covered one than people's questions mostly are.
_LEFT_OUT_WEIGHT = 0.5
# L2 on standardised weights; a tenth or ten times as much changes no held-out figure by a point.
_RIDGE = 3.0
_STEPS = 30
# Refused outright: what fewer than this share of answerable questions falls below.
_REFUSED_SHARE = 0.005
# Answered: what fewer than this share of the questions that no list answers reaches. Words alone
# cannot tell as much, and refuse more for it: a wrong body is worse than none.
ANSWERED_SHARE = 0.042
_ANSWER = 0.5
_BINS, _FOLDS = 10, 5
# What speaks against a matter being covered; everything else speaks for it.
_AGAINST = frozenset({"other_body", "body_not_loaded", "away"})
MEANING = (
    "dense_best", "terms_lead", "term_words_best", "other_body", "theirs", "phrase_lead",
    "field_lead", "asks",
)  # fmt: skip
WORDS = (
    "shared", "lexical_best", "reading", "term_words", "term_words_best", "said_plainly", "margin",
    "usual_body", "other_body", "body_not_loaded", "theirs", "away", "asks",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """One question asked: its features, whether its matter is covered, and how it was made."""

    case: Case
    features: dict[str, float]
    is_covered: bool
    is_left_out: bool
    is_first: bool


class _Hiding(Retriever):
    """A retriever that does not see some records."""

    hidden: frozenset[int] = frozenset()

    def _scope(self, query: Query, places: tuple[str, ...]) -> Scope:
        seen = super()._scope(query, places)
        if not self.hidden:
            return seen
        left = seen.ordinals[~np.isin(seen.ordinals, list(self.hidden))]
        return self._corpus.scope_of(left)


class Asker:
    """Asks the questions of one corpus and keeps the features."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._corpus = corpus = assistant.corpus
        self._records = list(corpus.catalog.all_records())
        self._evidence = [evidence_of(r, corpus.sources[r.source_id]) for r in self._records]
        self._retriever = _Hiding(corpus)

    def samples(self, cases: Iterable[Case]) -> Iterator[Sample]:
        """Every question, and every answerable one again with its body left out."""
        for case in cases:
            query = self._assistant.understand(Question(case.question, case.place, case.as_of))
            chain = self._chain(query)
            is_covered = case.expects is Expectation.ANSWER
            yield from self._asked(case, query, chain, is_covered=is_covered)
            if is_covered and (hidden := self._hidden(case, chain)):
                yield from self._asked(case, query, chain, hidden=hidden, is_covered=False)

    def _asked(
        self,
        case: Case,
        query: Query,
        chain: tuple[str, ...],
        *,
        hidden: frozenset[int] = frozenset(),
        is_covered: bool,
    ) -> Iterator[Sample]:
        self._retriever.hidden = hidden
        found = self._retriever.retrieve(query, chain)
        if not query.matter or not found.candidates:
            return
        gone = frozenset(self._records[i].body for i in hidden)
        features = Features(self._corpus, gone).of(query, found)
        record = found.candidates[0].record
        first = evidence_of(record, self._corpus.sources[record.source_id])
        is_first = any(right.endswith(first) or first.endswith(right) for right in case.evidence)
        yield Sample(case, features, is_covered, bool(hidden), is_first)

    def _chain(self, query: Query) -> tuple[str, ...]:
        places = query.places[:1]
        return tuple(p.code for place in places for p in self._corpus.gazetteer.chain(place.code))

    def _hidden(self, case: Case, chain: tuple[str, ...]) -> frozenset[int]:
        """The records that answer a case, all of their departments, and the clauses."""
        scope = {int(i) for i in self._corpus.ordinals_at(chain)}
        right = {i for i in scope if self._evidence[i].endswith(case.evidence)}
        departments = {b for i in right if not _is_government(b := self._records[i].body)}
        if not right:
            return frozenset()
        clauses = {i for i in scope if not isinstance(self._records[i], DutyItem)}
        theirs = {i for i in scope if self._records[i].body in departments}
        return frozenset(right | clauses | theirs)


def _is_government(body: str) -> bool:
    return body.endswith(("人民政府", "办事处"))


def fit(samples: Sequence[Sample], names: Sequence[str], run: dict[str, object]) -> Model:
    """Logistic regression by Newton steps on standardised features, both outcomes weighing alike."""
    table = np.array([[s.features[name] for name in names] for s in samples], np.float64)
    covered = np.array([s.is_covered for s in samples], np.float64)
    means, scales = table.mean(axis=0), np.maximum(table.std(axis=0), 1e-9)
    columns = np.hstack([np.ones((len(table), 1)), (table - means) / scales])
    weights = _signed(columns, covered, _sample_weights(samples), names)
    return Model(
        names=tuple(names),
        means=_rounded(means),
        scales=_rounded(scales),
        weights=_rounded(weights[1:]),
        intercept=round(float(weights[0]), 5),
        answer=_ANSWER,
        refuse=0.0,
        run=run,
    )


def crossed(samples: Sequence[Sample], names: Sequence[str]) -> list[float]:
    """Each sample's probability by a model fitted without its fold; a row's questions share one."""
    folds = np.array([zlib.crc32(_group(sample).encode()) % _FOLDS for sample in samples])
    models = {
        fold: fit([s for s, own in zip(samples, folds, strict=True) if own != fold], names, {})
        for fold in np.unique(folds)
    }
    return [models[f].probability(s.features) for s, f in zip(samples, folds, strict=True)]


def with_thresholds(
    model: Model, samples: Sequence[Sample], chances: Sequence[float], *, answered_share: float
) -> Model:
    """The model with thresholds at which the shares wanted of the samples are reached."""
    judged = list(zip(chances, samples, strict=True))
    covered = [chance for chance, s in judged if s.is_covered]
    outside = [chance for chance, s in judged if not s.is_covered and not s.is_left_out]
    answer = round(float(np.quantile(outside, 1 - answered_share)), 3)
    refuse = round(min(answer, float(np.quantile(covered, _REFUSED_SHARE))), 3)
    return replace(model, answer=answer, refuse=refuse)


def _group(sample: Sample) -> str:
    return next(iter(sample.case.evidence), sample.case.id)


def _signed(
    columns: Numbers64, covered: Numbers64, sample_weights: Numbers64, names: Sequence[str]
) -> Numbers64:
    """Weights of which none speaks against sense: a feature that would is left out (weight 0).

    Features overlap, and what one takes back from another on these questions it takes from a
    sure match on the next.
    """
    sign = np.array([0.0, *(-1.0 if name in _AGAINST else 1.0 for name in names)])
    kept = np.ones(len(sign), np.bool_)
    weights = np.zeros(len(sign))
    while True:
        weights[kept] = _newton(columns[:, kept], covered, sample_weights)
        wrong = kept & (weights * sign < 0)
        weights[wrong] = 0.0
        if not wrong.any():
            return weights
        kept &= ~wrong


def _sample_weights(samples: Sequence[Sample]) -> Numbers64:
    covered = np.array([s.is_covered for s in samples])
    weights = np.array([_LEFT_OUT_WEIGHT if s.is_left_out else 1.0 for s in samples])
    weights[covered] *= weights[~covered].sum() / max(1, covered.sum())
    return weights


def _newton(columns: Numbers64, covered: Numbers64, sample_weights: Numbers64) -> Numbers64:
    ridge = np.diag([0.0, *[_RIDGE] * (columns.shape[1] - 1)])
    weights = np.zeros(columns.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-columns @ weights))
        slope = columns.T @ (sample_weights * (chance - covered)) + ridge @ weights
        curve = (columns.T * (sample_weights * chance * (1 - chance))) @ columns + ridge
        weights = weights - np.linalg.solve(curve + 1e-9 * np.eye(len(curve)), slope)
    return weights


def figures(
    model: Model, samples: Sequence[Sample], chances: Sequence[float] = ()
) -> dict[str, object]:
    """Shares refused (not answered), by how the question was made; `found`: right row on top.

    `chances` stand in for the model's own probabilities.
    """
    known = chances or [model.probability(s.features) for s in samples]
    by_sample = {id(s): chance for s, chance in zip(samples, known, strict=True)}

    def refused(chosen: Iterable[Sample]) -> str:
        below = [by_sample[id(s)] < model.answer for s in chosen]
        return f"{sum(below)}/{len(below)}"

    return {
        "out_of_scope_refused": refused(
            s for s in samples if not s.is_covered and not s.is_left_out
        ),
        "left_out_refused": refused(s for s in samples if s.is_left_out),
        "answerable_refused": refused(s for s in samples if s.is_covered),
        "answerable_found_refused": refused(s for s in samples if s.is_covered and s.is_first),
    }


def reliability(
    model: Model, samples: Sequence[Sample], chances: Sequence[float] = ()
) -> list[tuple[float, float, int]]:
    """Per tenth of probability: mean predicted, share covered, how many."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    known = chances or [model.probability(s.features) for s in samples]
    for sample, chance in zip(samples, known, strict=True):
        bins[min(int(chance * _BINS), _BINS - 1)].append((chance, sample.is_covered))
    return [
        (sum(c for c, _ in b) / len(b), sum(y for _, y in b) / len(b), len(b)) for b in bins if b
    ]


def _rounded(values: Numbers64) -> tuple[float, ...]:
    return tuple(round(float(value), 5) for value in values)
