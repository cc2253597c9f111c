"""What a reader hands on: a Document of Grids (tables) and Blocks (paragraphs), in reading order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

# A last item merged over empty rows is common; a merge down to row 1,048,576 is a slip of hand.
_MERGED_TAIL_ROWS = 40


def column_letters(column: int) -> str:
    """Spreadsheet letters of a 1-based column: 1 → "A", 28 → "AB"."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """Spreadsheet address of a 1-based cell: (15, 2) → "B15"."""
    return f"{column_letters(column)}{row}"


def block_address(rows: Collection[int], columns: Collection[int]) -> str:
    """Spreadsheet address of the cells from the first row and column to the last: "A15:N16"."""
    return f"{address(min(rows), min(columns))}:{address(max(rows), max(columns))}"


def paragraph(number: int) -> str:
    """Address of a 1-based paragraph of a text document."""
    return f"第{number}段"


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged rectangle; all four edges are 1-based and inclusive."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Grid:
    """One sheet of a workbook, or one table of a text document.

    `texts` holds non-empty cells only, by (row, column), 1-based, as they stand; a merged
    rectangle keeps its text at its top-left cell. Tables of text documents number their own
    rows and columns from 1. `pages` gives the 1-based page of a row where the format has pages.
    `confidences` (0–1) are those of cells whose text was recognised in a picture (OCR).
    """

    name: str
    texts: Mapping[tuple[int, int], str]
    merges: tuple[Merge, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    hidden: bool = False
    pages: Mapping[int, int] = field(default_factory=dict)
    confidences: Mapping[tuple[int, int], float] = field(default_factory=dict)

    @cached_property
    def n_rows(self) -> int:
        """Last row that holds text, or that a merge with text reaches (absurd merges aside)."""
        last = max((row for row, _ in self.texts), default=0)
        reach = (m.bottom for m in self.merges if (m.top, m.left) in self.texts)
        return max((row for row in (*reach, last) if row - last <= _MERGED_TAIL_ROWS), default=0)

    @cached_property
    def n_columns(self) -> int:
        """Last column that holds text."""
        return max((column for _, column in self.texts), default=0)

    @cached_property
    def _anchors(self) -> dict[tuple[int, int], Merge]:
        """Every covered cell of every merge, within the used range → its merge."""
        covered: dict[tuple[int, int], Merge] = {}
        for merge in self.merges:
            for row in range(merge.top, min(merge.bottom, self.n_rows) + 1):
                for column in range(merge.left, min(merge.right, self.n_columns) + 1):
                    covered.setdefault((row, column), merge)
        return covered

    @cached_property
    def _rows(self) -> dict[int, list[tuple[int, str]]]:
        """Row → its (column, text), left to right; a far cell makes no row long."""
        rows: dict[int, list[tuple[int, str]]] = {}
        for (row, column), text in sorted(self.texts.items()):
            rows.setdefault(row, []).append((column, text))
        return rows

    def merge_at(self, row: int, column: int) -> Merge | None:
        """The merge that covers a cell, if any."""
        return self._anchors.get((row, column))

    def anchor(self, row: int, column: int) -> tuple[int, int]:
        """Where the text of a cell really stands: its merge's top-left, or itself."""
        merge = self.merge_at(row, column)
        return (merge.top, merge.left) if merge else (row, column)

    def text(self, row: int, column: int) -> str:
        """Text seen at a cell, merges resolved; "" if empty."""
        return self.texts.get(self.anchor(row, column), "")

    def own_text(self, row: int, column: int) -> str:
        """Text that starts in this very cell; "" where a merge only passes through."""
        return self.texts.get((row, column), "")

    def row_cells(self, row: int) -> Iterator[tuple[int, str]]:
        """(column, own text) of the non-empty cells that start in a row, left to right."""
        yield from self._rows.get(row, ())


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph as it stands; `number` is its 1-based position among the paragraphs.

    An automatic list number of a word processor is part of `text` ("（一）负责…"), as a reader
    sees it. `level` is the heading level, 0 for body text. `confidence` (0–1) is that of text
    which was recognised in a picture (OCR), None for text that the file holds.
    """

    text: str
    number: int
    page: int | None = None
    level: int = 0
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """What one file says: its parts in reading order, and what was odd while reading it.

    `warnings` are Chinese sentences for the build report ("第3张工作表为空").
    `pages` is the number of pages, where the format has pages.
    """

    format: str
    parts: tuple[Grid | Block, ...]
    warnings: tuple[str, ...] = ()
    pages: int | None = None

    @property
    def grids(self) -> tuple[Grid, ...]:
        """The tables, in order."""
        return tuple(part for part in self.parts if isinstance(part, Grid))

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The paragraphs, in order."""
        return tuple(part for part in self.parts if isinstance(part, Block))
