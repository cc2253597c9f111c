"""Physical rows → items: one item may run over several rows, inherit merged cells, hold sub-items."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.documents import address, column_letters
from index.extract.columns import Field
from index.extract.tables import Table
from index.model import Cell, Locator

_KEYS = (Field.NUMBER, Field.CODE, Field.NAME, Field.SUB_ITEM)
# What a sub-item row may leave to the row above; each is then quoted from where it stands.
_INHERITED = (Field.NUMBER, Field.CODE, Field.NAME, Field.POWER, Field.GROUP)
_NOTE = re.compile(r"^[（(]?(?:备注|注|说明|附注|填表说明|注意)[\d一二三]*[）)]?[：:．.、\s]|^[*※]")


@dataclass(frozen=True, slots=True)
class Row:
    """One item as it stands: its cells, where they stand, and the group heading above it.

    `n_rows` counts physical rows. `is_note` marks a footnote in the body of a table.
    """

    cells: tuple[Cell, ...]
    locator: Locator
    heading: str = ""
    n_rows: int = 1
    is_hidden: bool = False
    is_note: bool = False

    def text(self, field: Field) -> str:
        """Text of a field over all physical rows; "" if absent."""
        return "".join(cell.text for cell in self.cells if cell.field == field)


def read_rows(table: Table) -> Iterator[Row]:
    """The items of a list in order; rows that only name a group become their `heading`."""
    heading = ""
    last: Row | None = None
    for span in _spans(table):
        lone = _lone_text(table, span[0]) if len(span) == 1 else None
        if lone and not _NOTE.match(lone):
            heading = lone
            continue
        row = _row(table, span, heading, last)
        yield row
        last = row if not row.is_note else last


def _spans(table: Table) -> Iterator[list[int]]:
    """Physical rows of each item; empty rows belong to the merge that covers them or to none."""
    span: list[int] = []
    for row in table.body:
        if span and _continues(table, row):
            span.append(row)
            continue
        if span:
            yield _trimmed(table, span)
        span = [row] if any(True for _ in table.grid.row_cells(row)) else []
    if span:
        yield _trimmed(table, span)


def _trimmed(table: Table, span: list[int]) -> list[int]:
    """Drop empty rows at the end that no merge of the item reaches."""
    grid = table.grid
    while len(span) > 1 and not any(grid.text(span[-1], column) for column in table.columns):
        span = span[:-1]
    return span


def _continues(table: Table, row: int) -> bool:
    """True if a row goes on with the item above: none of its key cells starts an item.

    A row whose body and office both start anew beside merged keys is an item of its own (one
    matter, another level of government); so is a row with a single text over the whole width.
    """
    grid = table.grid
    if _lone_text(table, row):
        return False
    if any(grid.own_text(row, column) for column in table.columns_of(*_KEYS)):
        return False
    holders = table.columns_of(Field.BODY, Field.OFFICE)
    return len(holders) < 2 or not all(grid.own_text(row, column) for column in holders)


def _lone_text(table: Table, row: int) -> str | None:
    """The text of a row that holds one text only, at its left or merged over half its width."""
    cells = list(table.grid.row_cells(row))
    if len(cells) != 1:
        return None
    column, text = cells[0]
    merge = table.grid.merge_at(row, column)
    is_wide = merge is not None and (merge.right - merge.left + 1) * 2 >= len(table.columns)
    is_covered = (
        any(table.grid.text(row, other) for other in table.columns if other != column)
        and not is_wide
    )
    leads = column == min(table.columns)
    return text if not is_covered and (is_wide or leads) and len(table.columns) > 1 else None


def _row(table: Table, span: list[int], heading: str, last: Row | None) -> Row:
    note = _lone_text(table, span[0]) if len(span) == 1 else None
    if note:
        column, text = next(table.grid.row_cells(span[0]))
        cells: tuple[Cell, ...] = (Cell(Field.REMARK, address(span[0], column), text),)
    else:
        cells = _with_inherited(tuple(_cells(table, span)), last)
    return Row(
        cells=cells,
        locator=_locator(table, span),
        heading=heading,
        n_rows=len(span),
        is_hidden=all(row in table.grid.hidden_rows for row in span),
        is_note=note is not None,
    )


def _cells(table: Table, span: list[int]) -> Iterator[Cell]:
    """Cells of an item column by column: what a merge hands down, then what starts in its rows."""
    grid = table.grid
    for column, field in table.columns.items():
        own = [(row, text) for row in span if (text := grid.own_text(row, column))]
        above = grid.anchor(span[0], column)
        if above[0] < span[0] and above in grid.texts:
            own.insert(0, (above[0], grid.texts[above]))
        for row, text in own:
            yield Cell(field, address(row, above[1] if own[0][0] == row else column), text)


def _with_inherited(cells: tuple[Cell, ...], last: Row | None) -> tuple[Cell, ...]:
    """A sub-item without a name of its own takes the name (and its like) of the row above."""
    present = {cell.field for cell in cells}
    if last is None or Field.NAME in present or not present & {Field.SUB_ITEM, Field.BODY}:
        return cells
    handed = tuple(c for c in last.cells if c.field in _INHERITED and c.field not in present)
    return (*handed, *cells)


def _locator(table: Table, span: list[int]) -> Locator:
    columns = table.columns
    left, right = column_letters(min(columns)), column_letters(max(columns))
    return Locator(
        sheet=table.grid.name,
        row=span[0],
        cells=f"{left}{span[0]}:{right}{span[-1]}",
        page=table.grid.pages.get(span[0]),
    )
