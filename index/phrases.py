"""Which of many names stand in a text: a walk over the text, not over the names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

_HEAD = 2


class PhraseIndex:
    """Finds known names of at least two characters; 100,000 names cost a text no more than ten."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(name for name in names if len(name) >= _HEAD)
        lengths: dict[str, set[int]] = defaultdict(set)
        for name in self._names:
            lengths[name[:_HEAD]].add(len(name))
        self._lengths = {head: sorted(found, reverse=True) for head, found in lengths.items()}

    def __len__(self) -> int:
        return len(self._names)

    def at(self, text: str, start: int) -> str:
        """The longest name that begins at a position; "" if none does."""
        for length in self._lengths.get(text[start : start + _HEAD], ()):
            if (name := text[start : start + length]) in self._names:
                return name
        return ""

    def find(self, text: str) -> Iterator[tuple[int, str]]:
        """(start, name) from left to right, the longest at each place, none inside another."""
        end = 0
        heads = [n for n in range(len(text) - _HEAD + 1) if text[n : n + _HEAD] in self._lengths]
        for start in heads:
            if start >= end and (name := self.at(text, start)):
                yield start, name
                end = start + len(name)
