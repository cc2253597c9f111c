"""Which places have which kinds of paper, and who holds what: counted from arrays, not from rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.corpus import Corpus
from index.coverage import EXPECTED
from index.exact import Mask
from index.facets import Facet
from index.model import PaperKind, Place

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class CoverageCell:
    """How many rows a place has of a kind of paper; `is_due` if it is to publish one."""

    n: int
    is_due: bool


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One place with its cells, in the order of the kinds."""

    place: Place
    cells: tuple[CoverageCell, ...]


def coverage_map(
    corpus: Corpus, places: Sequence[Place], fitting: Mask
) -> tuple[tuple[PaperKind, ...], tuple[CoverageRow, ...]]:
    """Rows of the places' own papers (not of those of places below) by kind of paper."""
    sources = corpus.facets.column(Facet.SOURCE).names
    papers = corpus.facets.column(Facet.PAPER).names
    number = {name: n for n, name in enumerate(papers)}
    by_source = crossed(corpus, Facet.SOURCE, Facet.PAPER, fitting)
    counted = {place.code: np.zeros(len(papers), np.int64) for place in places}
    for source_id, counts in zip(sources, by_source, strict=True):
        if (code := corpus.sources[source_id].place) in counted:
            counted[code] += counts
    shown = tuple(
        kind
        for kind in PaperKind
        if any(kind in EXPECTED.get(p.level, ()) for p in places)
        or (kind.value in number and any(c[number[kind.value]] for c in counted.values()))
    )
    return shown, tuple(
        CoverageRow(
            place,
            tuple(
                CoverageCell(
                    int(counted[place.code][number[kind.value]]) if kind.value in number else 0,
                    kind in EXPECTED.get(place.level, ()),
                )
                for kind in shown
            ),
        )
        for place in places
    )


def crossed(corpus: Corpus, left: Facet, right: Facet, fitting: Mask) -> Counts:
    """How many fitting rows have each pair of values: int64, (n_left, n_right).

    `right` has at most one value a row.
    """
    one, other = corpus.facets.column(left), corpus.facets.column(right)
    of_row = np.full(corpus.facets.n_records, -1, np.int64)
    of_row[other.rows] = other.values
    kept = fitting[one.rows] & (of_row[one.rows] >= 0)
    pairs = one.values[kept].astype(np.int64) * len(other.names) + of_row[one.rows[kept]]
    counts = np.bincount(pairs, minlength=len(one.names) * len(other.names))
    return counts.reshape(len(one.names), len(other.names))
