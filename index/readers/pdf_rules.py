"""Ruling lines of a PDF page: pieces joined, and the sides that a table leaves undrawn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from index.readers.aligned_tables import Rule

# Points: edges this near are one.
_NEAR = 3.0
# So many lines that cross belong to a table; two are a cross.
_FEWEST = 3

Edges = Sequence[Mapping[str, Any]]


def level_rules(edges: Edges) -> list[Rule]:
    """Horizontal lines, drawn piece by piece or whole."""
    return [Rule(start, end, at) for start, end, at in _joined(edges, "h")]


def closing(edges: Edges) -> dict[str, Any]:
    """Settings of the table finder that close tables drawn without their outer lines."""
    level, upright = _joined(edges, "h"), _joined(edges, "v")
    sides = [
        {"object_type": "line", "x0": x, "x1": x, "top": top, "bottom": bottom,
         "width": 0, "height": bottom - top}
        for x, top, bottom in _missing(level, upright)
    ]  # fmt: skip
    ends = [
        {"object_type": "line", "x0": left, "x1": right, "top": y, "bottom": y,
         "width": right - left, "height": 0}
        for y, left, right in _missing(upright, level)
    ]  # fmt: skip
    settings: dict[str, Any] = {}
    if sides:
        settings["explicit_vertical_lines"] = sides
    if ends:
        settings["explicit_horizontal_lines"] = ends
    return settings


Drawn = tuple[float, float, float]  # start and end along the line, place across it


def _joined(edges: Edges, orientation: str) -> list[Drawn]:
    start, end, across = ("x0", "x1", "top") if orientation == "h" else ("top", "bottom", "x0")
    spans: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for edge in edges:
        if edge["orientation"] == orientation:
            spans[round(edge[across])].append((edge[start], edge[end]))
    joined: list[Drawn] = []
    for at, pieces in spans.items():
        lines: list[tuple[float, float]] = []
        for low, high in sorted(pieces):
            if lines and low <= lines[-1][1] + _NEAR:
                lines[-1] = (lines[-1][0], max(lines[-1][1], high))
            else:
                lines.append((low, high))
        joined += [(low, high, at) for low, high in lines]
    return joined


def _missing(lines: list[Drawn], crossing: list[Drawn]) -> Iterator[Drawn]:
    """Ends of lines of one length at which no crossing line stands though one crosses inside.

    (place along the lines, and how far across them the missing line reaches).
    """
    groups: dict[tuple[int, int], list[float]] = defaultdict(list)
    for start, end, at in lines:
        groups[round(start), round(end)].append(at)
    for (start, end), places in groups.items():
        low, high = min(places), max(places)
        inside = [
            at
            for first, last, at in crossing
            if first <= high + _NEAR and last >= low - _NEAR and start - _NEAR < at < end + _NEAR
        ]
        reach = [span for span in crossing if start + _NEAR < span[2] < end - _NEAR]
        n_inner = sum(start + _NEAR < x < end - _NEAR for x in inside)
        if not n_inner or len(places) + n_inner < _FEWEST:
            continue
        low = min([low, *(first for first, last, _ in reach if last >= low)])
        high = max([high, *(last for first, last, _ in reach if first <= high)])
        yield from (
            (x, low, high) for x in (start, end) if not any(abs(x - y) <= _NEAR for y in inside)
        )
