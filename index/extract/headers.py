"""Header rows of a grid: one to three rows that name columns, wherever they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from index.documents import Grid
from index.extract.columns import Field, field_by_name, field_of, squeeze, township_of
from index.extract.contents import settled

_HEADER_ROWS = 3
# "序号, 履职事项" is the narrowest list seen; two known headers among other cells is chance.
_FEWEST_FIELDS = 2
_SURE_FIELDS = 3
_LONGEST_GROUP, _LEAF = 12, 8
# Columns that a list may have several of; of any other field the first column speaks.
_MANIFOLD = frozenset(
    {
        *(Field.BASIS, Field.REMARK, Field.GROUP, Field.MARK),
        *(Field.PHONE, Field.COMPLAINT_PHONE),
    }
)
_NOTE = re.compile(r"[（(【\[][^）)】\]]*[)）】\]]")
_COUNTED = re.compile(r"[甲乙丙丁戊]|\d{1,2}|[A-Z]|[①-⑳]|[（(]\d{1,2}[)）]")


@dataclass(frozen=True, slots=True)
class Header:
    """The header of one list: its rows, the field of each column, and what each column is called.

    `width` are all columns that belong to the list, with those that its header leaves empty.
    """

    rows: range
    width: range
    columns: Mapping[int, Field]
    texts: Mapping[int, str]


def headers_of(grid: Grid) -> Iterator[Header]:
    """Every header in a grid, top down; of lists side by side, left to right."""
    row = 1
    while row <= grid.n_rows:
        found = _headers_at(grid, row)
        yield from found
        row = found[0].rows.stop if found else row + 1


def _headers_at(grid: Grid, row: int) -> tuple[Header, ...]:
    first = dict(_visible(grid, row))
    if len(first) < _FEWEST_FIELDS:
        return ()
    for rows in _row_ranges(grid, row, first):
        stacks = _stacks(grid, rows)
        if not _opens(grid, first, stacks, rows):
            continue
        parts = [_header(grid, rows, part) for part in _side_by_side(grid, rows, stacks)]
        found = tuple(part for part in parts if part is not None)
        if len(found) > 1 and len(rows) > 1 and not any(map(field_of, first.values())):
            continue  # titles of lists side by side, not groups of one list's columns
        if found:
            return found
    return ()


def _visible(grid: Grid, row: int) -> Iterator[tuple[int, str]]:
    return (cell for cell in grid.row_cells(row) if cell[0] not in grid.hidden_columns)


def _row_ranges(grid: Grid, row: int, first: Mapping[int, str]) -> Iterator[range]:
    """Rows that a header starting here may have, the most first."""
    spans = (
        merge.bottom
        for column, text in first.items()
        if (merge := grid.merge_at(row, column))
        and field_of(text) in {Field.NAME, Field.NUMBER, Field.CODE}
    )
    least = min(max(spans, default=row), row + _HEADER_ROWS - 1)
    last = row
    while last < row + _HEADER_ROWS - 1 and (last < least or _goes_on(grid, row, last + 1)):
        last += 1
    for bottom in range(last, least - 1, -1):
        yield range(row, bottom + 1)


def _goes_on(grid: Grid, top: int, row: int) -> bool:
    """True if all texts of a row are headers beneath those above, or only count the columns."""
    cells = list(_visible(grid, row))
    if not cells:
        return False
    if _counts_columns([squeeze(text) for _, text in cells]):
        return True
    is_known = any(field_of(text) or township_of(text) for _, text in cells)
    is_known = is_known or all(_NOTE.fullmatch(squeeze(text)) for _, text in cells)
    rows = range(top, row + 1)
    return is_known and all(_is_header_text(grid, column, text, rows) for column, text in cells)


def _counts_columns(texts: list[str]) -> bool:
    """A row such as "甲 乙 1 2 3" under a header."""
    if len(texts) < _SURE_FIELDS or not all(_COUNTED.fullmatch(text) for text in texts):
        return False
    digits = [int(text) for text in texts if text.isdecimal()]
    return len(set(texts)) == len(texts) and all(b - a == 1 for a, b in pairwise(digits))


def _is_header_text(grid: Grid, column: int, text: str, rows: range) -> bool:
    """A leaf known by itself or with what stands above it, a note on it, or a leaf of a group."""
    leaf, above = squeeze(text), _stack(grid, column, rows[:-1])
    if township_of(leaf) or any(field_of(word) for word in _suffixes([*above, leaf])):
        return True
    group = grid.merge_at(rows[-2], column)
    is_below_group = bool(above) and group is not None and group.right > group.left
    return bool(above) and (bool(_NOTE.fullmatch(leaf)) or (is_below_group and len(leaf) <= _LEAF))


def _suffixes(texts: list[str]) -> list[str]:
    """What a stack may be read as: leaf with its group, with all above it, alone."""
    return list(dict.fromkeys(["".join(texts[-2:]), "".join(texts), texts[-1]])) if texts else []


def _stacks(grid: Grid, rows: range) -> dict[int, list[str]]:
    """Column → the texts above one another in it, top down, for visible columns with any."""
    columns = (c for c in range(1, grid.n_columns + 1) if c not in grid.hidden_columns)
    return {column: _stack(grid, column, rows) for column in columns}


def _stack(grid: Grid, column: int, rows: range) -> list[str]:
    texts = []
    for row in rows:
        text = squeeze(grid.text(row, column)) or _group_left(grid, column, range(row, rows.stop))
        if text and text not in texts and not _COUNTED.fullmatch(text):
            texts.append(text)
    return texts


def _group_left(grid: Grid, column: int, rows: range) -> str:
    """The group that an empty cell belongs to: the text to its left, if leaves stand below both."""
    row, below = rows.start, rows[1:]
    for left in range(column, 0, -1):
        if not any(grid.own_text(r, left) for r in below):
            return ""
        if left < column and (text := grid.text(row, left)):
            return squeeze(text)
        if left < column and grid.text(row, left):
            return ""
    return ""


def _opens(
    grid: Grid, first: Mapping[int, str], stacks: Mapping[int, list[str]], rows: range
) -> bool:
    """True if at least half of the first row's texts are headers, or groups of headers below."""
    known = 0
    for column, text in first.items():
        merge = grid.merge_at(rows.start, column)
        is_wide = merge is not None and merge.right > merge.left
        is_group = is_wide and len(rows) > 1 and len(squeeze(text)) <= _LONGEST_GROUP
        is_group = is_group and not re.search(r"[：:\d]", text)
        stack = stacks.get(column, [])
        is_broken = len(stack) > 1 and not field_of(stack[-1]) and field_of("".join(stack))
        known += bool(field_of(text) or township_of(text) or is_broken or is_group)
    return known * 2 >= len(first) and known >= _FEWEST_FIELDS


