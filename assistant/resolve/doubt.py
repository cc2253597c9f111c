"""Where another body's matter is as near to the question as the one found, it is asked back: which?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, product

from assistant.corpus import Corpus
from assistant.model import Candidate, Intent, Option, Query, Status
from assistant.resolve.findings import Resolution
from assistant.retrieve.confidence import Confidence
from index.matters import is_same_matter, matter
from index.model import DutyItem, PaperKind, Role
from index.passages import title_text

# Another body's matter this near to the best one may be meant. Of 421 questions over rows that had not
# been asked about, 38 were answered with a wrong body; asked back at 0.03 29 are, and 22 are asked; at
# 0.05 27 and 34, at 0.1 17 and 55, most of which had been right.
_DOUBTFUL = 0.03
# A name that has this share of the question's words is what it says; plain words have less.
_SAID = 0.4
_CHOICES = 3
# 登记 alone is no thing that two matters share.
_SHORTEST_THING = 3


class Doubts:
    """Turns an answer that hangs on a hair into a question back."""

    def __init__(self, corpus: Corpus, confidence: Confidence) -> None:
        self._split_body = corpus.gazetteer.split_body
        self._covered = corpus.lexical.covered
        self._is_named = confidence.is_named

    def weighed(self, query: Query, found: Resolution) -> Resolution:
        """The resolution; a question back if it names one of several bodies that are as likely."""
        if found.status is not Status.ANSWERED or not _hangs_on_the_first(query, found):
            return found
        first = found.candidates[0]
        title = title_text(first.record)
        if self._is_named(query.matter, first.record) or (
            self._covered(query.matter, title) >= _SAID
        ):
            return found
        likely = (first, *islice(self._rivals(found), _CHOICES - 1))
        options = {title_text(c.record): _option(c) for c in reversed(likely)}
        if len(options) == 1:
            return found
        return replace(
            found,
            status=Status.CLARIFY,
            matter=query.matter,
            matters=tuple(reversed(options.values())),
            rulings=(),
            statements=(),
            rule="不同机关的事项一样近，先问是哪一件",
        )

    def _rivals(self, found: Resolution) -> Iterator[Candidate]:
        """The nearest matters of other bodies that are as near as the first, one of each body."""
        first = found.candidates[0]
        assert isinstance(first.record, DutyItem)
        named = self._kinds(_bodies(first.record))
        for ruling in found.rulings:
            named |= self._kinds({name for h in ruling.parties for name in (h.body, h.principal)})
        for candidate in found.candidates[1:]:
            record = candidate.record
            if first.score - candidate.score > _DOUBTFUL:
                return
            if not isinstance(record, DutyItem) or _is_one_thing(first.record, record):
                continue
            kinds = self._kinds(_bodies(record))
            if kinds and record.paper is not PaperKind.TOWNSHIP_CATALOG and not named & kinds:
                named |= kinds
                yield candidate

    def _kinds(self, bodies: set[str]) -> set[str]:
        """What bodies are called wherever they are: which level holds a matter is for the rules."""
        return {self._split_body(body)[1] for body in bodies if body}


def _hangs_on_the_first(query: Query, found: Resolution) -> bool:
    """True if the nearest list row alone decided, and nothing that was said narrows whose it is."""
    said = (*query.bodies, *query.unlisted, *query.governments, *query.offices)
    is_plain = query.intent is Intent.WHO_HANDLES and not said
    if not is_plain or not found.rulings or not found.candidates or found.parts:
        return False
    first, proof = found.candidates[0].record, found.rulings[0].proof[0]
    if not isinstance(first, DutyItem) or not isinstance(proof, DutyItem):
        return False
    return first.id == proof.id or is_same_matter(first, proof)


def _option(candidate: Candidate) -> Option:
    """A matter with who has it: of one taken back (收回) that is the department."""
    record = candidate.record
    title, body = title_text(record), record.body
    if isinstance(record, DutyItem) and record.role is Role.WITHDRAWN:
        body = record.counterpart or body
    return Option(f"{title}（{body}）" if body else title, title)


def _bodies(record: DutyItem) -> set[str]:
    return {*record.body.split("、"), record.counterpart}


def _is_one_thing(one: DutyItem, other: DutyItem) -> bool:
    """True for steps of one matter (高龄津贴初审, 高龄津贴审定) or parts; words may stand in any order."""
    pairs = (sorted(pair, key=len) for pair in product(_things(one), _things(other)))
    return any(len(short) >= _SHORTEST_THING and set(short) <= set(long) for short, long in pairs)


def _things(row: DutyItem) -> tuple[str, ...]:
    return tuple(matter(name).core for name in (row.name, row.sub_item) if name)
