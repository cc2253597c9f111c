"""What a rule reports: one contradiction or gap, with the words of every paper involved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from index.audit.papers import Papers
from index.labels import label
from index.model import Clause, DutyItem, SourceDocument
from index.provenance import where


@dataclass(frozen=True, slots=True)
class Side:
    """One paper's words: where they stand and what they are. `record_id` is "" for a title."""

    source: SourceDocument
    where: str
    quote: str
    record_id: str = ""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing to look at. `likeness` (0 to 1) says how alike the names are where that decides."""

    rule: str
    place: str
    message: str
    sides: tuple[Side, ...]
    likeness: float | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A check: its code, its Chinese name, what to do about an alarm, and how alarms are found."""

    code: str
    title: str
    advice: str
    find: Callable[[Papers], Iterator[Alarm]]


def side_of(papers: Papers, record: DutyItem | Clause, *fields: str) -> Side:
    """A record's own words: name (a clause: text) and the fields that matter, as they stand."""
    source = papers.sources[record.source_id]
    if isinstance(record, Clause):
        return Side(source, where(record), record.text, record.id)
    name = record.field("name").strip() or record.name
    parts = [name, *([record.field("sub_item").strip()] if record.sub_item else [])]
    parts += [f"{label(f)}：{text}" for f in fields if (text := record.field(f).strip())]
    return Side(source, where(record), "；".join(parts), record.id)


def alarm(
    papers: Papers, rule: str, message: str, *sides: Side, likeness: float | None = None
) -> Alarm:
    """An alarm placed where its first paper speaks."""
    return Alarm(rule, papers.place_name(sides[0].source.place), message, sides, likeness)
