"""A page of a PDF as it was printed, the quoted words boxed: pdfium behind one door.

pdfium is not made for several threads, nor safe from every file: `drawing` calls this elsewhere.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.evidence.marking import spans_said_once
from index.errors import ReadingError

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage

MAX_WIDTH, MAX_HEIGHT = 1100, 2200  # pixels: sharp on a phone, some 100 KB
_QUALITY = 80
_MARK = (246, 205, 70, 120)
_MARGIN = 2  # pixels around the words

Box = tuple[float, float, float, float]


def is_pdf(path: Path) -> bool:
    """By its content: originals are kept without their endings."""
    with path.open("rb") as file:
        return b"%PDF-" in file.read(1024)


def page_image(path: Path, number: int, quoted: str) -> bytes:
    """A page (counted from 1) as WebP; what it holds of the quoted words is boxed.

    Raises:
        ReadingError: the file has no such page or cannot be drawn.
    """
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(path) as document:
            return _drawn(document[number - 1], quoted)
    except (pypdfium2.PdfiumError, IndexError, OSError, MemoryError) as error:
        raise ReadingError(f"{path.name} 第{number}页画不出来。") from error


def n_pages(path: Path) -> int:
    """How many pages a PDF has; 0 for one that cannot be opened."""
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(path) as document:
            return len(document)
    except (pypdfium2.PdfiumError, OSError):
        return 0


def redrawn(path: Path) -> bytes:
    """A picture file as WebP, no larger than a page is.

    Raises:
        ReadingError: it is no picture.
    """
    from PIL import Image

    try:
        with Image.open(path) as opened:
            picture = opened.convert("RGB")
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError) as error:
        raise ReadingError(f"{path.name} 画不出来。") from error
    picture.thumbnail((MAX_WIDTH, MAX_HEIGHT))
    packed = io.BytesIO()
    picture.save(packed, "WEBP", quality=_QUALITY)
    return packed.getvalue()


def _drawn(page: PdfPage, quoted: str) -> bytes:
    from PIL import Image, ImageDraw

    width, height = page.get_size()
    scale = min(MAX_WIDTH / width, MAX_HEIGHT / height)
    picture = page.render(scale=scale).to_pil().convert("RGB")
    marks = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(marks)
    for left, bottom, right, top in _boxes(page.get_textpage(), quoted):
        corners = (left * scale, (height - top) * scale, right * scale, (height - bottom) * scale)
        pen.rectangle(_wider(corners), fill=_MARK)
    picture.paste(marks, mask=marks)
    packed = io.BytesIO()
    picture.save(packed, "WEBP", quality=_QUALITY)
    return packed.getvalue()


def _wider(corners: Box) -> Box:
    left, top, right, bottom = corners
    return (left - _MARGIN, top - _MARGIN, right + _MARGIN, bottom + _MARGIN)


def _boxes(text: PdfTextPage, quoted: str) -> list[Box]:
    """Boxes of the quoted words in points from the page's lower left, one a line."""
    found: list[Box] = []
    for start, end in spans_said_once(text.get_text_range(), quoted):
        n_boxes = text.count_rects(start, end - start)
        found += [text.get_rect(at) for at in range(n_boxes)]
    return found
