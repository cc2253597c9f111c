"""One build at a time, in a process of its own; what is in service stays until the new one is whole."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from assistant.editing.shelf import Shelf
from assistant.settings import Settings
from index.inputs import restore_inputs
from index.versions import CorpusFolder

_WRITE_EVERY_S = 0.5
_PASSED_ON = ("home", "corpus", "catalog", "vectors", "encoder", "encoder_key", "threads")


@dataclass(frozen=True, slots=True)
class Job:
    """How far the last build is: `state` running, done, failed or lost (its process is gone)."""

    state: str
    stage: str = ""
    n_done: int = 0
    n_total: int = 0
    message: str = ""
    version: str = ""
    started_at: float = 0.0


class Publisher:
    """Starts builds of one corpus and tells how far they are. Workers may each have one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.folder = CorpusFolder(settings.home, settings.corpus)
        self._root = settings.home / "editing" / settings.corpus
        self.shelf = Shelf(self._root)

    def job(self) -> Job | None:
        """The last build; None if there was none."""
        try:
            job = Job(**json.loads((self._root / "job.json").read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        if job.state == "running" and not self._is_locked():
            message = "上次的构建中途断了，没有发布；正在用的版本没有变，可以再发布一次。"
            return Job("lost", job.stage, job.n_done, job.n_total, message)
        return job

    def start(self) -> bool:
        """Begin a build; False if one is running."""
        self._root.mkdir(parents=True, exist_ok=True)
        if self._is_locked():
            return False
        self.note(Job("running", "准备", started_at=time.time()))
        with (self._root / "build.log").open("wb") as output:
            subprocess.Popen(
                [sys.executable, "-m", "assistant.editing.publish"],
                env={**os.environ, **self._environment()},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        for _ in range(100):  # until it holds the lock, so that the page does not call it lost
            time.sleep(0.1)
            if self._is_locked() or (job := self.job()) is None or job.state in {"done", "failed"}:
                break
        return True

    def note(self, job: Job) -> None:
        """Write down how far it is."""
        temporary = self._root / f".{uuid4().hex}"
        temporary.write_text(json.dumps(asdict(job), ensure_ascii=False), "utf-8")
        temporary.replace(self._root / "job.json")

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Hold the lock; False if another build has it. It goes with the process."""
        self._root.mkdir(parents=True, exist_ok=True)
        with (self._root / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    @contextmanager
    def inputs(self) -> Iterator[tuple[list[Path], Callable[[Mapping[str, str]], None]]]:
        """The folders to build from, waiting files last, and what to call once they are published.

        It is told which files were not read, by name, and why.
        """
        leaving = self.shelf.leaving()
        waiting = {w.name: (self.shelf.folder / w.name).read_bytes() for w in self.shelf.files()}
        with TemporaryDirectory() as scratch:
            roots = restore_inputs(self.folder.current(), Path(scratch), leaving)
            if waiting:
                root = Path(scratch) / "waiting"
                root.mkdir()
                for name in (*waiting, "manifest.yaml"):
                    (root / name).write_bytes((self.shelf.folder / name).read_bytes())
                roots.append(root)
            yield roots, lambda unread: self.shelf.published(waiting, leaving, unread)

    def _is_locked(self) -> bool:
        with self.alone() as is_free:
            return not is_free

    def _environment(self) -> dict[str, str]:
        values = {}
        for name in _PASSED_ON:
            value = getattr(self._settings, name)
            secret = getattr(value, "get_secret_value", None)
            text = str(
                value.resolve() if isinstance(value, Path) else secret() if secret else value
            )
            values[f"DUTYDESK_{name.upper()}"] = text
        root = str(Path(__file__).resolve().parents[2])
        paths = filter(None, (root, os.environ.get("PYTHONPATH", "")))
        return values | {"PYTHONPATH": os.pathsep.join(paths)}


class NotedProgress:
    """Progress of a build as notes that the editors' page reads."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._started = time.time()
        self._last = 0.0

    def stage(self, name: str, total: int) -> Callable[[int], None]:
        """Note a stage at once, then now and then how many are done."""

        def tell(n_done: int) -> None:
            now = time.monotonic()
            if now - self._last >= _WRITE_EVERY_S or n_done == total:
                self._last = now
                self._publisher.note(Job("running", name, n_done, total, started_at=self._started))

        tell(0)
        return tell
