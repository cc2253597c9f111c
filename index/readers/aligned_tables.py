"""Tables without upright lines: columns told from what stands in line, rows from rules and gaps.

A table is a run of lines with the same gutters, which no text crosses. Its rows end at horizontal
rules; between these, each number of the number column opens a row, which reaches to the widest gap
before the next number. Without such a column, lines that fill the first column open rows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.documents import Merge
from index.readers.layout import Glyph, Segment, TextLine
from index.readers.pdf_tables import PageTable, unwrapped

_MIN_COLUMNS = 3
# Two columns are a table only if the first is short, as names beside their texts.
_SHORT_CELL = 8
_MIN_PAIRS = 4
# Sizes of the text: lines further apart than this belong to different things.
_FAR = 5.0
_CLOSE = 1.0
_NUMBER = re.compile(
    r"[（(]?\d{1,4}(?:[.\-]\d{1,3})*[）)、.．]?$|[一二三四五六七八九十]{1,3}[、.]?$|[①-⑳]$"
)
# Sizes of the text: gaps that differ by less are the same gap; one wider by more ends a row.
_SAME_GAP = 0.1
_ROW_GAP = 0.3
# Sizes of the text: a glyph this near a column's edge begins it, if it has this much room before.
_AT_EDGE = 0.2
_ROOM = 0.2
# Lines of a header above the numbers of the number column.
_HEADER_LINES = 3
# With so many rules, every row is ruled off.
_RULED_ROWS = 3

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal line of a page."""

    x0: float
    x1: float
    y: float


@dataclass(frozen=True, slots=True)
class Aligned:
    """A table found in lines[first:end]."""

    first: int
    end: int
    table: PageTable


def find_aligned(
    lines: Sequence[TextLine],
    rules: Sequence[Rule],
    *,
    page: int,
    above: PageTable | None = None,
) -> list[Aligned]:
    """Tables of one page, top down; the first may go on with one from the page before."""
    found: list[Aligned] = []
    index = 0
    open_columns = above.columns if above else ()
    while index < len(lines):
        region = _continued(lines, index, open_columns) or _region(lines, index)
        if region is None:
            index += 1
            continue
        first = max(region.first, found[-1].end if found else 0)
        table = _table(lines[first : region.end], region, rules, page)
        found.append(Aligned(first, region.end, table))
        index, open_columns = region.end, ()
    return found


@dataclass(frozen=True, slots=True)
class _Region:
    """lines[first:end] are a table with these columns; `continues` that of the page before."""

    first: int
    end: int
    columns: tuple[Span, ...]
    continues: bool = False


def _region(lines: Sequence[TextLine], start: int) -> _Region | None:
    """A table whose first full line is `start`."""
    columns = [(segment.x0, segment.x1) for segment in lines[start].segments]
    if len(columns) < 2:
        return None
    end, columns = _grown(lines, start, columns)
    end = _without_end(lines, start, end)
    if not _is_table(lines[start:end], len(columns)):
        return None
    return _Region(_first_above(lines, start, columns), end, tuple(columns))


def _continued(lines: Sequence[TextLine], start: int, columns: tuple[Span, ...]) -> _Region | None:
    """A table that goes on in given columns, be its first line full or not."""
    if not columns or _widened(list(columns), lines[start].segments) is None:
        return None
    end, wider = _grown(lines, start, list(columns))
    end = _without_end(lines, start, end)
    is_parted = any(len(line.segments) > 1 for line in lines[start:end])
    if not is_parted or len(wider) != len(columns):
        return None
    return _Region(start, end, tuple(wider), continues=True)


def _grown(lines: Sequence[TextLine], start: int, columns: list[Span]) -> tuple[int, list[Span]]:
    """Where lines end that keep to the columns, but for single ones across them."""
    end = start + 1
    for index in range(start, len(lines)):
        if index > start and lines[index].top - lines[index - 1].bottom > _FAR * lines[index].size:
            break
        wider = _widened(columns, lines[index].segments)
        if wider is not None:
            columns, end = wider, index + 1
        elif index > end:  # two lines in a row that do not fit
            break
    return end, columns


def _without_end(lines: Sequence[TextLine], start: int, end: int) -> int:
    """A signature or note below a table stands further off than its rows."""
    while end - start > 2 and len(lines[end - 1].segments) == 1:
        gaps = [_gap(lines, i) for i in range(start + 1, end - 1)]
        if _gap(lines, end - 1) <= max(gaps) + _ROW_GAP * lines[end - 1].size:
            break
        end -= 1
    return end


