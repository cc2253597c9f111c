"""Geometry of Word tables: grid columns, spans and merges → rows and columns of a Grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.documents import Grid, Merge

# Edges nearer than this (twips; 1.4 mm) are one edge drawn by an unsteady hand.
_SAME_EDGE = 80
_MAX_COLUMNS = 512


@dataclass(frozen=True, slots=True)
class TableCell:
    """One `w:tc`: the grid columns [left, right) that it covers, and how it continues others."""

    left: int
    right: int
    text: str
    continues_above: bool = False
    continues_before: bool = False


def grid_of(name: str, rows: Sequence[Sequence[TableCell]], widths: Sequence[int]) -> Grid:
    """Build the Grid of a table; `widths` are those of the grid columns, in twips."""
    columns = _columns(rows, widths)
    texts: dict[tuple[int, int], str] = {}
    anchors: list[_Anchor] = []
    above: dict[int, _Anchor] = {}
    for row, cells in enumerate(rows, start=1):
        current: dict[int, _Anchor] = {}
        previous: _Anchor | None = None
        for cell in cells:
            left, right = columns[cell.left], max(columns[cell.right] - 1, columns[cell.left])
            held = above.get(left) if cell.continues_above else None
            if cell.continues_before and previous is not None:
                previous.right = max(previous.right, right)
                continue
            if held is not None:
                held.bottom = row
                current[left] = previous = held
                continue
            previous = current[left] = _Anchor(row, left, row, right)
            anchors.append(previous)
            if cell.text:
                texts[row, left] = cell.text
        above = current
    merges = (Merge(a.top, a.left, a.bottom, a.right) for a in anchors if a.is_merged)
    return Grid(name, texts, tuple(merges))


@dataclass(slots=True)
class _Anchor:
    """A cell that may still grow downwards and to the right."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def is_merged(self) -> bool:
        return (self.bottom, self.right) != (self.top, self.left)


def _columns(rows: Sequence[Sequence[TableCell]], widths: Sequence[int]) -> dict[int, int]:
    """Grid edge → visible column that begins there: edges that no cell uses do not count."""
    used = sorted({edge for cells in rows for cell in cells for edge in (cell.left, cell.right)})
    kept_apart = {
        (cell.left, cell.right) for cells in rows for cell in cells if cell.text or len(cells) == 1
    }
    reach = len(widths) >= max(used, default=0) and all(width > 0 for width in widths)
    offsets = [0]
    for width in widths:
        offsets.append(offsets[-1] + width)
    columns: dict[int, int] = {}
    column, first = 0, -1
    for edge in used:
        is_near = reach and first >= 0 and offsets[edge] - offsets[first] <= _SAME_EDGE
        if not is_near or (first, edge) in kept_apart:
            column, first = column + 1, edge
        columns[edge] = min(column, _MAX_COLUMNS)
    return columns
