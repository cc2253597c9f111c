"""`.txt` and `.csv`: lines as paragraphs, drawn tables and separated values as grids."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, islice
from pathlib import Path

from index.documents import Block, Document, Grid
from index.errors import ReadingError
from index.readers.cells import clean_text
from index.readers.encoding import decode
from index.readers.flat_tables import flat_tables
from index.readers.text_tables import as_drawn, drawn_grid, is_drawn

_SEPARATORS = ",;\t|"
_MAX_BYTES = 64 * 1024 * 1024
# Rows that show how a file is separated.
_N_SAMPLE_ROWS = 50
_SAMPLE_CHARS = 500_000
# One cell or paragraph: a whole provision has 10,000.
_MAX_CELL_CHARS = 1_000_000
# As for workbooks: more than a province has.
_MAX_CELLS = 2_000_000
_MAX_COLUMNS = 16_384
# Excel's way of stating the separator in the first line.
_STATED = re.compile(r"\ufeff?\"?sep=([,;\t|])\"?\r?\n", re.IGNORECASE)


def read_text(path: Path) -> Document:
    """Every non-empty line is a paragraph; consecutive drawn lines are a grid.

    Raises:
        ReadingError: wrongly decoded text, or too large a file.
    """
    lines = _decoded(path).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if too_long := next((n for n, line in enumerate(lines, 1) if len(line) > _MAX_CELL_CHARS), 0):
        raise ReadingError(
            f"{path.name}：第 {too_long} 行超过 {_MAX_CELL_CHARS} 字，不像公开的文件，请检查后再放入。"
        )
    warnings: list[str] = []
    parts: list[Grid | Block] = []
    n_blocks = n_tables = 0
    for part in _parts(lines, warnings):
        if isinstance(part, Grid):
            n_tables += 1
            parts.append(replace(part, name=f"表{n_tables}"))
        else:
            n_blocks += 1
            parts.append(replace(part, number=n_blocks))
    return Document("txt", tuple(parts), tuple(warnings))


def read_csv(path: Path) -> Document:
    """One grid; the separator is the one that parts most rows into equally many cells.

    Raises:
        ReadingError: as `read_text`, or a cell too long to be one.
    """
    text = _decoded(path)
    stated = _STATED.match(text)
    separator = stated[1] if stated else _separator(text)
    try:
        texts = _texts(_reader(text, separator), path.name)
    except csv.Error as exc:
        raise ReadingError(f"{path.name}：CSV 格式有误，请另存为 xlsx 再放入。（{exc}）") from exc
    if stated:
        texts = {(row, column): cell for (row, column), cell in texts.items() if row > 1}
    warnings = () if _is_quoted_well(text, separator) else ("引号不成对，可能有几行并成了一格",)
    parts = (Grid(path.stem, texts),) if texts else ()
    return Document("csv", parts, warnings)


def _decoded(path: Path) -> str:
    if path.stat().st_size > _MAX_BYTES:
        raise ReadingError(f"{path.name}：文本文件超过 {_MAX_BYTES // 2**20} MB，请拆分后再放入。")
    return decode(path.read_bytes(), file=path.name)


def _parts(lines: list[str], warnings: list[str]) -> Iterator[Grid | Block]:
    numbered = enumerate(lines, start=1)
    for drawn, group in groupby(numbered, key=lambda line: is_drawn(as_drawn(line[1]))):
        run = list(group)
        said = [line for _, line in run]
        if not drawn:
            yield from _undrawn_parts(said)
        elif grid := drawn_grid([as_drawn(line) for line in said], ""):
            yield grid
        else:
            warnings.append(f"第{run[0][0]}行起的表格线没有对齐，已按文字读取")
            yield from _blocks(said)


def _undrawn_parts(lines: list[str]) -> Iterator[Grid | Block]:
    end = 0
    for table in flat_tables(lines):
        yield from _blocks(lines[end : table.first])
        yield table.grid
        end = table.end
    yield from _blocks(lines[end:])


def _blocks(lines: Iterable[str]) -> Iterator[Block]:
    yield from (Block(text, 0) for line in lines if (text := clean_text(line)))


def _separator(text: str) -> str:
    """Most rows agreeing on a number of cells above one, then the most cells; else a comma."""

    def agreement(separator: str) -> tuple[int, int]:
        try:
            sample = list(islice(_reader(text[:_SAMPLE_CHARS], separator), _N_SAMPLE_ROWS))
        except csv.Error:
            return (0, 0)
        counts = Counter(len(row) for row in sample if len(row) > 1)
        return max(((n, cells) for cells, n in counts.items()), default=(0, 0))

    return max(_SEPARATORS, key=agreement)


def _reader(text: str, separator: str, *, strict: bool = False) -> Iterator[list[str]]:
    csv.field_size_limit(_MAX_CELL_CHARS)
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict)


def _is_quoted_well(text: str, separator: str) -> bool:
    try:
        return all(True for _ in _reader(text, separator, strict=True))
    except csv.Error:
        return False


def _texts(rows: Iterable[Sequence[str]], file: str) -> dict[tuple[int, int], str]:
    texts: dict[tuple[int, int], str] = {}
    for r, row in enumerate(rows, start=1):
        for c, value in enumerate(row, start=1):
            if value and (text := clean_text(value)):
                texts[r, c] = text
            if c > _MAX_COLUMNS or len(texts) > _MAX_CELLS:
                raise ReadingError(
                    f"{file}：第 {r} 行起超过 {_MAX_COLUMNS} 列或共 {_MAX_CELLS} 格的上限，"
                    "请检查分隔符，或拆成几个文件。"
                )
    return texts