def _widened(columns: list[Span], segments: Sequence[Segment]) -> list[Span] | None:
    """The columns with a line's segments in them; None if one of these reaches over a gutter."""
    wider = list(columns)
    for segment in _split(segments, columns):
        met = [i for i, (x0, x1) in enumerate(wider) if x0 < segment.x1 and segment.x0 < x1]
        if len(met) > 1:
            return None
        if met:
            x0, x1 = wider[met[0]]
            wider[met[0]] = (min(x0, segment.x0), max(x1, segment.x1))
        else:
            wider = sorted([*wider, (segment.x0, segment.x1)])
    return wider


def _is_table(lines: Sequence[TextLine], n_columns: int) -> bool:
    if n_columns >= _MIN_COLUMNS:
        n_full = sum(len(line.segments) >= _MIN_COLUMNS for line in lines)
        n_parted = sum(len(line.segments) >= 2 for line in lines)
        return n_full >= 2 or (n_full == 1 and n_parted >= _MIN_PAIRS)
    pairs = [line.segments for line in lines if len(line.segments) == 2]
    names = [pair[0].text for pair in pairs]
    return len(pairs) >= _MIN_PAIRS and all(len(name) <= _SHORT_CELL for name in names)


def _first_above(lines: Sequence[TextLine], start: int, columns: list[Span]) -> int:
    """A header cell of two lines begins above the line that shows the columns."""
    while start and lines[start].top - lines[start - 1].bottom < _CLOSE * lines[start].size:
        above = lines[start - 1]
        spans = [(segment.x0, segment.x1) for segment in above.segments]
        inside = [any(x0 - 2 <= a and b <= x1 + 2 for x0, x1 in columns) for a, b in spans]
        if not all(inside):
            break
        start -= 1
    return start


def _edges(columns: Sequence[Span], lines: Sequence[TextLine]) -> tuple[float, ...]:
    """Left edge, middle of every gutter, right edge."""
    gutters = [(a[1] + b[0]) / 2 for a, b in pairwise(columns)]
    left = min(line.glyphs[0].x0 for line in lines)
    right = max(line.glyphs[-1].x1 for line in lines)
    return (left, *gutters, right)


def _table(
    lines: Sequence[TextLine], region: _Region, rules: Sequence[Rule], page: int
) -> PageTable:
    edges = _edges(region.columns, lines)
    cut = [_cut(_split(line.segments, region.columns), edges[1:-1]) for line in lines]
    starts = _row_starts(lines, cut, _rules_between(lines, edges, rules))
    texts: dict[tuple[int, int], str] = {}
    sure: dict[tuple[int, int], float] = {}
    merges: list[Merge] = []
    for row, (start, end) in enumerate(zip(starts, [*starts[1:], len(lines)], strict=True), 1):
        parts: dict[int, list[Segment]] = {}
        for pieces in cut[start:end]:
            for column, last, piece in pieces:
                parts.setdefault(column, []).append(piece)
                if last > column and end - start == 1:
                    merges.append(Merge(row, column, row, last))
        for column, segments in parts.items():
            texts[row, column] = unwrapped("\n".join(segment.text for segment in segments))
            sure[row, column] = min(segment.confidence for segment in segments)
    return PageTable(
        page, edges, texts, tuple(merges), len(starts), sure, region.columns, region.continues
    )


Piece = tuple[int, int, Segment]


def _split(segments: Sequence[Segment], columns: Sequence[Span]) -> list[Segment]:
    """Segments parted where a column begins, for text may fill its cell to the last point."""
    parted: list[Segment] = []
    for segment in segments:
        start = 0
        for i in range(1, len(segment.glyphs)):
            before, glyph = segment.glyphs[i - 1 : i + 1]
            size = glyph.bottom - glyph.top
            begins = any(abs(glyph.x0 - x0) <= _AT_EDGE * size for x0, _ in columns[1:])
            if begins and glyph.x0 - before.x1 > _ROOM * size:
                parted.append(Segment(segment.glyphs[start:i]))
                start = i
        parted.append(Segment(segment.glyphs[start:]))
    return parted


