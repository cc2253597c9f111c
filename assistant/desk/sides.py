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
        notes = (*read_as(words, body), *wanted.notes)
        return Side(words, body, rows=_rows(tools, ordinals), notes=notes)
    places, notes = tools.reader.places(words)
    if len(places) != 1:
        return Side(words, words, notes=notes, choices=places)
    held = tools.corpus.ordinals_at((places[0].code,))
    fitting = tools.search.fitting(tools.reader.read(Form(), on))
    ordinals = [int(n) for n in held[fitting[held]][:_MOST_COMPARED]]
    return Side(words, places[0].full_name, places[0], _rows(tools, ordinals), notes)


def body_named(tools: Tools, words: str, on: date) -> str:
    """The body that words name, by its name of the day; "" if none is known or several are.

    A list may still give an old name: who asks by it means today's body.
    """
    words = words.strip()
    if not words:
        return ""
    names = set(tools.corpus.facets.column(Facet.BODY).names)
    institutions = tools.corpus.institutions
    named = [m.body.name for m in institutions.named(words) if m.words == words]
    succession = institutions.today(named[0] if named else words, on)
    heirs = {name for name in succession.bodies if name in names}
    if succession.reforms and len(heirs) == 1:
        return heirs.pop()
    if words in names:
        return words
    known = heirs.union(name for name in named if name in names)
    return known.pop() if len(known) == 1 else ""


def read_as(words: str, body: str) -> tuple[str, ...]:
    """What to say where a body is looked up by another name than was typed."""
    return (f"“{words.strip()}”按{body}查。",) if body and body != words.strip() else ()


def _rows(tools: Tools, ordinals: list[int]) -> tuple[DutyItem, ...]:
    """List rows of its own: the basic catalog is a template."""
    return tuple(
        row
        for row in tools.corpus.records(ordinals)
        if isinstance(row, DutyItem) and row.paper is not PaperKind.TOWNSHIP_CATALOG
    )
