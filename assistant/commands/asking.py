"""`ask` and `chat`: questions, their answers and where they are written."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.commands.terminal import CorpusOption, JsonOption, err, print_json, settings_of

if TYPE_CHECKING:
    from assistant.model import Answer


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

    assistant = build_assistant(settings_of(corpus))
    day = as_of.date() if as_of else None
    answer = assistant.answer(Question(question, place, day, explain=explain))
    _show(answer, explain=explain, as_json=as_json)


def chat(
    place: Annotated[str, typer.Option(help="您所在的地方，名称或代码")] = "",
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="按哪一天的规定")
    ] = None,
    corpus: CorpusOption = "",
    explain: Annotated[bool, typer.Option("--explain", help="显示判断过程")] = False,
    as_json: JsonOption = False,
) -> None:
    """一句一句地问，可以接着上一句问；空行或 Ctrl-D 结束。"""
    from assistant.app import build_assistant
    from assistant.model import Question

    assistant = build_assistant(settings_of(corpus))
    day = as_of.date() if as_of else None
    conversation = ""
    while words := _next_line():
        answer = assistant.answer(Question(words, place, day, conversation, explain))
        conversation = answer.conversation_id
        _show(answer, explain=explain, as_json=as_json)


def _next_line() -> str:
    """The next question; the prompt goes to stderr, so that stdout holds answers only."""
    if sys.stdin.isatty():
        err.print("问：", end="")
    return sys.stdin.readline().strip()


def _show(answer: Answer, *, explain: bool, as_json: bool) -> None:
    """The answer, the choices of a question back, the proofs."""
    from assistant.wire.schemas import AskResponse

    if as_json:
        response = AskResponse.from_answer(answer, explain=explain)
        print_json(response.model_dump(mode="json"))
        return
    typer.echo(answer.text)
    if answer.clarify:
        for number, option in enumerate(answer.clarify.options, start=1):
            typer.echo(f"  {number}. {option.label}")
    for citation in answer.citations:
        source, at = citation.source, citation.locator
        where = " ".join(filter(None, (at.sheet, at.cells, at.article)))
        facts = " ".join(filter(None, (source.document_number, str(source.published_on or ""))))
        typer.echo(
            f"[{citation.label}] 《{source.title}》{facts} {source.file} {where}\n    “{citation.quote}”"
        )
    if explain:
        said = {"phrasing": asdict(answer.phrasing), **answer.working}
        err.print_json(json.dumps(said, ensure_ascii=False))
