"""A stream of text → sentences with their citations, as soon as each is complete."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from assistant.model import Segment

_END = "。！？!?\n"
_MARKS = re.compile(r"\s*[\[【](\d{1,3})[\]】]")
_COMPLETE = re.compile(rf"[^{_END}]*[{_END}]+(?:\s*[\[【]\d{{1,3}}[\]】])*\s*(?=[^\s\[【{_END}])")


def sentences(pieces: Iterable[str]) -> Iterator[Segment]:
    """The sentences of a stream; marks stand before or after the full stop.

    What the stream ends with before a full stop is a sentence cut off, and no statement.
    """
    waiting = ""
    for piece in pieces:
        waiting += piece
        while match := _COMPLETE.match(waiting):
            yield from _segment(match.group())
            waiting = waiting[match.end() :]
    if _MARKS.sub("", waiting).rstrip().endswith(tuple(_END)):
        yield from _segment(waiting)


def _segment(text: str) -> Iterator[Segment]:
    labels = tuple(dict.fromkeys(int(label) for label in _MARKS.findall(text)))
    bare = _MARKS.sub("", text).strip()
    if bare:
        yield Segment(bare, labels)
