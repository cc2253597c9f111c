"""`audit`, `coverage` and `diff`: what the papers say against each other, lack, and changed."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.commands.terminal import (
    CorpusOption,
    JsonOption,
    as_table,
    current_version,
    err,
    out,
    print_json,
    settings_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.audit import Alarm
    from index.diff import Change, DiffSide

AsOfOption = Annotated[
    datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="按哪一天的规定")
]
XlsxOption = Annotated[Path | None, typer.Option("--xlsx", help="另存为 Excel 文件")]
_SHOWN_WORDS = 120


def audit(
    corpus: CorpusOption = "",
    as_of: AsOfOption = None,
    rule: Annotated[list[str] | None, typer.Option("--rule", help="只查这些类别（代码）")] = None,
    xlsx: XlsxOption = None,
    as_json: JsonOption = False,
) -> None:
    """核查清单之间的矛盾和缺漏：一事两家、主责与配合写反、部门已撤并、没有依据等。"""
    from index.audit import RULES, Papers
    from index.audit import audit as run
    from index.audit.report import as_sheets, as_values
    from index.workbook import write_workbook

    if unknown := set(rule or ()) - {r.code for r in RULES}:
        known = "、".join(r.code for r in RULES)
        raise typer.BadParameter(f"没有类别 {'、'.join(sorted(unknown))}；可用：{known}")
    version = current_version(corpus)
    day = as_of.date() if as_of else date.today()
    papers = Papers.from_version(version, day)
    alarms = [alarm for alarm in run(papers) if not rule or alarm.rule in rule]
    if xlsx:
        write_workbook(xlsx, as_sheets(alarms, day))
        err.print(f"已写入 {xlsx}", highlight=False)
    if as_json:
        values = [as_values(alarm) for alarm in alarms]
        print_json({"corpus_version": version.name, "as_of": day, "alarms": values})
        return
    _show_alarms(alarms)
    n_records = len(papers.items) + len(papers.clauses)
    err.print(f"核查 {n_records} 条有效记录（截至 {day}），发现 {len(alarms)} 条。")


def _show_alarms(alarms: Sequence[Alarm]) -> None:
    from index.audit import RULES

    counts = Counter(alarm.rule for alarm in alarms)
    for rule in RULES:
        if not counts[rule.code]:
            continue
        typer.echo(f"\n【{rule.title}】{counts[rule.code]} 条　{rule.advice}")
        found = (alarm for alarm in alarms if alarm.rule == rule.code)
        for number, alarm in enumerate(found, start=1):
            typer.echo(f"  {number}. {alarm.place}：{alarm.message}")
            for side in alarm.sides:
                typer.echo(f"     · {side.source.file} {side.where}")
                typer.echo(f"       “{_shortened(side.quote)}”")


def diff(
    old: Annotated[str, typer.Argument(help="旧的：文件、版本号，或语料库里一份文件的名称、文号")],
    new: Annotated[str, typer.Argument(help="新的：同上")],
    corpus: CorpusOption = "",
    as_of: AsOfOption = None,
    xlsx: XlsxOption = None,
    as_json: JsonOption = False,
) -> None:
    """比较两个版本、两个文件或同一清单的两版：新增、取消、改写（改了哪些字）、调整了部门或科室。"""
    from index.diff import changes
    from index.diff.report import as_sheets, as_values
    from index.workbook import write_workbook

    day = as_of.date() if as_of else date.today()
    sides = _diff_side(old, corpus, day), _diff_side(new, corpus, day)
    found = changes(*sides)
    if xlsx:
        write_workbook(xlsx, as_sheets(found, *sides))
        err.print(f"已写入 {xlsx}", highlight=False)
    if as_json:
        values = [as_values(change, *sides) for change in found]
        print_json({"old": sides[0].name, "new": sides[1].name, "changes": values})
        return
    _show_changes(found, *sides)


def _diff_side(named: str, corpus: str, day: date) -> DiffSide:
    """A file on disk, a published version, or a paper of the version in service."""
    from index.diff import edition, files, version
    from index.versions import CorpusFolder

    if Path(named).exists():
        return files(Path(named))
    settings = settings_of(corpus)
    folder = CorpusFolder(settings.home, settings.corpus)
    if named in folder.versions():
        return version(folder.folder_of(named), day)
    return edition(folder.current(), named)


def _show_changes(found: Sequence[Change], old: DiffSide, new: DiffSide) -> None:
    from index.diff.changes import Kind
    from index.diff.report import counts, marked, title

    changed = as_table("清单", *(kind.value for kind in Kind), title=f"{old.name} → {new.name}")
    for name, counted in counts(found, new):
        changed.add_row(name, *(str(counted[kind] or "") for kind in Kind))
    out.print(changed)
    for change in found:
        record = change.new or change.old
        if record:
            typer.echo(f"{change.kind.value}　{record.body}　{title(record)}")
        for field in change.fields:
            typer.echo(f"    {field.label}：{_shortened(marked(field))}")
    err.print(f"共 {len(found)} 处变化。")


def _shortened(text: str) -> str:
    """One line for the terminal; JSON and workbook have it all."""
    flat = text.replace("\n", " ")
    return flat if len(flat) <= _SHOWN_WORDS else f"{flat[:_SHOWN_WORDS]}…"


def coverage(
    corpus: CorpusOption = "",
    place: Annotated[str, typer.Option(help="只看这个地方和它下面的（名称或代码）")] = "",
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """哪个地方收录了哪些文件、从哪天起有效，还缺哪些文件和哪些部门的清单。"""
    from index.catalog import Catalog
    from index.coverage import Coverage, as_values

    version = current_version(corpus)
    catalog = Catalog.of_version(version)
    day = as_of.date() if as_of else date.today()
    values = as_values(Coverage.from_catalog(catalog, day))
    if place:
        named = {p.code for p in catalog.gazetteer().locate(place)}
        chains = {v["place"]: catalog.gazetteer().chain(v["place"]) for v in values}
        values = [v for v in values if named & {p.code for p in chains[v["place"]]}]
    if as_json:
        print_json({"corpus_version": version.name, "as_of": day, "places": values})
        return
    _show_coverage(values)


def _show_coverage(values: Sequence[dict[str, Any]]) -> None:
    table = as_table("地方", "已收录（份数，条数，起始）", "缺少的文件", show_lines=True)
    for value in values:
        held = "\n".join(
            f"{h['kind']} {h['n_papers']} 份 {h['n_records']} 条 {h['since'] or '日期不明'}"
            for h in value["holdings"]
        )
        table.add_row(value["name"], held or "—", "\n".join(value["missing"]) or "—")
    out.print(table)
    lacking = {m["body"]: m for value in values for m in value["missing_departments"]}
    if lacking:
        departments = as_table("没有收录清单的部门", "怎么知道", "见", show_lines=True)
        for missing in lacking.values():
            departments.add_row(missing["body"], missing["why"], missing["detail"])
        out.print(departments)
    err.print(f"{len(values)} 个地方；{len(lacking)} 个部门的清单没有收录。")
