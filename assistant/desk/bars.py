"""Bars drawn on the server as SVG shapes: numbers in, coordinates out; the template draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH = 100.0


@dataclass(frozen=True, slots=True)
class Part:
    """One coloured part of a bar: where it begins and how wide it is, of 100."""

    name: str
    n: int
    x: float
    width: float
    colour: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with its parts; `n` is their sum."""

    label: str
    n: int
    parts: tuple[Part, ...]
    href: str = ""


def bars(rows: Sequence[tuple[str, Mapping[str, int], str]], names: Sequence[str]) -> list[Bar]:
    """Bars of one scale from (label, counts by name, link); colours follow the names' order."""
    most = max((sum(counts.values()) for _, counts, _ in rows), default=0) or 1
    return [_bar(label, counts, href, names, most) for label, counts, href in rows]


def _bar(label: str, counts: Mapping[str, int], href: str, names: Sequence[str], most: int) -> Bar:
    parts: list[Part] = []
    x = 0.0
    for colour, name in enumerate(names):
        if n := counts.get(name, 0):
            width = WIDTH * n / most
            parts.append(Part(name, n, round(x, 2), round(width, 2), colour))
            x += width
    return Bar(label, sum(counts.values()), tuple(parts), href)
