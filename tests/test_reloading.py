"""New versions go into service without a dropped question; conversations outlive a worker."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from datetime import date
from pathlib import Path

import pytest
from fake_assistant import FakeAssistant
from starlette.testclient import TestClient

from assistant.conversation.store import InMemoryConversations
from assistant.conversation.turns import Turn
from assistant.http.app import create_app
from assistant.model import Intent, Option, Query, Question
from assistant.service.operations import Operations
from assistant.service.reloading import Reloading, as_assistant
from assistant.state.conversations import SqlConversations
from assistant.state.database import open_state
from index.errors import CorpusError
from index.model import Level, Place


class Versioned(FakeAssistant):
    """A fake over one version, that can be made slow."""

    def __init__(self, folder: Path, gate: threading.Event) -> None:
        super().__init__(folder)
        self._version, self._gate = folder.name, gate

    @property
    def corpus_version(self) -> str:
        return self._version

    def answer(self, question):
        if question.text == "慢":
            self._gate.wait(10)
        return super().answer(question)


class Publisher:
    """A pointer and its versions; a version called broken cannot be opened."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.version, self.told = folder, "v1", []
        self.gate = threading.Event()

    def pointer(self) -> Path:
        if not self.version:
            raise CorpusError("还没有语料库")
        return self.folder / self.version

    def open(self, folder: Path) -> Versioned:
        if folder.name.startswith("broken"):
            raise CorpusError("坏了")
        folder.mkdir(exist_ok=True)
        return Versioned(folder, self.gate)

    def reloading(self) -> Reloading:
        return Reloading(self.pointer, self.open, lambda *told: self.told.append(told))


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    return Publisher(tmp_path)


def test_a_published_version_is_served_and_a_broken_one_is_not(publisher: Publisher) -> None:
    reloading = publisher.reloading()
    assert not reloading.reload()
    publisher.version = "v2"
    assert reloading.reload()
    publisher.version = "broken"
    assert not reloading.reload()
    publisher.version = ""
    assert not reloading.reload()
    assert as_assistant(reloading).corpus_version == "v2"
    assert publisher.told == [("v1", True), ("v2", True), ("v2", False), ("v2", False)]


def test_what_cannot_be_opened_is_told_once_however_often_it_is_tried(
    publisher: Publisher, caplog: pytest.LogCaptureFixture
) -> None:
    reloading = publisher.reloading()
    for version in ("broken", "broken", "v2", "broken"):
        publisher.version = version
        reloading.reload()
    assert [record.exc_info is not None for record in caplog.records] == [True, True]
    assert len(publisher.told) == 5


def test_a_new_version_is_noticed_by_itself(publisher: Publisher) -> None:
    reloading = publisher.reloading()
    reloading.watch()
    publisher.version = "v2"
    deadline = time.monotonic() + 5
    while reloading.corpus_version != "v2" and time.monotonic() < deadline:
        time.sleep(0.02)
    reloading.close()
    assert reloading.corpus_version == "v2"


def test_the_memory_of_the_version_before_is_given_back(publisher: Publisher) -> None:
    reloading = publisher.reloading()
    old = reloading._current
    old.itself = old  # as the parts of a real one refer to each other
    gone = weakref.ref(old)
    del old
    gc.disable()
    try:
        reloading.watch()
        publisher.version = "v2"
        deadline = time.monotonic() + 20
        while gone() is not None and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        gc.enable()
        reloading.close()
    assert gone() is None


def test_who_is_being_answered_keeps_the_version_he_started_with(publisher: Publisher) -> None:
    reloading = publisher.reloading()
    app = create_app(as_assistant(reloading), Operations(pinned=reloading.pinned))
    client = TestClient(app)
    replies = []
    asking = threading.Thread(
        target=lambda: replies.append(client.post("/api/ask", json={"question": "慢"}))
    )
    asking.start()
    time.sleep(0.2)
    publisher.version = "v2"
    assert reloading.reload()
    assert client.get("/healthz").json()["corpus_version"] == "v2"
    publisher.gate.set()
    asking.join()
    assert replies[0].status_code == 200
    with reloading.pinned():
        publisher.version = "v3"
        reloading.reload()
        assert reloading.corpus_version == "v2"
    assert reloading.corpus_version == "v3"


