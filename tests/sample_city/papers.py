"""What is rendered: a paper as tables or paragraphs, before it becomes a file of some format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with the rows and columns it spans; `formula` stands in for `text` in workbooks."""

    text: str
    rows: int = 1
    cols: int = 1
    formula: str = ""


# A row has one entry a column; None where a merged cell from above or from the left covers it.
Row = tuple[Cell | None, ...]


@dataclass(frozen=True)
class Table:
    """One list: title, lines under it, header rows, rows, notes below; `widths` in characters."""

    name: str
    title: str
    header: tuple[Row, ...]
    body: tuple[Row, ...]
    widths: tuple[int, ...]
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    repeat_header: bool = False


@dataclass(frozen=True)
class Paper:
    """A file of the sample: where it goes, what the manifest says of it, what it holds."""

    file: str
    format: str
    kind: str
    title: str
    publisher: str
    place: str
    published_on: str
    effective_on: str
    document_number: str = ""
    expires_on: str = ""
    replaces: str = ""
    also: tuple[str, ...] = ()
    style: str = ""
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list: its header, the header above several columns, the field it shows."""

    header: str
    field: str
    width: int
    group: str = ""


def load(name: str) -> Any:
    """One YAML file of this folder."""
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))


def load_all(folder: str) -> list[tuple[str, Any]]:
    """(stem, content) of each YAML file of a subfolder, by name."""
    return [
        (path.stem, load(f"{folder}/{path.name}"))
        for path in sorted((HERE / folder).glob("*.yaml"))
    ]


def chinese_date(day: object) -> str:
    """2024-04-28 → 2024年4月28日."""
    year, month, date = str(day).split("-")
    return f"{year}年{int(month)}月{int(date)}日"


def header_rows(columns: Sequence[Column]) -> tuple[Row, ...]:
    """Header rows: one, or as many as the deepest group ("A/B") needs."""
    paths = [
        (*(column.group.split("/") if column.group else ()), column.header) for column in columns
    ]
    depth = max(len(path) for path in paths)
    return tuple(tuple(_header_row(paths, level, depth)) for level in range(depth))


def _header_row(paths: list[tuple[str, ...]], level: int, depth: int) -> Iterator[Cell | None]:
    for index, path in enumerate(paths):
        if level >= len(path):
            yield None
        elif level == len(path) - 1:
            yield Cell(path[-1], rows=depth - level)
        elif index and paths[index - 1][: level + 1] == path[: level + 1]:
            yield None
        else:
            same = [other[: level + 1] == path[: level + 1] for other in paths[index:]]
            yield Cell(path[level], cols=[*same, False].index(False))


@dataclass
class RowBuilder:
    """Turns records into rows, merging downwards what the layout merges."""

    columns: Sequence[Column]
    merge_power: bool = False
    split_field: str = ""
    rows: list[list[Cell | None]] = field(default_factory=list)

    def add(self, record: Record, subs: Sequence[Record] = ()) -> None:
        """Add an item: one row, a row a sub-item, or two rows when its long cell is cut."""
        if subs:
            self._add_with_subs(record, subs)
        elif self.split_field and len(str(record.get(self.split_field, ""))) > _CUT_FROM:
            self._add_cut(record)
        else:
            self.rows.append([Cell(str(record.get(c.field, ""))) for c in self.columns])

    def section(self, text: str) -> None:
        """Add a row merged over the whole width."""
        rest: list[Cell | None] = [None] * (len(self.columns) - 1)
        self.rows.append([Cell(text, cols=len(self.columns)), *rest])

    def done(self) -> tuple[Row, ...]:
        """The rows, with neighbouring cells of the same power merged if asked for."""
        if self.merge_power:
            for index, column in enumerate(self.columns):
                if column.field == "power":
                    self._merge_down(index)
        return tuple(tuple(row) for row in self.rows)

    def _add_with_subs(self, record: Record, subs: Sequence[Record]) -> None:
        own = {key for sub in subs for key in sub if key != "name"}
        for n, sub in enumerate(subs):
            row: list[Cell | None] = []
            for column in self.columns:
                if column.field == "sub":
                    row.append(Cell(str(sub["name"])))
                elif column.field in own:
                    row.append(Cell(str(sub.get(column.field) or record.get(column.field, ""))))
                else:
                    text = str(record.get(column.field, ""))
                    row.append(None if n else Cell(text, rows=len(subs)))
            self.rows.append(row)

    def _add_cut(self, record: Record) -> None:
        whole = str(record[self.split_field])
        # In the middle of a sentence, as printed pages do: after "3.决定责任：按总质".
        middle = whole.find("：", len(whole) // 2) + 4
        first: list[Cell | None] = []
        second: list[Cell | None] = []
        for column in self.columns:
            if column.field == self.split_field:
                first.append(Cell(whole[:middle]))
                second.append(Cell(whole[middle:]))
            else:
                first.append(Cell(str(record.get(column.field, "")), rows=2))
                second.append(None)
        self.rows += [first, second]

    def _merge_down(self, index: int) -> None:
        top: int | None = None
        for n, row in enumerate(self.rows):
            cell, above = row[index], self.rows[top][index] if top is not None else None
            if cell is None:
                continue
            if cell.cols > 1:
                top = None
            elif above and cell.text and above.text == cell.text:
                self.rows[top][index] = Cell(above.text, rows=above.rows + cell.rows)
                row[index] = None
            else:
                top = n


# A cell longer than this many characters is cut in a layout that cuts.
_CUT_FROM = 75
