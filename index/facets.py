"""What a version's records can be filtered and counted by: arrays written once, mapped into memory.

A province has a million rows: counts come from numpy over record ordinals, never from reading rows.
"""

from __future__ import annotations

import json
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from functools import cached_property
from itertools import count
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.editions import term_of, year_of
from index.exact import Mask, Texts, TextWriter
from index.gazetteer import Gazetteer
from index.model import Clause, DutyItem, SourceDocument
from index.records import Record

Ints = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]

ALWAYS, NEVER_ENDS = 0, 2**31 - 1
# Of so many records, one or fewer are counted one by one; measured over a million records.
_FEW = 16
_SAID_BESIDES = ("basis", "duty", "department_duty", "lead_duty", "own_duty", "receiver", "method")


class Facet(StrEnum):
    """What rows are filtered by. PLACE holds a row's places and all places above them."""

    PLACE = "place"
    BODY = "body"
    OFFICE = "office"
    PAPER = "paper"
    POWER = "power"
    ROLE = "role"
    LAW = "law"
    SOURCE = "source"
    YEAR = "year"


class Column:
    """One facet: the names of its values, and which record has which: pairs, ascending by record."""

    def __init__(self, names: tuple[str, ...], rows: Ints, values: Ints, n_records: int) -> None:
        self.names, self.rows, self.values = names, rows, values
        self._n_records = n_records

    def having(self, names: Iterable[str]) -> Mask:
        """Which records have any of the values."""
        wanted = np.zeros(len(self.names), np.bool_)
        numbers = {name: number for number, name in enumerate(self.names)}
        wanted[[numbers[name] for name in names if name in numbers]] = True
        return self.having_any(wanted)

    def having_any(self, wanted: Mask) -> Mask:
        """Which records have any of the values marked."""
        mask = np.zeros(self._n_records, np.bool_)
        mask[self.rows[wanted[self.values]]] = True
        return mask

    def counts(self, mask: Mask | None = None) -> Counts:
        """How many of the records have each value: int64, (n_names,).

        A few records, or all but a few, are counted by their own pairs; else all pairs are read.
        """
        if mask is None:
            return self._totals
        n_counted = int(np.count_nonzero(mask))
        most = len(mask) // _FEW
        if n_counted <= most:
            return self._counts_of(np.flatnonzero(mask))
        if len(mask) - n_counted <= most:
            return self._totals - self._counts_of(np.flatnonzero(~mask))
        return np.bincount(self.values[mask[self.rows]], minlength=len(self.names))

    def _counts_of(self, ordinals: npt.NDArray[np.int64]) -> Counts:
        starts, ends = self._starts[ordinals], self._starts[ordinals + 1]
        sizes = ends - starts
        before = np.cumsum(sizes) - sizes
        pairs = np.repeat(starts - before, sizes) + np.arange(int(sizes.sum()))
        return np.bincount(self.values[pairs], minlength=len(self.names))

    @cached_property
    def _totals(self) -> Counts:
        return np.bincount(self.values, minlength=len(self.names))

    @cached_property
    def _starts(self) -> npt.NDArray[np.int64]:
        """Where each record's pairs begin: int64, (n_records + 1,)."""
        return np.searchsorted(self.rows, np.arange(self._n_records + 1))


class Facets:
    """The arrays of one version. Safe to share between threads.

    `since` and `until` are the days (`date.toordinal`) of each record's validity; `answerable` is
    false for hidden rows and notes. `text_of` is the number of each record's name or clause among
    `texts`; `cells` hold its basis and duties, and is None in versions built before there was one.
    """

    def __init__(self, folder: Path) -> None:
        names = json.loads((folder / "names.json").read_text("utf-8"))
        self.since, self.until = _mapped(folder, "since"), _mapped(folder, "until")
        self._columns = {
            facet: Column(
                tuple(names[facet]),
                _mapped(folder, f"{facet}-rows"),
                _mapped(folder, facet),
                self.n_records,
            )
            for facet in Facet
        }
        self.answerable: Mask = np.load(folder / "answerable.npy", mmap_mode="r")
        self.texts, self.text_of = Texts(folder, "text"), _mapped(folder, "text-of")
        self.cells = Cells(folder, self.n_records) if (folder / "cells.bin").exists() else None

    @property
    def n_records(self) -> int:
        """How many records there are."""
        return len(self.since)

    def column(self, facet: Facet) -> Column:
        """One facet's values."""
        return self._columns[facet]

    def in_force(self, on: date) -> Mask:
        """Which records count on a day."""
        day = on.toordinal()
        mask: Mask = (self.since <= day) & (day <= self.until)
        return mask


