"""Pages of lines and tables → paragraphs and grids, which go on over page breaks."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from index.documents import Block, Grid, address
from index.readers.pdf_tables import MARK, PageTable, glue, goes_on, joined_grid

_PAGE_NUMBER = re.compile(
    r"^[—\-–－\s·]*(?:第\s*)?\d{1,4}(?:\s*/\s*\d{1,4})?(?:\s*页)?(?:[\s，,]*共\s*\d+\s*页)?[—\-–－\s·]*$"
)
_SENTENCE_END = re.compile(r"[。；;：:！？!?]$")
_WORD_AHEAD = re.compile(r"[\x21-\x7e]*")
# Points: a line set further in than this opens a paragraph; running lines stand this still.
_INDENT = 10.0
_STILL = 3.0
# In characters: rules against 、 at a line's start leave this much; no first line is set in so far.
_RAGGED = 2.0
_SET_ASIDE = 3.5


# Recognised cells below this are named one by one; sound ones are at 0.95 and above.
DOUBTFUL = 0.85
_MAX_NAMED = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text on a page; all measures in points from the top left."""

    text: str
    left: float
    right: float
    top: float
    size: float
    page: int
    page_width: int
    confidence: float | None = None


Piece = Line | PageTable


@dataclass(frozen=True, slots=True)
class _Layout:
    """The size of the body text, and its margins by page width."""

    size: float
    margins: dict[int, tuple[float, float]]


def parts_of(pages: Sequence[Sequence[Piece]]) -> tuple[Grid | Block, ...]:
    """The pages' pieces, each page top down, as one text."""
    return tuple(_parts([piece for page in _without_running_lines(pages) for piece in page]))


def last_table(pages: Sequence[Sequence[Piece]]) -> PageTable | None:
    """The last table of the last page, which may go on on the next."""
    pieces = pages[-1] if pages else ()
    return next((piece for piece in reversed(pieces) if isinstance(piece, PageTable)), None)


def remarks_of(parts: Iterable[Grid | Block]) -> Iterator[str]:
    """Chinese sentences on what was recognised in pictures, and how surely."""
    sure = [n for part in parts if isinstance(part, Grid) for n in part.confidences.values()]
    sure += [b.confidence for b in parts if isinstance(b, Block) and b.confidence is not None]
    if not sure:
        return
    mean = int(100 * sum(sure) / len(sure)) / 100  # never rounded up to certainty
    yield f"文字由图片识别（OCR）得来，平均可信度 {mean:.2f}，引用前请对照原件"
    doubtful = list(_doubtful(parts))
    if doubtful:
        more = f"等 {len(doubtful)} 处" if len(doubtful) > _MAX_NAMED else ""
        yield f"识别没有把握的地方，请核对：{'；'.join(doubtful[:_MAX_NAMED])}{more}"


def _doubtful(parts: Iterable[Grid | Block]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Grid):
            for cell, confidence in sorted(part.confidences.items()):
                if confidence < DOUBTFUL:
                    where = f"第 {part.pages.get(cell[0], 1)} 页{part.name} {address(*cell)}"
                    yield f"{where}“{part.texts[cell][:20]}”（{confidence:.2f}）"
        elif part.confidence is not None and part.confidence < DOUBTFUL:
            yield f"第 {part.page} 页第 {part.number} 段“{part.text[:20]}”（{part.confidence:.2f}）"


def _without_running_lines(pages: Sequence[Sequence[Piece]]) -> list[list[Piece]]:
    """Page numbers, headers and footers taken off the ends of every page."""
    tops: dict[str, list[float]] = defaultdict(list)
    for page in pages:
        n_pieces = len(page)
        for i in {0, 1, n_pieces - 2, n_pieces - 1} & set(range(n_pieces)):
            line = page[i]
            if isinstance(line, Line):
                tops[_shape(line)].append(line.top)

    def runs(piece: Piece) -> bool:
        if not isinstance(piece, Line):
            return False
        if _PAGE_NUMBER.match(piece.text):
            return True
        same = sum(abs(top - piece.top) <= _STILL for top in tops[_shape(piece)])
        is_text = MARK.match(piece.text) or _SENTENCE_END.search(piece.text)
        return same >= 2 and 2 * same >= len(pages) - 1 and not is_text

    kept = []
    for page in pages:
        pieces = list(page)
        while pieces and runs(pieces[0]):
            pieces.pop(0)
        while pieces and runs(pieces[-1]):
            pieces.pop()
        kept.append(pieces)
    return kept


def _shape(line: Line) -> str:
    return re.sub(r"\d+", "0", line.text)


def _parts(pieces: list[Piece]) -> Iterator[Grid | Block]:
    """Paragraphs and grids in order; both go on over a page break."""
    layout = _layout([piece for piece in pieces if isinstance(piece, Line)])
    n_grids = n_blocks = 0
    lines: list[Line] = []
    tables: list[PageTable] = []
    for piece in [*pieces, None]:
        opens = not isinstance(piece, Line) or (lines and _opens(piece, lines[-1], layout))
        if lines and opens:
            n_blocks += 1
            yield _block(lines, n_blocks)
            lines = []
        if tables and not (isinstance(piece, PageTable) and goes_on(tables[-1], piece)):
            n_grids += 1
            yield joined_grid(f"表{n_grids}", tables)
            tables = []
        if isinstance(piece, Line):
            lines.append(piece)
        elif piece:
            tables.append(piece)


def _block(lines: Sequence[Line], number: int) -> Block:
    sure = [line.confidence for line in lines if line.confidence is not None]
    text = glue(line.text for line in lines)
    return Block(text, number, page=lines[0].page, confidence=min(sure, default=None))


def _layout(lines: list[Line]) -> _Layout:
    sizes = Counter(round(line.size) for line in lines for _ in line.text)
    margins: dict[int, tuple[float, float]] = {}
    for line in lines:
        left, right = margins.get(line.page_width, (line.left, line.right))
        margins[line.page_width] = min(left, line.left), max(right, line.right)
    return _Layout(sizes.most_common(1)[0][0] if sizes else 0.0, margins)


def _opens(line: Line, before: Line, layout: _Layout) -> bool:
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
