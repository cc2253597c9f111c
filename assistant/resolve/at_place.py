"""One matter at one place: candidates → the rows of the matter → rulings, completed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from assistant.corpus import Corpus
from assistant.model import Candidate, Holder, Query, Status
from assistant.resolve.boundary import Boundaries
from assistant.resolve.findings import Resolution, Ruling
from assistant.resolve.institutions import InstitutionRules
from assistant.resolve.offices import Offices, listed_office
from assistant.resolve.roles import resolve_at
from assistant.retrieve.likeness import Likeness
from assistant.retrieve.retriever import Retrieved
from index.diff.match import SAME_MATTER
from index.matters import acts, identity, is_called, is_same_matter, is_within, matter, similarity
from index.model import HANDED_DOWN, Clause, ClauseKind, DutyItem, PaperKind, Place, Role
from index.passages import title_text
from index.records import Record

# Later candidates may stand in for a first one that names nobody, if nearly as good.
_FALLBACK_MARGIN = 0.12
# A power handed down and a sentence that sums it up are this near to each other.
_SUMMED_UP = 0.12
_OFFICIAL_STAGES = ("dense_terms", "lexical_terms")
_NEARBY = 3
_LONGEST_MATTER = 40
_SHORTEST_OFFICE = 3  # 办公室 may be anybody's
_STATEMENTS = frozenset({ClauseKind.DUTY, ClauseKind.OFFICE, ClauseKind.SUBORDINATE})


class PlaceRules:
    """Applies the rules of role, office and institution at one place."""

    def __init__(self, corpus: Corpus, likeness: Likeness) -> None:
        self._corpus = corpus
        self._offices = Offices(corpus, likeness)
        self._institutions = InstitutionRules(corpus)
        self._boundaries = Boundaries(corpus, likeness)
        self._listed = {
            source.place
            for source in corpus.sources.values()
            if source.kind is PaperKind.TOWNSHIP_LIST
        }

    def resolve(self, place: Place, query: Query, found: Retrieved) -> Resolution | None:
        """What the best candidate that says who is responsible says; None if none does."""
        floor = found.candidates[0].score - _FALLBACK_MARGIN
        for candidate in _particular_first(found.candidates, place):
            if candidate.score >= floor and (
                resolution := self._by_record(candidate.record, place, query, found)
            ):
                nearby = self._others(candidate.record, resolution, found, query.as_of)
                return replace(resolution, nearby=nearby, candidates=found.candidates)
        return None

    def ruled(self, ruling: Ruling, query: Query, found: Retrieved) -> Resolution:
        """A ruling that no row here decided, with its office and today's names."""
        whole = self._completed(ruling, (), query.as_of)
        title = title_text(ruling.proof[0])
        nearby = self.nearby(found, query)
        candidates = found.candidates
        return Resolution(Status.ANSWERED, title, (whole,), nearby=nearby, candidates=candidates)

    def nearby(self, found: Retrieved, query: Query) -> tuple[Candidate, ...]:
        """The nearest listed matters that count on the day."""
        return self._in_force(found.candidates, query.as_of)[:_NEARBY]

    def rows_of(self, record: DutyItem, place: Place, found: Retrieved) -> tuple[DutyItem, ...]:
        """All rows of a record's matter that came up, in force or not.

        The basic catalog is a template: where the place has its own list, that decides.
        """
        listed = [c.record for c in found.pool if isinstance(c.record, DutyItem)]
        if place.code in self._listed:
            listed = [row for row in listed if row.paper is not PaperKind.TOWNSHIP_CATALOG]
        return tuple(row for row in listed if is_same_matter(record, row))

    def rulings(
        self, place: Place, rows: Sequence[DutyItem], listed: Sequence[DutyItem], on: date
    ) -> tuple[Ruling, ...]:
        """Rulings with offices and today's bodies; `listed` are all rows that came up."""
        found = resolve_at(place, rows, self._corpus.gazetteer, on)
        return tuple(self._completed(ruling, listed, on) for ruling in found)

    def _others(
        self, record: Record, resolution: Resolution, found: Retrieved, on: date
    ) -> tuple[Candidate, ...]:
        """The nearest other matters that count on the day; what the answer rests on is none."""
        cited = {proof.id for r in resolution.rulings for proof in (*r.proof, *r.against)}
        others = (c for c in found.candidates if not _is_same(c.record, record))
        return self._in_force([c for c in others if c.record.id not in cited], on)[:_NEARBY]

    def _in_force(self, candidates: Sequence[Candidate], on: date) -> tuple[Candidate, ...]:
        return tuple(c for c in candidates if self._corpus.counts(c.record, on))

    def _by_record(
        self, record: Record, place: Place, query: Query, found: Retrieved
    ) -> Resolution | None:
        if isinstance(record, Clause):
            return self._by_clause(record, query, found.wording.official)
        is_whole = is_called(query.matter, record.name)  # all its sub-items are meant
        if is_whole:
            record = replace(record, sub_item="")
        listed = [c.record for c in found.pool if isinstance(c.record, DutyItem)]
        rows = self.rows_of(record, place, found)
        ruled = self.rulings(place, rows, listed, query.as_of)
        if is_whole:
            parts = _parts_handed(rows, listed, place)
            ruled = (*ruled, *self.rulings(place, parts, listed, query.as_of))
        rulings = tuple(self._against_claims(r, place, listed, query.as_of) for r in ruled)
        return Resolution(Status.ANSWERED, title_text(record), rulings) if rulings else None

    def _against_claims(
        self, ruling: Ruling, place: Place, listed: Sequence[DutyItem], on: date
    ) -> Ruling:
        """A department's ruling, with the sentences of the township's duty list that claim the matter."""
        first = ruling.proof[0]
        if not isinstance(first, DutyItem) or first.paper is not PaperKind.DEPARTMENT_LIST:
            return ruling
        claims = tuple(
            row
            for row in listed
            if row.paper is PaperKind.BASIC_DUTIES
            and place.code in row.places
            and self._corpus.counts(row, on)
            and is_within(first.name, row.name)
        )
        return replace(ruling, against=(*ruling.against, *claims))

    def by_clauses(
        self, clauses: Sequence[Clause], place: Place, query: Query, found: Retrieved
    ) -> Resolution | None:
        """What the first clause says that charges a body of the place with the matter."""
        told = (self._charged_by(clause, place, query) for clause in clauses)
        first = next(filter(None, told), None)
        nearby = self.nearby(found, query)
        return first and replace(first, nearby=nearby, candidates=found.candidates)

    def _charged_by(self, clause: Clause, place: Place, query: Query) -> Resolution | None:
        """A duty or an office's work by itself; of a boundary or a reform, whom it charges."""
        if clause.kind in _STATEMENTS:
            return self._by_clause(clause, query)
        body = self._boundaries.charged_with(clause, query.matter)
        home = self._corpus.gazetteer.split_body(body, place.code)[0]
        chain = self._corpus.gazetteer.chain(place.code)
        if not body or (home and home not in chain):
            return None
        holder = Holder(body, Role.LEAD, "", clause.id)
        ruling = Ruling(Role.LEAD, holder, (clause,), "清单没有单列，按写明由谁负责的条款")
        ruling = self._institutions.apply(ruling, query.as_of)
        return Resolution(Status.ANSWERED, title_text(clause)[:_LONGEST_MATTER], (ruling,))

    def _by_clause(
        self, clause: Clause, query: Query, official: Sequence[str] = ()
    ) -> Resolution | None:
        """A matter that only a 三定 names, as it is said or officially: said to be read from there."""
        is_gone = self._institutions.is_gone(clause.body, query.as_of)
        counts = self._corpus.counts(clause, query.as_of)
        if clause.kind not in _STATEMENTS or is_gone or not counts:
            return None
        from_ = "provision" if clause.office else ""
        holder = Holder(clause.body, Role.LEAD, "", clause.id, clause.office, from_)
        told = (self._offices.of(holder, n, query.as_of) for n in (query.matter, *official))
        holder, office_clause = next((found for found in told if found[1]), (holder, None))
        rule = "清单没有单列，按“三定”规定的职责"
        ruling = Ruling(Role.LEAD, holder, (clause,), rule, office_clause=office_clause)
        return Resolution(Status.ANSWERED, title_text(clause)[:_LONGEST_MATTER], (ruling,))

    def _completed(self, ruling: Ruling, listed: Sequence[DutyItem], on: date) -> Ruling:
        ruling = self._institutions.apply(_with_listed_office(ruling, listed, on), on)
        matter = title_text(ruling.proof[0])
        holder, clause = self._offices.of(ruling.holder, matter, on)
        is_unknown = self._offices.is_unknown(holder, on)
        return replace(ruling, holder=holder, office_clause=clause, office_is_unknown=is_unknown)


