"""The search over all rows: which fit, in which order, and how many under every filter value.

Order, as the page states it: first rows whose name or code holds the typed words as they stand,
those that say little else before longer ones; rows that hold what the lexicon says for them; clauses
in the same way; then rows with the words in basis or duties; then rows near in words (BM25).
Otherwise in the order of the papers. Pages go on from a key, so a page costs the same wherever it is.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from assistant.corpus import Corpus
from assistant.desk.wanted import Edition, Wanted
from index.exact import Mask, normal
from index.facets import Facet, Facets, searched
from index.lexicon import Lexicon
from index.model import Level, Place
from index.records import Record
from index.words import to_simplified

PAGE = 40
# Values shown of each facet; the form takes others by name.
_MOST_VALUES = 12
_MOST_PLACES = 60
# Scores come in bands of so many steps: near in words, the words in basis or duties, in a clause what
# the lexicon says for them, the typed words in a clause; then both again for names.
_STEPS = 1000
_IN_CELLS, _IN_TEXT, _TYPED, _BEST = _STEPS, 2 * _STEPS, 3 * _STEPS, 6 * _STEPS
_NAME_BEFORE_CLAUSE = 2 * _STEPS
# Near in words: a passage with at least this share of the question's words, by rarity, and no less
# than this share of the best one's. Lower ones share a word that every list has (管理, 处罚).
_LEAST_SHARE = 0.3
_LEAST_OF_BEST = 0.6

Scores = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a facet and how many rows it would leave."""

    value: str
    label: str
    n: int
    is_chosen: bool


class Match(StrEnum):
    """Why a row was found; the value is what the page says of it, "" for the typed words in its name."""

    NAME = ""
    LEXICON = "白话词表"
    CELLS = "依据或职责里有"
    NEAR = "用词相近"


@dataclass(frozen=True, slots=True)
class Hit:
    """One row found, and why."""

    ordinal: int
    record: Record
    match: Match


@dataclass(frozen=True, slots=True)
class Found:
    """A page of rows with what counts of all.

    `after` is the key to go on from, 0 at the end; `also` what lists may call the typed words.
    """

    n_rows: int
    n_near: int
    hits: tuple[Hit, ...]
    facets: Mapping[Facet, tuple[Value, ...]]
    after: int
    also: tuple[str, ...]
    ms: float


