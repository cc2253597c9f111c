"""The sample's scenarios: the papers decide each answer; what is not right yet is named."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import pytest
import yaml

from assistant.pipeline import Assistant
from index.catalog import Catalog
from index.model import Clause, DutyItem
from tests.scenario import FOLDER, Scenario, faults, papers, scenarios, squeezed

SCENARIOS = scenarios()
# Wrong today, by rule; strict: an id must go when the product gets it right.
NOT_YET = {
    f"{rule}:{name}"
    for rule, names in yaml.safe_load((FOLDER / "not_yet.yaml").read_text("utf-8")).items()
    for name in names
}


def _cases() -> list:
    mark = pytest.mark.xfail(reason="not right yet", strict=True)
    return [pytest.param(s, id=s.id, marks=[mark] if s.id in NOT_YET else []) for s in SCENARIOS]


@pytest.mark.parametrize("scenario", _cases())
def test_the_papers_decide(sample: Assistant, scenario: Scenario) -> None:
    found = faults(sample, scenario)
    assert not found, "\n".join(found)


def test_every_rule_has_its_scenarios() -> None:
    by_rule = Counter(scenario.rule for scenario in SCENARIOS)
    assert len(SCENARIOS) >= 150
    assert min(by_rule.values()) >= 5, by_rule
    ids = [scenario.id for scenario in SCENARIOS]
    assert len(set(ids)) == len(ids)
    assert set(ids) >= NOT_YET


def test_every_row_and_clause_that_must_be_cited_is_in_the_papers(sample_version: Path) -> None:
    """What a scenario demands stands in the published papers, so it can be demanded."""
    catalog = Catalog.of_version(sample_version)
    files = {source.id: source.file for source in catalog.sources()}
    texts: dict[tuple[str, str], list[str]] = defaultdict(list)
    for record in catalog.all_records():
        for sheet in {"", record.locator.sheet or ""}:
            texts[files[record.source_id], sheet].append(_words(record))
    named = papers()
    for scenario in SCENARIOS:
        for turn in scenario.turns:
            for cite in turn.expect.get("cites", ()):
                ((paper, words),) = cite.items()
                name, _, sheet = paper.partition("@")
                found = texts[named[name], sheet]
                assert any(squeezed(words) in text for text in found), (scenario.id, cite)


def _words(record: DutyItem | Clause) -> str:
    if isinstance(record, Clause):
        return squeezed(record.text)
    return squeezed("\n".join((record.name, record.sub_item, *(c.text for c in record.cells))))
