"""`evaluate`: questions with known answers, and how many come out right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.commands.terminal import CorpusOption, JsonOption, err, out, print_json, settings_of

if TYPE_CHECKING:
    from assistant.evaluation.report import Group, Report

_FILES = "题目文件（JSONL），可以有多个；问别的语料库写“语料库=文件”"


def evaluate(
    files: Annotated[list[str], typer.Argument(help=_FILES)],
    corpus: CorpusOption = "",
    html: Annotated[Path | None, typer.Option("--html", help="另存一页图表")] = None,
    as_json: JsonOption = False,
) -> None:
    """用有标准答案的题目检验回答：每个指标都带 95% 置信区间。"""
    from assistant.evaluation.page import write_page
    from assistant.evaluation.report import Report
    from assistant.evaluation.table import tables

    groups = tuple(_asked(*_named(file, corpus)) for file in files)
    report = Report(groups, notes=tuple(_notes(groups)))
    if html:
        write_page(report, html)
        err.print(f"已写好 {html}")
    if as_json:
        _print_lines(report)
        return
    for table in tables(report):
        out.print(table)


def _named(file: str, corpus: str) -> tuple[str, Path]:
    """The corpus and the file of an argument; a path that exists is never split."""
    name, is_split, rest = file.partition("=")
    if is_split and not Path(file).exists():
        return name, Path(rest)
    return settings_of(corpus).corpus, Path(file)


def _asked(corpus: str, file: Path) -> Group:
    from assistant.app import build_assistant
    from assistant.evaluation.cases import read_cases
    from assistant.evaluation.judge import evaluate as run
    from assistant.evaluation.report import Group

    cases = read_cases(file)
    assistant = build_assistant(settings_of(corpus))
    return Group(corpus, tuple(run(assistant, cases)))


def _notes(groups: tuple[Group, ...]) -> Iterator[str]:
    """What was asked, of which versions, by which encoder, when."""
    settings = settings_of("")
    yield f"{datetime.now():%Y-%m-%d %H:%M}，编码器 {settings.encoder}，{settings.threads} 线程"
    for group in groups:
        version = next((o.answer.corpus_version for o in group.outcomes), "")
        yield f"语料库 {group.label}（{version}）：{len(group.outcomes)} 题"


def _print_lines(report: Report) -> None:
    from assistant.evaluation.figures import summarise

    for group in report.corpora:
        for outcome in group.outcomes:
            print_json({"corpus": group.label, **outcome.as_line()})
    kinds = {group.label: summarise(group.outcomes) for group in report.kinds}
    corpora = {group.label: summarise(group.outcomes) for group in report.corpora}
    print_json({"summary": summarise(report.outcomes), "kinds": kinds, "corpora": corpora})
