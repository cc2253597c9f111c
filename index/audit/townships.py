"""Rules about one township's papers against each other and against the county's delegations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from index.audit.alarm import Alarm, alarm, side_of
from index.audit.papers import Papers
from index.matters import covered, matter, similarity
from index.model import DutyItem, PaperKind, Role

# Names that differ in a word or two; measured on the invented city's pairs, all read.
_SAME_NAME = 0.9
_HOLDS_THE_WORDS = 0.85
_OWN = (PaperKind.TOWNSHIP_LIST, PaperKind.BASIC_DUTIES)


def own_and_taken_back(papers: Papers) -> Iterator[Alarm]:
    """A duty that a township carries and that an equally new or older list says was taken back."""
    for rows in papers.townships.values():
        for taken in _of(rows, PaperKind.WITHDRAWN_DUTIES):
            for own in _of(rows, *_OWN):
                if _start(own) < _start(taken) or not _does(own, taken):
                    continue
                message = f"“{own.name}”列为本乡镇（街道）职责，“{taken.name}”又说已由{taken.counterpart}收回"
                sides = (side_of(papers, own), side_of(papers, taken, "receiver"))
                likeness = covered(matter(taken.name).thing, own.name)
                yield alarm(papers, "own_and_taken_back", message, *sides, likeness=likeness)


def own_and_cooperating(papers: Papers) -> Iterator[Alarm]:
    """One matter on a township's list of its own duties and on that of matters it only helps with."""
    for rows in papers.townships.values():
        for helping in _of(rows, PaperKind.COOPERATION_DUTIES):
            for own in _of(rows, PaperKind.BASIC_DUTIES):
                likeness = similarity(matter(helping.name).thing, matter(own.name).thing)
                if likeness >= _SAME_NAME:
                    message = f"“{own.name}”列为基本履职（本级主责），又列为配合履职（{helping.counterpart}牵头）"
                    sides = (side_of(papers, own), side_of(papers, helping, "lead_body"))
                    yield alarm(papers, "own_and_cooperating", message, *sides, likeness=likeness)


def delegated_and_taken_back(papers: Papers) -> Iterator[Alarm]:
    """A power that a catalog in force hands to a township whose own list says it was taken back."""
    handed = _handed(papers)
    for place, rows in papers.townships.items():
        for taken in _of(rows, PaperKind.WITHDRAWN_DUTIES):
            for given in handed.get(place, ()):
                same_acts = matter(taken.name).acts == matter(given.name).acts
                likeness = similarity(matter(taken.name).thing, matter(given.name).thing)
                if same_acts and likeness >= _SAME_NAME:
                    message = f"“{given.name}”在有效的赋权目录里交给了{papers.place_name(place)}，该地清单又说已收回"
                    sides = (
                        side_of(papers, taken, "receiver"),
                        side_of(papers, given, "recipients", "mode"),
                    )
                    yield alarm(
                        papers, "delegated_and_taken_back", message, *sides, likeness=likeness
                    )


def duty_without_delegation(papers: Papers) -> Iterator[Alarm]:
    """A power that a township calls its own and that the county hands to other townships only."""
    for place, rows in papers.townships.items():
        others = [given for given in papers.delegations if _passes_over(papers, given, place)]
        mine = [given for given in papers.delegations if place in given.places]
        for own in _of(rows, *_OWN):
            claimed = [given for given in others if _start(own) >= _start(given)]
            claimed = [given for given in claimed if _does(own, given)]
            if not claimed or any(_does(own, given) for given in mine):
                continue
            names = "、".join(f"“{given.name}”" for given in claimed)
            message = f"“{own.name}”列为本级职责，但{names}没有赋予{papers.place_name(place)}"
            sides = (side_of(papers, given, "principal", "recipients") for given in claimed)
            yield alarm(papers, "duty_without_delegation", message, side_of(papers, own), *sides)


def _passes_over(papers: Papers, given: DutyItem, place: str) -> bool:
    """The catalog speaks for the place's county and names other townships."""
    county = papers.sources[given.source_id].place
    above = {p.code for p in papers.places.chain(place)}
    return bool(given.places) and place not in given.places and county in above


def _does(own: DutyItem, wanted: DutyItem) -> bool:
    """The own duty holds the words of the matter and does all that is done with it."""
    named, doing = matter(wanted.name), matter(own.name).acts
    return (
        named.acts <= doing
        and bool(named.acts)
        and (covered(named.thing, own.name) >= _HOLDS_THE_WORDS)
    )


def _handed(papers: Papers) -> dict[str, list[DutyItem]]:
    handed: dict[str, list[DutyItem]] = defaultdict(list)
    for given in papers.delegations:
        for place in given.places:
            handed[place].append(given)
    return handed


def _of(rows: tuple[DutyItem, ...], *kinds: PaperKind) -> Iterator[DutyItem]:
    return (row for row in rows if row.paper in kinds and row.role is not Role.DELEGATED)


def _start(item: DutyItem) -> date:
    return item.valid_from or date.min
