"""`.pdf` with a text layer through pdfplumber: paragraphs from lines, ruled tables as grids."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from index.documents import Block, Document, Grid, Merge
from index.errors import ReadingError
from index.readers.cells import clean_text

_MOST_PAGES = 2000
_PAGE_NUMBER = re.compile(
    r"^[—\-–－\s·]*(?:第\s*)?\d{1,4}(?:\s*/\s*\d{1,4})?(?:\s*页)?(?:\s*共\s*\d+\s*页)?[—\-–－\s·]*$"
)
# What opens a paragraph or a line of its own inside a cell.
_MARK = re.compile(
    r"^(?:第[一二三四五六七八九十百\d]+[条章节]|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[.．、]|[①-⑳]|【|注[:：]|附件)"
)
_SPACE_IN_HAN = re.compile(
    r"(?<=[\u4e00-\u9fff，。；：、（）“”《》〔〕】])[ ]+(?=[\u4e00-\u9fff，。；：、（）“”《》〔〕【\d])"
)
_ARTICLE = re.compile(r"^(第[一二三四五六七八九十百\d]+[条章节]) ")
# Points: a line set further in than this opens a paragraph; column edges this near are one.
_INDENT = 10.0
_EDGE = 3.0


@dataclass(slots=True)
class _OpenTable:
    """A table that may go on on the next page."""

    edges: tuple[float, ...]
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    pages: dict[int, int] = field(default_factory=dict)
    n_rows: int = 0


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    left: float
    size: float
    page: int


def read_pdf(path: Path) -> Document:
    """Read text and ruled tables in reading order.

    Raises:
        ReadingError: protected, broken, too long, or without a text layer (a scan).
    """
    import pdfplumber

    try:
        with pdfplumber.open(path) as pdf:
            n_pages = len(pdf.pages)
            if n_pages > _MOST_PAGES:
                raise ReadingError(
                    f"{path.name}：有 {n_pages} 页，超过 {_MOST_PAGES} 页的上限，请拆分。"
                )
            pieces = [piece for page in pdf.pages for piece in _pieces(page)]
    except ReadingError:
        raise
    except Exception as exc:
        if "PDFPasswordIncorrect" in repr(exc):  # pdfplumber wraps it
            raise ReadingError(f"{path.name}：文件设有打开密码，请去掉密码后再放入。") from exc
        raise ReadingError(
            f"{path.name}：PDF 已损坏，请重新下载。（{type(exc).__name__}）"
        ) from exc
    if not pieces:
        raise ReadingError(f"{path.name}：是扫描件，没有文字层；请换成可复制文字的版本。")
    return Document("pdf", tuple(_parts(pieces)), pages=n_pages)


def _pieces(page: Any) -> Iterator[_Line | _OpenTable]:  # noqa: ANN401 - pdfplumber has no types
    """Lines outside tables and tables of one page, top down."""
    tables = page.find_tables()
    boxes = [table.bbox for table in tables]
    found: list[tuple[float, _Line | _OpenTable]] = [
        (table.bbox[1], _table(table, page.page_number)) for table in tables
    ]
    for line in page.extract_text_lines():
        middle = (line["top"] + line["bottom"]) / 2
        inside = any(top <= middle <= bottom for _, top, _, bottom in boxes)
        text = _plain(line["text"])
        if not inside and text and not _PAGE_NUMBER.match(text):
            size = float(line["chars"][0]["size"])
            found.append((line["top"], _Line(text, line["x0"], size, page.page_number)))
    page.close()
    yield from (piece for _, piece in sorted(found, key=lambda pair: pair[0]))


def _plain(text: str) -> str:
    """Text without the blanks that setting puts between Han characters; 第一条 keeps its wide one."""
    return _ARTICLE.sub(r"\1　", _SPACE_IN_HAN.sub("", _ARTICLE.sub(r"\1　", clean_text(text))))


def _table(table: Any, page: int) -> _OpenTable:  # noqa: ANN401
    """Cells placed by their edges; a cell over several columns or rows is a merge."""
    cells = [
        (box, text)
        for row, texts in zip(table.rows, table.extract(), strict=True)
        for box, text in zip(row.cells, texts, strict=True)
        if box
    ]
    lefts = _edges(box[0] for box, _ in cells)
    tops = _edges(box[1] for box, _ in cells)
    opened = _OpenTable(tuple(lefts), n_rows=len(tops))
    for (x0, top, x1, bottom), text in cells:
        row, last_row = _nearest(tops, top), _last_before(tops, bottom)
        column, last_column = _nearest(lefts, x0), _last_before(lefts, x1)
        if joined := _unwrapped(text or ""):
            opened.texts[row, column] = joined
        if (last_row, last_column) != (row, column):
            opened.merges.append(Merge(row, column, last_row, last_column))
    opened.pages = dict.fromkeys(range(1, len(tops) + 1), page)
    return opened


def _edges(values: Iterable[float]) -> list[float]:
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > _EDGE:
            edges.append(value)
    return edges


def _nearest(edges: list[float], value: float) -> int:
    return 1 + min(range(len(edges)), key=lambda i: abs(edges[i] - value))


def _last_before(edges: list[float], value: float) -> int:
    return max(1, sum(edge < value - _EDGE for edge in edges))


def _unwrapped(text: str) -> str:
    """A cell's lines joined; a line that opens with a mark stays a line of its own."""
    joined = ""
    for line in clean_text(text).split("\n"):
        plain = _plain(line)
        is_word = joined[-1:].isascii() and joined[-1:].isalpha() and plain[:1].isascii()
        joined += (
            "\n" if joined and _MARK.match(plain) else " " if joined and is_word else ""
        ) + plain
    return joined


