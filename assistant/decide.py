"""Query → Resolution: which rule answers it, at the place that is meant or at all that may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from assistant.corpus import Corpus
from assistant.model import Intent, Query, Status
from assistant.resolve.absence import Absence, Here
from assistant.resolve.admissions import Admissions
from assistant.resolve.agreement import apart, compare, county_of, everywhere
from assistant.resolve.at_place import PlaceRules
from assistant.resolve.beside import Beside
from assistant.resolve.boundary import Boundaries, disagree
from assistant.resolve.clauses import Clauses
from assistant.resolve.compared import Comparisons
from assistant.resolve.doubt import Doubts
from assistant.resolve.elsewhere import Elsewhere
from assistant.resolve.findings import Resolution
from assistant.resolve.listing import Listings
from assistant.resolve.named import NamedBodies
from assistant.resolve.profile import Profiles
from assistant.resolve.reforms import Reforms
from assistant.resolve.standing import in_force, named_first
from assistant.retrieve.confidence import Confidence, Decision
from assistant.retrieve.likeness import Likeness
from assistant.retrieve.retriever import Retriever
from index.model import Place
from index.passages import title_text

# More places than this are not compared one by one: the county is asked first.
_MOST_COMPARED = 24
_MOST_STATEMENTS = 12
_SURE = frozenset({Status.ANSWERED, Status.CLARIFY})


class Decider:
    """Applies the rules of place, date, role and institution to one corpus."""

    def __init__(self, corpus: Corpus, retriever: Retriever) -> None:
        likeness = Likeness(corpus)
        self._corpus = corpus
        self._retriever = retriever
        self._confidence = Confidence(corpus)
        self._doubts = Doubts(corpus, self._confidence)
        self._elsewhere = Elsewhere(corpus, retriever)
        self._rules = PlaceRules(corpus, likeness)
        self._beside = Beside(corpus, retriever, self._rules)
        self._boundaries = Boundaries(corpus, likeness)
        self._profiles = Profiles(corpus)
        self._listings = Listings(corpus)
        self._reforms = Reforms(corpus)
        self._absence = Absence(corpus, self._confidence, self._elsewhere)
        self._clauses = Clauses(corpus)
        self._named = NamedBodies(corpus)
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
            return _without_matter(query)
        found = self._doubts.weighed(query, self._by_claim(query))
        return _cut(self._named.told(query, found))

    def _by_claim(self, query: Query) -> Resolution:
        """What the lists say by themselves of a matter that is asked about as some body's."""
        led = self._named.led(query)
        if not self._named.is_claim(query):
            return self._by_matter(led)
        found = self._by_matter(replace(query, bodies=()))
        return found if found.status in _SURE else self._by_matter(led)

    # A or B.

    def _by_boundary(self, query: Query) -> Resolution | None:
        if query.intent is not Intent.BOUNDARY or len(query.boundary) < 2:
            return None
        listed = self._listed_by_sides(query)
        named = listed.matter if listed else ""
        stated = self._boundaries.between(query.boundary, query.matter, query.as_of, listed=named)
        if not stated:
            return None
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
        found = compare(answers, self._corpus.gazetteer)
        return self._for_each(query, answers, found)

    def _for_each(
        self, query: Query, answers: Mapping[Place, Resolution], found: Resolution
    ) -> Resolution:
        """The answer of each place, where several were named or "哪些乡镇" was asked."""
        named = query.places
        are_named = len({place.name for place in named}) == len(named) > 1  # no two 城关镇
        if found.status is Status.ANSWERED and (are_named or query.wants_each):
            where = "、".join(place.name for place in named)
            return replace(
                found,
                agree_in=where if are_named else everywhere(tuple(answers), self._corpus.gazetteer),
            )
        if found.status is Status.CLARIFY and query.wants_each:
            return apart(answers)
        if found.status is Status.CLARIFY and are_named:
            return apart({p: self._by_matter(replace(query, places=(p,))) for p in named})
        return found

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
        here = Here(place, anytime, found, self._confidence.judge(query, found))
        resolution = self._rules.resolve(place, query, found) if self._covers(query, here) else None
        name, clauses = self._clauses.naming(query, place, resolution, found.wording.official)
        if told := self._rules.by_clauses(clauses, place, replace(query, matter=name), found):
            return told
        if resolution is not None:
            return self._beside.added(resolution, place, query, found)
        row = self._absence.in_city(query, here)
        if kept := self._absence.kept(query, place, row):
            return self._rules.ruled(kept, query, found)
        return self._absence.told(query, here, row, self._rules.nearby(found, query))

    def _covers(self, query: Query, here: Here) -> bool:
        """True if the matter is surely among what is listed at a place on the day."""
        return (
            here.verdict.decision is Decision.ANSWER
            and not self._elsewhere.is_over(query, here.anytime, here.found)
            and not self._elsewhere.is_nearer(query, here.place, here.found)
        )

    def _ask_county(self, places: tuple[Place, ...], query: Query) -> Resolution:
        """Too many places to compare: ask for the county, if the matter is listed anywhere."""
        found = self._retriever.retrieve(query, ())
        verdict = self._confidence.judge(query, found)
        if verdict.decision is not Decision.ANSWER:
            is_near = verdict.decision is Decision.OFFER
            nearby = self._rules.nearby(found, query) if is_near else ()
            return Resolution(Status.NO_EVIDENCE, nearby=nearby)
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


def _without_matter(query: Query) -> Resolution:
    """Nothing is asked about, or only a body: by an old name, or of which there are no papers."""
    if query.old_names:
        body = query.old_names[0].new or query.old_names[0].old
        return Resolution(Status.ANSWERED, body, reforms=query.old_names, rule="机构改革文件")
    if not query.unlisted:
        return Resolution(Status.OUT_OF_SCOPE, rule="没有说是什么事")
    missing = (f"{query.unlisted[0]}的文件",)
    return Resolution(Status.OUT_OF_COVERAGE, missing=missing, rule="没有收录所问机构的文件")


def _cut(resolution: Resolution) -> Resolution:
    """As many statements as a reader takes in; the rest is counted."""
    shown = resolution.statements[:_MOST_STATEMENTS]
    n_more = len(resolution.statements) - len(shown)
    return replace(resolution, statements=shown, n_more=n_more)
