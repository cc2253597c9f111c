"""Query → Candidates: dense and BM25 over the place's own rows, fused, near-equal rows grouped."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from assistant.corpus import Corpus, Numbers, Scope
from assistant.model import Candidate, Query
from assistant.retrieve.meaning import Meaning
from assistant.retrieve.priors import Prior
from assistant.retrieve.rerank import Reranker
from assistant.retrieve.wording import Nearby, Wording, word
from index.encoder import Vectors
from index.errors import EncoderError
from index.lexicon import Entry, Lexicon
from index.lexicon.overlap import Overlap
from index.model import Clause, DutyItem
from index.passages import title_text

log = logging.getLogger(__name__)

Scores = npt.NDArray[np.float32]

# Cosines are spread to 0–1 within the query; words count as the share of the question that a row
# has, so that a stray word in common does not weigh like a match. On 241 lay questions: right row
# first 0.59, against 0.47 with both spread and fused 0.6 to 0.4.
_DENSE, _LEXICAL = 0.6, 0.5
# As in meaning: a matter's title says what it is, its duty text says it in other words.
_TITLE_WORDS, _DUTY_WORDS = 0.8, 0.2
# Official terms of the lexicon beside the question's own words: 0.3 to 0.5 do alike, from 0.6 on a
# wrong reading outweighs the question. Words alone lean on them more.
_TERMS, _TERMS_BY_WORDS = 0.4, 0.5
# A question that uses a list's own words needs little translation.
_TERMS_OF_OFFICIAL = 0.1
# The best row's share of a question's words, between which the terms lose their say: names have some
# 0.5, plain questions under 0.3. From 0.26 to 0.36 a stray word (强行, 偷偷) outdid the lexicon: of 504
# plain questions 356 had the right row first, with these 374.
_WELL_WORDED = (0.3, 0.6)
# A cosine of words beside one of meaning, to rank entries: of 504 plain questions 463 had the right
# row among the first three with 0.03, 458 without.
_SHARED = 0.03
# Without an encoder: entries that share less with a question are not near it, and a tenth more of a
# cosine of words is worth a hundredth more of one of meaning.
_ALIKE, _OF_WORDS = 0.2, 0.1
# Shares of the words of official terms that are kept: 64 MB.
_CACHED = 16_000_000
# Approximate search without a place; re-scored exactly afterwards.
_WIDE_K = 400
# Distinct titles whose records are looked at one by one, and their records at most.
POOL_TITLES, _RECORDS_A_TITLE = 80, 3
# So many titles are looked at however far below the best; others only if priors may lift them up.
_LEAST_TITLES = 20
_RERANKED = 20
# A first without the question's words, and a rival within this of it that has them.
_UNWORDED, _WORDED, _CLOSE = 0.05, 0.2, 0.03
# No prior lifts a clause.
_CLOSE_CLAUSE = 0.13
# Sub-items this close are alike to the question; a paper lists setting up before changing or ending.
_SIBLINGS = 0.03
_NOT_NAME = re.compile(r"[^\w\u4e00-\u9fff]+")


@dataclass(frozen=True, slots=True)
class RetrievalOptions:
    """Which parts of retrieval are at work: all, but for measuring what each is worth."""

    dense: bool = True
    lexical: bool = True
    lexicon: bool = True
    priors: bool = True
    rerank: bool = True


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Candidates, best first, one a distinct matter; `pool` has every row that came up.

    `places` are those searched, none for all.

    """

    candidates: tuple[Candidate, ...]
    pool: tuple[Candidate, ...] = ()
    wording: Wording = field(default_factory=lambda: Wording(""))
    places: tuple[str, ...] = ()


ALL = RetrievalOptions()


