"""`.pdf` with a text layer through pdfplumber: paragraphs from lines, ruled tables as grids."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.documents import Block, Document, Grid
from index.errors import ReadingError
from index.readers.cells import clean_text
from index.readers.pdf_tables import (
    MARK,
    TEXT_SETTINGS,
    PageTable,
    glue,
    goes_on,
    joined_grid,
    page_table,
)

_MOST_PAGES = 2000
_PAGE_NUMBER = re.compile(
    r"^[—\-–－\s·]*(?:第\s*)?\d{1,4}(?:\s*/\s*\d{1,4})?(?:\s*页)?(?:[\s，,]*共\s*\d+\s*页)?[—\-–－\s·]*$"
)
_SENTENCE_END = re.compile(r"[。；;：:！？!?]$")
_WORD_AHEAD = re.compile(r"[\x21-\x7e]*")
_NO_CODE = "(cid:"
# Points: a line set further in than this opens a paragraph; running lines stand this still.
_INDENT = 10.0
_STILL = 3.0
# In characters: rules against 、 at a line's start leave this much; no first line is set in so far.
_RAGGED = 2.0
_SET_ASIDE = 3.5


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    left: float
    right: float
    top: float
    size: float
    page: int
    page_width: int


@dataclass(frozen=True, slots=True)
class _Page:
    """Lines outside tables and tables of one page, top down; `is_blank` for a picture of text."""

    pieces: tuple[_Line | PageTable, ...]
    is_blank: bool
    n_chars: int
    n_without_code: int


@dataclass(frozen=True, slots=True)
class _Layout:
    """The size of the body text, and its margins by page width."""

    size: float
    margins: dict[int, tuple[float, float]]


def read_pdf(path: Path) -> Document:
    """Read text and ruled tables in reading order.

    Raises:
        ReadingError: protected, broken, too long, or without a text layer (a scan).
    """
    pages = _pages(path)
    pieces = [piece for page in _without_running_lines(pages) for piece in page]
    if not pieces:
        raise ReadingError(
            f"{path.name}：是扫描件，没有文字层；请换成可复制文字的版本，"
            "或先用别的软件做文字识别（OCR）。"
        )
    if 2 * sum(page.n_without_code for page in pages) > sum(page.n_chars for page in pages):
        raise ReadingError(
            f"{path.name}：字体没有文字对照，复制出来是乱码；请换成可复制文字的版本。"
        )
    blank = [str(number) for number, page in enumerate(pages, start=1) if page.is_blank]
    warnings = (f"第 {'、'.join(blank)} 页只有图片，未读取",) if blank else ()
    return Document("pdf", tuple(_parts(pieces)), warnings, pages=len(pages))


def _pages(path: Path) -> list[_Page]:
    import pdfplumber
    from pdfminer.psexceptions import PSException
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        with pdfplumber.open(path) as pdf:
            n_pages = len(pdf.pages)
            if n_pages > _MOST_PAGES:
                raise ReadingError(
                    f"{path.name}：有 {n_pages} 页，超过 {_MOST_PAGES} 页的上限，请拆分。"
                )
            return [_page(page) for page in pdf.pages]
    except (PdfminerException, PSException) as exc:
        if "PDFPasswordIncorrect" in repr(exc):  # pdfplumber wraps it
            raise ReadingError(f"{path.name}：文件设有打开密码，请去掉密码后再放入。") from exc
        raise ReadingError(
            f"{path.name}：PDF 已损坏，请重新下载。（{type(exc).__name__}）"
        ) from exc


def _page(source: Any) -> _Page:  # noqa: ANN401 - pdfplumber has no types
    page = source.dedupe_chars()  # bold is often the same text set twice
    tables = page.find_tables()  # leaves out single cells: a frame around text is no table
    boxes = [table.bbox for table in tables]
    found: list[tuple[float, _Line | PageTable]] = [
        (table.bbox[1], page_table(table, page.page_number)) for table in tables
    ]
    outside = page.filter(lambda thing: not any(_is_inside(thing, box) for box in boxes))
    for line in outside.extract_text_lines(**TEXT_SETTINGS):
        seen = [char for char in line["chars"] if char["text"].strip()]
        if text := clean_text(line["text"]) if seen else "":
            found.append(
                (line["top"], _Line(text, seen[0]["x0"], seen[-1]["x1"], line["top"],
                                    float(seen[0]["size"]), page.page_number, round(page.width)))
            )  # fmt: skip
    result = _Page(
        tuple(piece for _, piece in sorted(found, key=lambda pair: pair[0])),
        is_blank=not page.chars and bool(page.images),
        n_chars=len(page.chars),
        n_without_code=sum(char["text"].startswith(_NO_CODE) for char in page.chars),
    )
    source.close()
    return result


def _is_inside(thing: dict[str, Any], box: tuple[float, float, float, float]) -> bool:
    left, top, right, bottom = box
    across, down = (thing["x0"] + thing["x1"]) / 2, (thing["top"] + thing["bottom"]) / 2
    return bool(left <= across <= right and top <= down <= bottom)


def _without_running_lines(pages: list[_Page]) -> list[list[_Line | PageTable]]:
    """Page numbers, headers and footers taken off the ends of every page."""
    tops: dict[str, list[float]] = defaultdict(list)
    for page in pages:
        n_pieces = len(page.pieces)
        for i in {0, 1, n_pieces - 2, n_pieces - 1} & set(range(n_pieces)):
            line = page.pieces[i]
            if isinstance(line, _Line):
                tops[_shape(line)].append(line.top)

    def runs(piece: _Line | PageTable) -> bool:
        if not isinstance(piece, _Line):
            return False
        if _PAGE_NUMBER.match(piece.text):
            return True
        same = sum(abs(top - piece.top) <= _STILL for top in tops[_shape(piece)])
        is_text = MARK.match(piece.text) or _SENTENCE_END.search(piece.text)
        return same >= 2 and 2 * same >= len(pages) - 1 and not is_text

    kept = []
    for page in pages:
        pieces = list(page.pieces)
        while pieces and runs(pieces[0]):
            pieces.pop(0)
        while pieces and runs(pieces[-1]):
            pieces.pop()
        kept.append(pieces)
    return kept


def _shape(line: _Line) -> str:
    return re.sub(r"\d+", "0", line.text)


def _parts(pieces: list[_Line | PageTable]) -> Iterator[Grid | Block]:
    """Paragraphs and grids in order; both go on over a page break."""
    layout = _layout([piece for piece in pieces if isinstance(piece, _Line)])
    n_grids = n_blocks = 0
    lines: list[_Line] = []
    tables: list[PageTable] = []
    for piece in [*pieces, None]:
        opens = not isinstance(piece, _Line) or (lines and _opens(piece, lines[-1], layout))
        if lines and opens:
            n_blocks += 1
            yield Block(glue(line.text for line in lines), n_blocks, page=lines[0].page)
            lines = []
        if tables and not (isinstance(piece, PageTable) and goes_on(tables[-1], piece)):
            n_grids += 1
            yield joined_grid(f"表{n_grids}", tables)
            tables = []
        if isinstance(piece, _Line):
            lines.append(piece)
        elif piece:
            tables.append(piece)


def _layout(lines: list[_Line]) -> _Layout:
    sizes = Counter(round(line.size) for line in lines for _ in line.text)
    margins: dict[int, tuple[float, float]] = {}
    for line in lines:
        left, right = margins.get(line.page_width, (line.left, line.right))
        margins[line.page_width] = min(left, line.left), max(right, line.right)
    return _Layout(sizes.most_common(1)[0][0] if sizes else 0.0, margins)


def _opens(line: _Line, before: _Line, layout: _Layout) -> bool:
    """True where a line opens a paragraph of its own.

    Another size does; lines larger than the body are one title until it changes. In the body: a
    line set in, a line after one that had room for its first word, or after one set aside
    (centred, flush right), and a numbered line after the end of a sentence.
    """
    if abs(line.size - before.size) >= 1:
        return True
    if line.size - layout.size >= 1:
        return False
    left, right = layout.margins[line.page_width]
    if line.left - left > _INDENT and abs(line.left - before.left) > _STILL:
        return True
    if before.page_width == line.page_width:
        word = _WORD_AHEAD.match(line.text)
        needed = _RAGGED + 0.6 * (word.end() if word else 0)
        if right - before.right > needed * before.size:
            return True
        if before.left - left > _SET_ASIDE * before.size:
            return abs(line.left - before.left) > _STILL
    is_first = line.left - left > _INDENT
    return is_first or bool(MARK.match(line.text) and _SENTENCE_END.search(before.text))
