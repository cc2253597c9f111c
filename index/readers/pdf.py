"""`.pdf` through pdfplumber: text, ruled and aligned tables; pages without text are recognised."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.documents import Document
from index.errors import ReadingError
from index.readers.aligned_tables import Rule, find_aligned
from index.readers.cells import clean_text
from index.readers.layout import Glyph, TextLine
from index.readers.limits import page_done
from index.readers.ocr import HOW_TO_INSTALL, Recogniser, load_recogniser
from index.readers.paged_text import Line, Piece, last_table, parts_of, remarks_of
from index.readers.pdf_rules import closing, level_rules
from index.readers.pdf_tables import TEXT_SETTINGS, PageTable, page_table
from index.readers.scans import Sheet, pieces_of

_MOST_PAGES = 2000
_NO_CODE = "(cid:"
# A page with fewer characters than this and a picture over half of it is a scan with a stamp.
_FEW_CHARS = 20
# Fine enough for the 9-point text of printed lists; a side of more pixels is a plan, not a page.
_DPI = 200
_MAX_PIXELS = 5000


@dataclass(frozen=True, slots=True)
class _Page:
    """What stands on one page, top down; `is_unread` for a picture that nothing can recognise."""

    pieces: tuple[Piece, ...]
    n_chars: int = 0
    n_without_code: int = 0
    is_unread: bool = False


def read_pdf(path: Path) -> Document:
    """Read text and tables in reading order.

    Raises:
        ReadingError: protected, broken, too long, or a scan that cannot be recognised.
    """
    pages = _pages(path)
    parts = parts_of([page.pieces for page in pages])
    unread = [str(number) for number, page in enumerate(pages, start=1) if page.is_unread]
    if not parts:
        what = (
            f"是扫描件，没有文字层；{HOW_TO_INSTALL}"
            if unread
            else "里面没有文字；请检查是否放错了文件。"
        )
        raise ReadingError(f"{path.name}：{what}")
    if 2 * sum(page.n_without_code for page in pages) > sum(page.n_chars for page in pages):
        raise ReadingError(
            f"{path.name}：字体没有文字对照，复制出来是乱码；请换成可复制文字的版本。"
        )
    warnings = [*_aligned_remarks(pages), *remarks_of(parts)]
    if unread:
        warnings.append(f"第 {'、'.join(unread)} 页只有图片，未读取；{HOW_TO_INSTALL}")
    return Document("pdf", parts, tuple(warnings), pages=len(pages))


def _aligned_remarks(pages: Sequence[_Page]) -> Iterator[str]:
    numbers = [
        str(number)
        for number, page in enumerate(pages, start=1)
        if any(isinstance(piece, PageTable) and piece.columns for piece in page.pieces)
    ]
    if numbers:
        yield f"第 {'、'.join(numbers)} 页的表格没有竖线，按文字对齐分的列，请核对"


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
            pages: list[_Page] = []
            for page in pdf.pages:
                pages.append(_page(page, last_table([p.pieces for p in pages[-1:]])))
                page_done()
            return pages
    except (PdfminerException, PSException) as exc:
        if "PDFPasswordIncorrect" in repr(exc):  # pdfplumber wraps it
            raise ReadingError(f"{path.name}：文件设有打开密码，请去掉密码后再放入。") from exc
        raise ReadingError(
            f"{path.name}：PDF 已损坏，请重新下载。（{type(exc).__name__}）"
        ) from exc


def _page(source: Any, above: PageTable | None) -> _Page:  # noqa: ANN401 - pdfplumber has no types
    if _is_scan(source):
        recogniser = load_recogniser()
        result = (
            _Page((), is_unread=True) if recogniser is None else _scan(source, recogniser, above)
        )
    else:
        result = _text_page(source.dedupe_chars(), above)  # bold is often the same text set twice
    source.close()
    return result


def _is_scan(page: Any) -> bool:  # noqa: ANN401
    if len(page.chars) >= _FEW_CHARS or not page.images:
        return False
    largest = max(
        (image["x1"] - image["x0"]) * (image["bottom"] - image["top"]) for image in page.images
    )
    return not page.chars or bool(2 * largest > page.width * page.height)


def _scan(page: Any, recogniser: Recogniser, above: PageTable | None) -> _Page:  # noqa: ANN401
    side = max(float(page.width), float(page.height))
    dpi = min(_DPI, _MAX_PIXELS * 72 / side)
    picture = page.to_image(resolution=dpi).original
    return _Page(pieces_of(picture, recogniser, Sheet(page.page_number, 72 / dpi, above)))


def _text_page(page: Any, above: PageTable | None) -> _Page:  # noqa: ANN401
    rules = level_rules(page.edges)
    # Single cells and columns are left out: a frame around text is no table.
    tables = [t for t in page.find_tables(closing(page.edges)) if len(t.columns) > 1]
    boxes = [table.bbox for table in tables]
    found: list[tuple[float, Piece]] = [
        (table.bbox[1], page_table(table, page.page_number)) for table in tables
    ]
    outside = page.filter(lambda thing: not any(_is_inside(thing, box) for box in boxes))
    found += _outside(outside, rules, above)
    return _Page(
        tuple(piece for _, piece in sorted(found, key=lambda pair: pair[0])),
        n_chars=len(page.chars),
        n_without_code=sum(char["text"].startswith(_NO_CODE) for char in page.chars),
    )


def _outside(
    page: Any,  # noqa: ANN401
    rules: Sequence[Rule],
    above: PageTable | None,
) -> Iterator[tuple[float, Piece]]:
    """(top, piece) of the lines outside ruled tables, aligned tables among them."""
    number, width = page.page_number, round(page.width)
    lines: list[tuple[Line, TextLine]] = []
    for line in page.extract_text_lines(**TEXT_SETTINGS):
        seen = [char for char in line["chars"] if char["text"].strip()]
        if text := clean_text(line["text"]) if seen else "":
            left, right, size = seen[0]["x0"], seen[-1]["x1"], float(seen[0]["size"])
            glyphs = tuple(
                Glyph(char["text"], char["x0"], char["x1"], char["top"], char["bottom"])
                for char in line["chars"]
            )
            set_line = Line(text, left, right, line["top"], size, number, width)
            lines.append((set_line, TextLine(glyphs)))
    in_table: set[int] = set()
    for aligned in find_aligned([line for _, line in lines], rules, page=number, above=above):
        yield lines[aligned.first][0].top, aligned.table
        in_table |= set(range(aligned.first, aligned.end))
    yield from ((line.top, line) for i, (line, _) in enumerate(lines) if i not in in_table)


def _is_inside(thing: dict[str, Any], box: tuple[float, float, float, float]) -> bool:
    left, top, right, bottom = box
    across, down = (thing["x0"] + thing["x1"]) / 2, (thing["top"] + thing["bottom"]) / 2
    return bool(left <= across <= right and top <= down <= bottom)