class Retriever:
    """Finds the records of one corpus version."""

    def __init__(
        self, corpus: Corpus, options: RetrievalOptions = ALL, *, reranker: Reranker | None = None
    ) -> None:
        self._corpus = corpus
        self._options = options
        self._lexicon = Lexicon(corpus.entries) if options.lexicon else None
        self._overlap = Overlap(corpus.entries) if options.lexicon else None
        self._reranker = reranker if options.rerank else None
        # One question is scored at several places: what does not hang on the place is made once.
        self._vector = lru_cache(maxsize=256)(self._encode)
        self._meaning = Meaning(corpus, self._own_vector) if corpus.vectors is not None else None
        self._wording = lru_cache(maxsize=64)(self._read_wording)
        self._words = lru_cache(maxsize=64)(corpus.lexical.shares)
        self._term_words = lru_cache(maxsize=_CACHED // max(1, corpus.texts.shape[1]))(
            self._best_words
        )

    def retrieve(
        self, query: Query, places: tuple[str, ...], *, k: int = 20, n_titles: int = POOL_TITLES
    ) -> Retrieved:
        """The k best distinct matters among all that is published for the places (all, if none).

        `n_titles` bounds how many distinct titles are looked at one by one, in their records.
        """
        wording = self._wording(query)
        scope = self._scope(query, places)
        if not len(scope.ordinals):
            return Retrieved((), wording=wording, places=places)
        stages = self._stages(wording, scope)
        total = _fused(stages, wording)
        prior = Prior(query, wording, places) if self._options.priors else None
        pool = _pool(total, scope, n_titles, prior.reach if prior else 0.0)
        records = self._corpus.records(scope.ordinals[pool].tolist())
        texts = scope.of[pool]
        rows = zip(*(values[texts].tolist() for values in stages.values()), strict=True)
        scored = [
            Candidate(
                record,
                score + (prior.of(record) if prior else 0.0),
                dict(zip(stages, row, strict=True)),
            )
            for record, score, row in zip(records, total[texts].tolist(), rows, strict=True)
            if not isinstance(record, DutyItem) or record.is_answerable
        ]
        best = _listed_order(_worded_first(sorted(scored, key=lambda c: -c.score)))
        ranked = self._reranked(wording, distinct(best, k))
        return Retrieved(ranked, tuple(best), wording, places)

    def nearest(self, query: Query, places: tuple[str, ...]) -> float:
        """No record of the places is nearer in meaning than this; 1 if unknown."""
        return (
            self._meaning.highest(query.matter, self._scope(query, places)) if self._meaning else 1
        )

    def _encode(self, matter: str) -> Vectors:
        if self._corpus.encoder is None:
            raise EncoderError("没有编码器，不能按语义检索。")
        vector: Vectors = self._corpus.encoder.encode_queries([matter])[0]
        return vector

    def _own_vector(self, matter: str) -> Vectors:
        """A matter's vector without what all questions and texts have in common; not of unit length."""
        near = self._corpus.nearness
        return self._vector(matter) if near is None else self._vector(matter) - near.common

    def _scope(self, query: Query, places: tuple[str, ...]) -> Scope:
        """Records to score: everything of the places; without a place, a wide approximate net."""
        if places or self._meaning is None or self._corpus.n_records <= _WIDE_K:
            return self._corpus.scope_at(places)
        words = self._words(query.matter)
        is_hit = np.zeros_like(words, np.bool_)
        is_hit[self._meaning.nearest(query.matter, _WIDE_K)] = True
        is_hit[np.argsort(-words, kind="stable")[:_WIDE_K]] = True
        hits = np.flatnonzero(is_hit[self._corpus.titles] | is_hit[self._corpus.duties])
        return self._corpus.scope_of(hits.astype(np.int32))

    def _read_wording(self, query: Query) -> Wording:
        if self._overlap is None:
            return word(query, None)
        entries, near = self._corpus.entries, self._corpus.nearness
        shared = self._overlap.to_entries(query.matter)
        if near is None or not self._options.dense:
            alike = np.where(shared >= _ALIKE, shared * _OF_WORDS, 0)
            return word(query, self._lexicon, Nearby(entries, alike, np.zeros_like(alike)))
        nearness, says = near.to_entries(self._vector(query.matter))
        return word(query, self._lexicon, Nearby(entries, nearness, shared * _SHARED, says))

    def _stages(self, wording: Wording, scope: Scope) -> dict[str, Scores]:
        """Of each text: nearness and shares of words, to the question and to its official terms."""
        stages: dict[str, Scores] = {}
        if self._options.dense and self._meaning:
            stages |= self._meaning.scores(wording, scope)
        if self._options.lexical or not stages:
            shares = self._words(wording.matter)
            stages["lexical"] = _weighed(shares, scope.titles, scope.duties)
            if wording.readings:
                stages["lexical_terms"] = self._lexical_terms(wording, scope)
        return stages

    def _lexical_terms(self, wording: Wording, scope: Scope) -> Scores:
        """Share of the words of each reading's best term that a text has, weighed."""
        total = np.zeros(len(scope.titles), np.float32)
        for reading in wording.readings:
            total += reading.weight * self._term_words(reading.entry)[scope.texts]
        return total

    def _best_words(self, entry: Entry) -> Scores:
        """Share of the words of an entry's best term that each text of the corpus has."""
        shares = map(self._corpus.lexical.shares, entry.terms)
        best: Scores = np.max([_weighed(of, *self._corpus.texts) for of in shares], axis=0)
        return best

    def _reranked(
        self, wording: Wording, candidates: tuple[Candidate, ...]
    ) -> tuple[Candidate, ...]:
        """The first candidates with the reranker's score added; as they are if it fails."""
        if self._reranker is None or not candidates:
            return candidates
        first, rest = candidates[:_RERANKED], candidates[_RERANKED:]
        try:
            scores = self._reranker.scores(wording.matter, [title_text(c.record) for c in first])
        except EncoderError as exc:
            log.warning("answered without reranking: %s", exc)
            return candidates
        ranked = [
            replace(c, score=c.score + s, stages={**c.stages, "rerank": s})
            for c, s in zip(first, scores, strict=True)
        ]
        return (*sorted(ranked, key=lambda candidate: -candidate.score), *rest)


def _weighed(shares: Scores, titles: Numbers, duties: Numbers) -> Scores:
    """Shares of words, of passages → of texts."""
    weighed: Scores = _TITLE_WORDS * shares[titles] + _DUTY_WORDS * shares[duties]
    return weighed


