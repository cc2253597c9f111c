"""Query → Resolution: which rule answers it, at the place that is meant or at all that may be."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from assistant.corpus import Corpus
from assistant.model import Candidate, Intent, Query, Status
from assistant.resolve.absence import Absence
from assistant.resolve.admissions import Admissions
from assistant.resolve.agreement import compare, county_of
from assistant.resolve.at_place import PlaceRules
from assistant.resolve.boundary import Boundaries, disagree
from assistant.resolve.compared import Comparisons
from assistant.resolve.findings import Period, Resolution, Statement
from assistant.resolve.history import periods
from assistant.resolve.institutions import InstitutionRules
from assistant.resolve.listing import Listings
from assistant.resolve.offices import Offices
from assistant.resolve.profile import Profiles
from assistant.resolve.reforms import Reforms
from assistant.resolve.standing import in_force, named_first
from assistant.retrieve.confidence import Confidence, Decision, Verdict
from assistant.retrieve.likeness import Likeness
from assistant.retrieve.retriever import Retrieved, Retriever
from index.matters import is_same_matter
from index.model import HANDED_DOWN, DutyItem, Level, Place, Role
from index.passages import duty_text, title_text

# For comparing places: E5 cosines bunch at 0.80–0.93, so the share of the question's rare words
# that a match has is worth as much as the distance between two neighbours.
_COVERED_WEIGHT = 0.06
# A matter that other places list this much nearer is not the one that this place lists. On 600
# generated questions and 300 scenarios listed here: at most 0.036; listed elsewhere only: 0.05 up.
_NEARER_ELSEWHERE = 0.045
_FIRST = 5
# More places than this are not compared one by one: the county is asked first.
_MOST_COMPARED = 24
_MOST_STATEMENTS = 12
# Another row of the holder may lend its basis if it is as near as this to the best one.
_NEAR = 0.25
# What rows a question wants to see beside the holder.
_BESIDE = {
    Intent.DELEGATION: HANDED_DOWN,
    Intent.COOPERATION: frozenset({Role.COOPERATING}),
}


class Decider:
    """Applies the rules of place, date, role and institution to one corpus."""

    def __init__(self, corpus: Corpus, retriever: Retriever) -> None:
        likeness = Likeness(corpus)
        self._corpus = corpus
        self._retriever = retriever
        self._confidence = Confidence(corpus)
        # Asked at each of several places of one city.
        self._around = lru_cache(maxsize=64)(self._retrieve_around)
        self._city_codes = lru_cache(maxsize=512)(self._read_city_codes)
        self._rules = PlaceRules(corpus, Offices(corpus, likeness), InstitutionRules(corpus))
        self._boundaries = Boundaries(corpus, likeness)
        self._profiles = Profiles(corpus)
        self._listings = Listings(corpus)
        self._reforms = Reforms(corpus)
        self._absence = Absence(corpus)
        self._admissions = Admissions(corpus, likeness)
        self._comparisons = Comparisons(corpus)
        covered = {source.place for source in corpus.sources.values()}
        self._covered = {p.code for code in covered for p in corpus.gazetteer.chain(code)}
        self._lowest = tuple(p for p in corpus.gazetteer if self._is_lowest(p))

    def decide(self, query: Query) -> Resolution:
        """The resolution of one question."""
        if query.unloaded_place:
            return Resolution(Status.OUT_OF_COVERAGE, rule="没有收录这个地方")
        for answer in (
            self._admissions.answer,
            self._comparisons.answer,
            self._reforms.answer,
            self._listings.resting_on,
            self._profiles.answer,
            self._by_boundary,
            self._listings.held_at,
        ):
            if resolution := answer(query):
                return _cut(resolution)
        if not query.matter:
            return Resolution(Status.OUT_OF_SCOPE, rule="没有说是什么事")
        return self._by_matter(query)

    # A or B.

    def _by_boundary(self, query: Query) -> Resolution | None:
        if query.intent is not Intent.BOUNDARY or len(query.boundary) < 2:
            return None
        stated = self._boundaries.between(query.boundary, query.matter, query.as_of)
        if not stated:
            return None
        listed = self._listed_by_sides(query)
        return Resolution(
            Status.ANSWERED,
            query.matter,
            rulings=listed.rulings if listed else (),
            statements=stated,
            nearby=listed.nearby if listed else (),
            candidates=listed.candidates if listed else (),
            contradicts=disagree(stated),
            rule="“三定”规定的职责分工",
        )

    def _listed_by_sides(self, query: Query) -> Resolution | None:
        """What the lists give to either side, if they have the matter."""
        if not query.matter:
            return None
        found = self._by_matter(query)
        rulings = tuple(r for r in found.rulings if r.holder.body in query.boundary)
        return replace(found, rulings=rulings) if rulings else None

    # Who handles a matter.

    def _by_matter(self, query: Query) -> Resolution:
        places = self._meant(query)
        if len(places) == 1:
            return self._at(places[0], query)
        if len(places) > _MOST_COMPARED:
            return self._ask_county(places, query)
        answers = {place: self._at(place, query) for place in places}
        return compare(answers, self._corpus.gazetteer)

    def _meant(self, query: Query) -> tuple[Place, ...]:
        """The lowest covered places within those named, or all; a place with none below is itself."""
        if not query.places:
            return self._lowest
        if query.old_names and len(query.places) == 1:  # a department is meant, not its townships
            return query.places
        inside = {place.code for place in query.places}
        for place in query.places:
            inside.update(below.code for below in self._corpus.gazetteer.descendants(place.code))
        return tuple(p for p in self._lowest if p.code in inside) or query.places

    def _is_lowest(self, place: Place) -> bool:
        children = self._corpus.gazetteer.children(place.code)
        return place.code in self._covered and not any(c.code in self._covered for c in children)

    def _at(self, place: Place, query: Query) -> Resolution:
        """What is the case at one place."""
        chain = tuple(p.code for p in self._corpus.gazetteer.chain(place.code))
        anytime = self._retriever.retrieve(query, chain)
        found = named_first(in_force(anytime, query.as_of, self._corpus), query.matter)
        verdict = self._confidence.judge(query, found)
        is_covered = (
            verdict.decision is Decision.ANSWER
            and not self._is_over(query, anytime, found)
            and not self._is_nearer_elsewhere(place, query, found)
        )
        resolution = self._rules.resolve(place, query, found) if is_covered else None
        if resolution is None:
            return self._absent(place, query, found, verdict)
        return self._as_asked(resolution, place, query, found)

    def _is_over(self, query: Query, anytime: Retrieved, found: Retrieved) -> bool:
        """True if the matter asked about stands only in papers that do not count on the day."""
        if self._nearest(query, anytime) - self._nearest(query, found) <= _NEARER_ELSEWHERE:
            return False
        rows = [c.record for c in found.candidates if isinstance(c.record, DutyItem)]
        best = anytime.candidates[0].record
        return not (isinstance(best, DutyItem) and any(is_same_matter(best, row) for row in rows))

    def _nearest(self, query: Query, found: Retrieved) -> float:
        return max((self._fit(query, c) for c in found.candidates[:_FIRST]), default=0.0)

    def _fit(self, query: Query, candidate: Candidate) -> float:
        """How much a candidate is about the matter, on one scale for all places."""
        words = f"{title_text(candidate.record)} {duty_text(candidate.record)}"
        covered = self._corpus.lexical.covered(query.matter, words)
        if self._corpus.vectors is None:
            return covered
        return candidate.stages.get("dense", 0.0) + _COVERED_WEIGHT * covered

    def _is_nearer_elsewhere(self, place: Place, query: Query, found: Retrieved) -> bool:
        """True if what is listed here is another matter than the one that its neighbours list."""
        if self._corpus.vectors is None:
            return False
        here = self._nearest(query, found)
        near = self._retriever.nearest(query, self._city_codes(self._city(place).code))
        if near + _COVERED_WEIGHT - here <= _NEARER_ELSEWHERE:  # whatever is found there
            return False
        anywhere = in_force(self._in_city(query, place, found), query.as_of, self._corpus)
        return self._nearest(query, anywhere) - here > _NEARER_ELSEWHERE

    def _in_city(self, query: Query, place: Place, found: Retrieved) -> Retrieved:
        """The best of all that is listed in the place's city; `found` is the place's own."""
        city = self._city(place)
        if city == place and not self._corpus.gazetteer.children(city.code):
            return found
        return self._around(query, city.code)

    def _city(self, place: Place) -> Place:
        gazetteer = self._corpus.gazetteer
        return gazetteer.at_level(place.code, Level.CITY) or gazetteer.chain(place.code)[-1]

    def _retrieve_around(self, query: Query, code: str) -> Retrieved:
        return self._retriever.retrieve(query, self._city_codes(code), n_titles=_FIRST)

    def _read_city_codes(self, code: str) -> tuple[str, ...]:
        gazetteer = self._corpus.gazetteer
        above = (p.code for p in gazetteer.chain(code))
        below = (p.code for p in gazetteer.descendants(code))
        return (*above, *below)

    def _as_asked(
        self, resolution: Resolution, place: Place, query: Query, found: Retrieved
    ) -> Resolution:
        """With what the question wants beside the holder: history, delegation, who cooperates."""
        first = resolution.rulings[0].proof[0]
        if not isinstance(first, DutyItem):
            return resolution
        if query.intent is Intent.CHANGES:
            return replace(resolution, periods=self._history(first, place, query, found))
        pool = [c.record for c in found.pool if isinstance(c.record, DutyItem)]
        if query.intent is Intent.LEGAL_BASIS and not first.field("basis"):
            based = self._based(resolution, found)
            return replace(resolution, statements=tuple(map(Statement, based)))
        roles = _BESIDE.get(query.intent, frozenset())
        beside = self._beside(first, place, query) if roles else ()
        wanted = [row for row in (*pool, *beside) if row.role in roles]
        rows = dict.fromkeys(
            row
            for row in wanted
            if is_same_matter(first, row) and self._corpus.counts(row, query.as_of)
        )
        return _cut(replace(resolution, statements=tuple(map(Statement, rows))))

    def _based(self, resolution: Resolution, found: Retrieved) -> tuple[DutyItem, ...]:
        """Where the deciding list gives no basis: the nearest other row of the holder that does."""
        bodies = {ruling.holder.body for ruling in resolution.rulings}
        rows = (
            c.record
            for c in resolution.nearby
            if isinstance(c.record, DutyItem) and c.score >= found.candidates[0].score - _NEAR
        )
        return tuple(r for r in rows if r.field("basis") and bodies & set(r.body.split("、")))[:1]

    def _beside(self, first: DutyItem, place: Place, query: Query) -> tuple[DutyItem, ...]:
        """Rows of the same matter anywhere in the county: what was given to neighbours."""
        gazetteer = self._corpus.gazetteer
        county = county_of(place, gazetteer)
        codes = (county.code, *(p.code for p in gazetteer.descendants(county.code)))
        found = self._retriever.retrieve(replace(query, matter=first.name), codes)
        return tuple(c.record for c in found.pool if isinstance(c.record, DutyItem))

    def _history(
        self, first: DutyItem, place: Place, query: Query, found: Retrieved
    ) -> tuple[Period, ...]:
        rows = self._rules.rows_of(first, place, found)
        days = [reform.on for reform in self._corpus.catalog.reforms() if reform.on]
        return periods(
            rows, days, query.as_of, lambda on: self._rules.rulings(place, rows, rows, on)
        )

    def _offered(self, query: Query, found: Retrieved, verdict: Verdict) -> tuple[Candidate, ...]:
        """Near matters worth showing; none where the question is of something else altogether."""
        return () if verdict.decision is Decision.REFUSE else self._rules.nearby(found, query)

    def _absent(self, place: Place, query: Query, found: Retrieved, verdict: Verdict) -> Resolution:
        """Not listed here; if another place lists it, perhaps for a list that is not loaded."""
        nearby = self._offered(query, found, verdict)
        missing = self._missing(place, query, found)
        status = Status.OUT_OF_COVERAGE if missing else Status.NO_EVIDENCE
        rule = "会写这件事的清单没有收录" if missing else "清单之外无事项"
        return Resolution(
            status, nearby=nearby, candidates=found.candidates, missing=missing, rule=rule
        )

    def _missing(self, place: Place, query: Query, here: Retrieved) -> tuple[str, ...]:
        """The lists not loaded that would hold here what neighbours list."""
        found = self._in_city(query, place, here)
        if self._confidence.judge(query, found).decision is not Decision.ANSWER:
            return ()
        best = found.candidates[0].record
        missing = self._absence.missing_list(place, best) if isinstance(best, DutyItem) else ""
        return (missing,) if missing else ()

    def _ask_county(self, places: tuple[Place, ...], query: Query) -> Resolution:
        """Too many places to compare: ask for the county, if the matter is listed anywhere."""
        found = self._retriever.retrieve(query, ())
        verdict = self._confidence.judge(query, found)
        if verdict.decision is not Decision.ANSWER:
            return Resolution(Status.NO_EVIDENCE, nearby=self._offered(query, found, verdict))
        gazetteer = self._corpus.gazetteer
        counties = tuple(dict.fromkeys(county_of(place, gazetteer) for place in places))
        matter = title_text(found.candidates[0].record)
        choices = counties if len(counties) > 1 else places
        return Resolution(
            Status.CLARIFY,
            matter,
            choices=choices,
            candidates=found.candidates,
            rule="地方太多，先问县",
        )


def _cut(resolution: Resolution) -> Resolution:
    """As many statements as a reader takes in; the rest is counted."""
    shown = resolution.statements[:_MOST_STATEMENTS]
    n_more = len(resolution.statements) - len(shown)
    return replace(resolution, statements=shown, n_more=n_more)