class Cells:
    """What rows say besides their names: basis and duties, each distinct cell once."""

    def __init__(self, folder: Path, n_records: int) -> None:
        self._texts = Texts(folder, "cell")
        rows, of = _mapped(folder, "cell-rows"), _mapped(folder, "cell-of")
        self._of = Column((), rows, of, n_records)

    def holding(self, words: str) -> Mask:
        """Which records hold the words in one of these cells."""
        return self._of.having_any(self._texts.holding(words))


def write_facets(
    folder: Path,
    records: Iterable[Record],
    sources: Sequence[SourceDocument],
    gazetteer: Gazetteer,
    cited: Iterable[tuple[int, str]],
) -> None:
    """Store the arrays; `cited` are (ordinal, law) of each citation, ascending."""
    folder.mkdir()
    by_id = {source.id: source for source in sources}
    pairs = {facet: _Pairs() for facet in Facet}
    spans: tuple[array[int], array[int]] = (array("i"), array("i"))
    answerable, text_of = bytearray(), array("i")
    cell_rows, cell_of = array("i"), array("i")
    with TextWriter(folder, "text") as texts, TextWriter(folder, "cell") as cells:
        for ordinal, record in enumerate(records):
            source = by_id[record.source_id]
            for facet, value in _values(record, source, gazetteer):
                pairs[facet].add(ordinal, value)
            for span, day in zip(spans, _span(record, source), strict=True):
                span.append(day)
            answerable.append(not isinstance(record, DutyItem) or record.is_answerable)
            text_of.append(texts.number(searched(record)))
            for text in _cell_texts(record):
                cell_rows.append(ordinal)
                cell_of.append(cells.number(text))
    for ordinal, law in cited:
        pairs[Facet.LAW].add(ordinal, law)
    for facet, column in pairs.items():
        np.save(folder / f"{facet}-rows.npy", np.array(column.rows, np.int32))
        np.save(folder / f"{facet}.npy", np.array(column.values, np.int32))
    np.save(folder / "since.npy", np.array(spans[0], np.int32))
    np.save(folder / "until.npy", np.array(spans[1], np.int32))
    np.save(folder / "answerable.npy", np.frombuffer(bytes(answerable), np.bool_))
    for name, numbers in (("text-of", text_of), ("cell-rows", cell_rows), ("cell-of", cell_of)):
        np.save(folder / f"{name}.npy", np.array(numbers, np.int32))
    names = {facet.value: list(column.numbers) for facet, column in pairs.items()}
    (folder / "names.json").write_text(json.dumps(names, ensure_ascii=False), "utf-8")


class _Pairs:
    """Which record has which value, values numbered as they are met."""

    def __init__(self) -> None:
        self.numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self.rows, self.values = array("i"), array("i")

    def add(self, ordinal: int, value: str) -> None:
        self.rows.append(ordinal)
        self.values.append(self.numbers[value])


def _values(
    record: Record, source: SourceDocument, gazetteer: Gazetteer
) -> Iterator[tuple[Facet, str]]:
    places = record.places if isinstance(record, DutyItem) else (record.place,)
    within = (above.code for code in places for above in gazetteer.chain(code))
    for code in dict.fromkeys((*within, *filter(None, places))):
        yield Facet.PLACE, code
    for body in dict.fromkeys(filter(None, record.body.split("、"))):
        yield Facet.BODY, body
    if record.office:
        yield Facet.OFFICE, record.office
    yield Facet.PAPER, (record.paper if isinstance(record, DutyItem) else source.kind).value
    if isinstance(record, DutyItem) and record.power:
        yield Facet.POWER, record.power.value
    if isinstance(record, DutyItem):
        yield Facet.ROLE, record.role.value
    yield Facet.SOURCE, source.id
    if year := year_of(source):
        yield Facet.YEAR, str(year)


def _span(record: Record, source: SourceDocument) -> tuple[int, int]:
    """The days between which a record counts; an unknown start counts as always."""
    since, until = term_of(source, record)
    return (
        since.toordinal() if since else ALWAYS,
        until.toordinal() if until else NEVER_ENDS,
    )


def searched(record: Record) -> str:
    """What exact search looks at first: name, sub-item and code of an item; a clause's words."""
    if isinstance(record, Clause):
        return f"{record.office} {record.text}"
    return "\n".join((record.name, record.sub_item, record.field("code")))


def _cell_texts(record: Record) -> Iterator[str]:
    """What it looks at next: basis and duties of an item."""
    if isinstance(record, Clause):
        return
    for field in _SAID_BESIDES:
        if text := record.field(field):
            yield text


def _mapped(folder: Path, name: str) -> Ints:
    array_: Ints = np.load(folder / f"{name}.npy", mmap_mode="r")
    return array_
