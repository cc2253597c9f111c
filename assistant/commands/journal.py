"""`journal`: what was asked (masked): export it, delete it, see what went unanswered."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.commands.terminal import JsonOption, as_table, err, out, print_json
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.state.journal import JournalStore

group = typer.Typer(
    no_args_is_help=True, help="问答日志（已遮盖个人信息）：导出、删除、看没答上的。"
)

SinceOption = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="从这一天起")]
_DAYS_SHOWN = 30
_DAY_S = 86_400


@group.command()
def export(
    since: SinceOption = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="到这一天为止（含）")
    ] = None,
) -> None:
    """导出提问和反馈，一行一个 JSON。"""
    end = _seconds(until) + _DAY_S if until else float("inf")
    with opened_journal() as journal:
        for row in journal.export(_seconds(since), end):
            print_json(row)


@group.command()
def delete(
    before: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="删除这一天以前的")
    ] = None,
    answer_id: Annotated[str, typer.Option("--id", help="只删除这一次")] = "",
    everything: Annotated[bool, typer.Option("--all", help="全部删除")] = False,
) -> None:
    """删除提问和对它们的反馈。"""
    if before is None and not answer_id and not everything:
        raise typer.BadParameter("请写明删什么：--before 日期、--id 编号或 --all")
    cutoff = _seconds(before) if before else None
    with opened_journal() as journal:
        n_deleted = journal.delete(before=cutoff, answer_id=answer_id, everything=everything)
    err.print(f"删除 {n_deleted} 条。")


@group.command()
def unanswered(
    since: SinceOption = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="最多列多少条")] = 50,
    as_json: JsonOption = False,
) -> None:
    """没答上的和被说不对的问题，同样的归在一起，问得多的在前；不写日期就看最近 30 天。"""
    from dataclasses import asdict

    start = _seconds(since) if since else time.time() - _DAYS_SHOWN * _DAY_S
    with opened_journal() as journal:
        missed = journal.missed(start, limit)
    if as_json:
        print_json([asdict(one) for one in missed])
        return
    table = as_table("次数", "说不对", "地方", "问题", "最近一次", "结果")
    for one in missed:
        day = date.fromtimestamp(one.last_at).isoformat()
        table.add_row(str(one.n_asked), str(one.n_wrong), one.place, one.question, day, one.status)
    out.print(table)


@contextmanager
def opened_journal() -> Iterator[JournalStore]:
    """The journal that the settings name, for reading and deleting.

    Raises:
        StateAwayError: its database cannot be used.
    """
    from assistant.state.database import opened_state, state_url
    from assistant.state.journal import JournalStore

    settings = Settings()
    with opened_state(state_url(settings.home, settings.state.get_secret_value())) as engine:
        yield JournalStore(engine)


def _seconds(day: datetime | None) -> float:
    return day.timestamp() if day else 0.0