def _cut(segments: Sequence[Segment], gutters: Sequence[float]) -> list[Piece]:
    """(first column, last column, text) of what a line puts in each column, 1-based."""
    pieces: list[Piece] = []
    for segment in segments:
        run: list[Glyph] = []
        for glyph in segment.glyphs:
            if run and any(run[-1].x1 <= x + 0.5 and glyph.x0 >= x - 0.5 for x in gutters):
                pieces += _piece(run, gutters)
                run = []
            run.append(glyph)
        pieces += _piece(run, gutters)
    return pieces


def _piece(run: list[Glyph], gutters: Sequence[float]) -> list[Piece]:
    seen = [glyph for glyph in run if glyph.text.strip()]
    if not seen:
        return []
    first = 1 + sum((seen[0].x0 + seen[0].x1) / 2 > x for x in gutters)
    last = 1 + sum((seen[-1].x0 + seen[-1].x1) / 2 > x for x in gutters)
    return [(first, last, Segment(tuple(run)))]


def _rules_between(
    lines: Sequence[TextLine], edges: tuple[float, ...], rules: Sequence[Rule]
) -> set[int]:
    """Indexes of lines that a rule over half of the table parts from the line before."""
    half = (edges[-1] - edges[0]) / 2
    ys = [r.y for r in rules if min(r.x1, edges[-1]) - max(r.x0, edges[0]) > half]
    return {
        i
        for i in range(1, len(lines))
        if any(lines[i - 1].middle < y < lines[i].middle for y in ys)
    }


def _row_starts(
    lines: Sequence[TextLine], cut: Sequence[list[Piece]], ruled: set[int]
) -> list[int]:
    """Indexes of the lines that open a row."""
    key = _number_column(cut)
    starts = {0, *ruled}
    for i, pieces in enumerate(cut):
        if any(last > column for column, last, _ in pieces):  # across columns: a row of its own
            starts |= {i, i + 1}
    starts.discard(len(lines))
    bands = [*sorted(starts), len(lines)]
    for first, end in pairwise(bands):
        numbers = [i for i in range(first, end) if _opens(cut[i], key)]
        if numbers:
            points = numbers if numbers[0] == first or ruled else [first, *numbers]
            pairs = pairwise(points)
            starts |= {i for a, b in pairs if (i := _boundary(lines, a, b))}
        elif len(ruled) < _RULED_ROWS and not key:
            starts |= _unkeyed(lines, cut, range(first, end))
    return sorted(starts)


def _number_column(cut: Sequence[list[Piece]]) -> int:
    """The first column that holds hardly anything but numbers; 0 if there is none."""
    texts: dict[int, list[str]] = {}
    for pieces in cut:
        for column, last, piece in pieces:
            if last == column:
                texts.setdefault(column, []).append(piece.text.strip())
    for column in sorted(texts)[:3]:
        n_numbers = sum(bool(_NUMBER.match(text)) for text in texts[column])
        n_others = len(texts[column]) - n_numbers
        if n_numbers >= n_others and n_others <= _HEADER_LINES and n_numbers:
            return column
    return 0


def _opens(pieces: list[Piece], key: int) -> bool:
    return any(column == key and _NUMBER.match(p.text.strip()) for column, _, p in pieces)


def _gap(lines: Sequence[TextLine], index: int) -> float:
    """White space above a line; negative where it stands between lines of another cell."""
    above = lines[max(0, index - 3) : index]
    return lines[index].top - max(line.bottom for line in above)


def _boundary(lines: Sequence[TextLine], anchor: int, following: int) -> int:
    """The line after the widest gap between two numbers, of equal ones the last; 0 for none."""
    between = range(anchor + 1, following + 1)
    widest = max(_gap(lines, i) for i in between)
    if widest <= 0:
        return 0
    return max(i for i in between if _gap(lines, i) >= widest - _SAME_GAP * lines[i].size)


def _unkeyed(lines: Sequence[TextLine], cut: Sequence[list[Piece]], band: range) -> set[int]:
    """Rows without numbers: full lines and those after wide gaps; else by the first column."""
    gaps = {i: _gap(lines, i) for i in band[1:]}
    least = min((gap for gap in gaps.values() if gap >= 0), default=0.0)
    n_columns = max(column for pieces in cut for column, _, _ in pieces)
    full = {i for i in gaps if len(cut[i]) == n_columns and gaps[i] >= 0}
    wide = {i for i, gap in gaps.items() if gap > least + _ROW_GAP * lines[i].size}
    first = {i for i in gaps if any(column == 1 for column, _, _ in cut[i])}
    return full | (wide or first)
