"""Rule 7: not listed here, or the list that would hold it is not loaded."""

from __future__ import annotations

from assistant.corpus import Corpus
from index.institutions.naming import government_of
from index.model import DutyItem, Level, PaperKind, Place

_TOWNSHIP_PAPERS = frozenset(
    {PaperKind.TOWNSHIP_LIST, PaperKind.BASIC_DUTIES, PaperKind.COOPERATION_DUTIES}
)


class Absence:
    """Knows which lists are loaded."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._at_level = corpus.gazetteer.at_level
        self._lists = {
            (source.kind, source.place, source.body) for source in corpus.sources.values()
        }

    def missing_list(self, place: Place, elsewhere: DutyItem) -> str:
        """The list that would hold at `place` what another place lists; "" if it is loaded.

        望川县应急管理局's for a matter that 临溪县应急管理局 lists or has handed down; the township's
        own list for a matter of townships.
        """
        held_at = self._corpus.gazetteer.get(elsewhere.places[0]) if elsewhere.places else None
        if held_at is None:
            return ""
        is_own = elsewhere.paper is PaperKind.DEPARTMENT_LIST
        department = elsewhere.body if is_own else elsewhere.counterpart
        if not department:
            return self._missing_township(place)
        held_at = held_at if is_own else self._at_level(held_at.code, Level.COUNTY) or held_at
        here = self._at_level(place.code, held_at.level)
        if here is None or here == held_at or not department.startswith(held_at.name):
            return ""
        body = here.name + department.removeprefix(held_at.name)
        is_loaded = any(
            kind is PaperKind.DEPARTMENT_LIST and code == here.code and name == body
            for kind, code, name in self._lists
        )
        return "" if is_loaded else f"{body}的权责清单"

    def _missing_township(self, place: Place) -> str:
        if place.level is not Level.TOWNSHIP:
            return ""
        is_loaded = any(
            kind in _TOWNSHIP_PAPERS and code == place.code for kind, code, _ in self._lists
        )
        county = self._at_level(place.code, Level.COUNTY)
        return "" if is_loaded else f"{government_of(place, county)}的权责清单"
