"""What the surfaces (pages, API, channels) need of an assistant; they own this protocol."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from assistant.holdings import Holdings
from assistant.model import Answer, Candidate, Question, Segment
from index.documents import Document
from index.model import Clause, DutyItem, Place, SourceDocument


class Assistant(Protocol):
    """What the HTTP surface needs; safe to call from several threads at once."""

    @property
    def corpus_version(self) -> str:
        """Name of the corpus version in service."""

    def answer(self, question: Question) -> Answer:
        """Answer one question."""

    def stream(self, question: Question) -> Iterator[Segment | Answer]:
        """Each sentence as soon as it is checked, then the answer, whose segments are the truth."""

    def find(self, question: Question, *, k: int) -> tuple[Candidate, ...]:
        """The k records nearest to a question at its place and on its day, best first."""

    def phrase(self, question: Question, answer: Answer) -> Answer | None:
        """An answer that went out at once in a model's words; None without a model. Takes long."""

    def places(self) -> tuple[Place, ...]:
        """Loaded places, top down."""

    def locate(self, name: str) -> tuple[Place, ...]:
        """Loaded places that a name, path or code means; several of the same name, none if unknown."""

    def examples(self) -> tuple[str, ...]:
        """Example questions that the loaded corpus answers."""

    def holdings(self, place: str = "") -> Holdings:
        """How current the papers are that count at a place (by code), or all without one."""

    def source(self, source_id: str) -> SourceDocument | None:
        """A published paper."""

    def document(self, source_id: str) -> Document:
        """What the reader read of a paper."""

    def record(self, record_id: str) -> DutyItem | Clause | None:
        """A list row or a clause."""

    def original(self, source_id: str) -> Path | None:
        """The published file itself, for download."""
