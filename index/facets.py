"""What a version's records can be filtered and counted by: arrays written once, mapped into memory.

A province has a million rows: counts come from numpy over record ordinals, never from reading rows.
"""

from __future__ import annotations

import json
import mmap
import re
import unicodedata
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from index.editions import starts_on
from index.gazetteer import Gazetteer
from index.model import Clause, DutyItem, SourceDocument
from index.words import to_simplified

Ints = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]
Record = DutyItem | Clause

ALWAYS, NEVER_ENDS = 0, 2**31 - 1
# Between two texts of the file that exact search runs over; no published text holds it.
_BETWEEN = b"\x00"
_SPACE = re.compile(r"\s+")


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


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One facet: the names of its values, and which record has which: pairs, ascending by record."""

    names: tuple[str, ...]
    rows: Ints
    values: Ints

    def having(self, names: Iterable[str], n_records: int) -> Mask:
        """Which records have any of the values."""
        wanted = np.zeros(len(self.names), np.bool_)
        numbers = {name: number for number, name in enumerate(self.names)}
        wanted[[numbers[name] for name in names if name in numbers]] = True
        mask = np.zeros(n_records, np.bool_)
        mask[self.rows[wanted[self.values]]] = True
        return mask

    def counts(self, mask: Mask | None = None) -> npt.NDArray[np.int64]:
        """How many of the records have each value: int64, (n_names,)."""
        values = self.values if mask is None else self.values[mask[self.rows]]
        return np.bincount(values, minlength=len(self.names))


class Facets:
    """The arrays of one version. Safe to share between threads.

    `since` and `until` are the days (`date.toordinal`) of each record's validity; `answerable` is
    false for hidden rows and notes.
    """

    def __init__(self, folder: Path) -> None:
        names = json.loads((folder / "names.json").read_text("utf-8"))
        self._columns = {
            facet: Column(
                tuple(names[facet]), _mapped(folder, f"{facet}-rows"), _mapped(folder, facet)
            )
            for facet in Facet
        }
        self.since, self.until = _mapped(folder, "since"), _mapped(folder, "until")
        self.answerable: Mask = np.load(folder / "answerable.npy", mmap_mode="r")
        self.texts = Texts(folder)

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


class Texts:
    """Distinct names and clauses, normalised, in one mapped file: exact search reads no row.

    `lengths` are bytes of each text, `of` the number of each record's text.
    """

    def __init__(self, folder: Path) -> None:
        self.of = _mapped(folder, "text-of")
        self._starts: npt.NDArray[np.int64] = np.load(folder / "text-starts.npy", mmap_mode="r")
        with (folder / "texts.bin").open("rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.lengths = np.diff(self._starts) - len(_BETWEEN)

    def holding(self, words: str) -> Mask:
        """Which texts hold the words, white space, width and traditional forms aside."""
        found = np.zeros(len(self.lengths), np.bool_)
        if needle := normal(words).encode():
            hits = (match.start() for match in re.finditer(re.escape(needle), self._bytes))
            positions = np.fromiter(hits, np.int64)
            found[np.searchsorted(self._starts, positions, side="right") - 1] = True
        return found


def normal(text: str) -> str:
    """A text as it is compared: NFKC, simplified, lower case, no white space."""
    return _SPACE.sub("", to_simplified(unicodedata.normalize("NFKC", text)).lower()).replace(
        "\x00", ""
    )


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
    answerable = bytearray()
    with (folder / "texts.bin").open("wb") as file:
        texts = _TextWriter(file)
        for ordinal, record in enumerate(records):
            source = by_id[record.source_id]
            for facet, value in _values(record, source, gazetteer):
                pairs[facet].add(ordinal, value)
            for span, day in zip(spans, _span(record, source), strict=True):
                span.append(day)
            answerable.append(not isinstance(record, DutyItem) or record.is_answerable)
            texts.add(_searched(record))
    for ordinal, law in cited:
        pairs[Facet.LAW].add(ordinal, law)
    for facet, column in pairs.items():
        np.save(folder / f"{facet}-rows.npy", np.array(column.rows, np.int32))
        np.save(folder / f"{facet}.npy", np.array(column.values, np.int32))
    np.save(folder / "since.npy", np.array(spans[0], np.int32))
    np.save(folder / "until.npy", np.array(spans[1], np.int32))
    np.save(folder / "answerable.npy", np.frombuffer(bytes(answerable), np.bool_))
    np.save(folder / "text-of.npy", np.array(texts.of, np.int32))
    np.save(folder / "text-starts.npy", np.array(texts.starts, np.int64))
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


class _TextWriter:
    """Writes each distinct text once, one behind the other."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._numbers: dict[str, int] = {}
        self.of, self.starts = array("i"), array("q", [0])

    def add(self, text: str) -> None:
        if text not in self._numbers:
            self._numbers[text] = len(self._numbers)
            written = normal(text).encode("utf-8", "replace") + _BETWEEN
            self._file.write(written)
            self.starts.append(self.starts[-1] + len(written))
        self.of.append(self._numbers[text])


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
    start = starts_on(source)
    if year := source.year or (start.year if start else None):
        yield Facet.YEAR, str(year)


def _span(record: Record, source: SourceDocument) -> tuple[int, int]:
    """The days between which a record counts; an unknown start counts as always."""
    since, until = starts_on(source), source.expires_on
    if isinstance(record, DutyItem):
        since, until = record.valid_from or since, record.valid_to or until
    return (
        since.toordinal() if since else ALWAYS,
        until.toordinal() if until else NEVER_ENDS,
    )


def _searched(record: Record) -> str:
    """What exact search looks at: name, sub-item and code of an item; a clause's words."""
    if isinstance(record, Clause):
        return f"{record.office} {record.text}"
    return "\n".join((record.name, record.sub_item, record.field("code")))


def _mapped(folder: Path, name: str) -> Ints:
    array_: Ints = np.load(folder / f"{name}.npy", mmap_mode="r")
    return array_
