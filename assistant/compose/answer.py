"""Resolution → the whole answer, every sentence that states a duty with its proof."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assistant.compose.absence import absent, of_named, question_back
from assistant.compose.apart import apart
from assistant.compose.compared import compared
from assistant.compose.holders import answered, changed, holders_of
from assistant.compose.notes import old_names, understanding
from assistant.compose.proofs import Proofs
from assistant.compose.stated import stated
from assistant.model import Answer, Candidate, Query, Related, Segment, Status
from assistant.resolve.findings import Resolution
from index.model import Clause, ClauseKind, DutyItem, SourceDocument
from index.passages import title_text

_LONGEST_NAME = 60
_NEARBY = 2


def compose(
    query: Query,
    found: Resolution,
    sources: Mapping[str, SourceDocument],
    history: Mapping[str, Clause],
) -> Answer:
    """Say what was found. `history` holds the clauses of reforms that the answer may name, by id."""
    proofs = Proofs(sources)
    return Answer(
        status=found.status,
        segments=tuple(_segments(query, found, history, proofs)),
        holders=holders_of(found),
        citations=proofs.citations,
        clarify=question_back(found),
        related=tuple(
            Related(c.record.id, title_text(c.record)[:_LONGEST_NAME]) for c in found.nearby
        ),
        contradicts=found.contradicts or any(ruling.against for ruling in found.rulings),
    )


def _segments(
    query: Query, found: Resolution, history: Mapping[str, Clause], proofs: Proofs
) -> Iterable[Segment]:
    yield from understanding(query)
    if found.status is not Status.ANSWERED:
        yield from absent(query, found, proofs)
    elif found.parts:
        yield from apart(query, found, history, proofs)
    elif found.compared:
        yield from compared(found.compared, proofs)
    elif _is_boundary(found):  # 三定 before list
        yield from stated(query, found, proofs)
        yield from answered(query, found, history, proofs)
    else:
        yield from changed(found, proofs) if found.periods else ()
        yield from answered(query, found, history, proofs)
        yield from stated(query, found, proofs)
    yield from of_named(found) if found.status is Status.ANSWERED else ()
    yield from old_names(query, found.reforms, history, proofs)
    yield from (_nearby(c, proofs) for c in found.nearby[:_NEARBY] if _is_row(c))


def _is_boundary(found: Resolution) -> bool:
    return any(
        isinstance(s.record, Clause) and s.record.kind is ClauseKind.BOUNDARY
        for s in found.statements
    )


def _is_row(candidate: Candidate) -> bool:
    return isinstance(candidate.record, DutyItem)


def _nearby(candidate: Candidate, proofs: Proofs) -> Segment:
    record = candidate.record
    owner = f"（{record.body}）" if record.body else ""
    return Segment(
        f"相近的事项：{title_text(record)[:_LONGEST_NAME]}{owner}。", (proofs.cite(record),)
    )
