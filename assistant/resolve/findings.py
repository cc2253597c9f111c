"""What resolving finds out: rulings, statements quoted as they stand, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from assistant.model import Candidate, Holder, Option, Status
from index.diff import Change
from index.model import Clause, DutyItem, Place, Reform, Role
from index.records import Record


@dataclass(frozen=True, slots=True)
class Ruling:
    """How one body holds a matter: the records that prove it, the deciding one first, and the rule.

    `helper` is who cooperates, where `holder` leads. `office_clause` is the 三定 clause that names
    the holder's office where no list does. `against` are records in force that say otherwise,
    `changes` the reforms that led from the body a record names to the holder. `office_is_unknown`
    says that the holder's own 三定 does not have the office that the list names.
    """

    role: Role
    holder: Holder
    proof: tuple[Record, ...]
    rule: str
    helper: Holder | None = None
    office_clause: Clause | None = None
    against: tuple[DutyItem, ...] = ()
    changes: tuple[Reform, ...] = ()
    office_is_unknown: bool = False

    @property
    def parties(self) -> tuple[Holder, ...]:
        """The holder, and who cooperates."""
        return (self.holder, self.helper) if self.helper else (self.holder,)


@dataclass(frozen=True, slots=True)
class Statement:
    """A record quoted for what it says. `words` is the part that counts; "" for the whole."""

    record: Record
    words: str = ""
    holder: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """Who held a matter from a day on (None: from the first paper) until the next period."""

    since: date | None
    rulings: tuple[Ruling, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """What differs between two editions of a list. `firsts` are a record of each, the older first."""

    firsts: tuple[Record, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What was found out for some of several places asked about."""

    places: tuple[Place, ...]
    found: Resolution


@dataclass(frozen=True, slots=True)
class Resolution:
    """What was found out.

    `choices` are the places to ask about when the answer differs, `matters` listed matters that may
    be meant, to be asked about instead; `agree_in` names the place all of whose townships have the
    same answer, `parts` tell the answers apart where each was asked for. `missing` names papers that
    are not loaded; with an answer, those of a body that the question named. `another_day` is a record of the matter
    that does not count on the day, `covered` are the bodies whose lists do, `not_with` bodies named
    in the question to which the lists do not give the matter.
    `n_more` counts statements beyond those given. `rule` says which rule decided.
    """

    status: Status
    matter: str = ""
    rulings: tuple[Ruling, ...] = ()
    statements: tuple[Statement, ...] = ()
    periods: tuple[Period, ...] = ()
    reforms: tuple[Reform, ...] = ()
    compared: Compared | None = None
    nearby: tuple[Candidate, ...] = ()
    choices: tuple[Place, ...] = ()
    matters: tuple[Option, ...] = ()
    agree_in: str = ""
    parts: tuple[Part, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    missing: tuple[str, ...] = ()
    another_day: Record | None = None
    covered: tuple[str, ...] = ()
    not_with: tuple[str, ...] = ()
    contradicts: bool = False
    n_more: int = 0
    rule: str = ""
