"""One row through the editions of its list: what stood there before, what stands there since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np

from assistant.corpus import Corpus
from index.diff import Change, DiffSide, FieldChange, Pair, changes, match
from index.diff.changes import differences
from index.editions import list_name, starts_on
from index.facets import Facet
from index.model import DutyItem, SourceDocument
from index.records import Record

# Sides of a comparison kept: going through a list asks for the same two editions row by row.
_SIDES = 16


@dataclass(frozen=True, slots=True)
class Stage:
    """The row in one edition; None where the edition has no such row. `fields` differ from before."""

    source: SourceDocument
    record: Record | None
    is_asked: bool
    fields: tuple[FieldChange, ...] = ()


class Editions:
    """The editions of a corpus's lists. Safe to share between threads."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._side = lru_cache(maxsize=_SIDES)(self._read)
        self._matched = lru_cache(maxsize=_SIDES)(self._match)
        self._lines = lru_cache(maxsize=1)(self._all_lines)

    def line(self, source: SourceDocument) -> tuple[SourceDocument, ...]:
        """The editions of a list, oldest first; the list itself among them."""
        found = self._lines().get(self._key(source), (source,))
        return tuple(sorted(found, key=lambda s: (starts_on(s) or date.min, s.id)))

    def lines(self) -> tuple[tuple[SourceDocument, ...], ...]:
        """Every list that has more than one edition."""
        several = (line for line in self._lines().values() if len(line) > 1)
        return tuple(self.line(line[0]) for line in several)

    def history(self, record: Record) -> tuple[Stage, ...]:
        """The row in every edition of its list, oldest first; empty if there is only one."""
        line = self.line(self._corpus.sources[record.source_id])
        if len(line) < 2:
            return ()
        at = next(n for n, source in enumerate(line) if source.id == record.source_id)
        found: dict[int, Record | None] = {at: record}
        for n in range(at - 1, -1, -1):
            found[n] = self._other(line[n], line[n + 1], found[n + 1], is_older=True)
        for n in range(at + 1, len(line)):
            found[n] = self._other(line[n], line[n - 1], found[n - 1], is_older=False)
        places = self._corpus.gazetteer
        stages = []
        for n, source in enumerate(line):
            before, now = found.get(n - 1), found[n]
            fields = tuple(differences(before, now, places)) if before and now else ()
            stages.append(Stage(source, now, n == at, fields))
        return tuple(stages)

    def changes(self, old: SourceDocument, new: SourceDocument) -> tuple[Change, ...]:
        """Everything that differs between two papers."""
        return changes(self._side(old.id), self._side(new.id))

    def side(self, source: SourceDocument) -> DiffSide:
        """One paper, ready to be compared."""
        return self._side(source.id)

    def _other(
        self,
        source: SourceDocument,
        beside: SourceDocument,
        known: Record | None,
        *,
        is_older: bool,
    ) -> Record | None:
        """The row of an edition that a row of the neighbouring one is."""
        if known is None:
            return None
        old, new = (source, beside) if is_older else (beside, source)
        for pair in self._matched(old.id, new.id):
            mine, theirs = (pair.new, pair.old) if is_older else (pair.old, pair.new)
            if mine is not None and mine.id == known.id:
                return theirs
        return None

    def _match(self, old: str, new: str) -> tuple[Pair, ...]:
        return match(self._side(old), self._side(new))

    def _read(self, source_id: str) -> DiffSide:
        corpus = self._corpus
        source = corpus.sources[source_id]
        column = corpus.facets.column(Facet.SOURCE)
        ordinals = np.flatnonzero(column.having((source_id,)))
        records = corpus.records([int(n) for n in ordinals])
        kept = tuple(r for r in records if not isinstance(r, DutyItem) or r.is_answerable)
        name = f"《{source.title}》{source.document_number}"
        return DiffSide(name, kept, {source.id: source}, corpus.gazetteer, is_one_list=True)

    def _all_lines(self) -> dict[tuple[str, ...], Sequence[SourceDocument]]:
        lines: dict[tuple[str, ...], list[SourceDocument]] = {}
        for source in self._corpus.sources.values():
            lines.setdefault(self._key(source), []).append(source)
        return dict(lines)

    def _key(self, source: SourceDocument) -> tuple[str, ...]:
        """What all editions of a list share; its body under the name that it has today."""
        body = source.body or source.publisher
        succession = self._corpus.institutions.today(body, date.max)
        today = succession.bodies[0] if len(succession.bodies) == 1 else body
        return (source.kind, source.place, list_name(source), today)
