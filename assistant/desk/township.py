"""What a township may do itself: the rows of its own papers, each matter decided by the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.corpus import Corpus
from assistant.resolve.findings import Ruling
from assistant.resolve.institutions import InstitutionRules
from assistant.resolve.roles import resolve_at
from index.matters import Identity, identity
from index.model import DutyItem, PaperKind, Place, PowerKind, Role

OWN = (Role.LEAD, Role.DELEGATED, Role.ENTRUSTED)


@dataclass(frozen=True, slots=True)
class Held:
    """One matter of a township: the row that decides and the ruling, against it what contradicts."""

    row: DutyItem
    ruling: Ruling

    @property
    def power(self) -> PowerKind | None:
        """The kind of power that the row names."""
        return self.row.power


@dataclass(frozen=True, slots=True)
class Township:
    """What a township does itself by role, what it only helps with, what it no longer does.

    `by_template` are matters known only from the basic catalog, which is no list of this township.
    """

    place: Place
    own: dict[Role, tuple[Held, ...]]
    helps: tuple[Held, ...]
    gone: tuple[Held, ...]
    by_template: tuple[Held, ...]
    has_list: bool

    @property
    def n_own(self) -> int:
        """How many matters it does itself."""
        return sum(map(len, self.own.values()))


def township(corpus: Corpus, place: Place, on: date) -> Township:
    """Every matter that the papers of a township name, decided as a question would be."""
    rows = [
        record
        for record in corpus.records([int(n) for n in corpus.ordinals_at((place.code,))])
        if isinstance(record, DutyItem) and record.is_answerable and corpus.counts(record, on)
    ]
    rules = InstitutionRules(corpus)
    held = [h for group in _matters(rows) for h in _held(corpus, rules, place, group, on)]
    by_template = tuple(h for h in held if h.row.paper is PaperKind.TOWNSHIP_CATALOG)
    known = [h for h in held if h.row.paper is not PaperKind.TOWNSHIP_CATALOG]
    kept = {paper for row in rows if (paper := row.paper) is not PaperKind.TOWNSHIP_CATALOG}
    return Township(
        place=place,
        own={role: tuple(h for h in known if h.ruling.role is role) for role in OWN},
        helps=tuple(h for h in known if h.ruling.role is Role.COOPERATING),
        gone=tuple(h for h in known if h.ruling.role is Role.WITHDRAWN),
        by_template=by_template,
        has_list=bool(kept & {PaperKind.TOWNSHIP_LIST, PaperKind.BASIC_DUTIES}),
    )


def _matters(rows: Sequence[DutyItem]) -> list[list[DutyItem]]:
    """Rows by matter and sub-item, in the order of the papers."""
    groups: dict[tuple[Identity, str], list[DutyItem]] = defaultdict(list)
    for row in rows:
        groups[identity(row.name, row.power), row.sub_item].append(row)
    return list(groups.values())


def _held(
    corpus: Corpus, rules: InstitutionRules, place: Place, group: list[DutyItem], on: date
) -> list[Held]:
    rulings = resolve_at(place, group, corpus.gazetteer, on)
    found = [rules.apply(ruling, on) for ruling in rulings]
    return [Held(r.proof[0], r) for r in found if isinstance(r.proof[0], DutyItem)]
