"""The `dutydesk` command. Data goes to stdout, progress and reports to stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from assistant.settings import Settings
from index.errors import DutyDeskError

if TYPE_CHECKING:
    from index.build import BuildReport

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="职责台：谁管这件事，写在哪里。")
_err = Console(stderr=True)
_MOST_FINDINGS = 60

CorpusOption = Annotated[str, typer.Option("--corpus", help="语料库名称")]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON")]


def main() -> None:
    """Run the command; errors raised on purpose become one line and exit code 1."""
    try:
        cli()
    except DutyDeskError as exc:
        _err.print(f"[red]{exc}[/red]", highlight=False)
        sys.exit(1)


@cli.command()
def build(
    paths: Annotated[list[Path], typer.Argument(help="文件或文件夹，可以有多个")],
    corpus: CorpusOption = "",
    strict: Annotated[bool, typer.Option("--strict", help="有文件读不出就停下，不发布")] = False,
    as_json: JsonOption = False,
) -> None:
    """读取公开文件，建成并发布一个语料库版本。有文件没读出时退出码为 1。"""
    from assistant.app import build_encoder
    from index.build import build as build_corpus
    from index.versions import CorpusFolder

    settings = _settings(corpus)
    folder = CorpusFolder(settings.home, settings.corpus)
    encoder = build_encoder(settings)
    cache = settings.home / "cache"
    with _progress() as progress:
        report = build_corpus(paths, folder, encoder, cache, progress, strict=strict)
    _show_report(report)
    if as_json:
        _print_json(_report_values(report))
    if report.unread:
        raise typer.Exit(1)


@cli.command()
def ask(
    question: Annotated[str, typer.Argument(help="问题")],
    place: Annotated[str, typer.Option(help="地方名称或代码")] = "",
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="按哪一天的规定")
    ] = None,
    corpus: CorpusOption = "",
    explain: Annotated[bool, typer.Option("--explain", help="显示判断过程")] = False,
    as_json: JsonOption = False,
) -> None:
    """问一个问题，得到有出处的回答。"""
    from assistant.app import build_assistant
    from assistant.model import Question
    from assistant.schemas import AskResponse

    assistant = build_assistant(_settings(corpus))
    day = as_of.date() if as_of else None
    answer = assistant.answer(Question(question, place, day, explain=explain))
    response = AskResponse.from_answer(answer, explain=explain)
    if as_json:
        _print_json(response.model_dump(mode="json"))
        return
    typer.echo(answer.text)
    if answer.clarify:
        for option in answer.clarify.options:
            typer.echo(f"  · {option.label}")
    for citation in answer.citations:
        source, at = citation.source, citation.locator
        where = " ".join(filter(None, (at.sheet, at.cells, at.article)))
        facts = " ".join(filter(None, (source.document_number, str(source.published_on or ""))))
        typer.echo(
            f"[{citation.label}] 《{source.title}》{facts} {source.file} {where}\n    “{citation.quote}”"
        )
    if explain:
        _err.print_json(json.dumps(answer.working, ensure_ascii=False))


@cli.command()
def serve(
    corpus: CorpusOption = "",
    host: Annotated[str, typer.Option(help="监听地址")] = "",
    port: Annotated[int, typer.Option(help="端口")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 报告启动信息")] = False,
) -> None:
    """启动网页和接口。"""
    import uvicorn

    from assistant.api import create_app
    from assistant.app import build_assistant

    settings = _settings(corpus)
    assistant = build_assistant(settings)
    address, number = host or settings.host, port or settings.port
    if as_json:
        _print_json(
            {"url": f"http://{address}:{number}", "corpus_version": assistant.corpus_version}
        )
    _err.print(
        f"职责台：http://{address}:{number}　语料库 {settings.corpus}（{assistant.corpus_version}）"
    )
    uvicorn.run(create_app(assistant), host=address, port=number, log_level="warning")


@cli.command()
def items(corpus: CorpusOption = "", as_json: JsonOption = False) -> None:
    """列出语料库里的每一条记录，一行一条。"""
    from index.listing import listed

    for line in listed(_current(corpus)):
        if as_json:
            _print_json(line)
        else:
            at = line["locator"]
            where = at["cells"] or at["article"] or ""
            typer.echo(
                f"{line['body']}\t{line['name']}\t{line['office']}\t{line['source']['file']} {where}"
            )


@cli.command()
def evaluate(
    file: Annotated[Path, typer.Argument(help="题目文件（JSONL）")],
    corpus: CorpusOption = "",
    as_json: JsonOption = False,
) -> None:
    """用有标准答案的题目检验回答。"""
    from assistant.app import build_assistant
    from assistant.evaluate import evaluate as run
    from assistant.evaluate import read_cases, summarise

    cases = read_cases(file)
    assistant = build_assistant(_settings(corpus))
    outcomes = tuple(run(assistant, cases))
    summary = summarise(outcomes)
    if as_json:
        for outcome in outcomes:
            _print_json(outcome.as_line())
        _print_json({"summary": summary})
        return
    table = Table("编号", "问题", "状态", "部门", "出处名次", "回答的部门")
    for o in outcomes:
        right = "对" if o.body_right else "错"
        holders = "、".join(holder.body for holder in o.answer.holders)
        table.add_row(
            o.case.id,
            o.case.question,
            o.answer.status.value,
            right,
            str(o.row_rank or "—"),
            holders,
        )
    _err.print(table)
    for name, value in summary.items():
        typer.echo(f"{name}\t{value}")


@cli.command()
def versions(
    corpus: CorpusOption = "",
    use: Annotated[str, typer.Option(help="改用这个版本（回滚）")] = "",
    as_json: JsonOption = False,
) -> None:
    """列出已发布的版本，或改用其中一个。"""
    from index.versions import CorpusFolder

    settings = _settings(corpus)
    folder = CorpusFolder(settings.home, settings.corpus)
    if use:
        folder.point_to(use)
    current = folder.current().name
    if as_json:
        _print_json({"current": current, "versions": folder.versions()})
        return
    for version in folder.versions():
        typer.echo(f"{version}{'  ← 使用中' if version == current else ''}")


def _settings(corpus: str) -> Settings:
    settings = Settings()
    return settings.model_copy(update={"corpus": corpus}) if corpus else settings


def _current(corpus: str) -> Path:
    from index.versions import CorpusFolder

    settings = _settings(corpus)
    return CorpusFolder(settings.home, settings.corpus).current()


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, default=str))


class _Stages:
    """Build stages as bars on stderr."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars

    def stage(self, name: str, total: int) -> Callable[[int], None]:
        task = self._bars.add_task(name, total=total)
        return lambda n_done: self._bars.update(task, completed=n_done)


