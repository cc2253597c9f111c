"""Forms (登记表, 梳理表): a list of one item a form, each label with its value beside or below it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from index.documents import Grid
from index.extract.columns import Field, field_of, squeeze

# A form says at least so much besides the matter's name; fewer labels in a table are chance.
_FEWEST_FIELDS = 3
# Labels stand at the left edge from the top on; rows that are looked at before a table is no form.
_TOP_ROWS = 12
_LONGEST_LABEL = 8
# What a label in a row is worth only with a value between it and the next: 类型 │ 许可 │ 转报 │ 否.
_PAIR = 2

_At = tuple[int, int, str]  # row, column, text


@dataclass(frozen=True, slots=True)
class Form:
    """One filled form: its rows, and each value with its field, where it stands."""

    rows: range
    values: tuple[tuple[Field, _At], ...]

    @property
    def fields(self) -> frozenset[Field]:
        """The fields that the form gives."""
        return frozenset(field for field, _ in self.values)


def find_forms(grid: Grid) -> tuple[Form, ...]:
    """The forms in a grid, top down; none where it is no form: its labels would be data."""
    labelled = islice(
        (row for row in range(1, grid.n_rows + 1) if any(grid.row_cells(row))), _TOP_ROWS
    )
    first = (next(grid.row_cells(row))[1] for row in labelled)
    if len({field for text in first if (field := _label(text))}) < _FEWEST_FIELDS:
        return ()
    if any(_names_columns(grid, row) for row in range(1, grid.n_rows + 1)):
        return ()
    forms = tuple(form for pairs in _split(list(_pairs(grid))) if (form := _form(pairs)))
    covered = sum(len(form.rows) for form in forms)
    return forms if covered * 2 >= grid.n_rows else ()


def _names_columns(grid: Grid, row: int) -> bool:
    """True for a row of hardly anything but labels: a list's header."""
    labels = [_label(text) for _, text in grid.row_cells(row)]
    n_known = sum(label is not None for label in labels)
    return n_known >= _FEWEST_FIELDS and n_known * 3 >= len(labels) * 2


@dataclass(slots=True)
class _Pair:
    """A label and the cells that belong to it."""

    field: Field
    row: int
    values: list[_At]


def _form(pairs: Sequence[_Pair]) -> Form | None:
    values = tuple((pair.field, at) for pair in pairs for at in pair.values)
    known = {field for field, _ in values} - {Field.EXTRA}
    n_labels = sum(_label(text) is not None for _, (_, _, text) in values)
    if Field.NAME not in known or len(known) <= _FEWEST_FIELDS or n_labels * 3 > len(values):
        return None
    rows = [row for pair in pairs for row in (pair.row, *(at[0] for at in pair.values))]
    return Form(range(min(rows), max(rows) + 1), values)


def _split(pairs: Sequence[_Pair]) -> Iterator[list[_Pair]]:
    """The pairs of each form: another begins where the name, or what opened the first, comes again."""
    form: list[_Pair] = []
    for pair in pairs:
        given = {each.field for each in form}
        opens = pair.field in {Field.NAME, pairs[0].field} and Field.NAME in given
        if opens and pair.field in given:
            yield form
            form = []
        form.append(pair)
    if form:
        yield form


def _pairs(grid: Grid) -> Iterator[_Pair]:
    """Every label with its values: beside it, in the rows it is merged over, or alone below it."""
    columns = _label_columns(grid)
    open_: _Pair | None = None
    is_alone = False
    for row in range(1, grid.n_rows + 1):
        cells = [(row, column, text) for column, text in grid.row_cells(row)]
        if not cells:
            continue
        if not _label(cells[0][2]):
            goes_on = open_ and (is_alone or grid.anchor(row, 1)[0] <= open_.row)
            if open_ and goes_on:
                open_.values += cells
            open_, is_alone = (open_ if goes_on and not is_alone else None), False
            continue
        pairs = list(_beside(cells, columns))
        yield from pairs
        open_, is_alone = pairs[-1], len(cells) == 1


def _beside(cells: Sequence[_At], columns: frozenset[int]) -> Iterator[_Pair]:
    """The labels of one row with what stands to the right of each."""
    pairs: list[_Pair] = []
    for index, (row, column, text) in enumerate(cells):
        field = _label(text)
        is_last = index + 1 == len(cells)
        if field and (not pairs or column in columns or (pairs[-1].values and not is_last)):
            pairs.append(_Pair(field, row, []))
        elif pairs[-1].field is not Field.EXTRA and _opens_another(cells[index:], pairs[-1]):
            pairs.append(_Pair(Field.EXTRA, row, []))
        else:
            pairs[-1].values.append((row, column, text))
    yield from pairs


def _opens_another(rest: Sequence[_At], before: _Pair) -> bool:
    """A short text after a value, with a value of its own: a label that is not known."""
    is_short = len(squeeze(rest[0][2])) <= _LONGEST_LABEL
    return bool(before.values) and len(rest) % _PAIR == 0 and is_short


def _label_columns(grid: Grid) -> frozenset[int]:
    """Columns of which at least half of the cells are labels."""
    cells = [(column, _label(text)) for (_, column), text in grid.texts.items()]
    n_labels = Counter(column for column, field in cells if field)
    n_cells = Counter(column for column, _ in cells)
    return frozenset(c for c, n in n_labels.items() if n >= _PAIR and n * 2 >= n_cells[c])


def _label(text: str) -> Field | None:
    return None if text.strip().isdecimal() else field_of(text)
