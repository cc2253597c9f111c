"""`token` and `deeds`: who may do what on the site, and what was done."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.commands.terminal import JsonOption, as_table, err, out, print_json
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.service.access import Tokens
    from assistant.state.deeds import Deeds

group = typer.Typer(no_args_is_help=True, help="工作人员的令牌：添加、列出、停用。")


@group.command()
def add(
    name: Annotated[str, typer.Option(help="发给谁")],
    role: Annotated[
        str, typer.Option(help="public 只供程序提问、staff 窗口人员、editor 编辑、admin 管理员")
    ],
    days: Annotated[int, typer.Option(min=0, max=3650, help="有效天数；0 为不限")] = 365,
) -> None:
    """添加一个令牌，只显示这一次；这里只存它的摘要。"""
    from assistant.service.access import Role

    wanted = Role.named(role)
    _write_down("token add", f"{name}（{wanted.name.lower()}）")
    token = _tokens().add(name, wanted, days=days)
    typer.echo(token)
    err.print("请现在就交给本人，以后不能再看到。")


@group.command(name="list")
def list_tokens(as_json: JsonOption = False) -> None:
    """列出令牌；看不到令牌本身。"""
    tokens = _tokens().all()
    if as_json:
        print_json([{"name": t.name, "role": t.role, "expires_on": t.expires_on} for t in tokens])
        return
    table = as_table("名称", "角色", "添加日期", "有效期至")
    for token in tokens:
        table.add_row(token.name, token.role, token.added_on, token.expires_on or "不限")
    out.print(table)


@group.command()
def revoke(name: Annotated[str, typer.Argument(help="令牌的名称")]) -> None:
    """停用一个令牌，立即生效。"""
    _tokens().revoke(name)  # also when it cannot be written down: a stolen one has to go
    _write_down("token revoke", name)
    err.print(f"已停用“{name}”。")


def deeds(
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="最多列多少条")] = 100,
    as_json: JsonOption = False,
) -> None:
    """谁在什么时候做了什么（登录、编辑、令牌），新的在前。"""
    from dataclasses import asdict

    with _opened_deeds() as written:
        latest = list(written.latest(limit))
    if as_json:
        for deed in latest:
            print_json(asdict(deed))
        return
    table = as_table("时间", "谁", "角色", "做了什么", "对象", "请求编号")
    for deed in latest:
        at = datetime.fromtimestamp(deed.at).strftime("%Y-%m-%d %H:%M:%S")
        table.add_row(at, deed.who, deed.role, deed.what, deed.target, deed.request_id)
    out.print(table)


def _tokens() -> Tokens:
    from assistant.service.access import Tokens

    return Tokens(Settings().home / "tokens.json")


def _write_down(what: str, target: str) -> None:
    from assistant.state.deeds import Deed

    with _opened_deeds() as deeds:
        deeds.add(Deed(who=getpass.getuser(), role="shell", what=what, target=target))


@contextmanager
def _opened_deeds() -> Iterator[Deeds]:
    from assistant.state.database import opened_state, state_url
    from assistant.state.deeds import Deeds

    settings = Settings()
    with opened_state(state_url(settings.home, settings.state.get_secret_value())) as engine:
        yield Deeds(engine)
