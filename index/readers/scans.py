"""A picture of a page → its lines and tables: ruled ones from their lines, others by alignment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np
from PIL import Image

from index.documents import Merge
from index.readers.aligned_tables import Rule, find_aligned
from index.readers.cells import clean_text
from index.readers.drawn_rules import DrawnTable, Mask, find_strokes, ink_of, tables_of
from index.readers.layout import Glyph, Segment, TextLine, shared_out
from index.readers.ocr import Recogniser
from index.readers.paged_text import Line, Piece
from index.readers.pdf_tables import PageTable, unwrapped

# Radians: a page this straight need not be turned (1 pixel over 500).
_STRAIGHT = 0.002
# Heights of boxes vary; within this share of the usual one they are the body text.
_SAME_SIZE = 0.25
# Boxes whose middles are nearer than this share of their height stand in one line.
_SAME_LINE = 0.5
# Shares of a box's height: what is left off above and below, and a blank that parts cells.
_TRIMMED = 0.1
_BLANK = 0.7


@dataclass(frozen=True, slots=True)
class Sheet:
    """A picture's page number, its scale, and the table that may go on from the page before."""

    number: int
    points_per_pixel: float
    above: PageTable | None = None


def pieces_of(picture: Image.Image, recogniser: Recogniser, sheet: Sheet) -> tuple[Piece, ...]:
    """What stands on a page, top down, measured in points."""
    boxes, slope = recogniser.boxes(np.asarray(picture.convert("RGB")))
    grey = picture.convert("L")
    if abs(slope) > _STRAIGHT:
        turn = float(np.degrees(slope))
        grey = grey.rotate(turn, Image.Resampling.BILINEAR, center=(0, 0), fillcolor=255)
    ink = ink_of(np.asarray(grey))
    level, upright = find_strokes(ink)
    boxes = [part for box in boxes for part in _parted(box, ink)]
    scale = sheet.points_per_pixel
    width = round(picture.width * scale)
    tables, loose = _ruled(tables_of(level, upright), boxes)
    lines = _lines(_scaled(box, scale) for box in loose)
    found: list[tuple[float, Piece]] = [
        (table.ys[0] * scale, _page_table(table, texts, sheet.number, scale))
        for table, texts in tables
    ]
    rules = [Rule(s.start * scale, s.end * scale, s.at * scale) for s in level]
    found += _unruled(lines, rules, sheet, width)
    return tuple(piece for _, piece in sorted(found, key=lambda pair: pair[0]))


def _parted(box: Segment, ink: Mask) -> Iterator[Segment]:
    """A box over two cells parted where it has no ink; its characters go by the ink's width."""
    first = box.glyphs[0]
    height = first.bottom - first.top
    # Neither rules nor the tips of neighbouring lines: the middle of the line alone.
    top, bottom = first.top + height * _TRIMMED, first.bottom - height * _TRIMMED
    rows = ink[max(0, round(top)) : round(bottom), max(0, round(box.x0)) : round(box.x1)]
    columns = np.flatnonzero(rows.sum(axis=0) > 0)
    breaks = np.flatnonzero(np.diff(columns) > height * _BLANK)
    if not breaks.size:
        yield box
        return
    starts = columns[[0, *(breaks + 1)]] + box.x0
    ends = columns[[*breaks, -1]] + box.x0
    inked = np.concatenate([[0.0], np.cumsum(ends - starts)])
    share = (box.x1 - box.x0) / inked[-1]
    middles = [((g.x0 + g.x1) / 2 - box.x0) / share for g in box.glyphs]
    for number, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        text = "".join(
            glyph.text
            for glyph, middle in zip(box.glyphs, middles, strict=True)
            if inked[number] <= middle < inked[number + 1]
        )
        if text.strip():
            yield Segment(tuple(shared_out(replace(first, text=text.strip(), x0=start, x1=end))))


def _scaled(segment: Segment, scale: float) -> Segment:
    return Segment(
        tuple(
            replace(g, x0=g.x0 * scale, x1=g.x1 * scale, top=g.top * scale, bottom=g.bottom * scale)
            for g in segment.glyphs
        )
    )


