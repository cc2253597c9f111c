"""Corpus → questions with known answers: every row yields some, rule by rule."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.corpus import Corpus
from assistant.evaluation.cases import Case, evidence_of
from assistant.evaluation.reading import PlainReading, Truth
from assistant.model import Status
from index.model import DutyItem, Level, PaperKind, Place, Role
from index.passages import title_text

# Rows tried for each case wanted, before a corpus is said to hold no more cases of a rule.
_TRIES_A_CASE = 40
_LONGEST_TITLE = 120
_DAY = timedelta(days=1)
_DAYS_IN = 300
_REFUSED = Status.NO_EVIDENCE  # or any other way of saying that no list gives an answer
_TRAPS = 3
_RULES_OF_ROLE = {
    Role.LEAD: "own_list",
    Role.DELEGATED: "delegated",
    Role.ENTRUSTED: "entrusted",
    Role.COOPERATING: "cooperating",
    Role.WITHDRAWN: "taken_back",
}
_WORDINGS = ("{title}由谁负责？", "{title}找哪个部门？", "请问{title}归谁管", "{title}找谁办")
RULES = (
    "department",
    "own_list",
    "delegated",
    "entrusted",
    "next_door",
    "expired",
    "cooperating",
    "taken_back",
    "before",
    "edition",
    "body_named",
    "same_name",
    "elsewhere",
)


@dataclass(frozen=True, slots=True)
class _Idea:
    """A question to be made: a row's matter, asked under a rule at a place on a day."""

    rule: str
    row: DutyItem
    place: Place
    on: date


def generate(corpus: Corpus, n: int, seed: int = 0) -> Iterator[Case]:
    """At most n cases, the rules that the corpus has cases of about equally often.

    The same corpus, n and seed give the same cases.
    """
    return _Generator(corpus, seed).cases(n)


