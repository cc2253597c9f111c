"""Rule 7: not listed here, not in force on the day, or the list that would hold it is not loaded."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.corpus import Corpus
from assistant.model import Candidate, Holder, Query, Status
from assistant.resolve.agreement import county_of
from assistant.resolve.elsewhere import Elsewhere
from assistant.resolve.findings import Resolution, Ruling
from assistant.retrieve.confidence import Confidence, Decision, Verdict
from assistant.retrieve.retriever import Retrieved
from index.editions import counts_on, term_of
from index.extract.dates import day_words
from index.institutions.naming import bare_name, government_at
from index.model import HANDED_DOWN, DutyItem, Level, PaperKind, Place, Role
from index.records import Record

_TOWNSHIP_PAPERS = frozenset(
    {PaperKind.TOWNSHIP_LIST, PaperKind.BASIC_DUTIES, PaperKind.COOPERATION_DUTIES}
)
_LISTS = _TOWNSHIP_PAPERS | {PaperKind.DEPARTMENT_LIST}


@dataclass(frozen=True, slots=True)
class Here:
    """What was retrieved at one place: from papers of any day, and from those in force, judged."""

    place: Place
    anytime: Retrieved
    found: Retrieved
    verdict: Verdict


class Absence:
    """Knows which lists are loaded, and what follows where none answers."""

    def __init__(self, corpus: Corpus, confidence: Confidence, elsewhere: Elsewhere) -> None:
        self._corpus = corpus
        self._confidence = confidence
        self._elsewhere = elsewhere
        self._at_level = corpus.gazetteer.at_level
        self._lists = {
            (source.kind, source.place, source.body) for source in corpus.sources.values()
        }

    def in_city(self, query: Query, here: Here) -> Record | None:
        """The record that the place's city has for the matter, if it surely has one."""
        around = self._elsewhere.in_city(query, here.place, here.found)
        if self._confidence.judge(query, around).decision is not Decision.ANSWER:
            return None
        return around.candidates[0].record

    def kept(self, query: Query, place: Place, row: Record | None) -> Ruling | None:
        """The department that still holds here what a catalog hands down to neighbours only.

        `row` is what the city has. Not if the department's own list is loaded: that would have had
        the matter.
        """
        if not isinstance(row, DutyItem) or row.role not in HANDED_DOWN or not row.counterpart:
            return None
        if not self._corpus.counts(row, query.as_of) or self._has_list(row.counterpart):
            return None
        gazetteer = self._corpus.gazetteer
        homes = filter(None, map(gazetteer.get, row.places))
        is_neighbour = any(
            county_of(home, gazetteer) == county_of(place, gazetteer) for home in homes
        )
        if place.level is not Level.TOWNSHIP or place.code in row.places or not is_neighbour:
            return None
        holder = Holder(row.counterpart, Role.LEAD, "", row.id)
        return Ruling(Role.LEAD, holder, (row,), "赋权目录没有给到这里，仍由原机关行使")

    def told(
        self, query: Query, here: Here, row: Record | None, nearby: tuple[Candidate, ...]
    ) -> Resolution:
        """Why nothing answers at a place where the city has a row or none.

        `nearby` are the near matters, shown unless the question is of something else altogether.
        """
        missing, rule = self._missing(query, here, row)
        return Resolution(
            Status.OUT_OF_COVERAGE if missing else Status.NO_EVIDENCE,
            nearby=() if here.verdict.decision is Decision.REFUSE else nearby,
            candidates=here.found.candidates,
            missing=missing,
            another_day=None if missing else self._another_day(query, here),
            covered=self._covered(query, here.place),
            rule=rule,
        )

    def _missing(self, query: Query, here: Here, row: Record | None) -> tuple[tuple[str, ...], str]:
        """The lists not loaded that would answer here, and the rule that says so."""
        if here.anytime.candidates and not here.found.candidates:
            lists = f"{here.place.name}在{day_words(query.as_of)}施行的清单"
            return (lists,), "没有收录那一天施行的清单"
        missing = self.missing_list(here.place, row) if isinstance(row, DutyItem) else ""
        return ((missing,), "会写这件事的清单没有收录") if missing else ((), "清单之外无事项")

    def _another_day(self, query: Query, here: Here) -> Record | None:
        """The record of the matter that counts on other days than the one asked about."""
        if self._confidence.judge(query, here.anytime).decision is not Decision.ANSWER:
            return None
        best = here.anytime.candidates[0].record
        return None if self._corpus.counts(best, query.as_of) else best

    def _covered(self, query: Query, place: Place) -> tuple[str, ...]:
        """The bodies whose lists count at a place on the day."""
        chain = {above.code for above in self._corpus.gazetteer.chain(place.code)}
        lists = (s for s in self._corpus.sources.values() if s.kind in _LISTS and s.place in chain)
        bodies = (source.body for source in lists if counts_on(term_of(source), query.as_of))
        return tuple(dict.fromkeys(filter(None, bodies)))

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

    def _has_list(self, department: str) -> bool:
        bare = bare_name(department)
        lists = (body for kind, _, body in self._lists if kind is PaperKind.DEPARTMENT_LIST)
        return any(bare_name(body) == bare for body in lists)

    def _missing_township(self, place: Place) -> str:
        if place.level is not Level.TOWNSHIP:
            return ""
        is_loaded = any(
            kind in _TOWNSHIP_PAPERS and code == place.code for kind, code, _ in self._lists
        )
        body = government_at(place, self._corpus.gazetteer)
        return "" if is_loaded else f"{body}的权责清单"
