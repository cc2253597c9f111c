"""What is typed into the desk's form → what the search looks for, said back in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from assistant.corpus import Corpus
from assistant.model import Query, Question
from index.extract.citations import article_number
from index.facets import Facet
from index.laws import law_key
from index.model import Place


class Edition(StrEnum):
    """Which editions are meant, on the day asked for; the value is what the address holds."""

    NOW = "now"
    PAST = "past"
    FUTURE = "future"
    ALL = "all"


EDITIONS = {
    Edition.NOW: "当日有效",
    Edition.PAST: "已经失效",
    Edition.FUTURE: "尚未施行",
    Edition.ALL: "全部版本",
}


@dataclass(frozen=True, slots=True)
class Form:
    """The form as sent. `chosen` holds what was typed or picked for each facet."""

    text: str = ""
    chosen: Mapping[Facet, str] = field(default_factory=dict)
    article: str = ""
    edition: Edition = Edition.NOW
    on: date | None = None
    with_upper: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: values of each facet, any of which will do.

    `places` are those that the words for a place fit; with several all are searched, and people are
    asked which they mean. `notes` say what was read into the words (an old name), for people.
    """

    text: str
    values: Mapping[Facet, tuple[str, ...]]
    article: str
    edition: Edition
    on: date
    with_upper: bool
    places: tuple[Place, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def place(self) -> Place | None:
        """The one place meant, if it is one."""
        return self.places[0] if len(self.places) == 1 else None


class Reader:
    """Reads forms by the names that a corpus knows."""

    def __init__(self, corpus: Corpus, understand: Callable[[Question], Query]) -> None:
        self._corpus = corpus
        self._understand = understand

    def read(self, form: Form, today: date) -> Wanted:
        """What a form asks for."""
        on = form.on or today
        places, notes = self.places(form.chosen.get(Facet.PLACE, ""))
        values: dict[Facet, tuple[str, ...]] = {}
        for facet, words in form.chosen.items():
            if words.strip() and facet is not Facet.PLACE:
                values[facet], said = self._values(facet, words.strip(), on)
                notes += said
        if form.chosen.get(Facet.PLACE, "").strip():
            values[Facet.PLACE] = tuple(place.code for place in places) or ("",)
        article = article_number(form.article) if form.article.strip() else ""
        return Wanted(
            form.text.strip(), values, article, form.edition, on, form.with_upper, places, notes
        )

    def places(self, words: str) -> tuple[tuple[Place, ...], tuple[str, ...]]:
        """The places that a code or any name of today or before means, and what to say of it."""
        words = words.strip()
        if not words:
            return (), ()
        gazetteer = self._corpus.gazetteer
        if place := gazetteer.get(words):
            return (place,), ()
        if exact := [place for place in gazetteer if place.full_name == words]:
            return tuple(exact), ()
        query = self._understand(Question(words))
        if not query.places:
            return (), (f"收录的文件里没有叫“{words}”的地方。",)
        notes = [f"“{reform.old}”现为{reform.new}。" for reform in query.old_places]
        if not notes and len(query.places) == 1 and words not in query.places[0].full_name:
            notes = [f"“{words}”按{query.places[0].full_name}查。"]
        return query.places, tuple(notes)

    def _values(
        self, facet: Facet, words: str, on: date
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The facet's values that the words name, else that hold them; and what to say of it."""
        names = self._corpus.facets.column(facet).names
        if facet is Facet.LAW:
            words = law_key(words)
        if facet is Facet.BODY:
            found = [name for name in self._bodies(words, on) if name in set(names)]
            others = [name for name in found if name != words]
            if found:
                return tuple(found), (f"“{words}”也按{'、'.join(others)}查。",) if others else ()
        if words in names:
            return (words,), ()
        held = tuple(name for name in names if words in name)
        note = f"没有“{words}”，" if not held else ""
        return held or (words,), (f"{note}请换个写法。",) if note else ()

    def _bodies(self, words: str, on: date) -> Iterator[str]:
        """A body's names, those on its plates, and what it is called today."""
        institutions = self._corpus.institutions
        known = institutions.get(words)
        yield words
        yield from known.names if known else ()
        succession = institutions.today(known.name if known else words, on)
        yield from succession.bodies if succession.reforms else ()
