"""What the desk works with, over whichever corpus version is in service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol, cast

from assistant.contract import Assistant
from assistant.corpus import Corpus
from assistant.desk.search import Search
from assistant.desk.wanted import Reader
from assistant.model import Query, Question
from assistant.resolve.editions import Editions


class Staffed(Protocol):
    """An assistant that shows what it works with."""

    @property
    def corpus(self) -> Corpus:
        """The corpus version in service."""

    def understand(self, question: Question) -> Query:
        """What a question is understood as."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What the desk works with over one version."""

    corpus: Corpus
    reader: Reader
    search: Search
    editions: Editions


class Desk:
    """Gives the tools over whichever version is in service."""

    def __init__(self, assistant: Assistant, today: Callable[[], date] = date.today) -> None:
        self._assistant = cast("Staffed", assistant)
        self.today = today
        self._tools: Tools | None = None

    @property
    def tools(self) -> Tools:
        """The tools of the version in service."""
        corpus, tools = self._assistant.corpus, self._tools
        if tools is None or tools.corpus is not corpus:
            reader = Reader(corpus, self._assistant.understand)
            tools = self._tools = Tools(corpus, reader, Search(corpus), Editions(corpus))
        return tools


def has_desk(assistant: object) -> bool:
    """True for an assistant over a corpus, which a stand-in may not have."""
    return hasattr(assistant, "corpus")
