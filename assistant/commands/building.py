"""`build` and `versions`: put published files in service, or go back to an earlier version."""

from __future__ import annotations

from collections import Counter
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from assistant.commands.terminal import (
    CorpusOption,
    JsonOption,
    as_table,
    err,
    print_json,
    progress_bars,
    settings_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.build import BuildReport
    from index.model import Finding

_MOST_PAPERS = 200
_MOST_FINDINGS = 60
_MOST_PLACES = 5
_SEVERITIES = {"error": "错误", "warning": "警告", "info": "提示"}


def build(
    paths: Annotated[list[Path], typer.Argument(help="文件或文件夹，可以有多个")],
    corpus: CorpusOption = "",
    strict: Annotated[bool, typer.Option("--strict", help="有文件读不出就停下，不发布")] = False,
    as_json: JsonOption = False,
) -> None:
    """读取公开文件，建成并发布一个语料库版本。有文件没读出时退出码为 1。"""
    from assistant.app import build_encoder
    from index.build import build as build_corpus
    from index.engines import Engines
    from index.versions import CorpusFolder

    settings = settings_of(corpus)
    folder = CorpusFolder(settings.home, settings.corpus)
    encoder = build_encoder(settings)
    engines = Engines.for_new_version(settings.catalog, settings.vectors)
    cache = settings.home / "cache"
    with progress_bars() as progress:
        report = build_corpus(
            paths, folder, encoder, cache, progress, strict=strict, engines=engines
        )
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
    """Counts by paper, what is wrong or unsure place by place, what is worth knowing by number."""
    contents = report.contents
    n_records = Counter(record.source_id for record in contents.records)
    papers = as_table("文件", "类型", "记录数", title=f"已发布 {report.version}")
    for source in contents.sources[:_MOST_PAPERS]:
        papers.add_row(
            Text(PurePosixPath(source.file).name), source.kind.value, str(n_records[source.id])
        )
    if (n_more := len(contents.sources) - _MOST_PAPERS) > 0:
        papers.add_row(f"……另有 {n_more} 份", "", "")
    err.print(papers)
    _show_findings(contents.findings)
    err.print(
        f"事项 {len(contents.items)} 条，条款 {len(contents.clauses)} 条；没读出的文件 {len(report.unread)} 个。"
        f"\n文件 {report.n_files} 份，沿用上次读取 {report.n_reused} 份；"
        f"不同文本 {report.n_passages} 段，新编码 {report.n_embedded} 段；用时 {report.seconds:.1f} 秒。"
    )
    if report.n_damaged:
        err.print(f"缓存里有 {report.n_damaged} 份损坏，已重新读取。")


def _show_findings(findings: Sequence[Finding]) -> None:
    """Errors and warnings, one line a file and trouble; notes only by number."""
    places: dict[tuple[str, str, str], list[str]] = {}
    for finding in sorted(findings, key=lambda f: tuple(_SEVERITIES).index(f.severity)):
        if finding.severity != "info":
            key = (finding.severity, finding.file, finding.message)
            places.setdefault(key, []).append(_place(finding))
    if places:
        found = as_table("级别", "文件", "位置", "发现", title=f"要看的发现 {len(places)} 条")
        for (severity, file, message), at in list(places.items())[:_MOST_FINDINGS]:
            known = [place for place in at if place]
            more = f" 等 {len(known)} 处" if len(known) > _MOST_PLACES else ""
            shown = "、".join(known[:_MOST_PLACES]) + more
            found.add_row(_SEVERITIES[severity], Text(file), Text(shown), Text(message))
        err.print(found)
    notes = Counter(finding.code for finding in findings if finding.severity == "info")
    first = {f.code: f.message for f in reversed(findings) if f.severity == "info"}
    if notes:
        listed = "；".join(f"{first[code]}（{n} 处）" for code, n in notes.most_common())
        err.print(Text(f"提示：{listed}。全部见 --json。"))


def _place(finding: Finding) -> str:
    at = finding.locator
    page = f"第{at.page}页" if at.page else None
    return " ".join(filter(None, (at.sheet, page, at.cells, at.article)))


def _report_values(report: BuildReport) -> dict[str, object]:
    from dataclasses import asdict

    return {
        "version": report.version,
        "n_items": len(report.contents.items),
        "n_clauses": len(report.contents.clauses),
        "n_passages": report.n_passages,
        "n_embedded": report.n_embedded,
        "n_files": report.n_files,
        "n_reused": report.n_reused,
        "seconds": round(report.seconds, 2),
        "findings": [asdict(finding) for finding in report.contents.findings],
    }
