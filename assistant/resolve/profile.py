"""What a body is and does: its duties, offices and staff as its 三定 and lists state them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from assistant.corpus import Corpus
from assistant.resolve.findings import Record, Statement
from assistant.resolve.roles import in_force
from index.model import Clause, ClauseKind, DutyItem

_STAFF = (ClauseKind.STAFF.value,)
_OFFICES = (ClauseKind.OFFICE.value, ClauseKind.SUBORDINATE.value)
_DUTIES = (ClauseKind.DUTY.value,)


class Profiles:
    """Reads one body's papers."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def duties(self, body: str, offices: tuple[str, ...], on: date) -> tuple[Statement, ...]:
        """Its duties by its 三定, or those of the named offices; by its lists if none is loaded."""
        if offices:
            units = self._clauses(body, _OFFICES, on)
            named = [clause for clause in units if _is_named(clause.office, offices)]
            return tuple(map(Statement, named))
        stated = tuple(map(Statement, self._clauses(body, _DUTIES, on)))
        return stated or tuple(map(Statement, self.items(body, on)))

    def structure(self, body: str, on: date) -> tuple[Statement, ...]:
        """Its offices, each once, then its staff."""
        offices: dict[str, Clause] = {}
        for clause in self._clauses(body, _OFFICES, on):
            if clause.office:
                offices.setdefault(clause.office, clause)
        named = (Statement(clause, words=office) for office, clause in offices.items())
        return (*named, *map(Statement, self._clauses(body, _STAFF, on)))

    def items(self, body: str, on: date) -> tuple[DutyItem, ...]:
        """What its lists in force give it."""
        ordinals = self._corpus.catalog.item_ordinals(body)
        return tuple(
            record
            for record in self._records(ordinals)
            if isinstance(record, DutyItem) and record.is_answerable and in_force(record, on)
        )

    def _clauses(self, body: str, kinds: tuple[str, ...], on: date) -> list[Clause]:
        ordinals = self._corpus.catalog.clause_ordinals(body, kinds)
        return [
            record
            for record in self._records(ordinals)
            if isinstance(record, Clause) and self._corpus.counts(record, on)
        ]

    def _records(self, ordinals: Iterable[int]) -> list[Record]:
        return self._corpus.records(list(ordinals))


def _is_named(office: str, wanted: tuple[str, ...]) -> bool:
    return any(name in office or office in name for name in wanted if office)
