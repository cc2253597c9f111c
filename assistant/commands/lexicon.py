"""`lexicon`: the reviewed words of people's speech, checked, and proposed from what went unanswered."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.commands.terminal import (
    CorpusOption,
    JsonOption,
    as_table,
    err,
    out,
    print_json,
    settings_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.editing.propose import Proposal
    from assistant.model import Question

# Asked again one by one, some 50 ms each.
_MOST = 2000

group = typer.Typer(no_args_is_help=True, help="白话词表：检查，或从没答上的问题里找新说法。")


@group.command()
def propose(
    file: Annotated[
        Path | None,
        typer.Argument(help="问题：一行一个，或 JSONL 的 question（可带 place）；不写就用问答日志"),
    ] = None,
    corpus: CorpusOption = "",
    place: Annotated[str, typer.Option(help="没有自带地方的问题问哪里")] = "",
    as_json: JsonOption = False,
) -> None:
    """逐个问一遍，把没答上的按说法归到一起，配上最相近的事项名称，打印成可以审改后收进词表的条目。"""
    from assistant.app import build_assistant
    from assistant.editing.propose import Proposer, read_questions
    from assistant.editing.propose import propose as grouped

    questions = read_questions(file, place) if file else _from_journal()
    missed = tuple(Proposer(build_assistant(settings_of(corpus))).unanswered(questions))
    proposals = grouped(missed)
    wordless = [asked.question for asked in missed if not asked.words]
    if as_json:
        found = [_as_values(proposal) for proposal in proposals]
        print_json({"n_questions": len(questions), "proposals": found, "wordless": wordless})
    else:
        typer.echo(_as_yaml(proposals), nl=False)
    err.print(
        f"问了 {len(questions)} 个问题，{len(missed)} 个没答上：归成 {len(proposals)} 条；"
        f"{len(wordless)} 个没有词表和清单不认识的说法。"
        "请逐条审改：留下对的名称和部门，删去其余，再收进 index/lexicon/terms/。"
    )


@group.command()
def check(
    files: Annotated[
        list[Path] | None, typer.Argument(help="要检查的词表文件；不写就查自带的")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """检查词表：重复的说法、空的或不认识的键，写明文件和行；给了文件就连同自带的一起查重。"""
    from index.lexicon import TERMS, check_entries

    shipped = sorted(TERMS.glob("*.yaml"))
    checked = files or shipped
    names = {path.name for path in checked}
    others = [path for path in shipped if path.name not in names]
    entries, problems = check_entries([*others, *checked])
    counts = Counter({path.name: 0 for path in checked})
    counts.update(
        e.origin.partition(":")[0] for e in entries if e.origin.partition(":")[0] in names
    )
    if as_json:
        print_json({"files": counts, "problems": problems})
    else:
        table = as_table("文件", "条目")
        for name, n_entries in counts.items():
            table.add_row(name, str(n_entries))
        out.print(table)
    for problem in problems:
        err.print(problem, markup=False, highlight=False)
    err.print(f"{counts.total()} 条可用，{len(problems)} 处有问题。")
    if problems:
        raise typer.Exit(1)


def _from_journal() -> tuple[Question, ...]:
    """What went unanswered or was called wrong, as far as the journal reaches back."""
    from assistant.commands.journal import opened_journal
    from assistant.model import Question

    with opened_journal() as journal:
        return tuple(Question(one.question, one.place) for one in journal.missed(limit=_MOST))


def _as_values(proposal: Proposal) -> dict[str, object]:
    from dataclasses import asdict

    return {**asdict(proposal), "entry": _entry(proposal)}


def _entry(proposal: Proposal) -> dict[str, object]:
    """The keys of a lexicon entry; empty ones left out, but for the terms, which it needs."""
    values: dict[str, object] = {
        "say": list(proposal.say),
        "terms": [term.name for term in proposal.terms],
    }
    if proposal.wish:
        values["wish"] = proposal.wish.value
    if proposal.fields:
        values["body"] = list(proposal.fields)
    return values


def _as_yaml(proposals: Sequence[Proposal]) -> str:
    """An entry a line as the shipped files have it, over it what it was made from."""
    import math

    import yaml

    lines: list[str] = []
    for proposal in proposals:
        lines += (f"# 问：{_one_line(question)}" for question in proposal.questions)
        lines += (f"# 相近：{_one_line(t.name)}（{t.body}，{t.score}）" for t in proposal.terms)
        entry = yaml.safe_dump(
            _entry(proposal),
            allow_unicode=True,
            default_flow_style=True,
            sort_keys=False,
            width=math.inf,
        )
        lines.append(f"- {entry.strip()}\n")
    return "\n".join(lines)


def _one_line(text: str) -> str:
    return " ".join(text.split())
