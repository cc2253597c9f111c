"""Find the lists in a grid: titles, header rows known by content, body rows, rows between; or forms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from index.documents import Block, Grid
from index.extract.columns import Field, squeeze
from index.extract.dates import is_day
from index.extract.forms import Form, find_forms
from index.extract.headers import Header, headers_of
from index.extract.notes import says_note

_TITLE_ROWS = 4
# A title printed again on the next page says so, or counts its pages.
_AGAIN = re.compile(r"[（(【]?(?:续表?|接上页|接上表|续上表|第\d+页(?:共\d+页)?)[)）】]?\d*$")


@dataclass(frozen=True, slots=True)
class Table:
    """One list in a grid. Rows and columns are 1-based grid positions.

    `columns` gives the field of each column, `headers` what its header says; `header` are the
    header's rows, none where the list goes on from the table before; `titles` are the rows of text
    above it that belong to it; `body` are the rows below, up to the next list, without repeated
    headers; `width` are the list's columns, those without a header too; `captions` are the
    paragraphs before a table of a text document, `below` those after it. A list of `forms` has
    neither columns nor body: each form is an item.
    """

    grid: Grid
    titles: tuple[int, ...]
    header: range
    width: range
    columns: Mapping[int, Field]
    headers: Mapping[int, str]
    body: tuple[int, ...]
    captions: tuple[str, ...] = ()
    below: tuple[Block, ...] = ()
    forms: tuple[Form, ...] = ()

    @property
    def fields(self) -> frozenset[Field]:
        """What the list says of its items."""
        return frozenset(self.columns.values()).union(*(form.fields for form in self.forms))

    def columns_of(self, *fields: Field) -> tuple[int, ...]:
        """Columns that hold any of the fields, left to right."""
        return tuple(column for column, field in self.columns.items() if field in fields)

    def row_cells(self, row: int) -> tuple[tuple[int, str], ...]:
        """(column, own text) of the list's non-empty cells that start in a row, left to right."""
        return tuple(cell for cell in self.grid.row_cells(row) if cell[0] in self.width)

    @property
    def title_texts(self) -> tuple[str, ...]:
        """What stands above the list: paragraphs, then the texts of its title rows."""
        return (*self.captions, *_texts(self.grid, self.titles, self.width))


@dataclass(frozen=True, slots=True)
class _Opened:
    """A header that opens a list, the rows that repeat it, and where the list starts."""

    header: Header
    titles: tuple[int, ...]
    repeats: frozenset[int] = frozenset()

    @property
    def start(self) -> int:
        return min((*self.titles, self.header.rows.start))


def find_tables(grid: Grid) -> tuple[Table, ...]:
    """Every list in the grid, top down, left to right; none if no row reads as a header.

    A grid of forms is one list. A header met again under the same title (or none) is a print page's
    repeat; under a new title it opens another list.
    """
    if forms := find_forms(grid):
        return (_list_of_forms(grid, forms),)
    opened: list[_Opened] = []
    for header in headers_of(grid):
        above = [i for i, o in enumerate(opened) if _overlap(o.header, header)]
        floor = opened[above[-1]].header.rows.stop if above else 1
        titles = _titles(grid, header, floor)
        if above and _repeats(grid, header, titles, opened[above[-1]]):
            last = opened[above[-1]]
            again = last.repeats | {*titles, *header.rows}
            opened[above[-1]] = replace(last, repeats=again)
        else:
            opened.append(_Opened(header, titles))
    return tuple(_table(grid, each, _end(grid, each, opened)) for each in opened)


def continued(grid: Grid, before: Table) -> Table | None:
    """A grid without header as the rest of the list before it; None if it is not.

    A list cut into several tables or sheets goes on with as many columns and the next number.
    """
    numbers = before.columns_of(Field.NUMBER)
    if grid.n_columns != before.grid.n_columns or not numbers:
        return None
    first = next((n for r in range(1, grid.n_rows + 1) if (n := _int(grid, r, numbers[0]))), 0)
    last = next((n for r in reversed(before.body) if (n := _int(before.grid, r, numbers[0]))), 0)
    if not first or first != last + 1:
        return None
    rows = tuple(range(1, grid.n_rows + 1))
    return replace(before, grid=grid, titles=(), header=range(1, 1), body=rows)


