"""What surrounds an assistant in service: where questions are noted, who may do what, how much."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.http.access import Gate
from assistant.journal import NoJournal, Recorder


@dataclass(frozen=True, slots=True)
class Operations:
    """The parts that a surface needs besides the assistant; by itself it keeps nothing."""

    journal: Recorder = field(default_factory=NoJournal)
    gate: Gate = field(default_factory=Gate)
