"""A city whose departments publish lists of other matters: read whole, asked about by existing rows."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from assistant.evaluation.cases import Expectation, evidence_of, read_cases  # noqa: E402
from index.build import read_contents  # noqa: E402
from index.model import DutyItem  # noqa: E402
from tests.neighbour_city.make import (  # noqa: E402
    CITY,
    DEPARTMENTS,
    FIRST_ROW,
    HERE,
    make,
    rows_of,
    title_of,
)

_LISTS = sorted(path.stem for path in HERE.glob("*.csv"))
_QUESTIONS = sorted(HERE.glob("*.jsonl"))

Items = dict[str, DutyItem]


@pytest.fixture(scope="module")
def items(tmp_path_factory: pytest.TempPathFactory) -> Items:
    """Every row that was read, by how a case names it."""
    folder = tmp_path_factory.mktemp("neighbour")
    make(folder)
    contents = read_contents([folder], tmp_path_factory.mktemp("unpacked"))
    sources = {source.id: source for source in contents.sources}
    return {evidence_of(item, sources[item.source_id]): item for item in contents.items}


def _plain(rows: Iterable[tuple[object, ...]]) -> list[tuple[str, ...]]:
    """Brackets and digits of either width are read alike."""
    return [tuple(unicodedata.normalize("NFKC", str(value)) for value in row) for row in rows]


@pytest.mark.parametrize("department", _LISTS)
def test_every_row_is_read_whole(items: Items, department: str) -> None:
    at = f"{title_of(department)}.xlsx#"
    read = [item for evidence, item in items.items() if evidence.startswith(at)]
    said = [(i.locator.row, i.name, i.sub_item, i.field("basis"), i.office) for i in read]
    rows = list(enumerate(rows_of(department), FIRST_ROW))
    columns = ("name", "sub_item", "basis", "office")
    wanted = [(number, *(row[column] for column in columns)) for number, row in rows]
    assert _plain(said) == _plain(wanted)
    assert [item.power for item in read] == [row["kind"] for _, row in rows]
    assert {item.body for item in read} == {CITY + DEPARTMENTS[department]}


@pytest.mark.parametrize("path", _QUESTIONS, ids=lambda path: path.stem)
def test_every_question_points_at_rows_of_the_bodies_it_names(items: Items, path: Path) -> None:
    for case in read_cases(path):
        assert case.place == CITY
        assert (case.expects is Expectation.ANSWER) == bool(case.evidence), case.id
        assert {items[e].body for e in case.evidence} == set(case.bodies), case.id
        assert set(case.beside) <= set(items), case.id
