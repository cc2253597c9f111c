"""Other tools read the layouts; run by `reading.py` in a virtual environment of its own.

Prints JSON: {tool: {"version": …, "tables": {file name: [table]}} or {"failed": reason}}; a table
is its rows, a row its cells, header rows included, as the tool gives them.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

Table = list[list[str]]


def pandas_tables(path: Path) -> list[Table]:
    """Every sheet or HTML table as a plain DataFrame, without taking any row for a header."""
    import pandas

    if path.suffix == ".xlsx":
        frames = list(pandas.read_excel(path, sheet_name=None, header=None).values())
    elif path.suffix == ".csv":
        frames = [pandas.read_csv(path, header=None)]
    elif path.suffix == ".html":
        frames = [
            frame.T.reset_index().T if not isinstance(frame.columns, pandas.RangeIndex) else frame
            for frame in pandas.read_html(path)
        ]
    else:
        return []
    return [
        [["" if pandas.isna(cell) else _plain(cell) for cell in row] for row in frame.to_numpy()]
        for frame in frames
    ]


def markitdown_tables(path: Path) -> list[Table]:
    """The tables of the Markdown that it writes."""
    from markitdown import MarkItDown

    return _markdown_tables(MarkItDown().convert(str(path)).text_content)


@cache
def _docling() -> Any:
    from docling.document_converter import DocumentConverter

    return DocumentConverter()


def docling_tables(path: Path) -> list[Table]:
    """Its own tables, spans filled as it fills them."""
    document = _docling().convert(path).document
    return [[[cell.text for cell in row] for row in table.data.grid] for table in document.tables]


def _markdown_tables(text: str) -> list[Table]:
    tables: list[Table] = [[]]
    for line in text.splitlines():
        if not line.lstrip().startswith("|"):
            tables.append([])
        elif not re.fullmatch(r"[\s|:\-]+", line):
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            tables[-1].append(["" if cell == "NaN" else cell for cell in cells])
    return [table for table in tables if table]


def _plain(value: object) -> str:
    is_whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if is_whole else str(value)  # type: ignore[call-overload]


TOOLS: dict[str, Callable[[Path], list[Table]]] = {
    "pandas": pandas_tables,
    "markitdown": markitdown_tables,
    "docling": docling_tables,
}


def read_all(tool: str, folder: Path) -> dict[str, object]:
    """What one tool makes of every file; a file it refuses gives no tables."""
    read, tables = TOOLS[tool], {}
    try:
        number = version(tool)
    except ImportError:
        return {"failed": "没有装上"}
    refused = ""
    for path in sorted(folder.iterdir()):
        try:
            tables[path.name] = read(path)
        except Exception as exc:  # any failure of a rival is a file not read, not ours to judge
            tables[path.name], refused = [], f"{type(exc).__name__}: {exc}"
    if not any(tables.values()):
        return {"failed": refused[:200]}
    return {"version": number, "tables": tables}


if __name__ == "__main__":
    results = {tool: read_all(tool, Path(sys.argv[1])) for tool in TOOLS}
    json.dump(results, sys.stdout, ensure_ascii=False)
