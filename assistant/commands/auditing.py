"""`audit`, `coverage` and `diff`: what the papers say against each other, lack, and changed."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.commands.terminal import (
    CorpusOption,
    JsonOption,
    current_version,
    err,
    print_json,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.audit import Alarm

AsOfOption = Annotated[
    datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="按哪一天的规定")
]
XlsxOption = Annotated[Path | None, typer.Option("--xlsx", help="另存为 Excel 文件")]
_SHOWN_QUOTE = 80


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
                quote = side.quote.replace("\n", " ")
                short = quote if len(quote) <= _SHOWN_QUOTE else f"{quote[:_SHOWN_QUOTE]}…"
                typer.echo(f"     · {side.source.file} {side.where}\n       “{short}”")
