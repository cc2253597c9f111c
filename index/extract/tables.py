"""Find the lists in a grid: titles, header rows known by content, body rows, rows between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from index.documents import Grid
from index.extract.columns import Field, field_of, squeeze

# Headers of published lists have one to three rows; titles above them up to four.
_HEADER_ROWS = 3
_TITLE_ROWS = 4
# "序号, 履职事项" is the narrowest list seen; two known headers among other cells is chance.
_FEWEST_FIELDS = 2
_SURE_FIELDS = 3


@dataclass(frozen=True, slots=True)
class Table:
    """One list in a grid. Rows and columns are 1-based grid positions.

    `columns` gives the field of each column, `headers` what its header says; `titles` are the
    rows of text above the header that belong to it; `body` are the rows below, up to the next
    list; repeated headers are left out of it.
    """

    grid: Grid
    titles: tuple[int, ...]
    header: range
    columns: Mapping[int, Field]
    headers: Mapping[int, str]
    body: tuple[int, ...]

    def columns_of(self, *fields: Field) -> tuple[int, ...]:
        """Columns that hold any of the fields, left to right."""
        return tuple(column for column, field in self.columns.items() if field in fields)


@dataclass(frozen=True, slots=True)
class _Header:
    rows: range
    columns: Mapping[int, Field]
    headers: Mapping[int, str]


def find_tables(grid: Grid) -> tuple[Table, ...]:
    """Every list in the grid, top down; none if no row reads as a header.

    A header met again under the same title (or none) is a print page's repeat; under a new title
    it opens another list.
    """
    opened: list[tuple[_Header, tuple[int, ...]]] = []
    repeats: set[int] = set()
    floor = 1
    for header in _headers(grid):
        titles = _titles(grid, header.rows.start, floor)
        floor = header.rows.stop
        if opened and _repeats(grid, (header, titles), opened[-1]):
            repeats.update(titles, header.rows)
        else:
            opened.append((header, titles))
    if not opened:
        return ()
    starts = [min((*titles, header.rows.start)) for header, titles in opened]
    ends = [*starts[1:], grid.n_rows + 1]
    return tuple(
        Table(
            grid=grid,
            titles=titles,
            header=header.rows,
            columns=header.columns,
            headers=header.headers,
            body=tuple(r for r in range(header.rows.stop, end) if r not in repeats),
        )
        for (header, titles), end in zip(opened, ends, strict=True)
    )


def _repeats(
    grid: Grid,
    later: tuple[_Header, tuple[int, ...]],
    earlier: tuple[_Header, tuple[int, ...]],
) -> bool:
    same_columns = later[0].columns == earlier[0].columns
    return same_columns and _words(grid, later[1]) <= _words(grid, earlier[1])


def _words(grid: Grid, rows: tuple[int, ...]) -> set[str]:
    return {squeeze(text) for row in rows for _, text in grid.row_cells(row)}


def _titles(grid: Grid, header_row: int, floor: int) -> tuple[int, ...]:
    """Rows right above a header that hold one text each, blank rows passed over."""
    rows: list[int] = []
    for row in range(header_row - 1, max(floor, header_row - _TITLE_ROWS) - 1, -1):
        n_cells = len(list(grid.row_cells(row)))
        if n_cells > 1 and not _is_imprint(grid, row):
            break
        if n_cells:
            rows.append(row)
    return tuple(reversed(rows))


def _is_imprint(grid: Grid, row: int) -> bool:
    """A line such as "单位：… 日期：…" above a header, spread over a few cells."""
    return all(("：" in text or ":" in text) for _, text in grid.row_cells(row))


def _headers(grid: Grid) -> Iterator[_Header]:
    row = 1
    while row <= grid.n_rows:
        header = _header_at(grid, row)
        if header:
            yield header
        row = header.rows.stop if header else row + 1


def _header_at(grid: Grid, row: int) -> _Header | None:
    first = {column: text for column, text in grid.row_cells(row)}
    known = {field for text in first.values() if (field := field_of(text))}
    if len(known) < _FEWEST_FIELDS or len(known) * 2 < len(set(first.values())):
        return None
    rows = range(row, _last_header_row(grid, row, first) + 1)
    header = _read_header(grid, rows)
    fields = set(header.columns.values())
    is_sure = len(fields) >= _SURE_FIELDS or len(fields) == len(first)
    return header if Field.NAME in fields and is_sure else None


def _last_header_row(grid: Grid, row: int, first: Mapping[int, str]) -> int:
    """A header goes on below while its name cell spans down, or while only leaf headers follow."""
    last = row
    for column, text in first.items():
        merge = grid.merge_at(row, column)
        if merge and field_of(text) in {Field.NAME, Field.NUMBER}:
            last = max(last, merge.bottom)
    last = min(last, row + _HEADER_ROWS - 1)
    while last - row < _HEADER_ROWS - 1 and _is_leaf_row(grid, last + 1, row):
        last += 1
    return last


def _is_leaf_row(grid: Grid, row: int, top: int) -> bool:
    """All texts of the row are headers, beneath a header cell wider than they are."""
    cells = list(grid.row_cells(row))
    if not cells or any(field_of(text) is None for _, text in cells):
        return False
    above = [grid.merge_at(top, column) for column, _ in cells]
    return all(merge and merge.right > merge.left for merge in above)


def _read_header(grid: Grid, rows: range) -> _Header:
    columns: dict[int, Field] = {}
    headers: dict[int, str] = {}
    for column in range(1, grid.n_columns + 1):
        if column in grid.hidden_columns:
            continue
        texts = list(dict.fromkeys(t for row in rows if (t := squeeze(grid.text(row, column)))))
        field = _field_of_stack(texts)
        if field is None or field in columns.values():
            field = _second_of_level(columns.get(column - 1), texts, field)
        if field:
            columns[column], headers[column] = field, "".join(texts)
    return _Header(rows, columns, headers)


def _field_of_stack(texts: list[str]) -> Field | None:
    """A group over a leaf ("责任事项" over "依据") is read together, then leaf, then group."""
    stacked = "".join(texts)
    for text in (stacked, *reversed(texts)):
        if field := field_of(text):
            return field
    return None


def _second_of_level(left: Field | None, texts: list[str], field: Field | None) -> Field | None:
    """One header (实施层级及权限) over two columns: the second, merged or unlabelled, is the scope.

    Any other field met twice stays with its first column.
    """
    is_second = left is Field.LEVEL and (field is Field.LEVEL or not texts)
    return Field.SCOPE if is_second else None
