"""`evaluate`: questions with known answers, and how many come out right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.commands.terminal import (
    CorpusOption,
    JsonOption,
    current_version,
    err,
    out,
    print_json,
    settings_of,
)

if TYPE_CHECKING:
    from assistant.evaluation.cases import Case
    from assistant.evaluation.report import Group, Report

_FILES = "题目文件（JSONL），可以有多个；问别的语料库写“语料库=文件”"


def evaluate(
    files: Annotated[list[str] | None, typer.Argument(help=_FILES)] = None,
    corpus: CorpusOption = "",
    generated: Annotated[int, typer.Option(help="另从语料库的记录生成这么多题", min=0)] = 0,
    seed: Annotated[int, typer.Option(help="生成题目用的种子；相同的种子得相同的题")] = 0,
    html: Annotated[Path | None, typer.Option("--html", help="另存一页图表")] = None,
    as_json: JsonOption = False,
) -> None:
    """用有标准答案的题目检验回答：每个指标都带 95% 置信区间。"""
    from assistant.evaluation.page import write_page
    from assistant.evaluation.report import Report
    from assistant.evaluation.table import tables

    if not files and not generated:
        raise typer.BadParameter("写一个题目文件，或用 --generated 生成")
    groups = tuple(_from_file(*_named(file, corpus)) for file in files or ())
    if generated:
        groups += (_generated(settings_of(corpus).corpus, generated, seed),)
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


def _from_file(corpus: str, file: Path) -> Group:
    from assistant.evaluation.cases import read_cases

    return _asked(corpus, corpus, read_cases(file))


def _generated(corpus: str, n: int, seed: int) -> Group:
    from assistant.corpus import Corpus
    from assistant.evaluation.generate import generate

    cases = generate(Corpus(current_version(corpus), None), n, seed)
    return _asked(f"{corpus}（生成，种子 {seed}）", corpus, tuple(cases))


def _asked(label: str, corpus: str, cases: tuple[Case, ...]) -> Group:
    from assistant.app import build_assistant
    from assistant.evaluation.judge import evaluate as run
    from assistant.evaluation.report import Group

    assistant = build_assistant(settings_of(corpus))
    return Group(label, tuple(run(assistant, cases)))


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
