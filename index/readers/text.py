"""`.txt` and `.csv`: the encoding found out, lines as paragraphs, separated values as one grid."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from index.documents import Block, Document, Grid
from index.errors import ReadingError
from index.readers.cells import clean_text
from index.readers.encoding import decode

_SEPARATORS = ",，;；\t|"
_MOST_BYTES = 64 * 1024 * 1024


def read_text(path: Path) -> Document:
    """Every non-empty line is a paragraph.

    Raises:
        ReadingError: wrongly decoded text, or too large a file.
    """
    lines = filter(None, map(clean_text, _decoded(path).split("\n")))
    return Document("txt", tuple(Block(line, n) for n, line in enumerate(lines, start=1)))


def read_csv(path: Path) -> Document:
    """One grid; the separator is the one that most header cells are parted by.

    Raises:
        ReadingError: as `read_text`, or a broken row.
    """
    text = _decoded(path)
    try:
        rows = list(csv.reader(text.splitlines(keepends=True), delimiter=_separator(text)))
    except csv.Error as exc:
        raise ReadingError(f"{path.name}：CSV 格式有误，请另存为 xlsx 再放入。（{exc}）") from exc
    return Document("csv", (Grid(path.stem, _texts(rows)),))


def _decoded(path: Path) -> str:
    if path.stat().st_size > _MOST_BYTES:
        raise ReadingError(f"{path.name}：文本文件超过 {_MOST_BYTES // 2**20} MB，请拆分。")
    return decode(path.read_bytes(), file=path.name)


def _separator(text: str) -> str:
    """The commonest candidate of the first lines; a comma if none occurs."""
    head = "\n".join(text.splitlines()[:5])
    return max(_SEPARATORS, key=head.count) if any(s in head for s in _SEPARATORS) else ","


def _texts(rows: Sequence[Sequence[str]]) -> dict[tuple[int, int], str]:
    return {
        (r, c): text
        for r, row in enumerate(rows, start=1)
        for c, value in enumerate(row, start=1)
        if (text := clean_text(value))
    }
