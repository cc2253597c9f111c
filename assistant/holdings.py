"""How current the papers are that speak for a place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from index.model import SourceDocument


@dataclass(frozen=True, slots=True)
class Holdings:
    """How many papers, and the days of the oldest and newest; None where no paper says its day."""

    n_papers: int
    oldest: date | None
    newest: date | None

    @classmethod
    def of(cls, papers: Iterable[SourceDocument]) -> Holdings:
        """Counts papers; a paper's day is its publication, else the day it took effect."""
        listed = tuple(papers)
        days = [day for paper in listed if (day := paper.published_on or paper.effective_on)]
        return cls(len(listed), min(days, default=None), max(days, default=None))
