"""What the rules look at: the records in force on a day, by body and by place."""

from __future__ import annotations

import gzip
import pickle
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from index.catalog import Catalog
from index.documents import Document
from index.editions import starts_on
from index.gazetteer import Gazetteer
from index.institutions.graph import Institutions
from index.institutions.naming import bare_name
from index.model import Clause, ClauseKind, DutyItem, PaperKind, Reform, SourceDocument

Value = TypeVar("Value")


@dataclass(frozen=True)
class Papers:
    """Everything in force on a day. `document` gives what the reader read of a source."""

    on: date
    sources: Mapping[str, SourceDocument]
    items: tuple[DutyItem, ...]
    clauses: tuple[Clause, ...]
    reforms: tuple[Reform, ...]
    places: Gazetteer
    institutions: Institutions
    document: Callable[[str], Document] = field(repr=False)

    @classmethod
    def from_version(cls, version: Path, on: date) -> Papers:
        """The papers of a published corpus version that count on a day."""
        catalog = Catalog.of_version(version)
        sources = {source.id: source for source in catalog.sources()}
        records = tuple(catalog.all_records())
        return cls(
            on=on,
            sources=sources,
            items=tuple(r for r in records if isinstance(r, DutyItem) and _counts(r, on)),
            clauses=tuple(
                r for r in records if isinstance(r, Clause) and _is_valid(sources[r.source_id], on)
            ),
            reforms=tuple(r for r in catalog.reforms() if r.on is None or r.on <= on),
            places=catalog.gazetteer(),
            institutions=catalog.institutions(),
            document=lambda source_id: _document(version, source_id),
        )

    @cached_property
    def lists(self) -> Mapping[str, tuple[DutyItem, ...]]:
        """Rows of the department lists, by the body that holds them."""
        return _grouped(
            (bare_name(body), item)
            for item in self.items
            if item.paper is PaperKind.DEPARTMENT_LIST
            for body in item.body.split("、")
        )

    @cached_property
    def provisions(self) -> Mapping[str, tuple[Clause, ...]]:
        """Clauses of the 三定 provisions, by body."""
        kinds = {PaperKind.DEPARTMENT_PROVISION, PaperKind.TOWNSHIP_PROVISION}
        return _grouped(
            (bare_name(clause.body), clause)
            for clause in self.clauses
            if self.sources[clause.source_id].kind in kinds
        )

    @cached_property
    def townships(self) -> Mapping[str, tuple[DutyItem, ...]]:
        """Rows of the townships' own papers, by place code."""
        kinds = {
            PaperKind.TOWNSHIP_LIST,
            PaperKind.BASIC_DUTIES,
            PaperKind.COOPERATION_DUTIES,
            PaperKind.WITHDRAWN_DUTIES,
        }
        return _grouped(
            (place, item) for item in self.items if item.paper in kinds for place in item.places
        )

    @cached_property
    def delegations(self) -> tuple[DutyItem, ...]:
        """Rows of the catalogs that hand county powers to townships."""
        return tuple(i for i in self.items if i.paper is PaperKind.DELEGATION_CATALOG)

    def list_of(self, body: str) -> tuple[DutyItem, ...]:
        """Rows of a body's list; a branch (分局) exercises those of its body."""
        if body in self.lists or not body.endswith("分局"):
            return self.lists.get(body, ())
        return next((rows for name, rows in self.lists.items() if body.startswith(name)), ())

    def provision_text(self, body: str) -> str:
        """All words of a body's provision; "" if none is loaded."""
        return "\n".join(clause.text for clause in self.provisions.get(body, ()))

    def has_units(self, body: str) -> bool:
        """True if the body's provision names its internal offices."""
        clauses = self.provisions.get(body, ())
        return any(c.kind is ClauseKind.OFFICE and c.office for c in clauses)

    def place_name(self, code: str) -> str:
        """Full name of a place, or its code."""
        place = self.places.get(code)
        return place.full_name if place else code

    def area(self, code: str) -> frozenset[str]:
        """Codes of a place, of all above it and of all below it."""
        chain = {place.code for place in self.places.chain(code)}
        return frozenset(chain | {place.code for place in self.places.descendants(code)} | {code})


def _counts(item: DutyItem, on: date) -> bool:
    starts = item.valid_from is None or item.valid_from <= on
    return item.is_answerable and starts and (item.valid_to is None or on <= item.valid_to)


def _is_valid(source: SourceDocument, on: date) -> bool:
    start = starts_on(source)
    return (start is None or start <= on) and (source.expires_on is None or on <= source.expires_on)


def _grouped(pairs: Iterable[tuple[str, Value]]) -> dict[str, tuple[Value, ...]]:
    groups: dict[str, list[Value]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(values) for key, values in groups.items()}


def _document(version: Path, source_id: str) -> Document:
    with gzip.open(version / "documents" / f"{source_id}.pickle.gz") as file:
        document: Document = pickle.load(file)
    return document
