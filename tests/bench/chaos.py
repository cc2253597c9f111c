"""What happens when things break: `make chaos`, or `python -m bench.chaos --kills 100`.

Builders and workers are killed (SIGKILL) at random moments, the disk is full, the database and the
model go away and come back. After each blow: is everything that was published still there, and every
answered question in the journal, was any answer other than the one before, how soon was the service
back? Prints one row a kind of blow; exits 1 if anything was lost or any answer was wrong.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import engines
import httpx
from fake_model import FakeModel, serving
from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.corpus import Corpus
from assistant.evaluation.generate import generate
from assistant.model import Question
from assistant.pipeline import Assistant
from assistant.state.database import open_state, state_url
from assistant.state.journal import JournalStore
from index.catalog import Catalog
from index.versions import CorpusFolder

ROOT = Path(__file__).parent.parent.parent
SAMPLE = ROOT / "index" / "sample"
SEED = 20
_N_ASKED = 120
_N_KEPT = 5  # a build killed before it has tidied up leaves one more, which the next one removes
_N_PROBED = 4  # asked to see whether the service is back
_FULL_BYTES = 300_000  # the catalog of the sample needs some megabytes
_BACK_S = 60.0  # longer is reported as never
_START_S = 120.0
_TROUBLE_S = 3.0  # how long a full disk or a broken model lasts
_FAULTS = ("gone", "500", "hang", "cut", "garbage")


@dataclass
class Blow:
    """One kind of trouble and what came of it."""

    name: str
    n_times: int = 0
    n_lost: int = 0
    n_wrong: int = 0
    n_asked: int = 0
    n_refused: int = 0
    back_s: list[float] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return not self.n_lost and not self.n_wrong and all(s < _BACK_S for s in self.back_s)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--kills", type=int, default=100, help="kills in all, half of them builders"
    )
    options = parser.parse_args()
    random.seed(SEED)
    with TemporaryDirectory() as folder:
        home = Path(folder)
        _environment(home)
        _build(home)
        blows = [
            killed_builders(home, options.kills // 2),
            full_disk(home, 5),
            full_disk_in_service(home, 5),
            killed_workers(home, options.kills - options.kills // 2),
            model_away(home),
            database_away(home, 5),
        ]
    _show(blows)
    sys.exit(0 if all(blow.is_sound for blow in blows) else 1)


def _environment(home: Path) -> None:
    """Words alone: what breaks here is not the encoder, and a build takes seconds."""
    os.environ |= {"DUTYDESK_HOME": str(home), "DUTYDESK_ENCODER": "none", "DUTYDESK_RATE": "0"}
    os.environ["PYTHONPATH"] = str(ROOT)


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "assistant.cli", *arguments, "--corpus", "sample"]


def _build(home: Path, **settings: str) -> float:
    start = time.perf_counter()
    command = _command("build", str(SAMPLE))
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **settings})
    return time.perf_counter() - start


Expected = dict[Question, str]


def _answers(home: Path) -> Expected:
    """What the version in service answers to questions made from its own rows, in this process."""
    corpus = Corpus(CorpusFolder(home, "sample").current(), None)
    assistant = Assistant(corpus)
    cases = generate(corpus, _N_ASKED, seed=SEED)
    questions = [Question(case.question, case.place, case.as_of) for case in cases]
    return {question: assistant.answer(question).text for question in questions}


def _n_changed(home: Path, before: Expected) -> int:
    now = _answers(home)
    return sum(now.get(question) != text for question, text in before.items())


def killed_builders(home: Path, n: int) -> Blow:
    """SIGKILL at a random moment of a build; another build afterwards must publish and tidy up."""
    blow = Blow("杀掉正在建库的进程")
    whole_s = _build(home)
    before = _answers(home)
    for _ in track(range(n), description=blow.name, console=_err):
        published = set(CorpusFolder(home, "sample").versions())
        process = subprocess.Popen(
            _command("build", str(SAMPLE)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(random.uniform(0.05, whole_s * 1.1))
        process.kill()
        process.wait()
        blow.n_times += 1
        left = set(CorpusFolder(home, "sample").versions())
        blow.n_lost += max(0, min(len(published), _N_KEPT) - len(left))
        blow.n_asked += len(before)
        blow.n_wrong += _n_changed(home, before)
    start = time.perf_counter()
    _build(home)
    blow.back_s.append(time.perf_counter() - start)
    blow.n_lost += len(list((home / "corpora/sample/versions").glob(".building-*")))
    return blow


def full_disk(home: Path, n: int) -> Blow:
    """No file may grow beyond a few hundred kilobytes: the build must fail and change nothing."""
    blow = Blow("建库时磁盘写满")
    before, in_service = _answers(home), CorpusFolder(home, "sample").current()

    def little_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (_FULL_BYTES, _FULL_BYTES))

    for _ in range(n):
        command = _command("build", str(SAMPLE))
        done = subprocess.run(command, capture_output=True, preexec_fn=little_room, check=False)
        blow.n_times += 1
        blow.n_lost += done.returncode == 0 or CorpusFolder(home, "sample").current() != in_service
        blow.n_asked += len(before)
        blow.n_wrong += _n_changed(home, before)
    start = time.perf_counter()
    _build(home)
    blow.back_s.append(time.perf_counter() - start)
    return blow


def full_disk_in_service(home: Path, n: int) -> Blow:
    """No file of the service may grow: every question is answered, and noted once there is room."""
    blow, expected = Blow("答问时磁盘写满"), _answers(home)
    before = _n_noted(home)
    with _serving("--workers", "1") as (server, url), _asking(url, expected, blow):
        for _ in range(n):
            resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
            time.sleep(_TROUBLE_S)
            blow.back_s.append(_until_back(url, expected))
            no_limit = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
            resource.prlimit(server.pid, resource.RLIMIT_FSIZE, no_limit)
            time.sleep(_TROUBLE_S)
            blow.n_times += 1
    blow.n_lost += max(0, blow.n_asked - blow.n_refused - (_n_noted(home) - before))
    return blow


def model_away(home: Path) -> Blow:
    """The model is gone, errs, hangs, breaks off, babbles; back is when it is asked again."""
    blow, expected = Blow("模型接口断开、出错"), _answers(home)
    with serving(FakeModel()) as model:
        settings = {"DUTYDESK_LLM": f"{model.url}#fake", "DUTYDESK_LLM_SECONDS": "1"}
        with _serving("--workers", "1", **settings) as (_, url), _asking(url, expected, blow):
            _until_asked(model)
            for fault in _FAULTS:
                model.fault = fault
                time.sleep(_TROUBLE_S)
                model.fault = ""
                blow.n_times += 1
                blow.back_s.append(_until_asked(model))
    return blow


def _until_asked(model: FakeModel) -> float:
    """Seconds until the model is asked anything: after failures it is left alone for a while."""
    n_before, start = len(model.asked), time.perf_counter()
    while len(model.asked) == n_before and time.perf_counter() - start < _BACK_S:
        time.sleep(0.05)
    return time.perf_counter() - start


def killed_workers(home: Path, n: int) -> Blow:
    """SIGKILL of a random worker while four clients ask."""
    blow = Blow("杀掉正在答问的工作进程")
    expected = _answers(home)
    with _serving("--workers", "2") as (server, url), _asking(url, expected, blow):
        for _ in track(range(n), description=blow.name, console=_err):
            time.sleep(random.uniform(0.1, 1.0))
            workers = _workers(server.pid)
            if not workers:
                _until_back(url, expected)
                continue
            os.kill(random.choice(workers), signal.SIGKILL)
            blow.n_times += 1
            blow.back_s.append(_until_back(url, expected))
    return blow


def database_away(home: Path, n: int) -> Blow:
    """PostgreSQL is stopped at once and started again while four clients ask."""
    blow = Blow("数据库断开再回来")
    with engines.postgresql(home / "pg") as database:
        _build(home, DUTYDESK_CATALOG=database.url)
        expected = _answers(home)
        settings = {"DUTYDESK_STATE": database.url}
        with _serving("--workers", "1", **settings) as (_, url), _asking(url, expected, blow):
            for _ in range(n):
                database.stop()
                time.sleep(random.uniform(0.5, 2.0))
                database.start()
                blow.n_times += 1
                blow.back_s.append(_until_back(url, expected))
        kept = Catalog.of_version(CorpusFolder(home, "sample").current())
        blow.n_lost += next(iter(kept.all_records()), None) is None
        blow.n_lost += max(0, blow.n_asked - blow.n_refused - _n_noted(home, database.url))
        shutil.rmtree(home / "corpora")
    return blow


@contextmanager
def _serving(*options: str, **settings: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    port = engines.free_port()
    command = [*_command("serve"), "--port", str(port), *options]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(command, env={**os.environ, **settings}, **quiet)
    url = f"http://127.0.0.1:{port}"
    try:
        _until_ready(url)
        yield server, url
    finally:
        server.terminate()
        server.wait(60)


def _n_noted(home: Path, url: str = "") -> int:
    """Questions in the journal."""
    engine = open_state(state_url(home, url))
    n_noted = sum(1 for _ in JournalStore(engine).export())
    engine.dispose()
    return n_noted


def _until_ready(url: str) -> None:
    start = time.perf_counter()
    while time.perf_counter() - start < _START_S:
        try:
            if httpx.get(f"{url}/readyz", timeout=5).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise TimeoutError(url)


@contextmanager
def _asking(url: str, expected: Expected, blow: Blow) -> Iterator[None]:
    """Clients that ask without pause; an answer other than the expected one is a wrong one."""
    done = threading.Event()
    counted = threading.Lock()

    def ask(seed: int) -> None:
        questions = random.Random(seed)
        while not done.is_set():
            question = questions.choice(list(expected))
            answer = _ask(url, question)
            with counted:
                blow.n_asked += 1
                blow.n_refused += answer is None
                blow.n_wrong += answer not in (None, expected[question])

    clients = [threading.Thread(target=ask, args=(i,)) for i in range(4)]
    for client in clients:
        client.start()
    try:
        yield
    finally:
        done.set()
        for client in clients:
            client.join()


def _ask(url: str, question: Question) -> str | None:
    """The text of an answer; None for an error, which is no wrong answer."""
    asked = {"question": question.text, "place": question.place or None}
    asked |= {"as_of": question.as_of.isoformat()} if question.as_of else {}
    try:
        got = httpx.post(f"{url}/api/ask", json=asked, timeout=10)
    except httpx.HTTPError:
        time.sleep(0.05)
        return None
    return got.json()["text"] if got.status_code == 200 else None


def _until_back(url: str, expected: Expected) -> float:
    """Seconds until questions are answered again."""
    probes = list(expected)[:_N_PROBED]
    start = time.perf_counter()
    while time.perf_counter() - start < _BACK_S:
        if all(_ask(url, question) is not None for question in probes):
            return time.perf_counter() - start
    return _BACK_S


def _workers(server: int) -> list[int]:
    """The processes that a server has started, but for Python's own tracker of resources."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    return [pid for pid in map(int, children) if "spawn_main" in _words(pid)]


def _words(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def _show(blows: list[Blow]) -> None:
    table = Table(
        "打击", "次数", "丢失", "问", "答错", "没答上", "恢复秒（中位/最长）", title="混乱测试"
    )
    for blow in blows:
        back = sorted(blow.back_s)
        shown = f"{back[len(back) // 2]:.1f} / {back[-1]:.1f}" if back else "—"
        numbers = (blow.n_times, blow.n_lost, blow.n_asked, blow.n_wrong, blow.n_refused)
        table.add_row(blow.name, *map(str, numbers), shown)
    Console().print(table)


_err = Console(stderr=True)


if __name__ == "__main__":
    main()
