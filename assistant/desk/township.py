"""What a township may do itself: the rows of its own papers, each matter decided by the rules."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.corpus import Corpus
from assistant.resolve.findings import Ruling
from assistant.resolve.institutions import InstitutionRules
from assistant.resolve.roles import resolve_at
from index.extract.bases import bases_of
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
    def all_own(self) -> tuple[Held, ...]:
        """The matters it does itself, by role."""
        return tuple(held for ones in self.own.values() for held in ones)

    def n_by_power(self) -> dict[PowerKind, int]:
        """How many of them there are of each kind of power that there is."""
        counts = Counter(held.power for held in self.all_own)
        return {kind: counts[kind] for kind in PowerKind if counts[kind]}

    def only(self, power: PowerKind | None) -> Township:
        """The same with the matters of one kind of power; with all of them for None."""
        if power is None:
            return self

        def kept(ones: Iterable[Held]) -> tuple[Held, ...]:
            return tuple(held for held in ones if held.power is power)

        return replace(
            self,
            own={role: kept(ones) for role, ones in self.own.items()},
            helps=kept(self.helps),
            gone=kept(self.gone),
            by_template=kept(self.by_template),
        )


def kind_named(words: str) -> PowerKind | None:
    """The kind of power of a name; None for another word."""
    return next((kind for kind in PowerKind if kind.value == words), None)


def laws_of(row: DutyItem) -> tuple[str, ...]:
    """The provisions a row rests on, as one cites them: 《土地管理法》第六十二条第四款."""
    named = (f"《{b.law}》{b.article}{b.paragraph}{b.item}" for b in bases_of(row))
    return tuple(dict.fromkeys(named))


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
