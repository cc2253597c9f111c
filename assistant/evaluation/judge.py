"""Asks every case and judges the answer: status, body, office, rows, place and edition."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from assistant.contract import Assistant
from assistant.evaluation.cases import REFUSALS, Case, evidence_of
from assistant.evaluation.names import is_one_of, same_kind_elsewhere
from assistant.model import Answer, Question, Status
from index.gazetteer import Gazetteer
from index.model import Clause, DutyItem, SourceDocument

# Of an address such as B4 or B4:B7.
_ROW = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case; None where the case does not say what is right.

    `ranking` are the records retrieved, best first, `cited` those cited, in order, and `proof` those
    of them that are not merely offered as near matters; all written as the case writes evidence.
    `wrong_place`: right sort of body or
    row, of a place not asked about. `wrong_edition`: a holder's row is not in force on the day.
    """

    case: Case
    answer: Answer
    ms: float
    body_right: bool | None = None
    office_right: bool | None = None
    ranking: tuple[str, ...] = ()
    cited: tuple[str, ...] = ()
    proof: tuple[str, ...] = ()
    wrong_place: bool = False
    wrong_edition: bool = False

    @property
    def status_right(self) -> bool:
        """True if the reaction is the right one."""
        return self.answer.status in self.case.statuses

    @property
    def is_refused(self) -> bool:
        """True if the assistant said that it has no answer."""
        return self.answer.status in REFUSALS

    @property
    def row_rank(self) -> int | None:
        """Rank of the first right record among the citations, from 1; None if none is cited."""
        right = (rank for rank, key in enumerate(self.cited, 1) if key in self.case.evidence)
        return next(right, None)

    def as_line(self) -> dict[str, object]:
        """A JSON line."""
        return {
            "id": self.case.id,
            "kind": self.case.kind,
            "question": self.case.question,
            "status": self.answer.status.value,
            "status_right": self.status_right,
            "body_right": self.body_right,
            "office_right": self.office_right,
            "row_rank": self.row_rank,
            "wrong_place": self.wrong_place,
            "wrong_edition": self.wrong_edition,
            "bodies": [holder.body for holder in self.answer.holders],
            "offices": [holder.office for holder in self.answer.holders],
            "cited": list(self.cited),
            "retrieved": list(self.ranking),
            "text": self.answer.text,
            "ms": round(self.ms, 1),
        }


def evaluate(assistant: Assistant, cases: Iterable[Case]) -> Iterator[Outcome]:
    """Ask every case and judge the answer."""
    judge = Judge(assistant)
    for case in cases:
        start = time.perf_counter()
        answer = assistant.answer(Question(case.question, case.place, case.as_of, explain=True))
        yield judge.outcome(case, answer, (time.perf_counter() - start) * 1000)


class Judge:
    """Compares answers with cases, over the corpus of one assistant."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def outcome(self, case: Case, answer: Answer, ms: float) -> Outcome:
        """The judgement of one answer, given after `ms` milliseconds."""
        first = answer.holders[0] if answer.holders else None
        body, office = (first.body, first.office) if first else ("", "")
        said = {label for segment in answer.segments for label in segment.citations}
        cited = [citation.item_id for citation in answer.citations if citation.label in said]
        offered = {related.item_id for related in answer.related}
        is_answered = answer.status is Status.ANSWERED
        return Outcome(
            case=case,
            answer=answer,
            ms=ms,
            body_right=self._body_right(case, body) if case.bodies else None,
            office_right=is_one_of(case.offices, office) if case.offices else None,
            ranking=self._addresses(_retrieved(answer), case),
            cited=self._addresses(cited, case),
            proof=self._addresses((key for key in cited if key not in offered), case),
            wrong_place=is_answered and self._wrong_place(case, answer),
            wrong_edition=is_answered and self._wrong_edition(case, answer),
        )

    @cached_property
    def _gazetteer(self) -> Gazetteer:
        return Gazetteer(self._assistant.places())

    def _body_right(self, case: Case, body: str) -> bool:
        return is_one_of(case.bodies, body) and not is_one_of(case.not_bodies, body)

    def _addresses(self, record_ids: Iterable[str], case: Case) -> tuple[str, ...]:
        """Distinct records as evidence writes them; by bare file name where the case does so."""
        found: dict[str, None] = {}
        for record_id in record_ids:
            record = self._assistant.record(record_id)
            source = self._assistant.source(record.source_id) if record else None
            if record and source:
                known = [a for a in _written(record, source) if a in case.evidence]
                found[known[0] if known else evidence_of(record, source)] = None
        return tuple(found)

    def _wrong_place(self, case: Case, answer: Answer) -> bool:
        first = answer.holders[0].body if answer.holders else ""
        if any(same_kind_elsewhere(body, first, self._gazetteer) for body in case.bodies):
            return not is_one_of(case.bodies, first)
        asked = self._gazetteer.locate(case.place) if case.place else ()
        near = {p.code for place in asked for p in self._gazetteer.chain(place.code)}
        near |= {p.code for place in asked for p in self._gazetteer.descendants(place.code)}
        return bool(near) and any(not near & set(_places(r)) for r in self._deciding(answer))

    def _wrong_edition(self, case: Case, answer: Answer) -> bool:
        said = answer.understood.get("as_of", "")
        on = case.as_of or (date.fromisoformat(said) if said else date.today())
        return any(
            (r.valid_from and on < r.valid_from) or (r.valid_to and r.valid_to < on)
            for r in self._deciding(answer)
            if isinstance(r, DutyItem)
        )

    def _deciding(self, answer: Answer) -> list[DutyItem | Clause]:
        found = (self._assistant.record(holder.item_id) for holder in answer.holders)
        return [record for record in found if record]


def _retrieved(answer: Answer) -> list[str]:
    """Ids of the records that retrieval ranked, as the answer's working lists them."""
    candidates = answer.working.get("candidates", ())
    return [str(c["id"]) for c in candidates] if isinstance(candidates, list) else []


def _written(record: DutyItem | Clause, source: SourceDocument) -> Iterator[str]:
    """How evidence may write a record: by its row or that where its item begins; by bare file name.

    The name of a sub-item is merged over the rows of its item and stands in the first of them.
    """
    folder = source.file.rpartition("/")[0] + "/"
    cells = record.cells if isinstance(record, DutyItem) else ()
    at = next((_ROW.search(cell.address) for cell in cells if cell.field == "name"), None)
    begins = replace(record.locator, row=int(at[0])) if at else record.locator
    for one in (record, replace(record, locator=begins)):
        address = evidence_of(one, source)
        yield from (address, address.removeprefix(folder))


def _places(record: DutyItem | Clause) -> tuple[str, ...]:
    return record.places if isinstance(record, DutyItem) else (record.place,)
