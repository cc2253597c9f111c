"""`items`: what the papers in service say, record by record."""

from __future__ import annotations

import typer

from assistant.commands.terminal import CorpusOption, JsonOption, current_version, print_json


def items(corpus: CorpusOption = "", as_json: JsonOption = False) -> None:
    """列出语料库里的每一条记录，一行一条。"""
    from index.listing import listed

    for line in listed(current_version(corpus)):
        if as_json:
            print_json(line)
        else:
            at = line["locator"]
            where = at["cells"] or at["article"] or ""
            typer.echo(
                f"{line['body']}\t{line['name']}\t{line['office']}\t{line['source']['file']} {where}"
            )
