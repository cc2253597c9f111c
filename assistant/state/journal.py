"""The journal's tables: what was asked, masked, and what people said of the answers."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from assistant.state.database import METADATA

_SALT_BYTES = 32
_HASH_BYTES = 8
# Statuses after which somebody still waits for an answer.
UNANSWERED = ("no_evidence", "out_of_coverage", "out_of_scope")


class Verdict(StrEnum):
    """What a person says of an answer: 有用, 没用, 不对."""

    UP = "up"
    DOWN = "down"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question and how it ended. `at` in seconds since 1970; `caller` never an address.

    Until it is written, `question` is as typed and `caller` the address it came from; the writer
    masks the one and hashes the other with the day's salt.
    """

    id: str
    at: float
    channel: str
    question: str
    status: str
    place: str = ""
    holders: tuple[str, ...] = ()
    corpus_version: str = ""
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    caller: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person says of an answer, with a reason in their words (masked when written)."""

    answer_id: str
    at: float
    verdict: Verdict
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Missed:
    """Questions of the same words at one place that found no answer, or a wrong one."""

    question: str
    place: str
    status: str
    n_asked: int
    n_wrong: int
    last_at: float
    reasons: tuple[str, ...] = ()


_QUESTIONS = sa.Table(
    "questions",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("at", sa.Float, nullable=False, index=True),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("status", sa.String(32), nullable=False, index=True),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("holders", sa.Text, nullable=False),
    sa.Column("corpus_version", sa.Text, nullable=False),
    sa.Column("timings_ms", sa.Text, nullable=False),
    sa.Column("caller", sa.String(32), nullable=False),
    sa.Column("request_id", sa.String(32), nullable=False),
)
_FEEDBACK = sa.Table(
    "feedback",
    METADATA,
    sa.Column("answer_id", sa.String(32), primary_key=True),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("verdict", sa.String(8), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)
# Gone when its day is over: from then on no stored caller can be matched with an address.
_SALTS = sa.Table(
    "salts",
    METADATA,
    sa.Column("day", sa.String(10), primary_key=True),
    sa.Column("salt", sa.LargeBinary, nullable=False),
)


class JournalStore:
    """Reads and writes the journal. Safe to share between threads."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def write(self, asked: Sequence[Asked], feedback: Sequence[Feedback]) -> None:
        """Store a batch in one transaction; callers are hashed here. What is known stays."""
        hashed = [self._with_hashed_caller(one) for one in asked]
        with self._engine.begin() as connection:
            known = _known(connection, [one.id for one in hashed])
            rows = [_row(one) for one in hashed if one.id not in known]
            if rows:
                connection.execute(_QUESTIONS.insert(), rows)
            for said in feedback:
                if _known(connection, [said.answer_id]):
                    connection.execute(
                        _FEEDBACK.delete().where(_FEEDBACK.c.answer_id == said.answer_id)
                    )
                    connection.execute(_FEEDBACK.insert(), asdict(said))

    def export(self, since: float = 0, until: float = float("inf")) -> Iterator[dict[str, Any]]:
        """Every question in a span of time with its feedback, oldest first, ready for JSON."""
        statement = (
            sa.select(_QUESTIONS, _FEEDBACK.c.verdict, _FEEDBACK.c.reason)
            .outerjoin(_FEEDBACK, _FEEDBACK.c.answer_id == _QUESTIONS.c.id)
            .where(_QUESTIONS.c.at >= since)
            .order_by(_QUESTIONS.c.at, _QUESTIONS.c.id)
        )
        if until != float("inf"):
            statement = statement.where(_QUESTIONS.c.at < until)
        with self._engine.connect() as connection:
            for row in connection.execute(statement).mappings():
                yield _exported(row)

    def verdicts(self) -> dict[Verdict, int]:
        """How often people said what of an answer."""
        statement = sa.select(_FEEDBACK.c.verdict, sa.func.count()).group_by(_FEEDBACK.c.verdict)
        with self._engine.connect() as connection:
            found = {Verdict(verdict): n for verdict, n in connection.execute(statement)}
        return {verdict: found.get(verdict, 0) for verdict in Verdict}

    def missed(self, since: float = 0, limit: int = 200) -> tuple[Missed, ...]:
        """What went unanswered or was called wrong, most asked first."""
        is_wrong = _FEEDBACK.c.verdict.in_([Verdict.DOWN, Verdict.WRONG])
        columns = (_QUESTIONS.c.question, _QUESTIONS.c.place, _QUESTIONS.c.status)
        n_wrong = sa.func.sum(sa.case((is_wrong, 1), else_=0))
        statement = (
            sa.select(*columns, sa.func.count().label("n"), n_wrong.label("n_wrong"))
            .add_columns(sa.func.max(_QUESTIONS.c.at).label("last"))
            .outerjoin(_FEEDBACK, _FEEDBACK.c.answer_id == _QUESTIONS.c.id)
            .where(_QUESTIONS.c.at >= since)
            .where(_QUESTIONS.c.status.in_(UNANSWERED) | is_wrong)
            .group_by(*columns)
            .order_by(sa.desc("n"), sa.desc("last"))
            .limit(limit)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(statement).all()
            reasons = _reasons(connection, since)
        return tuple(
            Missed(
                row.question, row.place, row.status, row.n, int(row.n_wrong or 0), row.last,
                tuple(reasons.get((row.question, row.place), ())),
            )
            for row in rows
        )  # fmt: skip

    def delete(
        self, *, before: float | None = None, answer_id: str = "", everything: bool = False
    ) -> int:
        """Delete questions with their feedback by age, by id, or all; returns how many went."""
        wanted: list[sa.ColumnElement[bool]] = []
        if before is not None:
            wanted.append(_QUESTIONS.c.at < before)
        if answer_id:
            wanted.append(_QUESTIONS.c.id == answer_id)
        if not wanted and not everything:
            return 0
        going = sa.select(_QUESTIONS.c.id).where(*wanted)
        with self._engine.begin() as connection:
            connection.execute(_FEEDBACK.delete().where(_FEEDBACK.c.answer_id.in_(going)))
            return connection.execute(_QUESTIONS.delete().where(*wanted)).rowcount

    def _with_hashed_caller(self, asked: Asked) -> Asked:
        if not asked.caller:
            return asked
        salt = self._salt(datetime.fromtimestamp(asked.at, UTC).date().isoformat())
        digest = hashlib.blake2b(asked.caller.encode(), key=salt, digest_size=_HASH_BYTES)
        return replace(asked, caller=digest.hexdigest())

    def _salt(self, day: str) -> bytes:
        """The salt of a day, the same for every worker; those of other days are forgotten."""
        found = sa.select(_SALTS.c.salt).where(_SALTS.c.day == day)
        with self._engine.begin() as connection:
            if (salt := connection.scalar(found)) is not None:
                return bytes(salt)
        fresh = secrets.token_bytes(_SALT_BYTES)
        try:
            with self._engine.begin() as connection:
                connection.execute(_SALTS.delete().where(_SALTS.c.day < day))
                connection.execute(_SALTS.insert(), {"day": day, "salt": fresh})
        except sa.exc.IntegrityError:  # another worker was first
            return self._salt(day)
        return fresh


def _known(connection: sa.Connection, ids: Sequence[str]) -> set[str]:
    return set(connection.scalars(sa.select(_QUESTIONS.c.id).where(_QUESTIONS.c.id.in_(ids))))


def _row(asked: Asked) -> dict[str, object]:
    return {
        **asdict(asked),
        "holders": json.dumps(asked.holders, ensure_ascii=False),
        "timings_ms": json.dumps(dict(asked.timings_ms)),
    }


def _exported(row: sa.RowMapping) -> dict[str, Any]:
    values = dict(row)
    values["at"] = datetime.fromtimestamp(row["at"], UTC).isoformat(timespec="seconds")
    values["holders"] = json.loads(row["holders"])
    values["timings_ms"] = json.loads(row["timings_ms"])
    return values


def _reasons(connection: sa.Connection, since: float) -> dict[tuple[str, str], list[str]]:
    """What people wrote about wrong answers, by question and place."""
    statement = (
        sa.select(_QUESTIONS.c.question, _QUESTIONS.c.place, _FEEDBACK.c.reason)
        .join(_FEEDBACK, _FEEDBACK.c.answer_id == _QUESTIONS.c.id)
        .where(_QUESTIONS.c.at >= since, _FEEDBACK.c.reason != "")
        .where(_FEEDBACK.c.verdict != Verdict.UP)
        .order_by(_FEEDBACK.c.at)
    )
    found: dict[tuple[str, str], list[str]] = {}
    for question, place, reason in connection.execute(statement):
        found.setdefault((question, place), []).append(reason)
    return found