def _parts_handed(
    rows: Sequence[DutyItem], listed: Sequence[DutyItem], place: Place
) -> tuple[DutyItem, ...]:
    """The sub-items of a department's matter that a catalog hands to the place."""
    parts = [row for row in rows if row.sub_item]
    return tuple(
        row
        for row in listed
        if row.role in HANDED_DOWN
        and place.code in row.places
        and row not in rows
        and any(is_same_matter(row, part) for part in parts)
    )


def _particular_first(candidates: Sequence[Candidate], place: Place) -> Iterable[Candidate]:
    """Rows of the powers that a duty list's sentence sums up go before it: the place's own, else others'.

    做好…补贴的受理、审定 sums up what a catalog hands down, or claims what only a department has.
    """
    first = candidates[0]
    if isinstance(first.record, DutyItem) and first.record.paper is PaperKind.BASIC_DUTIES:
        near = (c for c in candidates if first.score - c.score <= _SUMMED_UP)
        parts = [c for c in near if _is_summed_up(c, first, place)]
        own = [c for c in parts if isinstance(c.record, DutyItem) and place.code in c.record.places]
        yield from own or parts
    yield from candidates


def _is_summed_up(part: Candidate, whole: Candidate, place: Place) -> bool:
    """True for a row that a sentence names, or a power handed down as near to the official terms."""
    row, sentence = part.record, whole.record
    if not isinstance(row, DutyItem) or row.paper is PaperKind.BASIC_DUTIES:
        return False
    if is_within(row.name, title_text(sentence)):
        return True
    is_handed = row.role in HANDED_DOWN and place.code in row.places
    is_as_near = all(part.stages.get(s, 0.0) >= whole.stages.get(s, 0.0) for s in _OFFICIAL_STAGES)
    return is_handed and is_as_near and bool(acts(row.name) & acts(title_text(sentence)))


