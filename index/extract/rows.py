"""Physical rows → items: one item may run over several rows, inherit merged cells, hold sub-items."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from index.documents import Grid, address, block_address
from index.extract.columns import Field, squeeze, township_of
from index.extract.forms import Form
from index.extract.notes import says_note
from index.extract.row_kinds import AGAIN, HOLDERS, KEYS, RowKind, RowReader
from index.extract.tables import Table
from index.model import Cell, Locator

# What a sub-item row may leave to the row above; each is then quoted from where it stands.
_INHERITED = (Field.NUMBER, Field.CODE, Field.NAME, Field.POWER, Field.GROUP)
# All that a parent on a row of its own holds.
_PARENT = frozenset(_INHERITED)
_TICKED_NOT = re.compile(r"[×✗✘xXNn—\-－/\\无否0]*|不承接|收回")
_PART_NUMBER = re.compile(r"(\d+)[.\-－—](\d+)")


@dataclass(frozen=True, slots=True)
class Row:
    """One item as it stands: its cells, where they stand, and the group headings above it.

    `headings` run from the outermost; `ticks` are (township, what its cell says) where each
    township has a column; `n_rows` counts physical rows. `is_note` marks a footnote in the body
    of a table, `is_doubtful` one that neither says so nor stands below the items.
    """

    cells: tuple[Cell, ...]
    locator: Locator
    headings: tuple[str, ...] = ()
    ticks: tuple[tuple[str, str], ...] = ()
    n_rows: int = 1
    is_hidden: bool = False
    is_note: bool = False
    is_doubtful: bool = False

    @property
    def heading(self) -> str:
        """The innermost heading; "" if there is none."""
        return self.headings[-1] if self.headings else ""

    def text(self, field: Field) -> str:
        """Text of a field over all physical rows; "" if absent."""
        return "".join(cell.text for cell in self.cells if cell.field == field)


def read_rows(table: Table) -> Iterator[Row]:
    """The items of a list in order; rows that only name a group become their `headings`."""
    if table.forms:
        yield from (_form_row(table.grid, form) for form in table.forms)
        return
    reader = RowReader(table)
    headings: list[tuple[int, str]] = []
    above: Row | None = None
    parent: Row | None = None
    spans = list(_spans(reader))
    for index, (kind, span) in enumerate(spans):
        if kind is RowKind.HEADING:
            level = reader.heading_level(span[0])
            headings = [h for h in headings if h[0] < level] + [(level, reader.heading(span[0]))]
            above = parent = None
            continue
        row = _row(table, span, tuple(text for _, text in headings))
        if kind is RowKind.NOTE:
            yield _as_note(reader, row, span[0])
            continue
        following = spans[index + 1][1] if index + 1 < len(spans) else ()
        if parent and _is_part(row, parent, reader, span[0]):
            row = _as_part(row, parent)
        elif _heads(row, following, reader):
            above = parent = row
            continue
        else:
            row = replace(row, cells=_with_inherited(row.cells, above))
            parent = row
        yield row
        above = row


def _form_row(grid: Grid, form: Form) -> Row:
    """A form as an item, quoted by its values; its place is all of its rows."""
    columns = [column for row in form.rows for column, _ in grid.row_cells(row)]
    return Row(
        cells=tuple(
            Cell(field, address(row, column), text) for field, (row, column, text) in form.values
        ),
        locator=Locator(
            sheet=grid.name,
            row=form.rows.start,
            cells=block_address(form.rows, columns),
            page=grid.pages.get(form.rows.start),
        ),
        n_rows=len(form.rows),
        is_hidden=grid.hidden,
    )


def _spans(reader: RowReader) -> Iterator[tuple[RowKind, list[int]]]:
    """Kind and physical rows of each item, heading and note."""
    kind, span = RowKind.EMPTY, list[int]()
    for row, row_kind in reader.kinds():
        if row_kind in {RowKind.EMPTY, RowKind.MORE} and kind is RowKind.START:
            span.append(row)
            continue
        if span:
            yield kind, _trimmed(reader.table, span)
        kind, span = row_kind, [row]
        if row_kind in {RowKind.EMPTY, RowKind.SKIP}:
            span = []
    if span:
        yield kind, _trimmed(reader.table, span)


def _trimmed(table: Table, span: list[int]) -> list[int]:
    """Drop empty rows at the end that no merge of the item reaches."""
    grid = table.grid
    while len(span) > 1 and not any(grid.text(span[-1], column) for column in table.columns):
        span = span[:-1]
    return span


def _row(table: Table, span: list[int], headings: tuple[str, ...]) -> Row:
    return Row(
        cells=tuple(_cells(table, span)),
        locator=_locator(table, span),
        headings=headings,
        ticks=tuple(_ticks(table, span)),
        n_rows=len(span),
        is_hidden=table.grid.hidden or all(row in table.grid.hidden_rows for row in span),
    )


def _as_note(reader: RowReader, row: Row, first: int) -> Row:
    texts = reader.table.row_cells(first)
    cells = tuple(Cell(Field.REMARK, address(first, column), text) for column, text in texts)
    is_doubtful = not reader.is_below(first) and not says_note(texts[0][1])
    return replace(row, cells=cells, ticks=(), is_note=True, is_doubtful=is_doubtful)


def _cells(table: Table, span: list[int]) -> Iterator[Cell]:
    """Cells of an item column by column: what a merge hands down, then what starts in its rows."""
    grid = table.grid
    for column, field in table.columns.items():
        own = [(row, column, text) for row in span if (text := grid.own_text(row, column))]
        row, left = grid.anchor(span[0], column)
        is_handed = row < span[0] and (left == column or left not in table.columns)
        if is_handed and (text := grid.texts.get((row, left), "")):
            own.insert(0, (row, left, text))
        if field in KEYS or field in HOLDERS:
            own = [c for n, c in enumerate(own) if n == 0 or not _is_again(c[2], own[0][2])]
        if field is Field.MARK and own and not _TICKED_NOT.fullmatch(squeeze(own[0][2])):
            yield from _ticked_header(table, column)
        for row, left, text in own:
            yield Cell(field, address(row, left), text)


def _ticked_header(table: Table, column: int) -> Iterator[Cell]:
    """The township that a tick stands under."""
    for row in reversed(table.header):
        top, left = table.grid.anchor(row, column)
        if township_of(text := table.grid.texts.get((top, left), "")):
            yield Cell(Field.RECIPIENTS, address(top, left), text)
            return


def _is_again(text: str, first: str) -> bool:
    """Printed again on the next page: 取水许可（续）."""
    return AGAIN.sub("", squeeze(text)) == AGAIN.sub("", squeeze(first))


def _ticks(table: Table, span: list[int]) -> Iterator[tuple[str, str]]:
    for column in table.columns_of(Field.MARK):
        text = squeeze(table.grid.text(span[0], column))
        if not _TICKED_NOT.fullmatch(text):
            yield table.headers[column], text


def _heads(row: Row, following: list[int] | tuple[()], reader: RowReader) -> bool:
    """True for a parent on a row of its own, with its sub-items on the rows that follow."""
    fields = {cell.field for cell in row.cells}
    is_bare = Field.NAME in fields and fields <= _PARENT and len(reader.table.columns) > len(fields)
    if not is_bare or not following:
        return False
    own = reader.own(following[0])
    is_sub_item = Field.SUB_ITEM in own and Field.NAME not in own
    is_sub_item = is_sub_item and not row.text(Field.SUB_ITEM)
    return is_sub_item or reader.is_child(following[0]) or _is_numbered_below(own, row)


def _is_numbered_below(own: dict[Field, str], parent: Row) -> bool:
    """3.1 or 3-1 below 3."""
    match = _PART_NUMBER.fullmatch(squeeze(own.get(Field.NUMBER, "")))
    return match is not None and match[1] == squeeze(parent.text(Field.NUMBER))


def _is_part(row: Row, parent: Row, reader: RowReader, first: int) -> bool:
    """True for a sub-item that is told by its number or its mark and has a name of its own."""
    own = reader.own(first)
    if Field.NAME not in own or not parent.text(Field.NAME):
        return False
    return reader.is_child(first) or _is_numbered_below(own, parent)


def _as_part(row: Row, parent: Row) -> Row:
    """Its name is the sub-item; name and holders come from the parent."""
    has_sub_item = bool(row.text(Field.SUB_ITEM))
    own = tuple(
        replace(c, field=Field.SUB_ITEM) if c.field == Field.NAME and not has_sub_item else c
        for c in row.cells
    )
    handed = tuple(c for c in parent.cells if c.field != Field.SUB_ITEM)
    return replace(row, cells=_handed(own, handed, _INHERITED))


def _with_inherited(cells: tuple[Cell, ...], last: Row | None) -> tuple[Cell, ...]:
    """A sub-item without a name of its own takes the name (and its like) of the row above."""
    present = {cell.field for cell in cells}
    if last is None or Field.NAME in present or not present & {Field.SUB_ITEM, Field.BODY}:
        return cells
    return _handed(cells, last.cells, _INHERITED)


def _handed(
    cells: tuple[Cell, ...], above: tuple[Cell, ...], fields: tuple[Field, ...]
) -> tuple[Cell, ...]:
    """The cells, led by those of the fields that are handed down and not present.

    A sub-item that names no body has its parent's; one that names a body has no other's office.
    """
    present = {cell.field for cell in cells}
    if Field.SUB_ITEM in present and Field.BODY not in present:
        fields = (*fields, *HOLDERS)
    return (*(c for c in above if c.field in fields and c.field not in present), *cells)


def _locator(table: Table, span: list[int]) -> Locator:
    return Locator(
        sheet=table.grid.name,
        row=span[0],
        cells=block_address(span, table.columns),
        page=table.grid.pages.get(span[0]),
    )
