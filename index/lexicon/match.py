"""Finds the lexicon's phrases in a question: one scan, the longest reading wins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from index.lexicon.load import GAP, Entry

# "老板…跑": the parts of one phrase stand this near to each other.
_WIDEST_GAP = 6


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase found, and the positions of its characters."""

    entry: Entry
    phrase: str
    at: frozenset[int]


class Lexicon:
    """All entries, ready to scan with."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by_start: dict[str, list[tuple[tuple[str, ...], str, Entry]]] = defaultdict(list)
        for entry in entries:
            for phrase in entry.say:
                parts = tuple(phrase.split(GAP))
                self._by_start[phrase[0]].append((parts, phrase, entry))

    def match(self, text: str) -> tuple[Match, ...]:
        """Matches, the longest first; none lies wholly within a longer one; an entry counts once."""
        found = sorted(self._found(text), key=lambda match: -len(match.at))
        kept: list[Match] = []
        for match in found:
            inside = any(match.at < other.at for other in kept)
            if not inside and all(match.entry is not other.entry for other in kept):
                kept.append(match)
        return tuple(kept)

    def _found(self, text: str) -> Iterator[Match]:
        for start, character in enumerate(text):
            for parts, phrase, entry in self._by_start.get(character, ()):
                if not text.startswith(parts[0], start):  # most do not
                    continue
                at = _positions(text, start, parts)
                if at and not any(word in text for word in entry.excluded):
                    yield Match(entry, phrase, at)


def _positions(text: str, start: int, parts: tuple[str, ...]) -> frozenset[int]:
    """Where the parts stand, the first at `start`; empty if they do not."""
    positions: list[int] = []
    for number, part in enumerate(parts):
        reach = start + len(part) + (_WIDEST_GAP if number else 0)
        begin = text.find(part, start, reach)
        if begin < 0:
            return frozenset()
        positions += range(begin, begin + len(part))
        start = begin + len(part)
    return frozenset(positions)
