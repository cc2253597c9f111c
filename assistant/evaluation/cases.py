"""Questions whose right answer is known, as lines of JSON, and how the right rows are written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from assistant.model import Status
from index.errors import DutyDeskError
from index.model import Clause, DutyItem, SourceDocument

REFUSALS = frozenset(
    {Status.NO_EVIDENCE, Status.OUT_OF_COVERAGE, Status.OUT_OF_SCOPE, Status.REFUSED}
)
# Kinds of question for which something else than an answer is right; every other kind is answerable.
_EXPECTED_BY_KIND = {
    "clarify": frozenset({Status.CLARIFY}),
    "out_of_scope": REFUSALS,
    "out_of_coverage": REFUSALS,
    "no_evidence": REFUSALS,
    "unanswerable": REFUSALS,
    "refused": REFUSALS,
}


class Expectation(StrEnum):
    """What the right reaction to a question is."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    REFUSAL = "refusal"


@dataclass(frozen=True, slots=True)
class Case:
    """One question with its right answer (题目).

    `bodies` and `offices` are names that are right as the first holder's; empty where that is not
    judged. `evidence` are the right records, as `evidence_of` writes them; several mean that any
    of them proves the answer, and that all of them ought to be cited. `beside` may be cited as well:
    records of the same matter that prove another part of the answer, such as the office. `kind` names the sort of question ("who_handles", "clarify",
    "out_of_scope" …); `status` overrides what the kind expects. `not_bodies` must not be named.
    """

    id: str
    question: str
    place: str = ""
    as_of: date | None = None
    kind: str = "who_handles"
    bodies: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    status: Status | None = None
    not_bodies: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

    @property
    def statuses(self) -> frozenset[Status]:
        """Every status that is right."""
        if self.status in REFUSALS:
            return REFUSALS
        if self.status:
            return frozenset({self.status})
        return _EXPECTED_BY_KIND.get(self.kind.replace("-", "_"), frozenset({Status.ANSWERED}))

    @property
    def expects(self) -> Expectation:
        """What the right reaction is."""
        if self.statuses <= REFUSALS:
            return Expectation.REFUSAL
        return Expectation.CLARIFY if Status.CLARIFY in self.statuses else Expectation.ANSWER

    def as_line(self) -> dict[str, object]:
        """The values of its JSON line, empty ones left out."""
        values: dict[str, object] = {
            "id": self.id,
            "question": self.question,
            "place": self.place,
            "as_of": self.as_of.isoformat() if self.as_of else "",
            "kind": self.kind,
            "bodies": list(self.bodies),
            "offices": list(self.offices),
            "evidence": list(self.evidence),
            "status": self.status.value if self.status else "",
            "not_bodies": list(self.not_bodies),
            "beside": list(self.beside),
        }
        return {name: value for name, value in values.items() if value}


def evidence_of(record: DutyItem | Clause, source: SourceDocument) -> str:
    """How a case names a record: `file#sheet!Rrow`, or `file#article` where there are no rows."""
    at = record.locator
    if at.row is not None:
        return f"{source.file}#{at.sheet or ''}!R{at.row}"
    return f"{source.file}#{at.article or f'P{at.paragraph}'}"


def read_cases(path: Path) -> tuple[Case, ...]:
    """Cases of a JSONL file.

    Raises:
        DutyDeskError: a line is not valid; names the file and the line.
    """
    if not path.is_file():
        raise DutyDeskError(f"{path}：没有这个文件。")
    return tuple(_cases(path))


def write_cases(path: Path, cases: Iterable[Case]) -> None:
    """Store cases as a JSONL file."""
    lines = (json.dumps(case.as_line(), ensure_ascii=False) for case in cases)
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def _cases(path: Path) -> Iterator[Case]:
    for number, line in enumerate(path.read_text("utf-8-sig").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield _case(json.loads(line), str(number))
        except (ValueError, KeyError, TypeError, AttributeError) as exc:
            raise DutyDeskError(f"{path} 第 {number} 行：不是合格的题目（{exc!r}）。") from exc


def _case(value: Mapping[str, Any], number: str) -> Case:
    return Case(
        id=str(value.get("id", number)),
        question=value["question"],
        place=value.get("place") or "",
        as_of=date.fromisoformat(value["as_of"]) if value.get("as_of") else None,
        kind=value.get("kind") or "who_handles",
        bodies=_names(value.get("bodies")),
        offices=_names(value.get("offices")),
        evidence=_names(value.get("evidence")),
        status=Status(value["status"]) if value.get("status") else None,
        not_bodies=_names(value.get("not_bodies")),
        beside=_names(value.get("beside")),
    )


def _names(value: str | list[str] | None) -> tuple[str, ...]:
    """One name or several: the published question files write a single row as a plain string."""
    return (value,) if isinstance(value, str) and value else tuple(value or ())