_Cell = tuple[int, int, int, int]
_Filled = tuple[DrawnTable, dict[_Cell, list[Segment]]]


def _ruled(
    tables: Sequence[DrawnTable], boxes: Sequence[Segment]
) -> tuple[list[_Filled], list[Segment]]:
    """The tables with what stands in each cell, and the boxes that stand in none."""
    filled: list[_Filled] = [(table, {}) for table in tables]
    loose: list[Segment] = []
    for box in boxes:
        for where, piece in _shared_out(box, tables):
            if where is None:
                loose.append(piece)
            else:
                number, cell = where
                filled[number][1].setdefault(cell, []).append(piece)
    return filled, loose


_Where = tuple[int, _Cell] | None


def _shared_out(box: Segment, tables: Sequence[DrawnTable]) -> Iterator[tuple[_Where, Segment]]:
    """A box cut where it runs over the edge of a cell."""
    run: list[Glyph] = []
    before: _Where = None
    for glyph in box.glyphs:
        where = _cell_at((glyph.x0 + glyph.x1) / 2, (glyph.top + glyph.bottom) / 2, tables)
        if run and where != before:
            yield before, Segment(tuple(run))
            run = []
        run.append(glyph)
        before = where
    yield before, Segment(tuple(run))


def _cell_at(x: float, y: float, tables: Sequence[DrawnTable]) -> _Where:
    for number, table in enumerate(tables):
        for cell in table.cells:
            top, left, bottom, right = cell
            if (
                table.xs[left - 1] <= x < table.xs[right]
                and table.ys[top - 1] <= y < table.ys[bottom]
            ):
                return number, cell
    return None


def _page_table(
    table: DrawnTable, texts: dict[_Cell, list[Segment]], page: int, scale: float
) -> PageTable:
    said: dict[tuple[int, int], str] = {}
    sure: dict[tuple[int, int], float] = {}
    for cell, segments in texts.items():
        lines = _lines(segments)
        text = unwrapped("\n".join("".join(s.text for s in line.segments) for line in lines))
        if text:
            said[cell[:2]] = text
            sure[cell[:2]] = min(segment.confidence for segment in segments)
    merges = tuple(Merge(*cell) for cell in table.cells if cell[:2] != cell[2:])
    edges = tuple(x * scale for x in table.xs)
    return PageTable(page, edges, said, merges, len(table.ys) - 1, sure)


def _lines(segments: Iterable[Segment]) -> list[TextLine]:
    """Boxes that stand beside each other, left to right, as lines, top down."""
    rows: list[list[Segment]] = []
    for segment in sorted(segments, key=_middle):
        height = segment.glyphs[0].bottom - segment.glyphs[0].top
        if rows and _middle(segment) - _middle(rows[-1][0]) < _SAME_LINE * height:
            rows[-1].append(segment)
        else:
            rows.append([segment])
    return [
        TextLine(tuple(g for s in sorted(row, key=lambda s: s.x0) for g in s.glyphs))
        for row in rows
    ]


def _middle(segment: Segment) -> float:
    return (segment.glyphs[0].top + segment.glyphs[0].bottom) / 2


def _unruled(
    lines: Sequence[TextLine], rules: Sequence[Rule], sheet: Sheet, width: int
) -> Iterator[tuple[float, Piece]]:
    usual = median([line.size for line in lines]) if lines else 0.0
    in_table: set[int] = set()
    for aligned in find_aligned(lines, rules, page=sheet.number, above=sheet.above):
        yield lines[aligned.first].top, aligned.table
        in_table |= set(range(aligned.first, aligned.end))
    for i, line in enumerate(lines):
        text = clean_text("　".join(segment.text for segment in line.segments))
        if i in in_table or not text:
            continue
        size = usual if abs(line.size - usual) <= _SAME_SIZE * usual else line.size
        left, right = line.glyphs[0].x0, line.glyphs[-1].x1
        confidence = min(glyph.confidence for glyph in line.glyphs)
        yield line.top, Line(text, left, right, line.top, size, sheet.number, width, confidence)