class Search:
    """Searches one corpus version. Safe to share between threads."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._facets: Facets = corpus.facets
        self._lexicon = Lexicon(corpus.entries)
        # Only rows of lists have a role; the others are clauses.
        self._first = np.zeros(self._facets.n_records, np.int32)
        self._first[self._facets.column(Facet.ROLE).rows] = _NAME_BEFORE_CLAUSE

    def find(self, wanted: Wanted, *, after: int = 0, limit: int = PAGE) -> Found:
        """The rows that fit from a key on, with counts."""
        start = time.perf_counter()
        scores = self._scores(wanted.text)
        masks = {facet: self._mask(facet, wanted) for facet in wanted.values}
        rest = self._base(wanted, scores)
        fitting = _all(rest, masks.values())
        facets = {facet: self._values(facet, wanted, rest, masks, fitting) for facet in Facet}
        ordinals, following = _page(fitting, scores, after, limit)
        records = self._corpus.records([int(n) for n in ordinals])
        return Found(
            n_rows=int(fitting.sum()),
            n_near=int((fitting & (scores < _IN_CELLS)).sum()) if scores is not None else 0,
            hits=tuple(
                Hit(
                    int(n),
                    record,
                    _match(record, wanted.text, scores[n] if scores is not None else 0),
                )
                for n, record in zip(ordinals, records, strict=True)
            ),
            facets=facets,
            after=following,
            also=self.also(wanted.text),
            ms=(time.perf_counter() - start) * 1000,
        )

    def ordinals(self, wanted: Wanted, limit: int) -> list[int]:
        """The first rows that fit, in order."""
        scores = self._scores(wanted.text)
        fitting = self.fitting(wanted, scores)
        return [int(n) for n in _page(fitting, scores, 0, limit)[0]]

    def fitting(self, wanted: Wanted, scores: Scores | None = None) -> Mask:
        """Which rows fit."""
        if scores is None:
            scores = self._scores(wanted.text)
        masks = (self._mask(facet, wanted) for facet in wanted.values)
        return _all(self._base(wanted, scores), masks)

    def _base(self, wanted: Wanted, scores: Scores | None) -> Mask:
        """What fits the text and the edition, before any facet."""
        facets, day = self._facets, wanted.on.toordinal()
        mask = facets.answerable & _of_edition(facets, wanted.edition, day)
        if scores is not None:
            mask &= scores > 0
        return mask

    def _mask(self, facet: Facet, wanted: Wanted) -> Mask:
        column = self._facets.column(facet)
        mask = column.having(wanted.values[facet])
        if facet is Facet.PLACE and wanted.with_upper and wanted.place:
            chain = tuple(p.code for p in self._corpus.gazetteer.chain(wanted.place.code))
            mask[self._corpus.ordinals_at(chain)] = True
        if facet is Facet.LAW and wanted.article:
            cited = np.zeros(self._facets.n_records, np.bool_)
            for law in wanted.values[facet]:
                cited[list(self._corpus.catalog.resting_on(law, wanted.article))] = True
            mask &= cited
        return mask

    def _scores(self, text: str) -> Scores | None:
        """A score for each record: int32, (n_records,), 0 for one that does not fit."""
        words = text.split()
        if not words:
            return None
        terms = self.also(text)
        facets, titles = self._facets, self._corpus.titles
        named = self._named(words, _TYPED)
        for term in terms:
            named = np.maximum(named, self._named([term], _IN_TEXT))
        shares = self._near(text)
        for term in terms:
            shares = np.maximum(shares, self._near(term))
        near = (shares * (_STEPS - 1)).astype(np.int32)[titles]
        near[titles < 0] = 0
        held = named[facets.text_of]
        scores: Scores = np.where(held > 0, held + self._first, near)
        if facets.cells:
            said = np.ones(facets.n_records, np.bool_)
            for word in words:
                said &= facets.texts.holding(word)[facets.text_of] | facets.cells.holding(word)
            scores = np.where(said & (scores < _IN_CELLS), np.int32(_IN_CELLS), scores)
        return scores

    def _named(self, words: Iterable[str], band: int) -> Scores:
        """A score for each name and clause: int32, (n_texts,), 0 for one without all the words."""
        texts = self._facets.texts
        held = np.ones(len(texts.lengths), np.bool_)
        for word in words:
            held &= texts.holding(word)
        size = sum(len(normal(word).encode()) for word in words)
        share = np.minimum(size / np.maximum(texts.lengths, 1), 1)
        return np.where(held, band + ((_STEPS - 1) * share).astype(np.int32), np.int32(0))

    def also(self, text: str) -> tuple[str, ...]:
        """How lists may say plain words (低保 → 最低生活保障审核确认), by the lexicon."""
        matches = self._lexicon.match(to_simplified(text))
        return tuple(dict.fromkeys(term for m in matches for term in m.entry.terms))

    def _near(self, text: str) -> npt.NDArray[np.float32]:
        """Shares of the text's words in each passage, 0 where it is not near enough."""
        shares = self._corpus.lexical.shares(to_simplified(text))
        best = float(shares.max()) if len(shares) else 0.0
        least = max(_LEAST_SHARE, _LEAST_OF_BEST * best)
        return np.where(shares >= least, shares, 0).astype(np.float32)

    def _values(
        self,
        facet: Facet,
        wanted: Wanted,
        rest: Mask,
        masks: Mapping[Facet, Mask],
        fitting: Mask,
    ) -> tuple[Value, ...]:
        """The facet's commonest values among the rows that all other filters leave."""
        if facet in masks:
            others = (mask for other, mask in masks.items() if other is not facet)
            fitting = _all(rest, others)
        column = self._facets.column(facet)
        counts = column.counts(fitting)
        if facet is Facet.PLACE:
            return self._places(column.names, counts, wanted)
        chosen = set(wanted.values.get(facet, ()))
        order = np.argsort(-counts, kind="stable")[:_MOST_VALUES]
        if facet is Facet.YEAR:
            order = np.array(sorted(order, key=lambda n: column.names[n], reverse=True), np.int64)
        return tuple(
            Value(name, self._label(facet, name), int(counts[n]), name in chosen)
            for n in order
            if counts[n] and (name := column.names[n]) is not None
        )

    def _places(
        self, names: tuple[str, ...], counts: npt.NDArray[np.int64], wanted: Wanted
    ) -> tuple[Value, ...]:
        """The places right below the chosen one, else those at the top, with what they hold."""
        n_at = dict(zip(names, counts.tolist(), strict=True))
        gazetteer = self._corpus.gazetteer
        below: tuple[Place, ...] = ()
        if wanted.place:
            below = gazetteer.children(wanted.place.code)
            if not below and wanted.place.parent:
                below = gazetteer.children(wanted.place.parent)
        else:
            below = tuple(
                p for p in gazetteer if p.level is not Level.TOWNSHIP and n_at.get(p.code)
            )
        chosen = wanted.place.code if wanted.place else ""
        shown = [p for p in below if n_at.get(p.code)][:_MOST_PLACES]
        return tuple(Value(p.code, p.name, n_at[p.code], p.code == chosen) for p in shown)

    def _label(self, facet: Facet, name: str) -> str:
        return f"《{self._corpus.sources[name].title}》" if facet is Facet.SOURCE else name


def _match(record: Record, text: str, score: int) -> Match:
    if not text.strip():
        return Match.NAME
    if score < _IN_TEXT:
        return Match.CELLS if score >= _IN_CELLS else Match.NEAR
    name = normal(searched(record))
    is_typed = all(normal(word) in name for word in text.split())
    return Match.NAME if is_typed else Match.LEXICON


def _of_edition(facets: Facets, edition: Edition, day: int) -> Mask:
    if edition is Edition.ALL:
        return np.ones(facets.n_records, np.bool_)
    if edition is Edition.PAST:
        past: Mask = facets.until < day
        return past
    if edition is Edition.FUTURE:
        future: Mask = facets.since > day
        return future
    now: Mask = (facets.since <= day) & (day <= facets.until)
    return now


def _all(first: Mask, others: Iterable[Mask]) -> Mask:
    mask = first.copy()
    for other in others:
        mask &= other
    return mask


def _page(
    fitting: Mask, scores: Scores | None, after: int, limit: int
) -> tuple[npt.NDArray[np.int64], int]:
    """The next ordinals behind a key, and the key of the last one if more follow.

    A key holds score and ordinal, better first: it stays the place to go on from.
    """
    ordinals = np.flatnonzero(fitting)
    lost = (_BEST - scores[ordinals]).astype(np.int64) if scores is not None else 0
    keys = (lost << 32) + ordinals + 1 if scores is not None else ordinals + 1
    keys = keys[keys > after]
    if len(keys) > limit:
        page = np.sort(np.partition(keys, limit)[:limit])
        return (page & 0xFFFFFFFF) - 1, int(page[-1])
    return (np.sort(keys) & 0xFFFFFFFF) - 1, 0
