"""How much of the layouts' records is read: this product beside other tools (`make bench-reading`).

Two sets. The layouts of `fixtures` are ours, each with one trouble met in published lists; the
random books of `generated` mix such troubles as nobody chose, with header names drawn from all
that we know. Both are made by those who wrote the reader: they show what is understood, not how
common it is.

Measure. Every layout states its records field by field. A *cell* of a record is read if its whole
text, white space aside, stands in the tool's row under a header that names its field. A *record*
is read if all its cells are, in one row, and no row is used for two records. Rows that are no
records (notes, categories, repeated headers) cost nobody anything, though only we drop them.

The tools give tables, not records, so they are given every help: any of a table's first rows may
be its header, and two or three rows stacked too; for each file the choice that reads most counts;
a header counts if our own list of column names knows it, so unusual names cost nothing. Marks
that are no cells of the row itself (its category row, a hidden flag, the kind of power that only
the sheet's name tells, the townships that ticks stand for) are asked of no tool but ours.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.fixtures import LAYOUTS, read_records
from bench.generated import as_layout, read_back
from bench.layouts import Layout

from index.extract.columns import Field, field_of, township_of
from index.readers import read

_MARKS = frozenset({"heading", "category", "hidden", "ticks", "recipients"})
# A header is looked for among a table's first rows; headers have at most three.
_FIRST_ROWS, _HEADER_ROWS = 6, 3
_NAMES = {"pandas": "pandas/openpyxl 直接读", "markitdown": "markitdown", "docling": "docling"}

Record = dict[str, str]


@dataclass(frozen=True, slots=True)
class Score:
    """Cells and records read, of how many."""

    cells: int = 0
    n_cells: int = 0
    records: int = 0
    n_records: int = 0

    def __add__(self, other: Score) -> Score:
        names = self.__dataclass_fields__
        return Score(**{name: getattr(self, name) + getattr(other, name) for name in names})


def score_of(expected: Iterable[Record], found: Iterable[Record]) -> Score:
    """How many of the expected cells and records stand in the found ones, each row used once."""
    rest = [{name: _bare(text) for name, text in record.items()} for record in found]
    cells = n_cells = whole = n_records = 0
    for record in expected:
        wanted = {name: _bare(text) for name, text in record.items()}
        best = max(rest, key=lambda row: _n_alike(wanted, row), default={})
        alike = _n_alike(wanted, best)
        if best and alike:
            rest.remove(best)
        cells, n_cells = cells + alike, n_cells + len(wanted)
        whole, n_records = whole + (alike == len(wanted)), n_records + 1
    return Score(cells, n_cells, whole, n_records)


def _n_alike(wanted: Record, row: Record) -> int:
    return sum(row.get(name) == text for name, text in wanted.items())


def _bare(text: str) -> str:
    return re.sub(r"\s|\\n|<br/?>", "", text)


def ours(layout: Layout, folder: Path) -> Score:
    """The product's own reading: every field and every mark, from the saved file."""
    path = folder / f"{layout.trouble}.{layout.suffix}"
    found = read_back(read(path).grids) if layout.grids else read_records(path, layout)
    return score_of(layout.records, found)


def theirs(layout: Layout, tables: list[list[list[str]]]) -> Score:
    """A rival's reading with the header rows that serve it best, the same for all its tables."""
    expected = [
        {name: text for name, text in record.items() if name not in _MARKS}
        for record in layout.records
    ]
    if layout.trouble in _KIND_FROM_NAME:
        expected = [{n: t for n, t in record.items() if n != "power"} for record in expected]
    choices = product(range(_FIRST_ROWS), range(1, _HEADER_ROWS + 1))
    scores = (
        score_of(expected, (r for table in tables for r in _records(table, top, n)))
        for top, n in choices
    )
    return max(scores, key=lambda score: (score.records, score.cells))


# Layouts in which no cell of the row states the kind of power.
_KIND_FROM_NAME = frozenset(
    layout.trouble
    for layout in LAYOUTS
    if any("heading" in record for record in layout.records)
    or "工作表" in layout.trouble
    or "并排" in layout.trouble
)


def _records(table: list[list[str]], top: int, n_rows: int) -> list[Record]:
    """Rows of a table as records, its header being `n_rows` rows from `top` on."""
    header, body = table[top : top + n_rows], table[top + n_rows :]
    columns = list(zip(*header, strict=False))
    fields = [_field(tuple(dict.fromkeys(filter(None, stack)))) for stack in columns]
    records = []
    for row in body:
        record: Record = {}
        for field, text in zip(fields, row, strict=False):
            if field and text:
                record[field] = record.get(field, "") + text
        records.append(record)
    return records


def _field(stack: tuple[str, ...]) -> str:
    for text in ("".join(stack[-2:]), "".join(stack), *reversed(stack)):
        if township_of(text):
            return Field.MARK
        if field := field_of(text):
            return field
    return Field.EXTRA if stack else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rivals", default="", help="python of the rivals' environment")
    parser.add_argument("--random", type=int, default=100, help="how many random books")
    options = parser.parse_args()
    sets = (LAYOUTS, tuple(map(as_layout, range(options.random))))
    with TemporaryDirectory() as name:
        folder = Path(name)
        for layout in (*sets[0], *sets[1]):
            layout.save(folder)
        lines = [_line("职责台", [[ours(each, folder) for each in part] for part in sets])]
        for tool, result in _run(options.rivals, folder).items():
            lines.append(_rival_line(tool, result, sets))
    counts = (f"{len(part)} 份、{sum(len(e.records) for e in part)} 条记录" for part in sets)
    print("样例 {}；随机版式 {}\n".format(*counts))
    print("| 读法 | 样例：单元格 | 样例：整条记录 | 随机版式：单元格 | 随机版式：整条记录 |")
    print("|---|---|---|---|---|")
    print("\n".join(lines))


def _run(python: str, folder: Path) -> dict[str, dict]:
    if not python:
        return {}
    command = [python, str(Path(__file__).with_name("rivals.py")), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return {tool: {"failed": done.stderr.strip().splitlines()[-1]} for tool in _NAMES}
    results: dict[str, dict] = json.loads(done.stdout)
    return results


def _rival_line(tool: str, result: dict, sets: tuple[tuple[Layout, ...], ...]) -> str:
    if reason := result.get("failed"):
        return f"| {_NAMES[tool]} | 没有运行：{' '.join(reason.split())} | | | |"
    tables = result["tables"]
    scores = [
        [theirs(each, tables.get(f"{each.trouble}.{each.suffix}", [])) for each in part]
        for part in sets
    ]
    return _line(f"{_NAMES[tool]}（{result['version']}）", scores)


def _line(name: str, scores: Sequence[Sequence[Score]]) -> str:
    totals = [sum(part, Score()) for part in scores]
    pairs = [p for t in totals for p in ((t.cells, t.n_cells), (t.records, t.n_records))]
    return f"| {name} | {' | '.join(f'{right / n:.1%}' if n else '—' for right, n in pairs)} |"


if __name__ == "__main__":
    main()
