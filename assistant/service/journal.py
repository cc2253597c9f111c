"""The journal of questions and feedback: masked, kept for some days or not at all.

Writing never slows or breaks an answer: entries wait in a bounded queue, a thread of its own masks
and stores them, and keeps trying while the disk is full or the database away.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any, Protocol

from assistant.state.database import StateError, is_about_values, storable
from assistant.state.journal import Asked, Feedback, JournalStore, Missed, Verdict

log = logging.getLogger(__name__)

# At 100 questions a second, three minutes without a database; some 20 MB.
_MOST_WAITING = 20_000
_BATCH = 500
_RETRY_S = 5.0
_PURGE_EVERY_S = 3600.0
_DAY_S = 86_400
# A clock that ran so far from the steady one was set by somebody: nothing is purged by it.
_CLOCK_JUMP_S = _DAY_S / 2

Entry = Asked | Feedback
Mask = Callable[[str], str]
Told = Callable[[int, int, int], None]
"""(entries that wait, lost since the start, failed writes since the start)."""


class Recorder(Protocol):
    """Where answered questions and what people say of them go."""

    @property
    def is_kept(self) -> bool:
        """False if nothing is kept: then there is no answer to speak of later."""

    def record(self, entry: Entry) -> None:
        """Take note; returns at once and never raises."""

    def forget(self, answer_id: str) -> bool:
        """Delete one question and its feedback at the wish of whoever holds its id."""

    def close(self) -> None:
        """Write what waits."""


class NoJournal:
    """Keeps nothing (DUTYDESK_JOURNAL_DAYS=0)."""

    is_kept = False

    def record(self, entry: Entry) -> None:
        """Forget it."""

    def forget(self, answer_id: str) -> bool:
        """Nothing is known."""
        return False

    def close(self) -> None:
        """Nothing waits."""


class Journal:
    """Keeps masked questions for `days`. Safe to share between threads."""

    is_kept = True

    def __init__(
        self,
        store: JournalStore,
        mask: Mask,
        *,
        days: int,
        told: Told = lambda *_: None,
        clock: Callable[[], float] = time.time,
        retry_s: float = _RETRY_S,
    ) -> None:
        self._store = store
        self._mask = mask
        self._days = days
        self._told = told
        self._clock = clock
        self._retry_s = retry_s
        self._waiting: queue.Queue[Entry | None] = queue.Queue(_MOST_WAITING)
        self._lock = threading.Lock()
        self._settled = threading.Condition(self._lock)
        self._n_taken = self._n_settled = 0
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._started = (clock(), time.monotonic())
        self._next_purge = 0.0
        self.n_written = self.n_dropped = self.n_failed_writes = 0

    @property
    def n_waiting(self) -> int:
        """Entries not yet stored."""
        return self._waiting.qsize()

    def record(self, entry: Entry) -> None:
        """Take note; returns at once. With the queue full it is dropped, and counted."""
        with self._lock:
            try:
                self._waiting.put_nowait(entry)
            except queue.Full:
                self.n_dropped += 1
                return
            self._n_taken += 1
            self._start()

    def forget(self, answer_id: str) -> bool:
        """Delete one question and its feedback; what still waits is written first."""
        self.flush()
        return self._store.delete(answer_id=answer_id) > 0

    def missed(self, limit: int = 200) -> tuple[Missed, ...]:
        """What went unanswered or was called wrong, most asked first; what waits is written first."""
        self.flush()
        return self._store.missed(limit=limit)

    def export(self, since: float, until: float) -> Iterator[dict[str, Any]]:
        """Questions with their feedback, oldest first, ready for JSON; what waits is written first."""
        self.flush()
        return self._store.export(since, until)

    def delete_before(self, at: float) -> int:
        """Delete questions older than that with their feedback; returns how many went."""
        self.flush()
        return self._store.delete(before=at)

    def verdicts(self) -> dict[Verdict, int]:
        """How often people said what of an answer."""
        self.flush()
        return self._store.verdicts()

    def flush(self, timeout_s: float = 5.0) -> bool:
        """Wait until everything taken so far is stored or given up; False if it took too long."""
        with self._settled:
            taken = self._n_taken
            return self._settled.wait_for(lambda: self._n_settled >= taken, timeout_s)

    def close(self) -> None:
        """Write what waits, for at most some seconds, and end the thread."""
        self.flush()
        self._stop.set()
        if self._thread:
            with suppress(queue.Full):
                self._waiting.put_nowait(None)  # wakes the thread
            self._thread.join(timeout=self._retry_s + 1)

    def _start(self) -> None:
        if self._thread is None and not self._stop.is_set():
            self._thread = threading.Thread(target=self._work, name="journal", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while not self._stop.is_set():
            taken = [self._waiting.get()]
            while len(taken) < _BATCH and not self._waiting.empty():
                taken.append(self._waiting.get_nowait())
            if batch := [entry for entry in taken if entry]:
                self._store_all(batch)
                with self._settled:
                    self._n_settled += len(batch)
                    self._settled.notify_all()

    def _store_all(self, batch: list[Entry]) -> None:
        """Store a batch however often it takes; only the end of the process gives it up.

        What is refused for what it holds will not get better by waiting: see `_store_each`.
        """
        while True:
            try:
                self._write(batch)
                self.n_written += len(batch)
                break
            except Exception as error:
                if not isinstance(error, StateError) or is_about_values(error):
                    self._store_each(batch, error)
                    return
                self.n_failed_writes += 1
                log.warning("journal cannot be written, %d entries wait: %s", len(batch), error)
                self._tell()
            if self._stop.wait(self._retry_s):
                self.n_dropped += len(batch)
                break
        self._tell()
        self._purge()

    def _store_each(self, batch: list[Entry], error: Exception) -> None:
        """An entry that can never be stored is dropped; it must not hold up all others."""
        if len(batch) > 1:
            for entry in batch:
                self._store_all([entry])
            return
        self.n_dropped += 1
        # Its message may quote the entry, so only its kind is told.
        log.error("an entry cannot be stored and is dropped: %s", type(error).__name__)
        self._tell()

    def _write(self, batch: list[Entry]) -> None:
        masked = [self._masked(entry) for entry in batch]
        asked = [entry for entry in masked if isinstance(entry, Asked)]
        self._store.write(asked, [entry for entry in masked if isinstance(entry, Feedback)])

    def _tell(self) -> None:
        self._told(self.n_waiting, self.n_dropped, self.n_failed_writes)

    def _masked(self, entry: Entry) -> Entry:
        if isinstance(entry, Asked):
            return replace(entry, question=self._safe(entry.question))
        return replace(entry, reason=self._safe(entry.reason))

    def _safe(self, text: str) -> str:
        """Masked; nothing at all if that fails, for then it cannot be known to be harmless."""
        try:
            return storable(self._mask(text))
        except Exception as error:
            # Its message may quote the text, so only its kind is told.
            log.error("a text could not be masked and is not kept: %s", type(error).__name__)
            return ""

    def _purge(self) -> None:
        """Now and then delete what is older than its days, unless the clock was set by far."""
        now, steady = self._clock(), time.monotonic()
        if steady < self._next_purge:
            return
        self._next_purge = steady + _PURGE_EVERY_S
        drift = (now - self._started[0]) - (steady - self._started[1])
        if abs(drift) > _CLOCK_JUMP_S:
            log.warning("the clock jumped by %.0f s: nothing is purged until a restart", drift)
            return
        try:
            self._store.delete(before=now - self._days * _DAY_S)
        except StateError as error:
            log.warning("old questions could not be deleted, the next hour tries again: %s", error)
