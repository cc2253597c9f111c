"""A sheet as it looks: a window of rows as a table, merges kept, the cited cells told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.evidence.marking import Run, mark, squash
from index.documents import Grid, column_letters
from index.model import DutyItem

WINDOW_ROWS = 40  # some 100 KB of HTML where cells hold 400 characters
ROWS_BEFORE = 6  # what stands above a cited row is shown for context
MAX_HEAD_ROWS = 8
HEADER_SEARCH_ROWS = 400  # how far up a header repeated for each printed page is looked for
HEADER_WORDS = re.compile(
    "序号|编码|名称|类型|类别|依据|主体|机构|事项|职责|责任|备注|部门|单位|方式"
)
MAX_HEADER_CHARS = 14
WIDTHS = ((4, "w1"), (12, "w2"), (40, "w3"), (150, "w4"))  # longest text in characters → class

Cells = frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class CellView:
    """A table cell. `first` is the one cell that the link to the citation jumps to."""

    runs: tuple[Run, ...]
    rowspan: int
    colspan: int
    width: str
    cited: bool
    first: bool


@dataclass(frozen=True, slots=True)
class RowView:
    """A physical row with its number as the spreadsheet shows it."""

    number: int
    cells: tuple[CellView, ...]
    cited: bool
    hidden: bool


@dataclass(frozen=True, slots=True)
class FieldView:
    """One column of the cited rows read aloud: its header and what stands there."""

    label: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class SheetView:
    """A window of a sheet. `first` and `last` are the body rows shown; `n_rows` is all."""

    name: str
    letters: tuple[tuple[str, str], ...]
    titles: tuple[RowView, ...]
    head: tuple[RowView, ...]
    body: tuple[RowView, ...]
    fields: tuple[FieldView, ...]
    notes: tuple[str, ...]
    first: int
    last: int
    n_rows: int

    @property
    def previous(self) -> int | None:
        """First row of the window before this one."""
        return max(1, self.first - WINDOW_ROWS) if self.first > 1 else None

    @property
    def following(self) -> int | None:
        """First row of the window after this one."""
        return self.last + 1 if self.last < self.n_rows else None


def cited_cells(grid: Grid, item: DutyItem) -> Cells:
    """The cells that a record was read from, or its whole row."""
    found: set[tuple[int, int]] = set()
    for text in (item.locator.cells or "", *(cell.address for cell in item.cells)):
        found.update(_rectangle(text))
    if not found and item.locator.row:
        found = {(item.locator.row, column) for column in range(1, grid.n_columns + 1)}
    return frozenset(found)


def _rectangle(cells: str) -> Iterator[tuple[int, int]]:
    """(row, column) of every cell of "A15" or "A15:N16"."""
    match = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?", cells.upper())
    if not match:
        return
    left, top = _column(match[1]), int(match[2])
    right, bottom = _column(match[3] or match[1]), int(match[4] or match[2])
    for row in range(top, min(bottom, top + 500) + 1):
        for column in range(left, right + 1):
            yield row, column


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def view_sheet(grid: Grid, cited: Cells, quoted: str, *, start: int | None = None) -> SheetView:
    """The window that begins at row `start`, or that holds the cited row, under its header."""
    n_rows = max(1, grid.n_rows)
    top = min(start or _start_for(cited), n_rows)
    title_rows, head_rows = _head(grid, top)
    _, labels = _head(grid, min((row for row, _ in cited), default=top))
    last = min(n_rows, top + WINDOW_ROWS - 1)
    cited_rows = {row for row, _ in cited}
    above = {*title_rows, *head_rows}
    below = [row for row in range(top, last + 1) if row not in above]
    body_rows = _shown(grid, below, cited_rows)
    head_rows = _shown(grid, head_rows, cited_rows)
    table = _Table(grid, [*head_rows, *body_rows], cited, quoted)
    return SheetView(
        name=grid.name,
        letters=tuple((column_letters(column), table.widths[column]) for column in table.columns),
        titles=table.section(_shown(grid, title_rows, cited_rows)),
        head=table.section(head_rows),
        body=table.section(body_rows),
        fields=_fields(grid, table.columns, labels, cited, quoted),
        notes=_notes(grid, top, last, cited_rows),
        first=top,
        last=last,
        n_rows=n_rows,
    )


def _start_for(cited: Cells) -> int:
    return max(1, min((row for row, _ in cited), default=1) - ROWS_BEFORE)


def _shown(grid: Grid, rows: Sequence[int], cited_rows: set[int]) -> list[int]:
    return [row for row in rows if row not in grid.hidden_rows or row in cited_rows]


def _head(grid: Grid, row: int) -> tuple[list[int], list[int]]:
    """(title rows, header rows) to keep in sight for a row of the body."""
    top = _first_header(grid)
    if top is None:
        return [], []
    lowest = max(1, row - HEADER_SEARCH_ROWS)
    bottom = next((at for at in range(row - 1, lowest - 1, -1) if _is_header(grid, at)), None)
    block = _block_of(grid, bottom if bottom else top)
    titles = list(range(1, top)) if top <= MAX_HEAD_ROWS else []
    return [row for row in titles if row not in block], block


def _first_header(grid: Grid) -> int | None:
    return next((row for row in range(1, min(grid.n_rows, 12) + 1) if _is_header(grid, row)), None)


def _is_header(grid: Grid, row: int) -> bool:
    """At least two short cells with a header's words, and hardly a long cell."""
    texts = [squash(text) for _, text in grid.row_cells(row)]
    short = [text for text in texts if len(text) <= MAX_HEADER_CHARS]
    named = [text for text in short if HEADER_WORDS.search(text)]
    return len(named) >= 2 and len(named) * 2 >= len(texts) and len(short) * 5 >= len(texts) * 4


