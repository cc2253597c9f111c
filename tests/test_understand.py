"""Reading questions: hundreds of small cases over an invented province and the sample city."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from invented_province import TODAY, province

from assistant.model import Query, Question
from assistant.understand import Names, understand
from index.catalog import Catalog

FOLDER = Path(__file__).parent / "understanding"


def _cases(name: str) -> list:
    cases = yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))
    return [pytest.param(c, id=f"{c['q']}@{c['at']}" if "at" in c else c["q"]) for c in cases]


CASES = [case for name in ("places", "bodies", "dates", "wishes") for case in _cases(name)]
# What a case may ask of the query, in words of the data files.
READ = {
    "place": lambda q: {place.full_name for place in q.places},
    "unloaded": lambda q: q.unloaded_place,
    "corrected": lambda q: {c.said: c.read_as for c in q.corrections},
    "old": lambda q: {reform.old for reform in (*q.old_names, *q.old_places)},
    "bodies": lambda q: set(q.bodies),
    "offices": lambda q: set(q.offices),
    "boundary": lambda q: list(q.boundary),
    "day": lambda q: q.as_of,
    "dated": lambda q: q.is_dated,
    "before": lambda q: q.before_reform,
    "intent": lambda q: q.intent.value,
    "matter": lambda q: q.matter,
    "power": lambda q: q.power.value if q.power else None,
    "law": lambda q: q.law,
    "article": lambda q: q.article,
    "paper": lambda q: q.paper_kind.value if q.paper_kind else None,
    "list": lambda q: q.wants_list,
    "each": lambda q: q.wants_each,
    "unlisted": lambda q: list(q.unlisted),
    "beyond": lambda q: list(q.beyond),
    "governments": lambda q: list(q.governments),
}


@pytest.fixture(scope="module")
def invented() -> Names:
    return province()


@pytest.fixture(scope="module")
def sample_names(sample_version: Path) -> Names:
    catalog = Catalog.of_version(sample_version)
    return Names(catalog.gazetteer(), catalog.institutions(), catalog.offices())


def _expected(case: dict[str, Any]) -> dict[str, Any]:
    wanted = {key: value for key, value in case.items() if key not in {"q", "at", "none"}}
    if case.get("none"):
        wanted["place"] = []
    if "day" in wanted:
        wanted.setdefault("dated", True)
    for key in {"place", "old", "bodies", "offices"} & wanted.keys():
        wanted[key] = set(wanted[key])
    return wanted


def _check(case: dict[str, Any], names: Names) -> None:
    query = understand(Question(case["q"], case.get("at", "")), names, today=TODAY)
    wanted = _expected(case)
    assert {key: READ[key](query) for key in wanted} == wanted


@pytest.mark.parametrize("case", CASES)
def test_a_question_is_read_as_people_mean_it(invented: Names, case: dict[str, Any]) -> None:
    _check(case, invented)


@pytest.mark.parametrize("case", _cases("sample"))
def test_questions_over_the_sample_city(sample_names: Names, case: dict[str, Any]) -> None:
    _check(case, sample_names)


def test_there_are_hundreds_of_cases() -> None:
    assert len(CASES) + len(_cases("sample")) >= 250


def test_the_question_keeps_its_own_words_in_simplified_characters(invented: Names) -> None:
    query: Query = understand(Question("青石鎮的低保誰管？"), invented, today=TODAY)
    assert query.text == "青石镇的低保谁管?"


def test_a_day_chosen_beside_the_question_counts_before_its_words(invented: Names) -> None:
    asked = Question("2023年低保归谁管", as_of=TODAY)
    assert understand(asked, invented, today=TODAY).as_of == TODAY
