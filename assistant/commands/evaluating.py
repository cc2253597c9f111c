"""`evaluate`: questions with known answers, and how many come out right."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from assistant.commands.terminal import CorpusOption, JsonOption, err, print_json, settings_of


def evaluate(
    file: Annotated[Path, typer.Argument(help="题目文件（JSONL）")],
    corpus: CorpusOption = "",
    as_json: JsonOption = False,
) -> None:
    """用有标准答案的题目检验回答。"""
    from assistant.app import build_assistant
    from assistant.evaluate import evaluate as run
    from assistant.evaluate import summarise
    from assistant.evaluation.cases import read_cases

    cases = read_cases(file)
    assistant = build_assistant(settings_of(corpus))
    outcomes = tuple(run(assistant, cases))
    summary = summarise(outcomes)
    if as_json:
        for outcome in outcomes:
            print_json(outcome.as_line())
        print_json({"summary": summary})
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
    err.print(table)
    for name, value in summary.items():
        typer.echo(f"{name}\t{value}")