def _int(grid: Grid, row: int, column: int) -> int:
    text = squeeze(grid.own_text(row, column))
    return int(text) if text.isdecimal() else 0


def _table(grid: Grid, opened: _Opened, end: int) -> Table:
    header = opened.header
    return Table(
        grid=grid,
        titles=opened.titles,
        header=header.rows,
        width=header.width,
        columns=header.columns,
        headers=header.texts,
        body=tuple(r for r in range(header.rows.stop, end) if r not in opened.repeats),
    )


def _list_of_forms(grid: Grid, forms: tuple[Form, ...]) -> Table:
    top = forms[0].rows.start
    titles = tuple(row for row in range(1, top) if len(list(grid.row_cells(row))) == 1)
    width = range(1, grid.n_columns + 1)
    return Table(grid, titles, range(top, top + 1), width, {}, {}, (), forms=forms)


def _overlap(one: Header, other: Header) -> bool:
    return one.width.start < other.width.stop and other.width.start < one.width.stop


def _end(grid: Grid, this: _Opened, opened: list[_Opened]) -> int:
    """The row where the next list below in the same columns starts."""
    below = (o.start for o in opened if o.start > this.start and _overlap(o.header, this.header))
    return min(below, default=grid.n_rows + 1)


def _repeats(grid: Grid, header: Header, titles: tuple[int, ...], before: _Opened) -> bool:
    same = header.columns == before.header.columns
    return same and _words(grid, titles, header) <= _words(grid, before.titles, before.header)


def _words(grid: Grid, rows: tuple[int, ...], header: Header) -> set[str]:
    texts = _texts(grid, rows, header.width)
    return {_AGAIN.sub("", squeeze(text)) for text in texts} - {""}


def _texts(grid: Grid, rows: tuple[int, ...], width: range) -> list[str]:
    """Texts seen in rows within a width of columns, each once."""
    seen = [grid.text(r, c) for r in rows for c in width]
    return list(dict.fromkeys(filter(None, seen)))


def _titles(grid: Grid, header: Header, floor: int) -> tuple[int, ...]:
    """Rows right above a header that hold one text each, blank rows passed over.

    Below another list, the rest of its last item and its notes are no titles.
    """
    rows: list[int] = []
    top = header.rows.start
    for row in range(top - 1, max(floor, top - _TITLE_ROWS) - 1, -1):
        texts = _texts(grid, (row,), header.width)
        if len(texts) > 1 and not _is_imprint(texts):
            break
        if texts and floor > 1 and (_is_of_above(texts[0]) or not _leads(grid, row, header)):
            break
        if texts:
            rows.append(row)
    return tuple(reversed(rows))


def _is_of_above(text: str) -> bool:
    """True for a note, and for a sentence: the rest of the last item."""
    return says_note(text) or text.strip().endswith("。")


def _leads(grid: Grid, row: int, header: Header) -> bool:
    """True if a row's text stands at the list's left edge or over half of its width."""
    column = next(c for c in header.width if grid.text(row, c))
    merge = grid.merge_at(row, column)
    is_wide = merge is not None and (merge.right - merge.left + 1) * 2 >= len(header.columns)
    return is_wide or column <= min(header.columns)


def _is_imprint(texts: Iterator[str] | list[str]) -> bool:
    """A line such as "单位：…  2025年3月18日" above a header, spread over a few cells."""
    labelled = ["：" in text or ":" in text for text in texts]
    return any(labelled) and all(
        is_labelled or is_day(text) for text, is_labelled in zip(texts, labelled, strict=True)
    )