def _block_of(grid: Grid, row: int) -> list[int]:
    """The header rows around one of them: neighbours, and rows that its merges reach into."""
    top = bottom = row
    while top > 1 and _is_header(grid, top - 1):
        top -= 1
    while bottom < grid.n_rows and _is_header(grid, bottom + 1):
        bottom += 1
    for column in range(1, grid.n_columns + 1):
        merge = grid.merge_at(bottom, column)
        if merge and merge.bottom - top < MAX_HEAD_ROWS:
            bottom = max(bottom, merge.bottom)
    return list(range(top, bottom + 1))


class _Table:
    """Lays a grid out as table rows; merges that overlap are cut into rectangles."""

    def __init__(self, grid: Grid, rows: Sequence[int], cited: Cells, quoted: str) -> None:
        self._grid = grid
        self._cited = cited
        self._quoted = quoted
        seen = [
            column
            for row in rows
            for column in range(1, grid.n_columns + 1)
            if grid.text(row, column)
        ]
        used = range(1, max(seen, default=1) + 1)
        self.columns = [column for column in used if column not in grid.hidden_columns]
        self.widths = {column: self._width(column, rows) for column in self.columns}
        self._jump = self._jump_target(rows)

    def _width(self, column: int, rows: Sequence[int]) -> str:
        own = (self._grid.own_text(row, column) for row in rows if not self._is_wide(row, column))
        longest = max((len(squash(text)) for text in own), default=0)
        return next((name for limit, name in WIDTHS if longest <= limit), "w5")

    def _is_wide(self, row: int, column: int) -> bool:
        merge = self._grid.merge_at(row, column)
        return bool(merge and merge.right > merge.left)

    def _jump_target(self, rows: Sequence[int]) -> tuple[int, int] | None:
        """The cited cell with most of the quoted words and least else, the first of equals.

        A name that is quoted whole goes before a long basis that happens to hold it.
        """
        cited = [(row, col) for row in rows for col in self.columns if (row, col) in self._cited]
        return max(cited, key=self._weight, default=None)

    def _weight(self, cell: tuple[int, int]) -> float:
        runs = self._runs(*cell, cited=True)
        marked = sum(len(run.text) for run in runs if run.marked)
        return marked * marked / max(sum(len(run.text) for run in runs), 1)

    def section(self, rows: Sequence[int]) -> tuple[RowView, ...]:
        """Rows of one table body; merges are cut at its edges."""
        taken: set[tuple[int, int]] = set()
        return tuple(self._row(rows, index, taken) for index in range(len(rows)))

    def _row(self, rows: Sequence[int], index: int, taken: set[tuple[int, int]]) -> RowView:
        row = rows[index]
        cells = []
        for at, column in enumerate(self.columns):
            if (row, column) in taken:
                continue
            down, right = self._span(rows[index:], self.columns[at:], taken)
            taken.update((r, c) for r in down for c in right)
            cells.append(self._cell(down, right))
        cited = any((row, column) in self._cited for column in self.columns)
        return RowView(row, tuple(cells), cited=cited, hidden=row in self._grid.hidden_rows)

    def _span(
        self, rows: Sequence[int], columns: Sequence[int], taken: set[tuple[int, int]]
    ) -> tuple[list[int], list[int]]:
        """The rows and columns that the cell at their head covers."""
        merge = self._grid.merge_at(rows[0], columns[0])
        if merge is None:
            return [rows[0]], [columns[0]]

        def free(row: int, column: int) -> bool:
            return self._grid.merge_at(row, column) is merge and (row, column) not in taken

        right = [columns[0]]
        for column in columns[1:]:
            if not free(rows[0], column):
                break
            right.append(column)
        down = [rows[0]]
        for row in rows[1:]:
            if not all(free(row, column) for column in right):
                break
            down.append(row)
        return down, right

    def _cell(self, down: list[int], right: list[int]) -> CellView:
        covered = {(row, column) for row in down for column in right}
        touched = bool(covered & self._cited)
        runs = self._runs(down[0], right[0], cited=touched)
        return CellView(
            runs=runs,
            rowspan=len(down),
            colspan=len(right),
            width=self.widths[right[0]] if len(right) == 1 else "",
            # Not a category that runs on past the cited rows, unless its words are quoted.
            cited=covered <= self._cited or any(run.marked for run in runs),
            first=self._jump in covered,
        )

    def _runs(self, row: int, column: int, *, cited: bool) -> tuple[Run, ...]:
        text = self._grid.text(row, column)
        return mark(text, self._quoted) if cited else (Run(text),)


