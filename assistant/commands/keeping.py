"""`backup` and `restore`: published versions, tokens and the service's state in one archive."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.commands.terminal import err
from assistant.settings import Settings


def backup(archive: Annotated[Path, typer.Argument(help="写到哪个文件，如 backup.tar.gz")]) -> None:
    """备份各语料库使用中的版本、令牌、问答日志；服务不用停。"""
    from assistant.service.backup import back_up

    settings = Settings()
    saved = back_up(settings.home, archive)
    named = "、".join(f"{corpus}（{version}）" for corpus, version in saved.corpora.items())
    size_mb = archive.stat().st_size / 1e6
    err.print(f"已备份到 {archive}：{named}，{saved.n_files} 个文件，{size_mb:.1f} MB。")
    for note in saved.notes:
        err.print(note)
    if settings.state.get_secret_value():
        err.print("问答日志在 DUTYDESK_STATE 指的数据库里，请用它自己的办法备份（如 pg_dump）。")


def restore(
    archive: Annotated[Path, typer.Argument(help="备份文件")],
    force: Annotated[bool, typer.Option("--force", help="换掉已有的令牌和问答日志")] = False,
) -> None:
    """从备份恢复；先核对每个文件，有一个不对就什么也不动。请先停下服务。"""
    from assistant.service.backup import restore as restored

    saved = restored(archive, Settings().home, force=force)
    named = "、".join(f"{corpus}（{version}）" for corpus, version in saved.corpora.items())
    err.print(f"已恢复：{named}，{saved.n_files} 个文件。")
