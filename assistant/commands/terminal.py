"""What every command shares: options, data on stdout, progress and reports on stderr."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table
from rich.text import Text

from assistant.settings import Settings

CorpusOption = Annotated[str, typer.Option("--corpus", help="语料库名称")]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON")]

err = Console(stderr=True)
out = Console()


def settings_of(corpus: str) -> Settings:
    """The settings, with the corpus that `--corpus` names, if it names one."""
    settings = Settings()
    return settings.model_copy(update={"corpus": corpus}) if corpus else settings


def current_version(corpus: str) -> Path:
    """Folder of the corpus version in service."""
    from index.versions import CorpusFolder

    settings = settings_of(corpus)
    return CorpusFolder(settings.home, settings.corpus).current()


def as_table(*headers: str, title: str = "", show_lines: bool = False) -> Table:
    """A table whose cells run on in the next line; Chinese has no blanks to break at."""
    columns = (Column(header, overflow="fold") for header in headers)
    return Table(*columns, title=Text(title) if title else None, show_lines=show_lines)


def print_json(value: object) -> None:
    """One line of JSON on stdout."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=str))


class Stages:
    """Stages of long work as bars on stderr."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars

    def stage(self, name: str, total: int) -> Callable[[int], None]:
        """Start a bar; the returned function is told how many are done."""
        task = self._bars.add_task(name, total=total)
        return lambda n_done: self._bars.update(task, completed=n_done)


@contextmanager
def progress_bars() -> Iterator[Stages]:
    """Bars that live as long as the block."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err) as bars:
        yield Stages(bars)