def test_no_question_is_dropped_while_versions_come_and_go(publisher: Publisher) -> None:
    reloading = publisher.reloading()
    app = create_app(as_assistant(reloading), Operations(pinned=reloading.pinned))
    client, stop, codes = TestClient(app), threading.Event(), []

    def ask() -> None:
        while not stop.is_set():
            codes.append(client.post("/api/ask", json={"question": "宅基地"}).status_code)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for n in range(2, 12):
        publisher.version = f"v{n}" if n % 3 else f"broken{n}"
        reloading.reload()
        time.sleep(0.05)
    stop.set()
    for thread in threads:
        thread.join()
    assert len(codes) > 20
    assert set(codes) == {200}


TOWN = Place("990101101", "柳桥镇", "青禾市望溪县柳桥镇", Level.TOWNSHIP, "990101")
TURN = Turn(
    Query("低保", Intent.WHO_HANDLES, date(2026, 1, 15), places=(TOWN,), boundary=("甲", "乙")),
    home="990101101",
    holders=("望溪县民政局",),
    ask="place",
    options=(Option("柳桥镇", "990101101"),),
)


class Clock:
    """A clock that stands until it is set."""

    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(params=["memory", "sql"])
def kept(request: pytest.FixtureRequest, tmp_path: Path):
    clock = Clock()
    if request.param == "memory":
        return InMemoryConversations(limit=50, ttl_s=60, clock=clock), clock
    engine = open_state(f"sqlite:///{tmp_path / 'state.sqlite'}")
    return SqlConversations(engine, limit=50, ttl_s=60, clock=clock), clock


def test_a_conversation_comes_back_as_it_was_kept_until_it_expires(kept) -> None:
    conversations, clock = kept
    conversations.keep("one", TURN)
    assert conversations.find("one") == TURN
    assert conversations.find("other") is None
    assert conversations.find("") is None
    clock.now += 61
    assert conversations.find("one") is None


def test_only_the_last_turn_is_kept_and_old_ones_give_way(kept) -> None:
    conversations, clock = kept
    for n in range(2000):
        clock.now += 0.001
        conversations.keep(f"c{n}", TURN)
    conversations.keep("c1999", Turn(TURN.query, home="x"))
    assert conversations.find("c1999").home == "x"
    assert conversations.find("c0") is None


def test_any_worker_goes_on_with_a_conversation(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'state.sqlite'}"
    first, second = (SqlConversations(open_state(url), limit=9, ttl_s=60) for _ in range(2))
    first.keep("one", TURN)
    assert second.find("one") == TURN


def test_a_turn_with_everything_in_it_survives_storing(sample, tmp_path: Path) -> None:
    store = SqlConversations(open_state(f"sqlite:///{tmp_path / 's.sqlite'}"), limit=9, ttl_s=60)
    asked = Question("2023年改革前河西镇的低保归谁管？依据社会救助暂行办法第九条吗", "临溪县城关镇")
    query = sample.understand(asked)
    turn = Turn(query, holders=("x",))
    store.keep("one", turn)
    assert store.find("one") == turn


def test_a_full_or_damaged_database_costs_the_conversation_and_no_answer(tmp_path: Path) -> None:
    engine = open_state(f"sqlite:///{tmp_path / 'state.sqlite'}")
    store = SqlConversations(engine, limit=9, ttl_s=60)
    with engine.begin() as connection:
        connection.exec_driver_sql("drop table conversations")
    store.keep("one", TURN)
    assert store.find("one") is None