def _is_same(one: Record, other: Record) -> bool:
    """True for rows of one matter, its other sub-items aside."""
    if isinstance(one, Clause) or isinstance(other, Clause):
        return one is other
    is_part = one.sub_item and other.sub_item and one.sub_item != other.sub_item
    return not is_part and identity(one.name) == identity(other.name)


def _with_listed_office(ruling: Ruling, listed: Sequence[DutyItem], on: date) -> Ruling:
    """The department that leads or takes a matter back: its own row for it names the office."""
    holder, first = ruling.holder, ruling.proof[0]
    is_department = ruling.role in {Role.WITHDRAWN, Role.COOPERATING}
    if not is_department or holder.office or not isinstance(first, DutyItem):
        return ruling
    row = listed_office(holder.body, _nearest_named(first, listed), on)
    if row is None:
        office = _office_told(first, holder.body, listed)
        told = replace(holder, office=office, office_from="list" if office else "")
        return replace(ruling, holder=told)
    named = replace(holder, office=row.office, office_from="list")
    return replace(ruling, holder=named, proof=(*ruling.proof, row))


def _nearest_named(row: DutyItem, listed: Sequence[DutyItem]) -> tuple[DutyItem, ...]:
    """Rows whose matter a row's name holds, then those named nearly alike, the most alike first."""
    wanted = matter(row.name)
    held = [other for other in listed if matter(other.name).core in wanted.core]
    alike = [(similarity(wanted.key, matter(other.name).key), other) for other in listed]
    near = sorted((pair for pair in alike if pair[0] >= SAME_MATTER), key=lambda pair: -pair[0])
    return (*held, *(other for _, other in near))


def _office_told(row: DutyItem, body: str, listed: Sequence[DutyItem]) -> str:
    """The office of a department that a 收回 names in saying how the work is done: 由…就业促进股直接受理."""
    text = row.field("receiver")
    offices = {other.office for other in listed if other.body == body and other.office}
    told = [office for office in offices if len(office) > _SHORTEST_OFFICE and office in text]
    return max(told, key=len, default="")
