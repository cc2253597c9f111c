"""Which words of a cell or paragraph are the quoted ones; spaces and line breaks do not count."""

from __future__ import annotations

import re
from dataclasses import dataclass

MIN_PART = 2  # a single character would be marked all over the row
MIN_PIECE = 4  # a shorter cell ("12", "无") is in a long quote by chance


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text, marked as quoted or not."""

    text: str
    marked: bool = False


def squash(text: str) -> str:
    """Text without white space."""
    return "".join(text.split())


def mark(text: str, quoted: str) -> tuple[Run, ...]:
    """The text in runs that join to itself; what `quoted` holds of it is marked.

    The whole text is marked where it is a piece of a longer quote (an item that goes on over
    several rows); otherwise each line of the quote is marked wherever it occurs.
    """
    own = squash(text)
    if len(own) >= MIN_PIECE and own in squash(quoted):
        return (Run(text, marked=True),)
    return _runs(text, _joined([span for part in _parts(quoted) for span in _find(text, part)]))


def spans_said_once(text: str, quoted: str) -> list[tuple[int, int]]:
    """Where a whole page says a line of the quote; a line said twice may be another row's."""
    found = [_find(text, part) for part in _parts(quoted)]
    return _joined([spans[0] for spans in found if len(spans) == 1])


def _parts(quoted: str) -> list[str]:
    """The quote as one, then its lines, longest first."""
    lines = re.split(r"\s*[\n|\uff5c…]+\s*", quoted)
    parts = {squash(part) for part in (quoted, *lines)}
    return sorted((part for part in parts if len(part) >= MIN_PART), key=len, reverse=True)


def _find(text: str, part: str) -> list[tuple[int, int]]:
    pattern = r"\s*".join(re.escape(char) for char in part)
    return [found.span() for found in re.finditer(pattern, text)]


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Overlapping and touching spans made one, in order."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _runs(text: str, spans: list[tuple[int, int]]) -> tuple[Run, ...]:
    runs: list[Run] = []
    at = 0
    for start, end in spans:
        runs += [Run(text[at:start]), Run(text[start:end], marked=True)]
        at = end
    runs.append(Run(text[at:]))
    return tuple(run for run in runs if run.text)
