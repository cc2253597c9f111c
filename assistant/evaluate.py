"""Score an assistant on questions whose body, office and row are known."""

from __future__ import annotations

import re
import statistics
import time
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assistant.evaluation.cases import Case
from assistant.model import Answer, Question, Status
from assistant.pipeline import Assistant

_ROW_RANK = 3
_SYNONYMS = (("科学技术局", "科技局"), ("人力资源和社会保障局", "人社局"))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case. `row_rank` counts from 1 among the citations, None if not cited."""

    case: Case
    answer: Answer
    body_right: bool
    office_right: bool | None
    row_rank: int | None
    ms: float

    def as_line(self) -> dict[str, object]:
        """A JSON line."""
        return {
            "id": self.case.id,
            "question": self.case.question,
            "status": self.answer.status.value,
            "body_right": self.body_right,
            "office_right": self.office_right,
            "row_rank": self.row_rank,
            "bodies": [holder.body for holder in self.answer.holders],
            "offices": [holder.office for holder in self.answer.holders],
            "text": self.answer.text,
            "ms": round(self.ms, 1),
        }


def evaluate(assistant: Assistant, cases: Iterable[Case]) -> Iterator[Outcome]:
    """Ask every case and judge the answer."""
    for case in cases:
        start = time.perf_counter()
        answer = assistant.answer(Question(case.question, case.place, case.as_of))
        ms = (time.perf_counter() - start) * 1000
        yield Outcome(
            case=case,
            answer=answer,
            body_right=_any_same(case.bodies, (h.body for h in answer.holders)),
            office_right=_office_right(case, answer),
            row_rank=_row_rank(case, answer),
            ms=ms,
        )


def _office_right(case: Case, answer: Answer) -> bool | None:
    if not case.offices:
        return None
    return _any_same(case.offices, (holder.office for holder in answer.holders))


def _row_rank(case: Case, answer: Answer) -> int | None:
    for rank, citation in enumerate(answer.citations, start=1):
        name = citation.source.file.rsplit("/", 1)[-1]
        at = f"{name}#{citation.locator.sheet}!R{citation.locator.row}"
        full = f"{citation.source.file}#{citation.locator.sheet}!R{citation.locator.row}"
        if {at, full} & set(case.evidence):
            return rank
    return None


def _any_same(expected: Iterable[str], given: Iterable[str]) -> bool:
    """True if the first holder given is one of those expected."""
    first = next(iter(given), "")
    return bool(first) and any(_same(name, first) for name in expected)


def _same(expected: str, given: str) -> bool:
    """Equal names, brackets and everyday short forms aside; "市X局" equals "克拉玛依市X局"."""
    left, right = _plain(expected), _plain(given)
    return left == right or (left.startswith(("市", "县", "区")) and right.endswith(left))


def _plain(name: str) -> str:
    plain = re.sub(r"[\s()]", "", unicodedata.normalize("NFKC", name))
    for formal, short in _SYNONYMS:
        plain = plain.replace(formal, short)
    return plain


def summarise(outcomes: tuple[Outcome, ...]) -> dict[str, object]:
    """The figures over all cases."""
    n = len(outcomes)
    with_office = [o for o in outcomes if o.office_right is not None]
    times = sorted(o.ms for o in outcomes)
    return {
        "n": n,
        "answered": sum(o.answer.status is Status.ANSWERED for o in outcomes),
        "body_right": sum(o.body_right for o in outcomes),
        "office_right": sum(bool(o.office_right) for o in with_office),
        "n_office": len(with_office),
        "row_first": sum(o.row_rank == 1 for o in outcomes),
        "row_in_first_three": sum((o.row_rank or n + 9) <= _ROW_RANK for o in outcomes),
        "ms_p50": round(statistics.median(times), 1) if times else None,
        "ms_p95": round(times[max(0, int(len(times) * 0.95) - 1)], 1) if times else None,
    }
