"""What surrounds an assistant in service: where questions are noted, who may do what, how much."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from assistant.channels.opening import Channels, build_channels
from assistant.editing.publisher import Publisher
from assistant.guard.masking import mask
from assistant.http.access import Gate
from assistant.http.fair_queue import FairQueue
from assistant.http.oidc import Provider, SingleSignOn
from assistant.http.session import Sessions, session_key
from assistant.programs.doors import Doors
from assistant.service.access import Role, Tokens
from assistant.service.journal import Journal, NoJournal, Recorder
from assistant.service.metrics import Meter, Metrics, NoMeter
from assistant.service.tracing import Traces
from assistant.settings import Settings
from assistant.state.database import open_state, state_url
from assistant.state.deeds import Deeds
from assistant.state.journal import JournalStore
from assistant.state.limits import SqlLimits
from assistant.state.notes import Notes
from assistant.state.rates import Limits, MemoryLimits

Pinned = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Operations:
    """The parts that a surface needs besides the assistant; by itself it keeps and limits nothing.

    `origins` are other sites that may show the chat page in a frame and call the API; within
    `pinned` everything is answered from one version; the desk opens for `desk_role` and higher.
    """

    journal: Recorder = field(default_factory=NoJournal)
    gate: Gate = field(default_factory=Gate)
    meter: Meter = field(default_factory=NoMeter)
    metrics: Metrics | None = None
    traces: Traces | None = None
    limits: Limits | None = None
    per_minute: int = 0
    queue: FairQueue | None = None
    origins: tuple[str, ...] = ()
    sign_on: SingleSignOn | None = None
    pinned: Pinned = nullcontext
    channels: Channels | None = None
    doors: Doors = field(default_factory=Doors)
    publisher: Publisher | None = None
    desk_role: Role = Role.PUBLIC


def build_operations(settings: Settings) -> Operations:
    """Everything that the settings ask for.

    Raises:
        StateAwayError: the database of the service's state cannot be opened.
    """
    engine = open_state(state_url(settings.home, settings.state.get_secret_value()))
    key = session_key(settings.home, settings.secret.get_secret_value())
    metrics, sessions, notes = Metrics(), Sessions(key), Notes(engine)
    gate = Gate(Tokens(settings.home / "tokens.json"), sessions, Deeds(engine))
    limits = SqlLimits(engine, key) if settings.is_shared else MemoryLimits()
    return Operations(
        journal=(
            Journal(JournalStore(engine), mask, days=settings.journal_days, told=metrics.journal)
            if settings.journal_days
            else NoJournal()
        ),
        gate=gate,
        sign_on=_sign_on(settings, gate, sessions, key),
        meter=metrics,
        metrics=metrics,
        traces=Traces(settings.traces) if settings.traces else None,
        limits=limits,
        per_minute=settings.rate,
        queue=FairQueue(
            n_running=settings.running or n_running_by_itself(settings.workers),
            n_waiting=settings.waiting,
            wait_s=settings.waiting_seconds,
        ),
        origins=tuple(settings.origins.replace(",", " ").split()),
        channels=build_channels(settings, notes, key, limits),
        doors=Doors.from_settings(settings, notes),
        publisher=Publisher(settings),
        desk_role=Role.STAFF if settings.desk == "staff" else Role.PUBLIC,
    )


def n_running_by_itself(workers: int) -> int:
    """Answers of one process share Python's lock, so more at once than cores only adds switching."""
    return max(1, (os.cpu_count() or 1) // workers)


def _sign_on(settings: Settings, gate: Gate, sessions: Sessions, key: str) -> SingleSignOn | None:
    """Signing in with the organisation's accounts, where a provider is set."""
    if not settings.oidc_issuer:
        return None
    provider = Provider(
        settings.oidc_issuer,
        settings.oidc_client,
        settings.oidc_secret.get_secret_value(),
        settings.oidc_claim,
        settings.public_url or f"http://{settings.host}:{settings.port}",
    )
    return SingleSignOn(provider, gate, sessions, key)
