"""Counters and times for Prometheus; with several workers they add up in a shared folder.

The folder is named by PROMETHEUS_MULTIPROC_DIR, which `dutydesk serve --workers` sets before any
worker starts.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

from assistant.model import Answer

# Asks take 10 ms to some seconds where a model phrases them.
_BUCKETS = (0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.5, 5, 10, 30)
# A label a township: more than a city has would swell every scrape.
_MOST_PLACES = 300
_ELSEWHERE = "其他"

_GAUGES = {
    "running": "Questions being computed",
    "waiting": "Questions waiting for a turn",
    "journal_waiting": "Journal entries not yet stored",
    "journal_dropped": "Journal entries lost since the start",
    "journal_failed_writes": "Failed writes of the journal since the start",
}


class Meter(Protocol):
    """What the parts of the service tell of themselves."""

    def answered(self, answer: Answer, channel: str) -> None:
        """An answer went out."""

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request ended."""

    def refused(self, reason: str) -> None:
        """A request was turned away: rate, queue_full, queue_timeout."""

    def judged(self, verdict: str) -> None:
        """Somebody said something of an answer."""

    def queued(self, n_running: int, n_waiting: int) -> None:
        """How many questions run and wait in this worker."""

    def journal(self, n_waiting: int, n_dropped: int, n_failed_writes: int) -> None:
        """How the journal of this worker does; the last two since its start."""

    def reloaded(self, version: str, *, is_ok: bool) -> None:
        """A corpus version was put in service, or could not be."""


class NoMeter:
    """Counts nothing."""

    def answered(self, answer: Answer, channel: str) -> None:
        """See `Meter`."""

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """See `Meter`."""

    def refused(self, reason: str) -> None:
        """See `Meter`."""

    def judged(self, verdict: str) -> None:
        """See `Meter`."""

    def queued(self, n_running: int, n_waiting: int) -> None:
        """See `Meter`."""

    def journal(self, n_waiting: int, n_dropped: int, n_failed_writes: int) -> None:
        """See `Meter`."""

    def reloaded(self, version: str, *, is_ok: bool) -> None:
        """See `Meter`."""


class Metrics:
    """Prometheus's counters. Safe to share between threads."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        _forget_the_dead()
        self._registry = own = CollectorRegistry()

        def counter(name: str, what: str, *labels: str) -> Counter:
            return Counter(f"dutydesk_{name}", what, labels, registry=own)

        def seconds(name: str, what: str, label: str) -> Histogram:
            return Histogram(f"dutydesk_{name}", what, [label], buckets=_BUCKETS, registry=own)

        self._questions = counter("questions", "Questions", "status", "channel")
        self._places = counter("questions_at", "Questions by place understood", "place")
        self._phrased = counter("phrased", "Answers by who put them into words", "by")
        self._sentences = counter("sentences", "A model's sentences by the check", "check")
        self._stages = seconds("stage_seconds", "Time of each stage of an answer", "stage")
        self._requests = counter("requests", "HTTP requests", "method", "route", "status")
        self._seconds = seconds("request_seconds", "Time of HTTP requests", "route")
        self._refused = counter("refused", "Requests turned away", "reason")
        self._judged = counter("feedback", "Feedback", "verdict")
        self._reloads = counter("reloads", "Corpus versions put in service", "result")
        self._gauges = {
            name: Gauge(f"dutydesk_{name}", what, registry=own, multiprocess_mode="livesum")
            for name, what in _GAUGES.items()
        }
        self._version = Gauge(
            "dutydesk_corpus", "1 for the corpus version in service", ["version"],
            registry=own, multiprocess_mode="mostrecent",
        )  # fmt: skip
        self._in_service = ""
        self._known_places: set[str] = set()

    def answered(self, answer: Answer, channel: str) -> None:
        """See `Meter`."""
        self._questions.labels(answer.status.value, channel).inc()
        self._places.labels(self._place(answer.understood.get("place", ""))).inc()
        said = answer.phrasing
        by = "fallback" if said.fallback else "model" if said.model else "rules"
        self._phrased.labels(by).inc()
        self._sentences.labels("passed").inc(said.n_kept)
        self._sentences.labels("failed").inc(said.n_dropped)
        for stage, ms in answer.timings_ms.items():
            self._stages.labels(stage).observe(ms / 1000)

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """See `Meter`."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def refused(self, reason: str) -> None:
        """See `Meter`."""
        self._refused.labels(reason).inc()

    def judged(self, verdict: str) -> None:
        """See `Meter`."""
        self._judged.labels(verdict).inc()

    def queued(self, n_running: int, n_waiting: int) -> None:
        """See `Meter`."""
        self._gauges["running"].set(n_running)
        self._gauges["waiting"].set(n_waiting)

    def journal(self, n_waiting: int, n_dropped: int, n_failed_writes: int) -> None:
        """See `Meter`."""
        self._gauges["journal_waiting"].set(n_waiting)
        self._gauges["journal_dropped"].set(n_dropped)
        self._gauges["journal_failed_writes"].set(n_failed_writes)

    def reloaded(self, version: str, *, is_ok: bool) -> None:
        """See `Meter`."""
        self._reloads.labels("ok" if is_ok else "failed").inc()
        if is_ok:
            if self._in_service:
                self._version.labels(self._in_service).set(0)
            self._version.labels(version).set(1)
            self._in_service = version

    def text(self) -> bytes:
        """Everything counted, of all workers, in Prometheus's text format."""
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self._registry)
        everybody = CollectorRegistry()
        MultiProcessCollector(everybody)  # type: ignore[no-untyped-call]
        return generate_latest(everybody)

    def _place(self, place: str) -> str:
        if place in self._known_places:
            return place
        if len(self._known_places) >= _MOST_PLACES:
            return _ELSEWHERE
        self._known_places.add(place)
        return place


def _forget_the_dead() -> None:
    """Workers that were killed left gauges behind, which must not count any more."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if not folder:
        return
    from prometheus_client.multiprocess import mark_process_dead

    pids = {path.stem.rpartition("_")[2] for path in Path(folder).glob("*.db")}
    for pid in pids:
        if pid.isdigit() and not Path("/proc", pid).exists():
            mark_process_dead(int(pid), folder)  # type: ignore[no-untyped-call]
