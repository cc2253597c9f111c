"""`audit`: every planted contradiction of the sample city is found, and nothing else."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from conftest import TODAY
from test_sample_city import STORIES

from index.audit import RULES, Alarm, Papers, audit
from index.audit.report import as_sheets, as_values
from index.workbook import write_workbook
from tests.sample_city.papers import load_all


def _planted() -> list[dict]:
    """The conflicts that the stories name, and the departments' rows with a repealed basis."""
    repealed = [
        {
            "id": f"repealed-{content['body']}-{row['name']}",
            "rule": "law_repealed",
            "rows": [{"title": content["title"], "row": row["name"]}],
        }
        for _, content in load_all("departments")
        for row in content["items"]
        if row.get("planted") == "repealed basis"
    ]
    return [*STORIES["conflicts"], *repealed]


@pytest.fixture(scope="module")
def papers(sample_version: Path) -> Papers:
    return Papers.from_version(sample_version, TODAY)


@pytest.fixture(scope="module")
def alarms(papers: Papers) -> tuple[Alarm, ...]:
    return tuple(audit(papers))


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def _cites(alarm: Alarm, place: dict[str, str]) -> bool:
    """Whether the alarm quotes a row or the words that a planted conflict names."""
    paper = STORIES["papers"].get(place.get("paper"), place.get("title"))
    words = place.get("row") or place["words"]
    return any(
        paper in (side.source.file, side.source.title) and _bare(words) in _bare(side.quote)
        for side in alarm.sides
    )


def _fits(alarm: Alarm, conflict: dict) -> bool:
    rule = conflict["rule"].replace(" ", "_")
    return alarm.rule == rule and all(_cites(alarm, place) for place in conflict["rows"])


@pytest.mark.parametrize("conflict", _planted(), ids=lambda conflict: conflict["id"])
def test_planted_conflict_is_found_once(alarms: tuple[Alarm, ...], conflict: dict) -> None:
    assert sum(_fits(alarm, conflict) for alarm in alarms) == 1


def test_nothing_else_is_found(alarms: tuple[Alarm, ...]) -> None:
    unplanted = [
        alarm.message
        for alarm in alarms
        if not any(_fits(alarm, conflict) for conflict in _planted())
    ]
    assert unplanted == []


def test_alarms_of_a_past_day_are_of_the_papers_in_force_then(sample_version: Path) -> None:
    then = Counter(
        alarm.rule for alarm in audit(Papers.from_version(sample_version, date(2023, 1, 1)))
    )
    assert then["body_renamed"] == 0
    assert then["two_holders"] == 0  # neither list was published


@pytest.mark.real
def test_alarms_of_the_real_lists_are_those_read_and_found_true(real_version: Path) -> None:
    found = Counter(alarm.rule for alarm in audit(Papers.from_version(real_version, TODAY)))
    assert found["power_missing"] == 4
    assert found["count_in_title_wrong"] == 1
    assert found["listed_twice"] == 1
    assert set(found) <= {"power_missing", "count_in_title_wrong", "listed_twice", "law_repealed"}


def test_every_quote_of_an_alarm_stands_in_its_paper(
    papers: Papers, alarms: tuple[Alarm, ...]
) -> None:
    for alarm in alarms:
        for side in alarm.sides:
            document = papers.document(side.source.id)
            words = [block.text for block in document.blocks]
            words += [text for grid in document.grids for text in grid.texts.values()]
            whole = _bare("".join(words))
            for part in re.split(r"；|\n", side.quote):
                assert _bare(re.sub(r"^[^：]{2,12}：", "", part)) in whole, side.quote


def test_rules_have_names_advice_and_unique_codes() -> None:
    assert len({rule.code for rule in RULES}) == len(RULES)
    assert all(rule.title and rule.advice.endswith("。") for rule in RULES)


def test_workbook_quotes_both_sides_and_keeps_texts_as_texts(
    tmp_path: Path, alarms: tuple[Alarm, ...]
) -> None:
    write_workbook(tmp_path / "核查.xlsx", as_sheets(alarms, TODAY))
    book = openpyxl.load_workbook(tmp_path / "核查.xlsx")
    assert book.sheetnames == ["汇总", "问题清单"]
    page = book["问题清单"]
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == page.dimensions
    header = [cell.value for cell in page[1]]
    assert page.max_row == len(alarms) + 1
    first = dict(zip(header, (cell.value for cell in page[2]), strict=True))
    assert first["类别"] == "一事两家"
    assert "城市建筑垃圾处置核准" in first["甲方原文"]
    assert "城市建筑垃圾处置核准" in first["乙方原文"]
    assert first["甲方位置"] == "权责清单 A18:K18"
    assert {cell.data_type for row in page.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}


def test_values_name_rule_place_and_sources(alarms: tuple[Alarm, ...]) -> None:
    values = [as_values(alarm) for alarm in alarms]
    assert {value["title"] for value in values} <= {rule.title for rule in RULES}
    swapped = next(value for value in values if value["rule"] == "lead_swapped")
    assert len(swapped["sides"]) == 2
    assert swapped["likeness"] == 1.0
