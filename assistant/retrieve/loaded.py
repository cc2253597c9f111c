"""Whose papers are loaded: the bodies of papers and of list rows by place, under all their names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from assistant.corpus import Corpus
from index.facets import Facet
from index.model import PaperKind

Marks = npt.NDArray[np.bool_]

# Of 1 KB each: chains of places, and places; a city and its counties are in every chain of theirs.
_CHAINS, _PLACES = 512, 4_096


class Loaded:
    """The bodies whose papers one corpus holds. Safe to share between threads."""

    def __init__(self, corpus: Corpus, hidden: frozenset[str] = frozenset()) -> None:
        self._names: dict[str, set[str]] = defaultdict(set)
        for place, body in _holders(corpus):
            if body not in hidden:
                known = corpus.institutions.get(body)
                self._names[place] |= {body, *(known.names if known else ())}
        self._usual = [entry.bodies for entry in corpus.entries]
        self._has_none = np.array([not parts for parts in self._usual], np.bool_)
        self.entries = lru_cache(maxsize=_CHAINS)(self._mark_entries)
        self._at = lru_cache(maxsize=_PLACES)(self._mark_entries_at)

    def has(self, parts: tuple[str, ...], places: tuple[str, ...]) -> bool:
        """True if papers of a body called so are loaded for the places; for any without places."""
        return any(
            part in name
            for code in places or self._names
            for name in self._names.get(code, ())
            for part in parts
        )

    def _mark_entries(self, places: tuple[str, ...]) -> Marks:
        """Of each lexicon entry, whether a body usually responsible is loaded or none is known."""
        at = [self._at(code) for code in places or self._names]
        marks: Marks = np.any([self._has_none, *at], axis=0)
        return marks

    def _mark_entries_at(self, code: str) -> Marks:
        is_loaded = {parts: self.has(parts, (code,)) for parts in dict.fromkeys(self._usual)}
        return np.array([is_loaded[parts] for parts in self._usual], np.bool_)


def _holders(corpus: Corpus) -> Iterator[tuple[str, str]]:
    """(place, body) of every paper, and of the rows of departments' lists, each pair once.

    A list may be filed under a short name (国动办) of which its rows give the full one.
    """
    for source in corpus.sources.values():
        yield source.place, source.body
    papers, bodies = corpus.facets.column(Facet.SOURCE), corpus.facets.column(Facet.BODY)
    paper_of = np.full(corpus.n_records, -1, np.int64)
    paper_of[papers.rows] = papers.values
    keys = np.unique(paper_of[bodies.rows] * len(bodies.names) + bodies.values)
    for paper, body in zip(*np.divmod(keys, max(1, len(bodies.names))), strict=True):
        source = corpus.sources[papers.names[paper]]
        if source.kind is PaperKind.DEPARTMENT_LIST:
            yield source.place, bodies.names[body]
