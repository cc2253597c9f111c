"""Text as it is set on a page: glyphs with their places, in lines, and what parts the lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from unicodedata import east_asian_width

# A gap this wide, in sizes of the text, parts two cells; justified text stretches to half of it.
_CELL_GAP = 0.9


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character and its box, in points or pixels from the page's top left.

    `confidence` is 1 for text that the file holds, less for text that was recognised (0–1).
    """

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    confidence: float = 1.0


def shared_out(box: Glyph) -> Iterator[Glyph]:
    """The box of several characters shared out; ASCII takes half the width of the others."""
    widths = [2 if east_asian_width(char) in "FWA" else 1 for char in box.text]
    x, unit = box.x0, (box.x1 - box.x0) / sum(widths)
    for char, width in zip(box.text, widths, strict=True):
        yield replace(box, text=char, x0=x, x1=x + width * unit)
        x += width * unit


@dataclass(frozen=True)
class Segment:
    """Glyphs of a line without a wide gap between them."""

    glyphs: tuple[Glyph, ...]

    @property
    def text(self) -> str:
        """What is set, blanks included."""
        return "".join(glyph.text for glyph in self.glyphs)

    @property
    def x0(self) -> float:
        """Left edge."""
        return self.glyphs[0].x0

    @property
    def x1(self) -> float:
        """Right edge."""
        return self.glyphs[-1].x1

    @property
    def confidence(self) -> float:
        """Of the least certain glyph."""
        return min(glyph.confidence for glyph in self.glyphs)


@dataclass(frozen=True)
class TextLine:
    """Glyphs of one line of a page, left to right; none of those at the ends is blank."""

    glyphs: tuple[Glyph, ...]

    @cached_property
    def top(self) -> float:
        """Upper edge."""
        return min(glyph.top for glyph in self.glyphs)

    @cached_property
    def bottom(self) -> float:
        """Lower edge."""
        return max(glyph.bottom for glyph in self.glyphs)

    @property
    def middle(self) -> float:
        """Half-way down."""
        return (self.top + self.bottom) / 2

    @property
    def size(self) -> float:
        """Height of the first glyph, which stands for the size of the text."""
        return self.glyphs[0].bottom - self.glyphs[0].top

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """The line parted at wide gaps."""
        gap = _CELL_GAP * self.size
        return tuple(Segment(tuple(run)) for run in _runs(self.glyphs, gap))


def _runs(glyphs: Sequence[Glyph], gap: float) -> Iterable[list[Glyph]]:
    seen = [glyph for glyph in glyphs if glyph.text.strip()]
    run: list[Glyph] = []
    for glyph in glyphs:
        is_blank = not glyph.text.strip()
        if run and not is_blank and glyph.x0 - _last_seen(run).x1 > gap and _is_far(run, glyph):
            yield _without_blank_end(run)
            run = []
        if run or not is_blank:
            run.append(glyph)
    if run and seen:
        yield _without_blank_end(run)


def _last_seen(run: list[Glyph]) -> Glyph:
    return next(glyph for glyph in reversed(run) if glyph.text.strip())


def _is_far(run: list[Glyph], glyph: Glyph) -> bool:
    """One ideographic blank is part of the text (局　长); more of them part cells."""
    blanks = len(run) - 1 - run.index(_last_seen(run))
    return blanks != 1 or glyph.x0 - run[-1].x1 > glyph.x1 - glyph.x0


def _without_blank_end(run: list[Glyph]) -> list[Glyph]:
    while not run[-1].text.strip():
        run.pop()
    return run
