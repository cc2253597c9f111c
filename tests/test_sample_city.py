"""The invented city: its files are what the YAML says, and hold what the stories need."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import docx
import lxml.html
import openpyxl
import pdfplumber
import pytest
import xlrd
import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from index.manifest import load_manifest  # noqa: E402
from index.model import PaperKind  # noqa: E402
from tests.sample_city.make import all_papers, manifest, render  # noqa: E402
from tests.sample_city.papers import load, load_all  # noqa: E402

SAMPLE = ROOT / "index" / "sample"
CITY = load("city.yaml")
STORIES = load("stories.yaml")
PAPERS = all_papers()
BY_FILE = {paper.file: paper for paper in PAPERS}
PAGE_MARK = re.compile(r"— \d+ —")
LIST_KINDS = {
    "部门权责清单",
    "乡镇（街道）权责清单基本事项目录",
    "乡镇（街道）权责清单",
    "放权赋权事项目录",
    "基本履职事项清单",
}


def squeeze(text: object) -> str:
    """Text without white space, so that wrapped cells compare equal."""
    return "".join(str(text).split())


@cache
def cells(file: str) -> tuple[tuple[str, str], ...]:
    """(sheet, text) of every cell and paragraph of a file, read with other means than ours."""
    path = SAMPLE / file
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path, data_only=True)
        found = [
            (sheet.title, value)
            for sheet in book
            for row in sheet.iter_rows(values_only=True)
            for value in row
        ]
    elif path.suffix == ".xls":
        sheets = xlrd.open_workbook(path).sheets()
        found = [(s.name, v) for s in sheets for n in range(s.nrows) for v in s.row_values(n)]
    elif path.suffix == ".docx":
        document = docx.Document(str(path))
        found = [("", paragraph.text) for paragraph in document.paragraphs]
        found += [("", c.text) for t in document.tables for row in t.rows for c in row.cells]
    elif path.suffix == ".html":
        page = lxml.html.fromstring(path.read_bytes())
        found = [("", node.text_content()) for node in page.iter("td", "th", "p", "h1", "div")]
    else:
        with pdfplumber.open(path) as pdf:
            pages = [PAGE_MARK.sub("", page.extract_text()) for page in pdf.pages]
            tables = [table for page in pdf.pages for table in page.extract_tables()]
        found = [("", text) for table in tables for row in table for text in row]
        found.append(("", "".join(pages)))
    return tuple((sheet, squeeze(text)) for sheet, text in found if text is not None)


def holds(place: dict[str, str]) -> bool:
    """Whether the row or the words of a story stand in its paper."""
    texts = cells(STORIES["papers"][place["paper"]])
    if "words" in place:
        return any(squeeze(place["words"]) in text for _, text in texts)
    row = squeeze(place["row"])
    return any(text == row and place.get("sheet", sheet) == sheet for sheet, text in texts)


@pytest.mark.parametrize("file", sorted(BY_FILE))
def test_file_is_what_the_yaml_renders(file: str) -> None:
    paper = BY_FILE[file]
    if paper.format == "pdf":
        found = {text for _, text in cells(file)}
        rows = [c.text for t in paper.tables for row in t.body for c in row if c]
        assert [text for text in rows if squeeze(text) not in found] == []
        whole = max(found, key=len)
        assert [text for text in paper.paragraphs if squeeze(text) not in whole] == []
    else:
        assert (SAMPLE / file).read_bytes() == render(paper), (
            "run: python -m tests.sample_city.make"
        )


def test_sample_holds_no_other_files_and_the_manifest_is_current() -> None:
    on_disk = {str(p.relative_to(SAMPLE)) for p in SAMPLE.rglob("*") if p.is_file()}
    assert on_disk == {*BY_FILE, "manifest.yaml"}
    assert (SAMPLE / "manifest.yaml").read_text("utf-8") == manifest(PAPERS)


def test_rendering_in_another_process_gives_the_same_bytes(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.sample_city.make", "--no-pdf", "--out", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=300)
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) == 1 + sum(paper.format != "pdf" for paper in PAPERS)
    for path in written:
        assert path.read_bytes() == (SAMPLE / path.relative_to(tmp_path)).read_bytes()


def test_manifest_is_read_and_every_kind_of_paper_is_there() -> None:
    entries = load_manifest(SAMPLE).files
    kinds = {kind for entry in entries for kind in entry.kinds}
    assert kinds == set(PaperKind) - {PaperKind.OTHER}
    assert {Path(entry.file).suffix for entry in entries} == {
        ".xlsx",
        ".xls",
        ".docx",
        ".html",
        ".pdf",
    }


def test_size_of_the_city() -> None:
    rows = Counter(
        paper.kind
        for paper in PAPERS
        for table in paper.tables
        for row in table.body
        if paper.kind in LIST_KINDS and row[0] and row[0].text.isdigit()
    )
    assert sum(rows.values()) >= 400
    assert rows["乡镇（街道）权责清单基本事项目录"] >= 40
    assert sum("三定" in paper.kind for paper in PAPERS) >= 12
    places = {paper.place for paper in PAPERS}
    assert {"990121", "990122"} <= places
    assert sum(len(place) == 9 for place in places) >= 6
    assert sum(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()) < 6_000_000


@pytest.mark.parametrize("file", sorted(BY_FILE))
def test_file_says_that_it_is_invented(file: str) -> None:
    assert any(squeeze(CITY["notice"]) in text for _, text in cells(file))


def test_townships_differ_in_what_they_hold() -> None:
    held = {
        town["body"]: frozenset(
            entry if isinstance(entry, str) else entry.get("key", entry.get("name"))
            for entry in town["duty_2025"]["taken_back"]
        )
        for _, town in load_all("townships")
        if "duty_2025" in town
    }
    assert len(held) == 8
    assert len(set(held.values())) == 8


@pytest.mark.parametrize("story", STORIES["stories"], ids=lambda story: story["id"])
def test_story_stands_in_the_papers(story: dict) -> None:
    assert [place for place in story["evidence"] if not holds(place)] == []
    expected = story["expect"]
    if expected.get("office_from") == "provision":
        texts = [
            squeeze("".join(paper.paragraphs))
            for paper in PAPERS
            if "三定" in paper.kind and _is_of(paper.title, expected["body"])
        ]
        assert any(expected["office"] in text for text in texts)


def _is_of(title: str, body: str) -> bool:
    name = body.removesuffix("人民政府").removesuffix("办事处")
    return name in title


@pytest.mark.parametrize("conflict", STORIES["conflicts"], ids=lambda conflict: conflict["id"])
def test_conflict_stands_in_the_papers(conflict: dict) -> None:
    assert conflict["rows"]
    assert [place for place in conflict["rows"] if not holds(place)] == []


def test_every_planted_row_is_a_named_conflict() -> None:
    def planted(node: object) -> list[str]:
        if isinstance(node, dict):
            own = [node["planted"]] if node.get("planted") else []
            return own + [rule for value in node.values() for rule in planted(value)]
        if isinstance(node, list):
            return [rule for value in node for rule in planted(value)]
        return []

    folders = ("townships", "departments")
    rules = {
        rule for folder in folders for _, content in load_all(folder) for rule in planted(content)
    }
    named = {conflict["rule"] for conflict in STORIES["conflicts"]}
    in_texts = {"provision_duty_without_row", "boundary_contradiction"}
    assert rules - {"repealed basis"} == named - in_texts
    assert len(STORIES["conflicts"]) >= 14


def test_only_names_of_the_city_are_used() -> None:
    bodies = {entry["body"] for entry in CITY["departments"]}
    assert {spec["body"] for _, spec in load_all("departments")} == bodies
    for _, town in load_all("townships"):
        if "desks" not in town:
            continue
        known = next(entry for entry in CITY["townships"] if entry["body"] == town["body"])
        assert set(town["desks"].values()) <= {*known["offices"], *known["institutions"]}


def test_stories_file_is_plain_yaml() -> None:
    text = (ROOT / "tests" / "sample_city" / "stories.yaml").read_text("utf-8")
    ids = [entry["id"] for part in ("stories", "conflicts") for entry in yaml.safe_load(text)[part]]
    assert len(ids) == len(set(ids))
