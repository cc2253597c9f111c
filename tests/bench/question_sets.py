"""The corpora and questions of the quality benchmark, and each record as a text for others."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from bench.rivals.model import Text

from assistant.evaluation.cases import Case, evidence_of, read_cases
from index.catalog import Contents
from index.model import Clause, ClauseKind, DutyItem, Locator, PaperKind, SourceDocument
from index.records import Record

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data"
_TESTS = ROOT / "tests"
_SHOWN = ("scope", "department_duty", "own_duty", "lead_duty", "duty", "way")
# Beyond this, and with the law quoted in full, a row's text says less of what it is about.
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Row:
    """What a found text is judged by: its body, its file, the name it must hold."""

    body: str
    file: str
    name: str


def real_cases() -> tuple[Case, ...]:
    """The 29 published questions."""
    return read_cases(SHARED / "real-lists" / "questions.jsonl")


def sample_cases(records: Iterable[Record], sources: Mapping[str, SourceDocument]) -> list[Case]:
    """Stories and scenarios of the sample city that are answered from a row or clause they name."""
    stories = yaml.safe_load((_TESTS / "sample_city" / "stories.yaml").read_text("utf-8"))
    by_file: dict[str, list[Record]] = {}
    for record in records:
        by_file.setdefault(sources[record.source_id].file, []).append(record)
    cases = []
    for story in (*stories["stories"], *_scenarios()):
        expected = story["expect"]
        evidence = tuple(_evidence(story, stories["papers"], by_file, sources))
        if expected.get("status", "answered") == "answered" and expected.get("body") and evidence:
            cases.append(_case(story, evidence))
    return cases


def _scenarios() -> Iterator[dict[str, Any]]:
    for path in sorted((_TESTS / "scenarios").glob("*.yaml")):
        loaded = yaml.safe_load(path.read_text("utf-8"))
        scenarios = loaded.get("scenarios", ()) if isinstance(loaded, dict) else ()
        yield from (s for s in scenarios if isinstance(s.get("ask"), str))


def _case(story: Mapping[str, Any], evidence: tuple[str, ...]) -> Case:
    as_of = story.get("as_of")
    bodies = story["expect"]["body"]
    return Case(
        id=story["id"],
        question=story.get("question") or story["ask"],
        place=str(story.get("place") or ""),
        as_of=as_of if isinstance(as_of, date) or as_of is None else date.fromisoformat(as_of),
        bodies=(bodies,) if isinstance(bodies, str) else tuple(bodies),
        evidence=evidence,
    )


def _evidence(
    story: Mapping[str, Any],
    papers: Mapping[str, str],
    by_file: Mapping[str, list[Record]],
    sources: Mapping[str, SourceDocument],
) -> Iterator[str]:
    """Addresses of the records that a story or scenario cites by paper and words."""
    named = [(e["paper"], e["row"]) for e in story.get("evidence", ()) if "row" in e]
    named += [pair for cite in story["expect"].get("cites", ()) for pair in cite.items()]
    for paper, words in named:
        for record in by_file.get(papers.get(paper, ""), ()):
            if str(words) in (record.text if isinstance(record, Clause) else record.name):
                yield evidence_of(record, sources[record.source_id])


def as_text(record: Record, source: SourceDocument, place: str) -> Text:
    """A record as a careful person would write it out for a search engine."""
    said = {"地方": place, "文件": source.title, "施行": str(source.effective_on or "")}
    if isinstance(record, Clause):
        said |= {"部门": record.body, "科室": record.office, "内容": record.text}
    else:
        said |= {
            "事项": "：".join(filter(None, (record.name, record.sub_item))),
            "类型": record.power.value if record.power else record.role.value,
            "部门": record.body,
            "科室": record.office,
            "对方": record.counterpart,
            "内容": "".join(record.field(name) for name in _SHOWN)[:_LONGEST],
        }
    text = "；".join(f"{name}：{value}" for name, value in said.items() if value)
    return Text(evidence_of(record, source), text)


def row_of(record: Record, source: SourceDocument) -> Row:
    """The facts a found text is judged by."""
    name = record.text[:40] if isinstance(record, Clause) else record.name
    return Row(record.body, source.file, name)


def stard() -> tuple[Contents, list[Case]]:
    """Layperson questions about law, with the pooled articles of all questions as one corpus."""
    lines = (SHARED / "stard" / "train.jsonl").read_text("utf-8").splitlines()
    asked = [json.loads(line) for line in lines]
    articles: dict[str, str] = {}
    for line in asked:
        articles |= line["articles"]
    source = SourceDocument("stard", "stard", "stard", "法条", PaperKind.OTHER, "")
    clauses = tuple(
        Clause(
            f"stard#{name}",
            "stard",
            Locator(article=name),
            ClauseKind.OTHER,
            "",
            "",
            f"{name} {text}",
        )
        for name, text in articles.items()
    )
    cases = [
        Case(
            str(line["query_id"]),
            line["question"],
            evidence=tuple(f"stard#{n}" for n in line["articles"]),
        )
        for line in asked
    ]
    return Contents((source,), (), clauses, (), (), ()), cases


def is_answerable(record: Record) -> bool:
    """Hidden rows and footnotes are no answers for anyone."""
    return not isinstance(record, DutyItem) or record.is_answerable