def _fields(
    grid: Grid, columns: Sequence[int], labels: Sequence[int], cited: Cells, quoted: str
) -> tuple[FieldView, ...]:
    """The cited rows column by column; an item's physical rows are joined."""
    rows = sorted({row for row, _ in cited})
    fields = []
    for column in columns:
        anchors = dict.fromkeys(grid.anchor(row, column) for row in rows)
        text = "".join(grid.texts.get(anchor, "") for anchor in anchors).strip()
        if text:
            label = _label(grid, column, labels)
            fields.append(FieldView(label, mark(text, quoted)))
    return tuple(fields)


def _label(grid: Grid, column: int, labels: Sequence[int]) -> str:
    names = dict.fromkeys(squash(grid.text(row, column)) for row in labels)
    return " / ".join(name for name in names if name) or f"{column_letters(column)}列"


def _notes(grid: Grid, top: int, last: int, cited_rows: set[int]) -> tuple[str, ...]:
    """What the table leaves out because the paper itself hides it."""
    notes = ["这张工作表在原文件中是隐藏的。"] if grid.hidden else []
    rows = sorted(row for row in grid.hidden_rows - cited_rows if top <= row <= last)
    if rows:
        notes.append(f"第{'、'.join(map(str, rows))}行在原表中隐藏，此处未列。")
    columns = sorted(column for column in grid.hidden_columns if column <= grid.n_columns)
    if columns:
        letters = "、".join(column_letters(column) for column in columns)
        notes.append(f"{letters}列在原表中隐藏，此处未列。")
    return tuple(notes)
