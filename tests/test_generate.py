"""Generated questions: what the records say is right, rule by rule, whatever the corpus."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from assistant.corpus import Corpus
from assistant.evaluation.cases import Case, Expectation
from assistant.evaluation.generate import RULES, generate
from assistant.evaluation.reading import PlainReading
from index.model import DutyItem, Role


@pytest.fixture(scope="module")
def corpus(sample_version: Path) -> Corpus:
    return Corpus(sample_version, None)


@pytest.fixture(scope="module")
def cases(corpus: Corpus) -> tuple[Case, ...]:
    return tuple(generate(corpus, 260, seed=7))


def test_the_sample_has_cases_of_every_rule(cases: tuple[Case, ...]) -> None:
    by_rule = Counter(case.kind for case in cases)
    assert set(by_rule) == set(RULES)
    assert len(cases) == 260


def test_the_same_seed_gives_the_same_cases(corpus: Corpus, cases: tuple[Case, ...]) -> None:
    assert tuple(generate(corpus, 260, seed=7)) == cases
    assert tuple(generate(corpus, 260, seed=8)) != cases


def test_every_case_says_what_is_right_and_on_which_day(cases: tuple[Case, ...]) -> None:
    for case in cases:
        assert case.as_of
        assert not set(case.bodies) & set(case.not_bodies), case
        if case.expects is Expectation.ANSWER:
            assert case.bodies, case
            assert case.evidence, case


@pytest.mark.parametrize(
    ("name", "place", "on", "right"),
    [
        ("最低生活保障审核确认", "990121100", date(2025, 6, 1), "临溪县城关镇人民政府"),
        ("最低生活保障审核确认", "990121101", date(2025, 6, 1), "临溪县民政局"),
        ("最低生活保障审核确认", "990121101", date(2023, 6, 1), "临溪县青石镇人民政府"),
        ("就业困难人员认定初审", "990121200", date(2024, 6, 1), "临溪县白沙乡人民政府"),
        (
            "就业困难人员认定初审",
            "990121200",
            date(2025, 6, 1),
            "临溪县人力资源和社会保障局",
        ),
        ("小额临时救助审批", "990122101", date(2025, 6, 1), "望川县柳林镇人民政府"),
        ("小额临时救助审批", "990122200", date(2025, 6, 1), "望川县民政局"),
        ("养老机构监督管理", "990121100", date(2025, 6, 1), "临溪县民政局"),
        ("防止返贫监测数据管理", "990121200", date(2025, 6, 1), "临溪县农业农村局"),
    ],
)
def test_the_plain_reading_follows_the_papers(
    corpus: Corpus, name: str, place: str, on: date, right: str
) -> None:
    reading = PlainReading(corpus)
    asked = next(
        record
        for record in corpus.catalog.all_records()
        if isinstance(record, DutyItem) and name in (record.name, record.sub_item)
    )
    where = corpus.gazetteer.get(place)
    assert where
    assert reading.truth(where, asked, on).bodies == {right}


def test_a_delegation_is_asked_about_next_door_too(cases: tuple[Case, ...], corpus: Corpus) -> None:
    handed = {Role.DELEGATED, Role.ENTRUSTED}
    for case in cases:
        if case.kind == "next_door":
            row = corpus.catalog.record(case.id.split("·")[1])
            assert isinstance(row, DutyItem)
            assert row.role in handed
            assert case.id.split("·")[2] not in row.places


def test_real_lists_yield_cases_whose_rows_are_in_them(real_lists: Path, tmp_path: Path) -> None:
    """A city's departments, no townships: only the rules that it has cases of."""
    from index.build import build
    from index.versions import CorpusFolder
    from tests.conftest import Silent

    folder = CorpusFolder(tmp_path, "real")
    build([real_lists], folder, None, tmp_path / "cache", Silent())
    found = tuple(generate(Corpus(folder.current(), None), 60))
    assert len(found) == 60
    assert {case.kind for case in found} <= {"department", "body_named", "before", "edition"}
    assert all("克拉玛依市" in body for case in found for body in case.bodies)
