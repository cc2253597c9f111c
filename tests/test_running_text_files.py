"""The sample city's rendered files, end to end: what a file says equals what was written."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from index.extract import admissions, provisions, reforms
from index.extract.outline import CLOSING, FRONT_NOTE, PREAMBLE
from index.model import PaperKind
from index.readers import read
from tests.running_text import bare, load_sample, sample_papers

SAMPLE = Path(__file__).parents[1] / "index" / "sample"
READERS = {
    PaperKind.DEPARTMENT_PROVISION: provisions.read_clauses,
    PaperKind.TOWNSHIP_PROVISION: provisions.read_clauses,
    PaperKind.REFORM_NOTICE: reforms.read_clauses,
    PaperKind.ADMISSION: admissions.read_clauses,
}
_BESIDE_THE_TEXT = (PREAMBLE, FRONT_NOTE, CLOSING)


def rendered_files():
    manifest = yaml.safe_load((SAMPLE / "manifest.yaml").read_text(encoding="utf-8"))
    return [entry for entry in manifest["files"] if PaperKind(entry["kind"]) in READERS]


def told(clauses):
    """Kind, office, bodies and text of the clauses proper; a form's cells may stand elsewhere."""
    return [
        (clause.locator.article, clause.kind, clause.office, clause.bodies, bare(clause.text))
        for clause in clauses
        if clause.id.partition("#")[2].split("·")[0] not in _BESIDE_THE_TEXT
    ]


@pytest.mark.parametrize("entry", rendered_files(), ids=lambda entry: Path(entry["file"]).name)
def test_rendered_paper_gives_the_clauses_that_were_written(entry):
    papers = (load_sample(path) for path in sample_papers())
    written, source, _ = next(paper for paper in papers if paper[1].title == entry["title"])
    extract = READERS[PaperKind(entry["kind"])]
    found, findings = extract(read(SAMPLE / entry["file"]), source)
    assert told(found) == told(extract(written, source)[0])
    assert {finding.code for finding in findings} <= {"page-furniture"}


def test_all_four_kinds_of_running_text_are_in_the_sample():
    assert {PaperKind(entry["kind"]) for entry in rendered_files()} == set(READERS)