def _parts(pieces: list[_Line | _OpenTable]) -> Iterator[Grid | Block]:
    """Paragraphs and grids in order; a table with the same columns goes on over the page break."""
    margin = min((p.left for p in pieces if isinstance(p, _Line)), default=0.0)
    sizes = Counter(round(p.size) for p in pieces if isinstance(p, _Line))
    body_size = sizes.most_common(1)[0][0] if sizes else 0
    n_tables = n_blocks = 0
    lines: list[_Line] = []
    tables: list[_OpenTable] = []
    for piece in [*pieces, None]:
        if isinstance(piece, _Line):
            yield from _closed_tables(tables, n_tables)
            n_tables, tables = n_tables + bool(tables), []
            if lines and _opens(piece, lines[-1], margin, body_size):
                n_blocks += 1
                yield _block(lines, n_blocks)
                lines = []
            lines.append(piece)
            continue
        if lines:
            n_blocks += 1
            yield _block(lines, n_blocks)
            lines = []
        if piece is None or (tables and not _goes_on(tables[-1], piece)):
            yield from _closed_tables(tables, n_tables)
            n_tables, tables = n_tables + bool(tables), []
        if piece is not None:
            tables.append(piece)


def _opens(line: _Line, before: _Line, margin: float, body_size: float) -> bool:
    """Another size opens a paragraph; lines larger than the body are one title until it changes."""
    if abs(line.size - before.size) >= 1:
        return True
    if line.size - body_size >= 1:
        return False
    return line.left - margin > _INDENT or bool(_MARK.match(line.text))


def _goes_on(table: _OpenTable, following: _OpenTable) -> bool:
    same = len(table.edges) == len(following.edges)
    return same and all(
        abs(a - b) <= _EDGE for a, b in zip(table.edges, following.edges, strict=True)
    )


def _block(lines: list[_Line], number: int) -> Block:
    return Block("".join(line.text for line in lines), number, page=lines[0].page)


def _closed_tables(tables: list[_OpenTable], n_before: int) -> Iterator[Grid]:
    """The pieces of one table as one grid."""
    if not tables:
        return
    texts: dict[tuple[int, int], str] = {}
    merges: list[Merge] = []
    pages: dict[int, int] = {}
    offset = 0
    for table in tables:
        texts |= {(row + offset, column): text for (row, column), text in table.texts.items()}
        merges += [Merge(m.top + offset, m.left, m.bottom + offset, m.right) for m in table.merges]
        pages |= {row + offset: page for row, page in table.pages.items()}
        offset += table.n_rows
    yield Grid(f"表{n_before + 1}", texts, tuple(merges), pages=pages)
