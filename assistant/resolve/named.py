"""What is to be said of the bodies that a question names, where the answer is another body's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from assistant.corpus import Corpus
from assistant.model import Query, Status
from assistant.resolve.findings import Resolution
from index.institutions.names import organ_of
from index.institutions.naming import bare_name
from index.model import ClauseKind

_ANY_CLAUSE = tuple(kind.value for kind in ClauseKind)
# 由商务局审批吗 claims that it is; the answer must not lean on the claim. 归水利局哪个股 knows it.
_CLAIMS = re.compile(
    r"(?:吗|么|吧|呢|不|没有?|[？?])[\s？?。!！]*$|是不是|是否|对不对|管不管|归不归"
)
_ASKS = re.compile(r"谁|哪|什么|怎么|几")
# Where a list is not loaded, another body's row must be the matter by so much of its words.
_SURE = 0.66


class NamedBodies:
    """Tells bodies with papers from those without, and says so."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def led(self, query: Query) -> Query:
        """The query in which only named bodies with papers lead the search."""
        return replace(query, bodies=tuple(filter(self._is_loaded, query.bodies)))

    def is_claim(self, query: Query) -> bool:
        """True if the question only asks whether the body that it names does it."""
        is_claim = bool(_CLAIMS.search(query.text)) and not _ASKS.search(query.text)
        return is_claim and bool(query.bodies)

    def told(self, query: Query, found: Resolution) -> Resolution:
        """The resolution, with what has to be said of named bodies that it does not name."""
        asked = (*query.bodies, *query.unlisted) or query.governments
        if not asked or found.parts or found.status not in (Status.ANSWERED, Status.NO_EVIDENCE):
            return found
        is_among = bool(_bare(asked) & _bare(_parties(found)))
        if is_among and not query.boundary:
            return found
        lacking = tuple(b for b in asked if b in query.unlisted or not self._needs_no_list(b))
        missing = tuple(f"{body}的权责清单" for body in lacking[:1])
        if is_among:
            return replace(found, missing=missing)
        if len(lacking) < len(asked):
            is_told = found.status is Status.ANSWERED and bool(found.rulings)
            return replace(found, not_with=asked[:1]) if is_told else found
        if found.status is Status.ANSWERED and self._is_surely(query.matter, found):
            return replace(found, missing=missing)
        return Resolution(
            Status.OUT_OF_COVERAGE,
            nearby=found.candidates[:1] if found.status is Status.ANSWERED else found.nearby,
            candidates=found.candidates,
            missing=missing,
            rule="没有收录所问机构的清单",
        )

    def _needs_no_list(self, body: str) -> bool:
        """True for a body with papers, and for an institution: its organ's list has its matters."""
        return bool(self._corpus.institutions.is_institution(body)) or self._is_loaded(body)

    def _is_loaded(self, body: str) -> bool:
        known = self._corpus.institutions.get(body)
        catalog = self._corpus.catalog
        names = dict.fromkeys((body, organ_of(body), *(known.names if known else ())))
        return any(
            catalog.item_ordinals(name) or catalog.clause_ordinals(name, _ANY_CLAUSE)
            for name in names
        )

    def _is_surely(self, matter: str, found: Resolution) -> bool:
        return self._corpus.lexical.covered(matter, found.matter) >= _SURE


def _parties(found: Resolution) -> Iterable[str]:
    """All whom a resolution names in some part."""
    for ruling in found.rulings:
        for holder in ruling.parties:
            yield from (holder.body, holder.principal)
    yield from (statement.holder for statement in found.statements)
    yield from (body for reform in found.reforms for body in (reform.old, reform.new))


def _bare(names: Iterable[str]) -> set[str]:
    each = (name for written in names for name in written.split("、") if name)
    return {organ_of(bare_name(name)) for name in each}
