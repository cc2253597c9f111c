"""A side of a comparison: the place or the body that was typed, with its list rows of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from assistant.desk.tools import Tools
from assistant.desk.wanted import Form
from index.facets import Facet
from index.model import DutyItem, PaperKind, Place

_MOST_COMPARED = 5_000


@dataclass(frozen=True, slots=True)
class Side:
    """What was typed and what it means; `choices` are the places if the words fit several."""

    said: str
    name: str
    place: Place | None = None
    rows: tuple[DutyItem, ...] = ()
    notes: tuple[str, ...] = ()
    choices: tuple[Place, ...] = ()


def side_of(tools: Tools, words: str, on: date) -> Side:
    """A body's rows, else a place's; nothing for no words."""
    if not words.strip():
        return Side(words, words)
    if body := body_named(tools, words, on):
        wanted = tools.reader.read(Form(chosen={Facet.BODY: body}), on)
        ordinals = tools.search.ordinals(wanted, _MOST_COMPARED)
        return Side(words, body, rows=_rows(tools, ordinals), notes=wanted.notes)
    places, notes = tools.reader.places(words)
    if len(places) != 1:
        return Side(words, words, notes=notes, choices=places)
    held = tools.corpus.ordinals_at((places[0].code,))
    fitting = tools.search.fitting(tools.reader.read(Form(), on))
    ordinals = [int(n) for n in held[fitting[held]][:_MOST_COMPARED]]
    return Side(words, places[0].full_name, places[0], _rows(tools, ordinals), notes)


def body_named(tools: Tools, words: str, on: date) -> str:
    """The body that words name: as lists write it, else as the corpus knows it today; "" if none."""
    words = words.strip()
    names = set(tools.corpus.facets.column(Facet.BODY).names)
    if not words or words in names:
        return words
    mentions = tools.corpus.institutions.named(words)
    found = [m.body.name for m in mentions if m.words == words]
    today = tools.corpus.institutions.today(found[0] if found else words, on)
    heirs = [name for name in (*found, *today.bodies) if name in names]
    return heirs[0] if len(set(heirs)) == 1 else ""


def _rows(tools: Tools, ordinals: list[int]) -> tuple[DutyItem, ...]:
    """List rows of its own: the basic catalog is a template."""
    return tuple(
        row
        for row in tools.corpus.records(ordinals)
        if isinstance(row, DutyItem) and row.paper is not PaperKind.TOWNSHIP_CATALOG
    )
