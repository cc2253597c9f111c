"""Tables in plain text without drawn lines: cells parted by tabs, or set in columns by blanks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from unicodedata import east_asian_width

from index.documents import Grid
from index.readers.aligned_tables import find_aligned
from index.readers.cells import clean_text
from index.readers.layout import Glyph, TextLine
from index.readers.pdf_tables import joined_grid

_BLANKS = re.compile(r"\S(?: {2,}|\u3000{2,})\S")
_MIN_TABS = 2
_MIN_ROWS = 2
# Lines that may stand between two with blanks in them: wrapped cells, empty lines.
_BETWEEN = 4
_MAX_LINE_CHARS = 1_000
# Half-width columns: height of a line and distance to the next.
_SIZE, _PITCH = 2.0, 2.5


@dataclass(frozen=True, slots=True)
class FlatTable:
    """The table that lines[first:end] show."""

    first: int
    end: int
    grid: Grid


def flat_tables(lines: Sequence[str]) -> list[FlatTable]:
    """Tables among lines of text, in order."""
    tabbed = list(_tabbed(lines))
    taken = {index for table in tabbed for index in range(table.first, table.end)}
    spaced = (t for t in _spaced(lines) if taken.isdisjoint(range(t.first, t.end)))
    return sorted([*tabbed, *spaced], key=lambda table: table.first)


def _tabbed(lines: Sequence[str]) -> Iterator[FlatTable]:
    first = 0
    for n_tabs, run in groupby(line.rstrip("\r\n").count("\t") for line in lines):
        end = first + len(list(run))
        if n_tabs >= _MIN_TABS and end - first >= _MIN_ROWS:
            texts = {
                (row, column): text
                for row, line in enumerate(lines[first:end], start=1)
                for column, cell in enumerate(line.split("\t"), start=1)
                if (text := clean_text(cell))
            }
            yield FlatTable(first, end, Grid("", texts))
        first = end


def _spaced(lines: Sequence[str]) -> Iterator[FlatTable]:
    for first, end in _windows(lines):
        shown = [i for i in range(first, end) if lines[i].strip()]
        set_lines = [_set(lines[i], i - first) for i in shown]
        for found in find_aligned(set_lines, (), page=1):
            grid = replace(joined_grid("", [found.table]), pages={}, confidences={})
            yield FlatTable(shown[found.first], shown[found.end - 1] + 1, grid)


def _windows(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Stretches of lines worth a closer look: several with wide blanks inside, near each other."""
    near: list[int] = []
    for index, line in enumerate(lines):
        if len(line) <= _MAX_LINE_CHARS and _BLANKS.search(line):
            if near and index - near[-1] > _BETWEEN:
                yield from _window(near, lines)
                near = []
            near.append(index)
    yield from _window(near, lines)


def _window(near: list[int], lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    if len(near) >= _MIN_ROWS:
        end = near[-1] + 1
        while end < len(lines) and lines[end].strip() and end - near[-1] <= _BETWEEN:
            end += 1
        yield near[0], end


def _set(line: str, row: int) -> TextLine:
    """A line as a typewriter sets it: full-width characters over two columns."""
    glyphs: list[Glyph] = []
    x = 0.0
    for char in line[:_MAX_LINE_CHARS].expandtabs(8).rstrip():
        width = 2 if east_asian_width(char) in "FW" else 1
        glyphs.append(Glyph(char, x, x + width, row * _PITCH, row * _PITCH + _SIZE))
        x += width
    while glyphs and not glyphs[0].text.strip():
        glyphs.pop(0)
    return TextLine(tuple(glyphs))
