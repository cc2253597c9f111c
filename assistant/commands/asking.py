"""`ask`: one question, its answer and where it is written."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated

import typer

from assistant.commands.terminal import CorpusOption, JsonOption, err, print_json, settings_of


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

    assistant = build_assistant(settings_of(corpus))
    day = as_of.date() if as_of else None
    answer = assistant.answer(Question(question, place, day, explain=explain))
    response = AskResponse.from_answer(answer, explain=explain)
    if as_json:
        print_json(response.model_dump(mode="json"))
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
        err.print_json(json.dumps(answer.working, ensure_ascii=False))
