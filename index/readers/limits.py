"""How long and how much a reader process may take, and how the system holds it to that."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Limits:
    """`seconds` without a file or page finished; `megabytes` of address space, 0 for no limit.

    The longest real list takes 2 s, a scanned page 10 s on a busy machine. Recognising text maps
    some 2.5 GB, mostly libraries.
    """

    seconds: int = 120
    megabytes: int = 6144

    @classmethod
    def from_argument(cls, text: str) -> Self:
        """The inverse of `as_argument`."""
        seconds, megabytes = text.split(",")
        return cls(int(seconds), int(megabytes))

    def as_argument(self) -> str:
        """As one word of a command line."""
        return f"{self.seconds},{self.megabytes}"

    def bound_memory(self) -> None:
        """Let this process fail where it asks for more than its share."""
        with suppress(ImportError, ValueError, OSError):  # not on every system
            import resource

            if self.megabytes:
                n_bytes = self.megabytes * 2**20
                resource.setrlimit(resource.RLIMIT_AS, (n_bytes, n_bytes))

    @contextmanager
    def clock(self) -> Iterator[None]:
        """End this process, native code and all, if what is inside takes too long."""
        _arm(self.seconds)
        try:
            yield
        finally:
            _arm(0)

    def explain(self, code: int | None) -> str:
        """Why the process ended (its return code), as the rest of a sentence."""
        if code == -getattr(signal, "SIGALRM", 0):
            return f"读取超过 {self.seconds} 秒没有进展，已停止；请拆分，或另存为 .xlsx、.docx 后再放入。"
        return "读取时内存不足或读取程序出错，已停止；文件可能已损坏，请重新下载或拆分后再放入。"


def page_done() -> None:
    """Start the clock again, if one runs: long files are well as long as pages come."""
    if hasattr(signal, "getitimer"):
        _, seconds = signal.getitimer(signal.ITIMER_REAL)
        _arm(seconds)


def _arm(seconds: float) -> None:
    """Set the alarm, whose default ends the process; it remembers its length as its interval."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
