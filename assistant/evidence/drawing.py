"""Pages and pictures drawn beside the service, in a process that a bad file may break."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import TypeVar

from assistant.evidence.pdf_page import n_pages, page_image, redrawn
from index.readers.limits import Limits
from index.readers.process import ReaderProcess

# A page of a real list is drawn in 0.1 s; the libraries map half a gigabyte.
_LIMITS = Limits(seconds=20, megabytes=1536)
Made = TypeVar("Made")


class Drawing:
    """Draws one picture after another; the process starts with the first. Safe to share between threads."""

    def __init__(self, limits: Limits = _LIMITS) -> None:
        self._process = ReaderProcess(limits)
        self._lock = Lock()

    def page(self, path: Path, number: int, quoted: str) -> bytes:
        """See `page_image`.

        Raises:
            ReadingError: it cannot be drawn, or takes too much.
        """
        return self._of(page_image, path, number, quoted)

    def n_pages(self, path: Path) -> int:
        """See `n_pages`.

        Raises:
            ReadingError: opening it takes too much.
        """
        return self._of(n_pages, path)

    def picture(self, path: Path) -> bytes:
        """See `redrawn`.

        Raises:
            ReadingError: it cannot be drawn, or takes too much.
        """
        return self._of(redrawn, path)

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._process.close()

    def _of(self, work: Callable[..., Made], path: Path, *arguments: object) -> Made:
        with self._lock:
            return self._process.call(work, path, *arguments)
