"""Ruling lines of a scanned page, found in its pixels, and the cells that they enclose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]

# Pixels at 200 dpi. No stroke of 16-point text is as long as a line; no line as thick as a bar.
_MIN_LENGTH = 60
_MAX_THICKNESS = 14
_GAP = 20
# Lines this near are one; a crossing may miss by as much.
_NEAR = 12
# Grey levels that a line is darker than its surroundings, and how far these reach.
_CONTRAST = 14
_SURROUNDINGS = 12
# Share of a cell's side that must be drawn to close it.
_DRAWN = 0.5


@dataclass(frozen=True, slots=True)
class Stroke:
    """A straight line from `start` to `end` along its axis, at `at` across it, in pixels."""

    start: float
    end: float
    at: float


@dataclass(frozen=True, slots=True)
class DrawnTable:
    """Edges of the columns and rows, and cells as (top, left, bottom, right), 1-based, inclusive."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[tuple[int, int, int, int], ...]


def find_strokes(dark: Mask) -> tuple[list[Stroke], list[Stroke]]:
    """(level strokes, upright strokes) of a straightened page's ink; `dark` is (height, width)."""
    return _strokes(dark), _strokes(dark.T)


def tables_of(level: Sequence[Stroke], upright: Sequence[Stroke]) -> list[DrawnTable]:
    """Tables that crossing strokes enclose, top down; frames around a single cell are none."""
    tables = [_table(h, v) for h, v in _crossing(level, upright)]
    return sorted((table for table in tables if len(table.cells) > 1), key=lambda t: t.ys[0])


def ink_of(grey: npt.NDArray[np.uint8]) -> Mask:
    """Pixels darker than the mean of what surrounds them; both (height, width)."""
    reach = 2 * _SURROUNDINGS + 1
    padded = np.pad(grey.astype(np.int64), _SURROUNDINGS, mode="edge")
    sums = np.pad(padded, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    mean = (
        sums[reach:, reach:]
        - sums[:-reach, reach:]
        - sums[reach:, :-reach]
        + sums[:-reach, :-reach]
    ) / reach**2
    return np.asarray(grey < mean - _CONTRAST)


def _strokes(dark: Mask) -> list[Stroke]:
    """Long runs along rows, those of neighbouring rows taken together."""
    thick = dark.copy()
    thick[1:] |= dark[:-1]
    thick[:-1] |= dark[1:]
    edges = np.diff(np.pad(thick, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(edges == 1)
    ends = np.nonzero(edges == -1)[1]
    is_long = ends - starts >= _MIN_LENGTH
    runs = zip(
        rows[is_long].tolist(), starts[is_long].tolist(), ends[is_long].tolist(), strict=True
    )
    bands: list[list[int]] = []  # start, end, first row, last row
    open_bands: list[list[int]] = []
    for row, start, end in runs:
        open_bands = [band for band in open_bands if row - band[3] <= 2]
        band = next((b for b in open_bands if start < b[1] and b[0] < end), None)
        if band is None:
            bands.append(band := [start, end, row, row])
            open_bands.append(band)
        band[:] = [min(band[0], start), max(band[1], end), band[2], row]
    thin = (b for b in bands if b[3] - b[2] <= _MAX_THICKNESS)
    return _joined([Stroke(b[0], b[1], (b[2] + b[3]) / 2) for b in thin])


def _joined(strokes: list[Stroke]) -> list[Stroke]:
    """Pieces of one line that a gap or a crossing parts."""
    joined: list[Stroke] = []
    for stroke in sorted(strokes, key=lambda s: (s.start, s.at)):
        for i, other in enumerate(joined):
            if abs(other.at - stroke.at) <= _NEAR / 2 and stroke.start - other.end <= _GAP:
                at = other.at if other.end - other.start > stroke.end - stroke.start else stroke.at
                joined[i] = Stroke(other.start, max(other.end, stroke.end), at)
                break
        else:
            joined.append(stroke)
    return joined


def _crossing(
    level: Sequence[Stroke], upright: Sequence[Stroke]
) -> Iterator[tuple[list[Stroke], list[Stroke]]]:
    """Groups of strokes that hang together."""
    left = set(range(len(upright)))
    rest = set(range(len(level)))
    while rest:
        group, uprights, new = set[int](), set[int](), {rest.pop()}
        while new:
            group |= new
            found = {v for v in left if any(_cross(level[h], upright[v]) for h in new)}
            uprights |= found
            left -= found
            new = {h for h in rest if any(_cross(level[h], upright[v]) for v in found)}
            rest -= new
        if len(group) >= 2 and uprights:
            yield [level[h] for h in group], [upright[v] for v in uprights]


def _cross(level: Stroke, upright: Stroke) -> bool:
    return (
        level.start - _NEAR <= upright.at <= level.end + _NEAR
        and upright.start - _NEAR <= level.at <= upright.end + _NEAR
    )


def _table(level: Sequence[Stroke], upright: Sequence[Stroke]) -> DrawnTable:
    """Neighbouring fields without a line between them are one cell."""
    xs = _apart([*(s.at for s in upright), min(s.start for s in level), max(s.end for s in level)])
    ys = _apart(
        [*(s.at for s in level), min(s.start for s in upright), max(s.end for s in upright)]
    )
    owner = {(r, c): (r, c) for r in range(len(ys) - 1) for c in range(len(xs) - 1)}

    def root(field: tuple[int, int]) -> tuple[int, int]:
        while owner[field] != field:
            field = owner[field]
        return field

    for r, c in list(owner):
        if (r, c + 1) in owner and not _is_drawn(upright, xs[c + 1], ys[r], ys[r + 1]):
            owner[root((r, c + 1))] = root((r, c))
        if (r + 1, c) in owner and not _is_drawn(level, ys[r + 1], xs[c], xs[c + 1]):
            owner[root((r + 1, c))] = root((r, c))
    fields: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for field in owner:
        fields.setdefault(root(field), []).append(field)
    return DrawnTable(tuple(xs), tuple(ys), tuple(map(_bounds, fields.values())))


def _bounds(fields: list[tuple[int, int]]) -> tuple[int, int, int, int]:
    rows, columns = [r + 1 for r, _ in fields], [c + 1 for _, c in fields]
    return min(rows), min(columns), max(rows), max(columns)


def _apart(values: Sequence[float]) -> list[float]:
    kept: list[float] = []
    for value in sorted(values):
        if not kept or value - kept[-1] > _NEAR:
            kept.append(value)
    return kept


def _is_drawn(strokes: Sequence[Stroke], at: float, start: float, end: float) -> bool:
    spans = sorted(
        (max(s.start, start), min(s.end, end)) for s in strokes if abs(s.at - at) <= _NEAR
    )
    drawn, reached = 0.0, start
    for low, high in spans:
        drawn += max(0.0, high - max(low, reached))
        reached = max(reached, high)
    return drawn >= _DRAWN * (end - start)
