"""`evaluate`: questions with known answers, and how many come out right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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
    from assistant.corpus import Corpus
    from assistant.evaluation.cases import Case
    from assistant.evaluation.report import Group, Report
    from assistant.phrase.phraser import Phraser

_FILES = "题目文件（JSONL），可以有多个；问别的语料库写“语料库=文件”"


@dataclass(frozen=True, slots=True)
class _Asked:
    """Questions for one opened corpus, under the name that the report shows."""

    label: str
    corpus: Corpus
    cases: tuple[Case, ...]


def evaluate(
    files: Annotated[list[str] | None, typer.Argument(help=_FILES)] = None,
    corpus: CorpusOption = "",
    generated: Annotated[int, typer.Option(help="另从语料库的记录生成这么多题", min=0)] = 0,
    seed: Annotated[int, typer.Option(help="生成题目用的种子；相同的种子得相同的题")] = 0,
    ablation: Annotated[bool, typer.Option("--ablation", help="再逐个关掉检索的各部分")] = False,
    phrased: Annotated[
        bool, typer.Option("--phrased", help="再用 DUTYDESK_LLM 的模型措辞答一遍，并列比较")
    ] = False,
    html: Annotated[Path | None, typer.Option("--html", help="另存一页图表")] = None,
    as_json: JsonOption = False,
) -> None:
    """用有标准答案的题目检验回答：每个指标都带 95% 置信区间。"""
    if not files and not generated:
        raise typer.BadParameter("写一个题目文件，或用 --generated 生成")
    asked = [_from_file(*_named(file, corpus)) for file in files or ()]
    if generated:
        asked.append(_generated(settings_of(corpus).corpus, generated, seed))
    report = _report(asked, ablation=ablation, phrased=phrased)
    if html:
        from assistant.evaluation.page import write_page

        write_page(report, html)
        err.print(f"已写好 {html}")
    if as_json:
        _print_lines(report)
    else:
        _print_tables(report)


def _named(file: str, corpus: str) -> tuple[str, Path]:
    """The corpus and the file of an argument; a path that exists is never split."""
    name, is_split, rest = file.partition("=")
    if is_split and not Path(file).exists():
        return name, Path(rest)
    return settings_of(corpus).corpus, Path(file)


def _from_file(corpus: str, file: Path) -> _Asked:
    from assistant.evaluation.cases import read_cases

    return _Asked(corpus, _opened(corpus), read_cases(file))


def _generated(corpus: str, n: int, seed: int) -> _Asked:
    from assistant.evaluation.generate import generate

    opened = _opened(corpus)
    return _Asked(f"{corpus}（生成，种子 {seed}）", opened, tuple(generate(opened, n, seed)))


def _opened(corpus: str) -> Corpus:
    from assistant.app import build_encoder
    from assistant.corpus import Corpus

    return Corpus(current_version(corpus), build_encoder(settings_of(corpus)))


def _report(asked: list[_Asked], *, ablation: bool, phrased: bool) -> Report:
    from assistant.app import build_reranker
    from assistant.evaluation.ablation import ablate
    from assistant.evaluation.judge import evaluate as run
    from assistant.evaluation.report import Group, Report
    from assistant.pipeline import Assistant
    from assistant.retrieve.confidence import FITTED, load_models

    reranker = build_reranker(settings_of(""))
    phrasers = (None, _phraser()) if phrased else (None,)
    groups = tuple(
        Group(
            f"{a.label}{'（模型措辞）' if phraser else ''}",
            tuple(run(Assistant(a.corpus, reranker=reranker, phraser=phraser), a.cases)),
        )
        for a in asked
        for phraser in phrasers
    )
    variants = tuple(ablate([(a.corpus, a.cases) for a in asked], reranker)) if ablation else ()
    fitted = load_models(FITTED)["words" if settings_of("").encoder == "none" else "meaning"]
    reliability = tuple((x, y, n) for x, y, n in fitted.run.get("reliability", ()))
    return Report(groups, variants, tuple(_notes(groups)), reliability)


def _phraser() -> Phraser:
    from assistant.app import build_phraser

    if phraser := build_phraser(settings_of("")):
        return phraser
    raise typer.BadParameter("--phrased 要先用 DUTYDESK_LLM 设一个模型")


def _notes(groups: tuple[Group, ...]) -> Iterator[str]:
    """What was asked, of which versions, by which encoder, when."""
    settings = settings_of("")
    yield f"{datetime.now():%Y-%m-%d %H:%M}，编码器 {settings.encoder}，{settings.threads} 线程"
    for group in groups:
        version = next((o.answer.corpus_version for o in group.outcomes), "")
        yield f"语料库 {group.label}（{version}）：{len(group.outcomes)} 题{_wording(group)}"


def _wording(group: Group) -> str:
    """How many answers a model worded, and how many of its sentences did not pass."""
    said = [o.answer.phrasing for o in group.outcomes if o.answer.phrasing.prompt]
    if not said:
        return ""
    kept, dropped = sum(p.n_kept for p in said), sum(p.n_dropped for p in said)
    n_fallen = sum(bool(p.fallback) for p in said)
    return f"；模型的句子通过 {kept}、没通过 {dropped}，退回固定措辞 {n_fallen} 题"


def _print_tables(report: Report) -> None:
    from assistant.evaluation.table import tables

    for table in tables(report):
        out.print(table)


def _print_lines(report: Report) -> None:
    from assistant.evaluation.figures import summarise

    for group in report.corpora:
        for outcome in group.outcomes:
            print_json({"corpus": group.label, **outcome.as_line()})
    named = {"kinds": report.kinds, "corpora": report.corpora, "ablation": report.ablation}
    groups = {
        name: {group.label: summarise(group.outcomes) for group in members}
        for name, members in named.items()
    }
    print_json({"summary": summarise(report.outcomes), **groups})
