"""What flows through the assistant: Question → Query → Candidate → Resolution → Answer.

Plain values. The wire form of the last one is in `schemas.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from index.model import (
    Clause,
    DutyItem,
    Locator,
    PaperKind,
    Place,
    PowerKind,
    Reform,
    Role,
    SourceDocument,
)


class Status(StrEnum):
    """How a question ended; never an exception."""

    ANSWERED = "answered"
    CLARIFY = "clarify"
    NO_EVIDENCE = "no_evidence"
    OUT_OF_COVERAGE = "out_of_coverage"
    OUT_OF_SCOPE = "out_of_scope"
    REFUSED = "refused"
    ERROR = "error"


class Intent(StrEnum):
    """What is wanted."""

    WHO_HANDLES = "who_handles"
    DUTIES_OF_BODY = "duties_of_body"
    LEGAL_BASIS = "legal_basis"
    BOUNDARY = "boundary"
    DELEGATION = "delegation"
    COOPERATION = "cooperation"
    STAFF_AND_OFFICES = "staff_and_offices"
    CHANGES = "changes"
    CONTACT = "contact"
    WHO_ELSE = "who_else"
    TERM = "term"


@dataclass(frozen=True, slots=True)
class Question:
    """What a person typed, with what the page or the channel knows.

    `place` is the one chosen beside the question, "" for none said: one chosen earlier in the
    conversation holds, unless `anywhere` says that none is wanted. `at_once` does not wait for a
    model: the rules answer in their own words, and `phrase` may find better ones later.
    """

    text: str
    place: str = ""
    as_of: date | None = None
    conversation_id: str = ""
    explain: bool = False
    anywhere: bool = False
    at_once: bool = False
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Correction:
    """A mistyped name and the known one it was read as: 成关镇 → 城关镇."""

    said: str
    read_as: str


@dataclass(frozen=True, slots=True)
class Query:
    """What the question was understood as.

    `matter` is the text to search for, with place, body, date and question words taken out; `text`
    is the whole question in simplified characters, for what the words of asking tell (申请, 举报).

    When: `as_of` is the day whose rules count; `is_dated` says that the person named it.
    `before_reform` holds words such as "改革前"; with them `is_dated` is True if the day before the
    reform of the bodies named is known, else `as_of` stays today and the answer has to say so.

    Where: `places` holds the one place meant, or several of the same name (ask back), or none.
    `old_places` are the reforms of places called by a former name (河西镇), `unloaded_place` is a
    place that was meant but has no papers here.

    Who: `bodies` are full names of bodies named, today's where an old name was used, and
    `old_names` the reforms that changed them; `unlisted` bodies said by their kind alone (公安局) of
    which the place asked about has no papers; `governments` are townships' own, where one is said to
    do it (镇政府, 镇里); `offices` are internal offices as said; `boundary`
    has the two sides of "A还是B", full names where known, else the words as said; `beyond` are those
    beside whom others are asked for: 除了民政局还有谁管.

    What of: `power`, `law` ("土地管理法") with `article` ("第六十二条"), `paper_kind` if one kind of
    list is meant, `wants_list` for "有哪些", `wants_each` for "哪些乡镇". `corrections` are the typing
    mistakes mended. `asks` is False where nothing is asked or wished of an office (怎么养多肉植物).
    """

    matter: str
    intent: Intent
    as_of: date
    is_dated: bool = False
    before_reform: str = ""
    places: tuple[Place, ...] = ()
    old_places: tuple[Reform, ...] = ()
    unloaded_place: str = ""
    bodies: tuple[str, ...] = ()
    old_names: tuple[Reform, ...] = ()
    unlisted: tuple[str, ...] = ()
    governments: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    boundary: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()
    power: PowerKind | None = None
    law: str = ""
    article: str = ""
    paper_kind: PaperKind | None = None
    wants_list: bool = False
    wants_each: bool = False
    corrections: tuple[Correction, ...] = ()
    asks: bool = True
    text: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that may answer, with each stage's score; higher is better, always."""

    record: DutyItem | Clause
    score: float
    stages: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who is responsible, how, and through which office.

    `office_from` is "list" or "provision" (the second hop to a 三定), "" without an office.
    `principal` is who delegates, entrusts, leads or receives. `phone` (whom to ask),
    `complaint_phone` and `address` are what the cited row publishes for it, as they stand there.
    """

    body: str
    role: Role
    place: str
    item_id: str
    office: str = ""
    office_from: str = ""
    principal: str = ""
    phone: str = ""
    complaint_phone: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered proof: the source, the exact place in it, the words as they stand there."""

    label: int
    item_id: str
    source: SourceDocument
    locator: Locator
    quote: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence of the answer with the labels of its citations."""

    text: str
    citations: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """One choice offered when asking back."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Clarify:
    """A question back: what is missing ("place", "body", "matter") and the choices."""

    ask: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Related:
    """A listed matter near to what was asked."""

    item_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Phrasing:
    """Who put an answer into words (措辞).

    `model` is the chat model whose sentences are shown, "" for the deterministic words; `prompt` the
    first twelve digits of its prompt's sha256. `fallback` says why a model's words were not used or
    not throughout, "" if nothing was amiss. `n_kept` sentences of the model are shown, `n_dropped`
    did not pass the check.
    """

    model: str = ""
    prompt: str = ""
    fallback: str = ""
    n_kept: int = 0
    n_dropped: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole reply. `understood` and `working` are ready for JSON.

    `contradicts` says that papers in force disagree, and that the answer shows both. `line` is the
    place answered for and those above it, top down, () without one. `answer_id` is what feedback
    refers to, "" where no journal is kept.
    """

    status: Status
    segments: tuple[Segment, ...]
    holders: tuple[Holder, ...] = ()
    citations: tuple[Citation, ...] = ()
    clarify: Clarify | None = None
    understood: Mapping[str, str] = field(default_factory=dict)
    line: tuple[Place, ...] = ()
    related: tuple[Related, ...] = ()
    contradicts: bool = False
    phrasing: Phrasing = Phrasing()
    conversation_id: str = ""
    answer_id: str = ""
    corpus_version: str = ""
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    working: Mapping[str, object] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The reply in one piece, citation labels in brackets."""
        return "".join(
            segment.text + "".join(f"[{label}]" for label in segment.citations)
            for segment in self.segments
        )
