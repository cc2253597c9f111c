"""`build` and `versions`: put published files in service, or go back to an earlier version."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from assistant.commands.terminal import (
    CorpusOption,
    JsonOption,
    err,
    print_json,
    progress_bars,
    settings_of,
)

if TYPE_CHECKING:
    from index.build import BuildReport

_MOST_FINDINGS = 60


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

    settings = settings_of(corpus)
    folder = CorpusFolder(settings.home, settings.corpus)
    encoder = build_encoder(settings)
    cache = settings.home / "cache"
    with progress_bars() as progress:
        report = build_corpus(paths, folder, encoder, cache, progress, strict=strict)
    _show_report(report)
    if as_json:
        print_json(_report_values(report))
    if report.unread:
        raise typer.Exit(1)


def versions(
    corpus: CorpusOption = "",
    use: Annotated[str, typer.Option(help="改用这个版本（回滚）")] = "",
    as_json: JsonOption = False,
) -> None:
    """列出已发布的版本，或改用其中一个。"""
    from index.versions import CorpusFolder

    settings = settings_of(corpus)
    folder = CorpusFolder(settings.home, settings.corpus)
    if use:
        folder.point_to(use)
    current = folder.current().name
    if as_json:
        print_json({"current": current, "versions": folder.versions()})
        return
    for version in folder.versions():
        typer.echo(f"{version}{'  ← 使用中' if version == current else ''}")


def _show_report(report: BuildReport) -> None:
    """Counts by paper and the list of findings, errors first."""
    contents = report.contents
    n_items = {s.id: 0 for s in contents.sources}
    for record in contents.records:
        n_items[record.source_id] += 1
    papers = Table("文件", "类型", "记录数", title=f"已发布 {report.version}")
    for source in contents.sources:
        papers.add_row(source.file, source.kind.value, str(n_items[source.id]))
    err.print(papers)
    order = ("error", "warning", "info")
    findings = sorted(contents.findings, key=lambda f: order.index(f.severity))
    found = Table("级别", "文件", "位置", "发现", title=f"读取发现 {len(findings)} 条")
    for finding in findings[:_MOST_FINDINGS]:
        at = " ".join(
            filter(None, (finding.locator.sheet, finding.locator.cells, finding.locator.article))
        )
        found.add_row(finding.severity, finding.file, at, finding.message)
    err.print(found)
    err.print(
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
