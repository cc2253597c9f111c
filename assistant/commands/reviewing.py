"""`items` and `show`: what the papers in service say, record by record."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from assistant.commands.terminal import (
    CorpusOption,
    JsonOption,
    as_table,
    current_version,
    err,
    out,
    print_json,
)


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
                f"{line['id']}\t{line['body']}\t{line['name']}\t{line['office']}\t{line['source']['file']} {where}"
            )


def show(
    item: Annotated[str, typer.Argument(help="记录编号，或事项名称里的词")],
    corpus: CorpusOption = "",
    as_json: JsonOption = False,
) -> None:
    """显示一条记录：各栏原文、出处、文号、日期、有效期和适用地方。"""
    from index.catalog import Catalog
    from index.provenance import find_records, provenance, where

    catalog = Catalog.of_version(current_version(corpus))
    sources = {source.id: source for source in catalog.sources()}
    records = find_records(catalog, item)
    if len(records) > 1:
        for record in records:
            typer.echo(
                f"{record.id}\t{record.body}\t{sources[record.source_id].file} {where(record)}"
            )
        err.print(f"有 {len(records)} 条记录符合，请用第一列的编号再查一次。")
        raise typer.Exit(1)
    shown = provenance(records[0], sources[records[0].source_id], catalog.gazetteer())
    if as_json:
        print_json(shown)
        return
    out.print(_sheet(shown, where(records[0])))


def _sheet(shown: dict[str, Any], where: str) -> Table:
    """A record as two columns: what it says, then where and since when it says so."""
    table = as_table("栏目", "内容", "位置", title=shown.get("name") or where, show_lines=True)
    for field in shown.get("fields", ()):
        table.add_row(field["label"], Text(field["text"]), field["address"])
    if "text" in shown:
        table.add_row(shown["kind"], Text(shown["text"]), where)
    source = shown["source"]
    span = f"{shown.get('valid_from') or source['effective_on'] or '？'} 至 {shown.get('valid_to') or source['expires_on'] or '今'}"
    known = {
        "责任方式": shown.get("role"),
        "部门": shown["body"],
        "科室": shown["office"],
        "另一方": shown.get("counterpart") or "、".join(shown.get("bodies", ())),
        "适用地方": "、".join(shown["places"]),
        "有效期": span,
        "来源": f"《{source['title']}》{source['document_number']}",
        "发布": f"{source['publisher']} {source['published_on'] or ''}".strip(),
        "文件": source["file"],
        "网址": source["url"],
        "编号": shown["id"],
        "标记": "、".join(shown.get("flags", ())),
    }
    for name, text in known.items():
        if text:
            table.add_row(name, Text(text), where if name == "文件" else "")
    return table