def _side_by_side(
    grid: Grid, rows: range, stacks: Mapping[int, list[str]]
) -> Iterator[dict[int, list[str]]]:
    """The columns of each list in a header: a new one begins where the first field comes again.

    Or after an empty column, if both sides of it have a name.
    """
    fields = {column: _field_of_stack(texts) for column, texts in stacks.items()}
    names = [column for column, field in fields.items() if field is Field.NAME]
    part: dict[int, list[str]] = {}
    for column, texts in stacks.items():
        opening = next(filter(None, (fields[c] for c in part)), None)
        is_again = fields[column] is opening and texts != stacks.get(column - 1)
        is_gap = not texts and names[-1:] > [column] and _is_empty(grid, column, rows.start)
        if any(c in part for c in names) and ((opening and is_again) or is_gap):
            yield part
            part = {}
        part[column] = texts
    yield part


def _is_empty(grid: Grid, column: int, top: int) -> bool:
    return not any(grid.own_text(row, column) for row in range(top, grid.n_rows + 1))


def _header(grid: Grid, rows: range, stacks: Mapping[int, list[str]]) -> Header | None:
    columns: dict[int, Field] = {}
    texts: dict[int, str] = {}
    for column, stack in stacks.items():
        field = _field_of_stack(stack)
        if field in columns.values() and field not in _MANIFOLD:
            field = _field_met_again(columns.get(column - 1), stack, field)
        elif field is None and stack:
            field = Field.EXTRA
        elif field is None:
            field = _field_met_again(columns.get(column - 1), stack, None)
        if field:
            columns[column] = field
            texts[column] = stack[-1] if field is Field.MARK else "".join(stack)
    columns = settled(grid, range(rows.stop, grid.n_rows + 1), columns, texts)
    width = range(min(stacks), max(stacks) + 1)
    return Header(rows, width, columns, texts) if _is_list(columns) else None


def _is_list(columns: Mapping[int, Field]) -> bool:
    used = [field for field in columns.values() if field is not Field.EXTRA]
    fields = set(used)
    is_sure = len(fields) >= _SURE_FIELDS or len(used) == len(columns)
    return Field.NAME in fields and len(fields) >= _FEWEST_FIELDS and is_sure


def _field_of_stack(texts: list[str]) -> Field | None:
    """A group over a leaf ("责任事项" over "依据") is read together, then leaf, then group.

    What is a column's very name goes before what only resembles one.
    """
    if not texts:
        return None
    if field := next(filter(None, map(field_by_name, _suffixes(texts))), None):
        return field
    for text in (*_suffixes(texts), *reversed(texts)):
        if field := field_of(text):
            return Field.MARK if field is Field.RECIPIENTS and township_of(texts[-1]) else field
        if township_of(text):
            return Field.MARK
    return None


def _field_met_again(left: Field | None, texts: list[str], field: Field | None) -> Field | None:
    """One header (实施层级及权限) over two columns: the second, merged or unlabelled, is the scope.

    Any other field met twice stays with its first column; the second is quoted only.
    """
    if left is Field.LEVEL and (field is Field.LEVEL or not texts):
        return Field.SCOPE
    return Field.EXTRA if texts else None
