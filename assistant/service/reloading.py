"""Puts a newly published version in service without dropping a question.

The pointer file is looked at every second. A new version is opened beside the old one, asked once,
and swapped in; whoever is being answered keeps the version that he started with, and the old one
goes when the last of them is done.
"""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from assistant.model import Question

if TYPE_CHECKING:
    from assistant.contract import Assistant

log = logging.getLogger(__name__)

_POLL_S = 1.0
# A version that could not be opened is tried again as seldom as this: the cause may have gone.
_RETRY_S = 30.0

Pointer = Callable[[], Path]
"""The folder of the version in service; raises CorpusError if there is none."""

Open = Callable[[Path], "Assistant"]
Told = Callable[[str, bool], None]
"""(version, is_ok) of each version that was put in service, or could not be."""


class Reloading:
    """The assistant over the version in service, whichever that is. Safe to share between threads.

    Surfaces must ask it anew each time and keep nothing of a version for themselves.
    """

    def __init__(self, pointer: Pointer, open_version: Open, told: Told) -> None:
        self._pointer = pointer
        self._open = open_version
        self._told = told
        folder = pointer()
        self._served = folder.name
        self._current = open_version(folder)
        self._pinned: ContextVar[Assistant | None] = ContextVar("pinned", default=None)
        self._stop = threading.Event()
        self._problem = ""
        told(folder.name, True)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the assistant has
        return getattr(self._pinned.get() or self._current, name)

    @contextmanager
    def pinned(self) -> Iterator[None]:
        """Everything in the block is answered from one version."""
        token = self._pinned.set(self._current)
        try:
            yield
        finally:
            self._pinned.reset(token)

    def watch(self) -> None:
        """Look for new versions until `close`, in a thread of its own."""
        threading.Thread(target=self._watch, name="reloading", daemon=True).start()

    def close(self) -> None:
        """Look no more."""
        self._stop.set()

    def reload(self) -> bool:
        """Put the version that the pointer names in service; False if nothing changed or it failed.

        What cannot be opened is left alone, and the version in service stays.
        """
        try:
            folder = self._pointer()
            if folder.name == self._served:
                return False
            opened = self._open(folder)
            opened.answer(Question("由谁负责"))  # reads what is read on the first question
        except Exception as error:
            # Whatever is wrong with the new version, the old one still answers.
            self._say_once("the published version cannot be opened", error)
            self._told(self._served, False)
            return False
        self._current, self._served, self._problem = opened, folder.name, ""
        log.info("version %s is in service", folder.name)
        self._told(folder.name, True)
        return True

    def _watch(self) -> None:
        wait, done = _POLL_S, False
        while not self._stop.wait(wait):
            if done:  # the old version's parts refer to each other, so it does not go by itself
                gc.collect()
            before = self._served
            is_wanted = self._is_other()
            done = is_wanted and self.reload()
            wait = _RETRY_S if is_wanted and not done and before == self._served else _POLL_S

    def _is_other(self) -> bool:
        try:
            return self._pointer().name != self._served
        except Exception as error:
            self._say_once("the pointer to the version in service cannot be read", error)
            return False

    def _say_once(self, what: str, error: Exception) -> None:
        """It is tried again and again; only what is new is told."""
        if repr(error) != self._problem:
            self._problem = repr(error)
            log.error("%s, %s stays: %s", what, self._served, error, exc_info=error)


def as_assistant(reloading: Reloading) -> Assistant:
    """The same, as far as any surface can see."""
    return cast("Assistant", reloading)
