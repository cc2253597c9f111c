"""`dutydesk serve` as it runs: several workers, killed ones, a new version, an end without a cut."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from loopback import free_port
from uvicorn import Config

from assistant.service.workers import Worker
from index.versions import CorpusFolder

ASKED = {"question": "最低生活保障审核确认由谁负责", "place": "临溪县城关镇"}
READY_S = 90


@pytest.fixture
def service_home(tmp_path: Path, sample_version: Path) -> Path:
    """A service_home of its own with the sample's records, one version published."""
    root = tmp_path / "corpora" / "sample"
    shutil.copytree(sample_version, root / "versions" / sample_version.name)
    (root / "current").write_text(sample_version.name)
    return tmp_path


@contextmanager
def _serving(
    service_home: Path, *options: str, **settings: str
) -> Iterator[tuple[subprocess.Popen, str]]:
    port = free_port()
    command = [sys.executable, "-m", "assistant.cli", "serve", "--corpus", "sample"]
    own = {"DUTYDESK_HOME": str(service_home), "DUTYDESK_ENCODER": "none", "DUTYDESK_RATE": "0"}
    with (service_home / "log").open("w") as log:
        process = subprocess.Popen(
            [*command, "--port", str(port), *options],
            env={**os.environ, **own, **settings},
            stderr=log,
            stdout=log,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _until(lambda: _is_ready(url))
        yield process, url
    finally:
        process.terminate()
        process.wait(40)


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def _until(is_so, seconds: float = READY_S) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.1)


def _ask(url: str) -> httpx.Response:
    return httpx.post(f"{url}/api/ask", json=ASKED, timeout=30)


def _version(url: str) -> str:
    return httpx.get(f"{url}/healthz", timeout=5).json()["corpus_version"]


def _workers(parent: int) -> list[int]:
    """Processes of the parent that have the service in them; multiprocessing's own are left out."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [pid for pid in map(int, children) if b"spawn_main" in _command(pid)]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _publish_again(service_home: Path) -> str:
    """The same records as a new version."""
    folder = CorpusFolder(service_home, "sample")
    with folder.staging() as staged:
        shutil.copytree(folder.current(), staged, dirs_exist_ok=True)
        return folder.publish(staged, "again")


def test_a_new_version_is_served_within_seconds_and_no_question_fails(service_home: Path) -> None:
    with _serving(service_home) as (_, url), ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(_ask, url) for _ in range(40)]
        version = _publish_again(service_home)
        _until(lambda: _version(url) == version, 30)
        assert {one.result().status_code for one in asking} == {200}
        assert _ask(url).json()["corpus_version"] == version


def test_a_broken_version_leaves_the_old_one_in_service(service_home: Path) -> None:
    with _serving(service_home) as (_, url):
        before = _version(url)
        folder = CorpusFolder(service_home, "sample")
        with folder.staging() as staged:
            shutil.copytree(folder.current(), staged, dirs_exist_ok=True)
            (staged / "catalog.sqlite").write_bytes(b"broken" * 1000)
            folder.publish(staged, "broken")
        _until(lambda: "cannot be opened" in (service_home / "log").read_text(), 20)
        assert _version(url) == before
        assert _ask(url).json()["status"] == "answered"


def test_workers_share_conversations_and_a_killed_one_comes_back(service_home: Path) -> None:
    with _serving(service_home, "--workers", "2") as (process, url):
        _until(lambda: len(_workers(process.pid)) == 2)
        answer = _ask(url).json()
        assert answer["status"] == "answered"
        follow = {"question": "依据是什么", "conversation_id": answer["conversation_id"]}
        for _ in range(6):  # whichever worker takes it knows what was asked
            reply = httpx.post(f"{url}/api/ask", json=follow, timeout=30).json()
            assert reply["understood"]["matter"] == answer["understood"]["matter"]
        victim = _workers(process.pid)[0]
        os.kill(victim, signal.SIGKILL)
        _until(lambda: _is_ready(url), 10)
        _until(lambda: len(_workers(process.pid)) == 2 and victim not in _workers(process.pid))
        assert all(_ask(url).status_code == 200 for _ in range(4))


def test_a_worker_that_dies_while_it_starts_is_missed_at_once() -> None:
    worker = Worker(Config("nobody:app", workers=2), [])
    worker.start()
    threading.Timer(0.1, worker.process.kill).start()  # while it is asked whether it is well
    start = time.monotonic()
    assert not worker.is_alive(timeout=60)
    worker.kill()
    worker.join()
    assert time.monotonic() - start < 30


def test_asked_to_stop_it_answers_what_it_was_asked(service_home: Path) -> None:
    with _serving(service_home) as (process, url), ThreadPoolExecutor(8) as pool:
        asking = [pool.submit(_ask, url) for _ in range(8)]
        time.sleep(0.02)
        while not any(one.done() for one in asking):
            time.sleep(0.005)
        process.terminate()
        codes = []
        for one in asking:
            try:
                codes.append(one.result().status_code)
            except httpx.ConnectError:  # came after the door was shut
                continue
        assert set(codes) == {200}
        assert process.wait(40) in (0, -signal.SIGTERM)


def test_without_a_corpus_it_says_what_to_do(tmp_path: Path) -> None:
    environment = {**os.environ, "DUTYDESK_HOME": str(tmp_path), "DUTYDESK_ENCODER": "none"}
    for options in ([], ["--workers", "2"]):
        done = subprocess.run(
            [sys.executable, "-m", "assistant.cli", "serve", *options],
            env=environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 1
        assert "dutydesk build" in done.stderr
