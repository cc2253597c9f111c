"""The real published lists: every item of every sheet, every cell where it says, and the questions."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlrd
from openpyxl.utils.cell import coordinate_to_tuple

from assistant.evaluation.cases import read_cases
from assistant.evaluation.figures import summarise
from assistant.evaluation.judge import evaluate
from assistant.pipeline import Assistant
from index.extract.rows import Row, read_rows
from index.extract.tables import find_tables
from index.readers import read

pytestmark = pytest.mark.real

# The sheet's own 序号 counts 360; row 755, counted elsewhere as an item, holds no text at all.
OWN_COUNT = {("附件：克拉玛依市交通运输局2024年权责清单.xlsx", "打印版"): (360, "行政检查 21")}


def _expected(folder: Path) -> dict[tuple[str, str], tuple[int, int, str]]:
    expected = {}
    for line in (folder / "README.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) > 8 and ".xls" in cells[1]:
            expected[cells[1], cells[2]] = (int(cells[5]), int(cells[6]), cells[8])
    return expected


def _rows(folder: Path, book: str, sheet: str) -> tuple[Row, ...]:
    grid = next(g for g in read(folder / book).grids if g.name.strip() == sheet)
    return tuple(row for table in find_tables(grid) for row in read_rows(table))


def _kinds(rows: tuple[Row, ...]) -> Counter[str]:
    return Counter(re.sub(r"\s", "", row.text("power")) or "—" for row in rows if not row.is_note)


def test_every_sheet_gives_its_items(real_lists: Path) -> None:
    expected = _expected(real_lists)
    assert len(expected) == 22
    for (book, sheet), (n_items, n_rows, kinds) in expected.items():
        rows = _rows(real_lists, book, sheet)
        n_own, own_kind = OWN_COUNT.get((book, sheet), (n_items, ""))
        assert (len(rows), sum(row.n_rows for row in rows)) == (n_own, n_rows), (book, sheet)
        counted = {f"{kind} {n}" for kind, n in _kinds(rows).items()}
        listed = {kind for kind in kinds.split(", ") if not kind.startswith("备注")}
        assert counted == (
            {k for k in listed if k[:4] != own_kind[:4]} | {own_kind} if own_kind else listed
        )


def test_hidden_rows_and_footnotes_are_marked(real_lists: Path) -> None:
    levy = _rows(real_lists, "2024年市农业农村局权责清单.xls", "行政征收（ 1 项）")
    assert [row.is_hidden for row in levy] == [True, True, False]
    finance = _rows(real_lists, "附件：克拉玛依市财政局2025年权责清单 (1).xlsx", "Sheet1")
    assert [row.is_note for row in finance].count(True) == 1
    assert finance[-1].is_note


def test_every_cell_stands_at_its_address(real_lists: Path) -> None:
    """Looked up with the spreadsheet libraries themselves, white space and number forms aside."""
    n_cells = 0
    for path in sorted(real_lists.glob("*.xls*")):
        value_at = _opened(path)
        for grid in read(path).grids:
            rows = [row for table in find_tables(grid) for row in read_rows(table)]
            for cell in (cell for row in rows for cell in row.cells):
                value = value_at(grid.name, *coordinate_to_tuple(cell.address))
                assert _bare(value) == _bare(cell.text), (path.name, grid.name, cell.address)
                n_cells += 1
    assert n_cells > 10_000


def _opened(path: Path) -> Callable[[str, int, int], object]:
    """A way to look up the value of a 1-based cell in a sheet of the workbook."""
    content = path.read_bytes()
    if content.startswith(b"PK"):
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
        return lambda sheet, row, column: book[sheet].cell(row, column).value
    old = xlrd.open_workbook(file_contents=content)
    return lambda sheet, row, column: old.sheet_by_name(sheet).cell_value(row - 1, column - 1)


def _bare(value: object) -> str:
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return re.sub(r"[\s\u200b-\u200f\ufeff]", "", text)


def test_template_bodies_get_the_citys_name(real: Assistant) -> None:
    bodies = Counter(record.body for record in real._corpus.catalog.all_records())
    assert bodies["克拉玛依市农业农村局"] == 310
    assert bodies["克拉玛依市商务局"] == 21
    assert not [body for body in bodies if body.startswith("地州市")]


def test_questions_find_body_and_row(real: Assistant, real_lists: Path) -> None:
    outcomes = tuple(evaluate(real, read_cases(real_lists / "questions.jsonl")))
    figures = summarise(outcomes)
    assert figures["body_right"] >= 28, json.dumps(figures)
    assert figures["row_in_first_three"] >= 26, json.dumps(figures)
