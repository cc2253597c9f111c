"""What an evaluation has to show: groups of outcomes under a name, and how they came about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from assistant.evaluation.figures import by_kind
from assistant.evaluation.judge import Outcome

# Kinds in common use, as people read them; others are shown as they are written.
KIND_LABELS = {
    "who_handles": "谁负责",
    "legal_basis": "依据",
    "boundary": "职责边界",
    "delegation": "赋权委托",
    "cooperation": "配合",
    "duties_of_body": "部门职责",
    "staff_and_offices": "编制科室",
    "changes": "机构变化",
    "clarify": "应当反问",
    "out_of_scope": "不归清单管",
    "out_of_coverage": "没有收录",
    "no_evidence": "清单之外",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Outcomes shown side by side with others: those of a corpus, a kind, or a variant."""

    label: str
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """One evaluation. `notes` say what was run, on what; `ablation` is empty if none was asked for.

    `reliability` is of the refusal model in use, as its fit recorded it: mean probability
    predicted, share covered, how many questions.
    """

    corpora: tuple[Group, ...]
    ablation: tuple[Group, ...] = ()
    notes: tuple[str, ...] = ()
    reliability: tuple[tuple[float, float, int], ...] = ()

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """All outcomes of all corpora."""
        return tuple(chain.from_iterable(group.outcomes for group in self.corpora))

    @property
    def kinds(self) -> tuple[Group, ...]:
        """The outcomes by kind of question."""
        return tuple(
            Group(KIND_LABELS.get(kind.replace("-", "_"), kind), tuple(outcomes))
            for kind, outcomes in by_kind(self.outcomes).items()
        )


def is_wrong(outcome: Outcome) -> bool:
    """True if any part that can be judged is not right."""
    return not outcome.status_right or outcome.body_right is False or outcome.wrong_edition


def groups_or_none(groups: Sequence[Group]) -> Sequence[Group]:
    """Groups worth comparing: one alone says what the total says."""
    return groups if len(groups) > 1 else ()
