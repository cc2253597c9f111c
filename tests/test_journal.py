"""The journal: masked, bounded, never in the way of an answer, and forgotten in time."""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from fake_assistant import FakeAssistant
from starlette.testclient import TestClient

from assistant.caller import Caller, calling
from assistant.http.app import create_app
from assistant.model import Question
from assistant.service.journal import Journal, NoJournal
from assistant.service.observed import observed
from assistant.service.operations import Operations
from assistant.state.database import StateError, open_state
from assistant.state.journal import Asked, Feedback, JournalStore, Verdict

NOON = 1_768_478_400.0  # 2026-01-15 12:00 UTC
DAY = 86_400


def masked(text: str) -> str:
    return re.sub(r"\d", "*", text)


@pytest.fixture
def engine(tmp_path: Path) -> sa.Engine:
    return open_state(f"sqlite:///{tmp_path / 'state.sqlite'}")


@pytest.fixture
def store(engine: sa.Engine) -> JournalStore:
    return JournalStore(engine)


@pytest.fixture
def journal(store: JournalStore):
    kept = Journal(store, masked, days=180, clock=lambda: NOON)
    yield kept
    kept.close()


def _asked(n: int = 1, **other) -> Asked:
    values = {"at": NOON, "channel": "page", "question": "低保找谁", "status": "answered"}
    return Asked(f"answer-{n}", **values | other)


def test_only_masked_text_is_stored(journal: Journal, store: JournalStore) -> None:
    journal.record(_asked(question="我的电话13800001111，低保找谁"))
    journal.record(Feedback("answer-1", NOON, Verdict.WRONG, "打了13800001111不对"))
    assert journal.flush()
    (row,) = store.export()
    assert row["question"] == "我的电话***********，低保找谁"
    assert row["reason"] == "打了***********不对"