@contextmanager
def _progress() -> Iterator[_Stages]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=_err) as bars:
        yield _Stages(bars)


def _show_report(report: BuildReport) -> None:
    """Counts by paper and the list of findings, errors first."""
    contents = report.contents
    n_items = {s.id: 0 for s in contents.sources}
    for record in contents.records:
        n_items[record.source_id] += 1
    papers = Table("文件", "类型", "记录数", title=f"已发布 {report.version}")
    for source in contents.sources:
        papers.add_row(source.file, source.kind.value, str(n_items[source.id]))
    _err.print(papers)
    order = ("error", "warning", "info")
    findings = sorted(contents.findings, key=lambda f: order.index(f.severity))
    found = Table("级别", "文件", "位置", "发现", title=f"读取发现 {len(findings)} 条")
    for finding in findings[:_MOST_FINDINGS]:
        at = " ".join(
            filter(None, (finding.locator.sheet, finding.locator.cells, finding.locator.article))
        )
        found.add_row(finding.severity, finding.file, at, finding.message)
    _err.print(found)
    _err.print(
        f"事项 {len(contents.items)} 条，条款 {len(contents.clauses)} 条；"
        f"不同文本 {report.n_passages} 段，新编码 {report.n_embedded} 段；没读出的文件 {len(report.unread)} 个"
    )


def _report_values(report: BuildReport) -> dict[str, object]:
    from dataclasses import asdict

    return {
        "version": report.version,
        "n_items": len(report.contents.items),
        "n_clauses": len(report.contents.clauses),
        "n_passages": report.n_passages,
        "n_embedded": report.n_embedded,
        "findings": [asdict(finding) for finding in report.contents.findings],
    }


if __name__ == "__main__":
    main()