class _Generator:
    def __init__(self, corpus: Corpus, seed: int) -> None:
        self._corpus = corpus
        self._reading = PlainReading(corpus)
        self._random = random.Random(seed)
        covered = {source.place for source in corpus.sources.values() if source.place}
        self._places = tuple(p for p in corpus.gazetteer if p.code in covered)
        self._names = Counter(place.name for place in self._places)

    def cases(self, n: int) -> Iterator[Case]:
        """Walks over rows in random order until every rule has its share."""
        share = -(-n // len(RULES))
        made: Counter[str] = Counter()
        seen: set[tuple[str, str, date | None]] = set()
        spare: list[Case] = []
        for row in self._rows(n * _TRIES_A_CASE):
            for idea in self._ideas(row):
                case = self._case(idea)
                if case is None or (key := (case.question, case.place, case.as_of)) in seen:
                    continue
                seen.add(key)
                if made[case.kind] >= share:
                    spare += [case] if len(spare) < n else []
                    continue
                made[case.kind] += 1
                yield case
            if made.total() >= n:
                return
        yield from spare[: n - made.total()]

    def _rows(self, n: int) -> Iterator[DutyItem]:
        ordinals = self._random.sample(
            range(self._corpus.n_records), min(n, self._corpus.n_records)
        )
        for ordinal in ordinals:
            (row,) = self._corpus.records([ordinal])
            if isinstance(row, DutyItem) and _is_askable(row):
                yield row

    def _ideas(self, row: DutyItem) -> Iterator[_Idea]:
        since, until = self._reading.term(row)
        if since is None or not row.places:
            return
        on = self._day_in(since, until)
        if row.paper is PaperKind.DEPARTMENT_LIST:
            yield from self._of_department(row, on)
        else:
            yield from self._of_township(row, on, until)
        if (place := self._within(row)) and self._is_dated(row):
            yield _Idea("before", row, place, since - _DAY)

    def _is_dated(self, row: DutyItem) -> bool:
        """True if a day is stated; of an edition's year alone nobody knows when it began to count."""
        source = self._corpus.sources[row.source_id]
        return bool(row.valid_from or source.effective_on or source.published_on)

    def _of_department(self, row: DutyItem, on: date) -> Iterator[_Idea]:
        if place := self._within(row):
            is_old = row.valid_to or self._corpus.sources[row.source_id].expires_on
            yield _Idea("edition" if is_old else "department", row, place, on)
            yield _Idea("body_named", row, place, on)
        if other := self._beyond(row):
            yield _Idea("elsewhere", row, other, on)

    def _of_township(self, row: DutyItem, on: date, until: date | None) -> Iterator[_Idea]:
        place = self._within(row)
        if place is None:
            return
        yield _Idea(_RULES_OF_ROLE[row.role], row, place, on)
        if self._names[place.name] > 1:
            yield _Idea("same_name", row, place, on)
        if row.role in {Role.DELEGATED, Role.ENTRUSTED}:
            if neighbour := self._neighbour(row, place):
                yield _Idea("next_door", row, neighbour, on)
            if until:
                yield _Idea("expired", row, place, until + _DAY)

    def _case(self, idea: _Idea) -> Case | None:
        truth = self._reading.truth(idea.place, idea.row, idea.on)
        if idea.rule == "same_name":
            return self._same_name(idea)
        if idea.rule == "elsewhere":
            wrong = {idea.row.body}
            return None if truth.all_bodies else self._worded(idea, truth, wrong, _REFUSED)
        if not truth.bodies:
            is_gone = idea.rule in {"before", "expired"} and not truth.also
            return self._worded(idea, truth, set(), _REFUSED) if is_gone else None
        if idea.rule == "body_named" and truth.bodies != {idea.row.body}:
            return None
        return self._worded(idea, truth, self._traps(idea, truth))

    def _same_name(self, idea: _Idea) -> Case | None:
        """Several places are called so: asked back if they differ."""
        places = [p for p in self._places if p.name == idea.place.name]
        truths = [self._reading.truth(place, idea.row, idea.on) for place in places]
        roles = {frozenset(row.role for row in truth.rows) for truth in truths}
        is_certain = all(truth.bodies and not truth.also for truth in truths)
        if len(roles) < 2 or not is_certain:
            return None
        question = f"{idea.place.name}的{self._wording(idea)}"
        return Case(self._id(idea), question, as_of=idea.on, kind=idea.rule, status=Status.CLARIFY)

    def _worded(
        self, idea: _Idea, truth: Truth, traps: set[str], status: Status | None = None
    ) -> Case:
        in_text = self._random.random() < 0.5
        question = self._wording(idea)
        if in_text:
            question = f"{self._spoken(idea.place)}{question}"
        sources = self._corpus.sources
        offices = {row.office for row in truth.rows}
        return Case(
            id=self._id(idea),
            question=question,
            place="" if in_text else idea.place.code,
            as_of=idea.on,
            kind=idea.rule,
            bodies=tuple(sorted(truth.all_bodies)),
            offices=tuple(offices) if len(offices) == 1 and all(offices) else (),
            evidence=tuple(evidence_of(row, sources[row.source_id]) for row in truth.rows),
            beside=tuple(evidence_of(row, sources[row.source_id]) for row in truth.beside),
            status=status,
            not_bodies=tuple(sorted(traps - truth.all_bodies)),
        )

    def _wording(self, idea: _Idea) -> str:
        title = title_text(idea.row)
        if idea.rule == "body_named":
            return f"{title}是{idea.row.body}负责吗？"
        return self._random.choice(_WORDINGS).format(title=title)

    def _spoken(self, place: Place) -> str:
        """A place as a person would say it, so that it is the only one called so."""
        if self._names[place.name] == 1:
            return place.name
        chain = self._corpus.gazetteer.chain(place.code)
        county = next((p for p in chain[1:] if p.level is Level.COUNTY), None)
        return f"{county.name}{place.name}" if county else place.full_name

    def _traps(self, idea: _Idea, truth: Truth) -> set[str]:
        """Who holds it at other places: wrong here."""
        others = self._random.sample(self._places, min(_TRAPS, len(self._places)))
        found = (self._reading.named(place, idea.row, idea.on) for place in others)
        return {body for bodies in found for body in bodies}

    def _within(self, row: DutyItem) -> Place | None:
        """A covered township that the row speaks for; its own place where there is none."""
        own = self._corpus.gazetteer.get(self._random.choice(row.places))
        if own is None:
            return None
        below = {p.code for p in self._corpus.gazetteer.descendants(own.code)}
        lowest = [p for p in self._places if p.code in below and p.level is Level.TOWNSHIP]
        return self._random.choice(lowest) if lowest else own

    def _beyond(self, row: DutyItem) -> Place | None:
        """A covered place that the row does not speak for."""
        codes = set(row.places)
        gazetteer = self._corpus.gazetteer
        others = [
            p for p in self._places if not codes & {above.code for above in gazetteer.chain(p.code)}
        ]
        outside = [p for p in others if p.level is Level.TOWNSHIP] or others
        above = {p.code for code in codes for p in gazetteer.chain(code)}
        outside = [p for p in outside if p.code not in above]
        return self._random.choice(outside) if outside else None

    def _neighbour(self, row: DutyItem, place: Place) -> Place | None:
        siblings = [
            p for p in self._places if p.parent == place.parent and p.code not in row.places
        ]
        return self._random.choice(siblings) if siblings else None

    def _day_in(self, since: date, until: date | None) -> date:
        days = min((until - since).days, _DAYS_IN) if until else _DAYS_IN
        return since + timedelta(days=self._random.randint(0, max(days, 0)))

    def _id(self, idea: _Idea) -> str:
        return f"{idea.rule}·{idea.row.id}·{idea.place.code}·{idea.on}"


def _is_askable(row: DutyItem) -> bool:
    """Rows of a place that can be asked about by their name alone."""
    return (
        row.is_answerable
        and row.paper is not PaperKind.TOWNSHIP_CATALOG
        and 2 < len(title_text(row)) <= _LONGEST_TITLE
        and bool(row.body or row.counterpart)
    )