def _pool(total: Scores, scope: Scope, n_titles: int, reach: float) -> Numbers:
    """Positions of the best records: of at most so many distinct titles, and all but a few in reach."""
    n_records = n_titles * _RECORDS_A_TITLE
    best = np.arange(len(scope.of))
    if len(total) > n_records:  # the best records are among those of as many best texts
        least = -np.partition(-total, n_records)[n_records]
        best = np.flatnonzero((total >= least)[scope.of])
    texts = scope.of[best]
    order = np.argsort(-total[texts], kind="stable")
    if len(order) > n_records:  # ties at the border stay in, so that the order is stable
        ranked = total[texts[order]]
        order = order[ranked >= ranked[n_records]]
    ranked = total[texts[order]]
    _, first = np.unique(scope.titles[texts[order]], return_index=True)
    titles = np.sort(first)[:n_titles]
    n_near = np.count_nonzero(ranked >= ranked[0] - reach)
    n_kept = max(n_near, titles[:_LEAST_TITLES][-1] + 1)
    return best[order[: min(n_kept, titles[-1] + 1, n_records)]].astype(np.int32)


def _fused(stages: dict[str, Scores], wording: Wording) -> Scores:
    """One score a text: the question's and the terms' mixed, then cosines and words."""
    share = _share_of_terms(stages, wording)
    parts = []
    if "dense" in stages:
        terms = stages.get("dense_terms")
        spread = None if terms is None else _spread(terms)
        parts.append((_DENSE, _mixed(_spread(stages["dense"]), spread, share)))
    if "lexical" in stages:
        mixed = _mixed(stages["lexical"], stages.get("lexical_terms"), share)
        parts.append((_LEXICAL, mixed))
    fused: Scores = np.sum([weight * part for weight, part in parts], axis=0)
    return fused


def _share_of_terms(stages: dict[str, Scores], wording: Wording) -> float:
    """The better a question's own words are matched, the less they need translation."""
    share = _TERMS if "dense" in stages else _TERMS_BY_WORDS
    if wording.is_official:
        return _TERMS_OF_OFFICIAL
    if "lexical" not in stages:
        return share
    low, high = _WELL_WORDED
    matched = (float(stages["lexical"].max()) - low) / (high - low)
    return share * (1 - min(1.0, max(0.0, matched)))


def _mixed(own: Scores, terms: Scores | None, share: float) -> Scores:
    return own if terms is None else (1 - share) * own + share * terms


def _spread(scores: Scores) -> Scores:
    """Min-max to 0–1 within the query; all equal becomes all 0."""
    low, high = float(scores.min()), float(scores.max())
    spread: Scores = (scores - low) / (high - low) if high > low else np.zeros_like(scores)
    return spread


def _worded_first(candidates: list[Candidate]) -> list[Candidate]:
    """A close rival that has the question's own words goes before a first that has none of them."""
    if not candidates or candidates[0].stages.get("lexical", 1.0) > _UNWORDED:
        return candidates
    first = candidates[0]
    close = [c for c in candidates if first.score - c.score <= _closeness(c)]
    rival = max(close, key=lambda c: c.stages.get("lexical", 0.0))
    if rival.stages.get("lexical", 0.0) < _WORDED:
        return candidates
    raised = replace(rival, score=first.score)
    return [raised, *(c for c in candidates if c is not rival)]


def _closeness(candidate: Candidate) -> float:
    return _CLOSE_CLAUSE if isinstance(candidate.record, Clause) else _CLOSE


def _listed_order(candidates: list[Candidate]) -> list[Candidate]:
    """Sub-items of one matter that are as near in their paper's order: the first is the usual one."""
    groups: dict[tuple[str, str], list[int]] = {}
    for position, candidate in enumerate(candidates):
        record = candidate.record
        if isinstance(record, DutyItem) and record.sub_item:
            siblings = groups.setdefault((record.source_id, record.name), [position])
            if (
                candidates[siblings[0]].score - candidate.score <= _SIBLINGS
                and position not in siblings
            ):
                siblings.append(position)
    ordered = list(candidates)
    for positions in (several for several in groups.values() if len(several) > 1):
        rows = sorted((candidates[p] for p in positions), key=_row)
        for position, row in zip(positions, rows, strict=True):
            ordered[position] = replace(row, score=candidates[position].score)
    return ordered


def _row(candidate: Candidate) -> tuple[str, int]:
    at = candidate.record.locator
    return at.sheet or "", at.row or 0


def distinct(candidates: Iterable[Candidate], k: int) -> tuple[Candidate, ...]:
    """The best of each of k matters: neighbouring towns' equal rows do not crowd others out."""
    seen: dict[tuple[str, str], Candidate] = {}
    for candidate in candidates:
        record = candidate.record
        kind = record.kind if isinstance(record, Clause) else record.power or record.role
        seen.setdefault((_NOT_NAME.sub("", title_text(record)), str(kind)), candidate)
        if len(seen) == k:
            break
    return tuple(seen.values())