def test_a_text_that_cannot_be_masked_is_neither_kept_nor_logged(
    store: JournalStore, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(text: str) -> str:
        raise ValueError(text)

    journal = Journal(store, broken, days=1, clock=lambda: NOON)
    journal.record(_asked(question="秘密"))
    assert journal.flush()
    journal.close()
    assert [row["question"] for row in store.export()] == [""]
    assert "秘密" not in caplog.text


def test_addresses_are_hashed_alike_on_one_day_and_otherwise_on_the_next(
    store: JournalStore, engine: sa.Engine
) -> None:
    store.write([_asked(1, caller="10.1.2.3"), _asked(2, caller="10.1.2.3")], [])
    store.write([_asked(3, caller="10.1.2.3", at=NOON + DAY)], [])
    first, second, third = (row["caller"] for row in store.export())
    assert first == second != third
    assert "10.1.2.3" not in {first, third}
    with engine.connect() as connection:
        assert connection.scalars(sa.text("select day from salts")).all() == ["2026-01-16"]


def test_two_workers_share_the_salt_of_a_day(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'state.sqlite'}"
    for n in (1, 2):
        JournalStore(open_state(url)).write([_asked(n, caller="10.1.2.3")], [])
    first, second = (row["caller"] for row in JournalStore(open_state(url)).export())
    assert first == second


def test_the_last_verdict_counts_and_one_on_an_unknown_answer_is_dropped(
    store: JournalStore,
) -> None:
    store.write([_asked()], [Feedback("answer-1", NOON, Verdict.UP)])
    store.write([], [Feedback("answer-1", NOON, Verdict.DOWN, "电话打不通")])
    store.write([], [Feedback("nobody-knows", NOON, Verdict.UP)])
    (row,) = store.export()
    assert (row["verdict"], row["reason"]) == ("down", "电话打不通")
    assert store.verdicts() == {Verdict.UP: 0, Verdict.DOWN: 1, Verdict.WRONG: 0}


def test_what_was_missed_is_grouped_and_most_asked_comes_first(store: JournalStore) -> None:
    lost = [_asked(n, question="蜂箱放哪", status="no_evidence", place="石川县") for n in (1, 2)]
    store.write([*lost, _asked(3), _asked(4)], [Feedback("answer-3", NOON, Verdict.WRONG, "改了")])
    first, second = store.missed()
    assert (first.question, first.n_asked, first.n_wrong) == ("蜂箱放哪", 2, 0)
    assert (second.question, second.n_asked, second.n_wrong) == ("低保找谁", 1, 1)
    assert second.reasons == ("改了",)


def test_deleting_by_age_and_by_id_takes_the_feedback_along(
    store: JournalStore, engine: sa.Engine
) -> None:
    store.write([_asked(n, at=NOON + n * DAY) for n in range(4)], [])
    store.write([], [Feedback(f"answer-{n}", NOON, Verdict.UP) for n in range(4)])
    assert store.delete(before=NOON + DAY) == 1
    assert store.delete(answer_id="answer-2") == 1
    assert store.delete() == 0
    assert [row["id"] for row in store.export()] == ["answer-1", "answer-3"]
    with engine.connect() as connection:
        assert connection.scalar(sa.text("select count(*) from feedback")) == 2


def test_old_questions_go_by_themselves(store: JournalStore) -> None:
    store.write([_asked(1, at=NOON - 31 * DAY), _asked(2, at=NOON - 29 * DAY)], [])
    journal = Journal(store, masked, days=30, clock=lambda: NOON)
    journal.record(_asked(3))
    assert journal.flush()
    journal.close()
    assert [row["id"] for row in store.export()] == ["answer-2", "answer-3"]


def test_a_clock_that_jumped_ten_years_deletes_nothing(store: JournalStore) -> None:
    now = [NOON]
    journal = Journal(store, masked, days=30, clock=lambda: now[0])
    now[0] += 3650 * DAY
    journal.record(_asked())
    assert journal.flush()
    journal.close()
    assert len(list(store.export())) == 1


class FullDisk(JournalStore):
    """A store whose disk is full until it is told otherwise: SQLite's own error, not a fake one."""

    def __init__(self, engine: sa.Engine) -> None:
        super().__init__(engine)
        self.is_full = threading.Event()
        self._engine_of_full = engine

    def write(self, asked, feedback):
        if self.is_full.is_set():
            with self._engine_of_full.begin() as connection:
                connection.execute(sa.text("PRAGMA max_page_count = 1"))
                connection.execute(sa.text("create table more as select zeroblob(1000000)"))
        super().write(asked, feedback)


def test_a_full_disk_delays_the_journal_and_loses_nothing(engine: sa.Engine) -> None:
    store = FullDisk(engine)
    store.is_full.set()
    journal = Journal(store, masked, days=30, clock=lambda: NOON, retry_s=0.05)
    start = time.perf_counter()
    for n in range(50):
        journal.record(_asked(n))
    assert time.perf_counter() - start < 0.5
    assert not journal.flush(timeout_s=0.3)
    assert journal.n_failed_writes > 0
    store.is_full.clear()
    assert journal.flush()
    journal.close()
    assert len(list(store.export())) == 50
    assert journal.n_dropped == 0


def test_a_damaged_database_is_told_as_one_kind_of_error(tmp_path: Path) -> None:
    (tmp_path / "state.sqlite").write_bytes(b"not a database at all" * 200)
    with pytest.raises(StateError):
        open_state(f"sqlite:///{tmp_path / 'state.sqlite'}")


def test_an_answer_is_noted_with_its_channel_and_can_be_judged_and_forgotten(
    tmp_path: Path, journal: Journal, store: JournalStore
) -> None:
    client = TestClient(create_app(FakeAssistant(tmp_path), Operations(journal)))
    answer_id = client.post("/api/ask", json={"question": "宅基地盖房找谁"}).json()["answer_id"]
    said = {"answer_id": answer_id, "verdict": "wrong", "reason": "是县里管"}
    assert client.post("/api/feedback", json=said).status_code == 202
    assert journal.flush()
    (row,) = store.export()
    assert row["status"] == "answered"
    assert row["holders"]
    assert (row["verdict"], row["reason"]) == ("wrong", "是县里管")
    assert client.delete(f"/api/answers/{answer_id}").status_code == 204
    assert client.delete(f"/api/answers/{answer_id}").status_code == 404
    assert list(store.export()) == []


@pytest.mark.parametrize(
    "said", [{}, {"answer_id": "x"}, {"answer_id": "a" * 16, "verdict": "great"}]
)
def test_feedback_that_makes_no_sense_is_a_problem(tmp_path: Path, journal, said: dict) -> None:
    client = TestClient(create_app(FakeAssistant(tmp_path), Operations(journal)))
    assert client.post("/api/feedback", json=said).status_code == 422


def test_without_a_journal_there_is_no_id_and_no_feedback(tmp_path: Path) -> None:
    client = TestClient(create_app(FakeAssistant(tmp_path), Operations(NoJournal())))
    assert client.post("/api/ask", json={"question": "宅基地盖房"}).json()["answer_id"] == ""
    said = {"answer_id": "a" * 16, "verdict": "up"}
    assert client.post("/api/feedback", json=said).json()["code"] == "journal_off"


def test_a_channel_says_for_whom_it_asks(tmp_path: Path, journal, store) -> None:
    assistant = observed(FakeAssistant(tmp_path), journal)
    with calling(Caller("wecom", address="user-1", request_id="r1")):
        assistant.answer(Question("宅基地盖房找谁"))
    assert journal.flush()
    (row,) = store.export()
    assert (row["channel"], row["request_id"]) == ("wecom", "r1")
    assert row["caller"] not in ("", "user-1")


class _Refusing:
    """A store that breaks over one question, in a way no database does."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    def write(self, asked, feedback) -> None:
        if any(one.id == "broken" for one in asked):
            raise ValueError("cannot be stored")
        self.ids += [one.id for one in asked]

    def delete(self, **wanted) -> int:
        return 0


def test_an_entry_that_can_never_be_stored_stops_no_other() -> None:
    store = _Refusing()
    journal = Journal(store, str, days=30)
    for name in ("a", "broken", "b"):
        journal.record(Asked(name, 1.0, "page", "问", "answered"))
    assert journal.flush()
    journal.record(Asked("c", 1.0, "page", "问", "answered"))
    assert journal.flush()
    journal.close()
    assert store.ids == ["a", "b", "c"]
    assert journal.n_dropped == 1


def test_an_entry_of_no_known_kind_ends_nothing(journal: Journal, store: JournalStore) -> None:
    for entry in (_asked(1), "neither a question nor feedback", _asked(2)):
        journal.record(entry)
    assert journal.flush()
    assert [row["id"] for row in store.export()] == ["answer-1", "answer-2"]
    assert journal.n_dropped == 1


def test_what_the_database_itself_refuses_is_dropped_and_not_tried_for_ever(
    engine: sa.Engine,
) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("create unique index once on questions (question)"))
    journal = Journal(JournalStore(engine), masked, days=30, clock=lambda: NOON, retry_s=60)
    for n, question in enumerate(["低保", "低保", "社保"]):
        journal.record(_asked(n, question=question))
    assert journal.flush()
    journal.close()
    assert [row["question"] for row in JournalStore(engine).export()] == ["低保", "社保"]
    assert journal.n_dropped == 1
    assert journal.n_failed_writes == 0


def test_a_text_that_no_database_takes_is_kept_without_what_it_does_not_take(
    journal: Journal, store: JournalStore
) -> None:
    journal.record(_asked(question="低\x00保\ud800"))
    assert journal.flush()
    assert [row["question"] for row in store.export()] == ["低保?"]
    assert journal.n_dropped == 0


def test_forgetting_waits_for_what_was_taken_before_it_and_for_nothing_else(
    store: JournalStore,
) -> None:
    journal = Journal(store, masked, days=30, clock=lambda: NOON)
    done = threading.Event()

    def others() -> None:
        n = 100
        while not done.wait(0.0005):
            journal.record(_asked(n := n + 1))

    crowd = threading.Thread(target=others)
    crowd.start()
    try:
        journal.record(_asked(1))
        start = time.perf_counter()
        assert journal.forget("answer-1")
        assert time.perf_counter() - start < 2
    finally:
        done.set()
        crowd.join()
        journal.close()
