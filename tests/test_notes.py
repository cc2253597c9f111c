"""Notes that fade, in the database of the service's state."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant.state.database import open_state
from assistant.state.notes import Notes


@pytest.fixture
def clock() -> list[float]:
    return [1000.0]


@pytest.fixture
def notes(tmp_path: Path, clock: list[float]) -> Notes:
    return Notes(open_state(f"sqlite:///{tmp_path / 'state.sqlite'}"), lambda: clock[0])


def test_a_note_is_found_until_it_fades_or_is_forgotten(notes: Notes, clock: list[float]) -> None:
    notes.keep("a", "第一句", ttl_s=10)
    notes.keep("a", "第二句", ttl_s=10)
    assert notes.find("a") == "第二句"
    clock[0] += 10
    assert notes.find("a") is None
    notes.keep("a", "第三句", ttl_s=10)
    notes.forget("a")
    assert notes.find("a") is None


def test_a_key_is_claimed_once_until_it_fades(notes: Notes, clock: list[float]) -> None:
    assert notes.claim("a", ttl_s=10)
    assert not notes.claim("a", ttl_s=10)
    clock[0] += 10
    assert notes.claim("a", ttl_s=10)


def test_of_many_workers_one_claims_a_key(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'state.sqlite'}"
    workers = [Notes(open_state(url)) for _ in range(4)]
    start = threading.Barrier(8)

    def claim(n: int) -> bool:
        start.wait()
        return workers[n % 4].claim("a", ttl_s=60)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(claim, range(8))) == 1


def test_faded_notes_are_deleted_now_and_then(notes: Notes, clock: list[float]) -> None:
    for n in range(20):
        notes.keep(f"old{n}", "x", ttl_s=1)
    clock[0] += 601
    notes.keep("new", "x", ttl_s=1)
    with notes._engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM notes").scalar() == 1
