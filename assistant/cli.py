"""The `dutydesk` command. Data goes to stdout, progress and reports to stderr."""

from __future__ import annotations

import sys

import typer

from assistant.commands import (
    asking,
    auditing,
    building,
    channel,
    doctor,
    evaluating,
    journal,
    keeping,
    learning,
    lexicon,
    mcp,
    reviewing,
    serving,
    tokens,
)
from assistant.commands.terminal import err
from index.errors import DutyDeskError

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="职责台：谁管这件事，写在哪里。")
# In the order that `--help` shows; the docstring of each is its help.
for _command in (
    building.build,
    asking.ask,
    asking.chat,
    serving.serve,
    channel.channel,
    mcp.mcp,
    doctor.doctor,
    reviewing.items,
    reviewing.show,
    auditing.audit,
    auditing.diff,
    auditing.coverage,
    evaluating.evaluate,
    learning.calibrate,
    tokens.deeds,
    keeping.backup,
    keeping.restore,
    building.versions,
):
    cli.command()(_command)
cli.add_typer(lexicon.group, name="lexicon")
cli.add_typer(journal.group, name="journal")
cli.add_typer(tokens.group, name="token")


def main() -> None:
    """Run the command; errors raised on purpose become one line and exit code 1."""
    try:
        cli()
    except DutyDeskError as exc:
        err.print(f"[red]{exc}[/red]", highlight=False)
        sys.exit(1)


if __name__ == "__main__":
    main()
