"""`.png`, `.jpg`, `.tif`, `.bmp`, `.webp`: photographs and scans of pages, recognised."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from index.documents import Document
from index.errors import ReadingError
from index.readers.limits import page_done
from index.readers.ocr import HOW_TO_INSTALL, load_recogniser
from index.readers.paged_text import Piece, last_table, parts_of, remarks_of
from index.readers.scans import Sheet, pieces_of

_MAX_FRAMES = 500
# An A3 page at 300 dpi has 17 million pixels.
_MAX_PIXELS = 80_000_000
# Points of A4: pictures do not say how large a page they show.
_SHORT_SIDE = 595.0
# Pixels on the short side: at 200 dpi A4 has 1654; finer only costs time.
_FINE = 2000


def read_image(path: Path) -> Document:
    """Read a picture, each frame of a .tif as a page.

    Raises:
        ReadingError: damaged, too large, without text, or the extra is not installed.
    """
    recogniser = load_recogniser()
    if recogniser is None:
        raise ReadingError(f"{path.name}：是图片；{HOW_TO_INSTALL}")
    pages: list[tuple[Piece, ...]] = []
    try:
        with Image.open(path) as picture:
            n_frames = getattr(picture, "n_frames", 1)
            if picture.width * picture.height > _MAX_PIXELS or n_frames > _MAX_FRAMES:
                raise ReadingError(
                    f"{path.name}：图片有 {picture.width}×{picture.height} 像素、{n_frames} 页，"
                    "太大，请缩小或拆分后再放入。"
                )
            for number, frame in enumerate(ImageSequence.Iterator(picture), start=1):
                page = _page_sized(ImageOps.exif_transpose(frame))
                scale = _SHORT_SIDE / min(page.size)
                pages.append(pieces_of(page, recogniser, Sheet(number, scale, last_table(pages))))
                page_done()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as exc:
        raise ReadingError(f"{path.name}：图片已损坏，请重新扫描或下载。（{exc}）") from exc
    except Image.DecompressionBombError as exc:
        raise ReadingError(f"{path.name}：图片太大，请缩小或拆分后再放入。") from exc
    parts = parts_of(pages)
    if not parts:
        raise ReadingError(f"{path.name}：图片里没有认出文字，请检查方向和清晰度。")
    return Document("图片", parts, tuple(remarks_of(parts)), pages=len(pages))


def _page_sized(frame: Image.Image) -> Image.Image:
    """No finer than need be; transparent grounds are white."""
    page = frame.convert("RGBA")
    white = Image.new("RGBA", page.size, "white")
    page = Image.alpha_composite(white, page).convert("RGB")
    ratio = _FINE / min(page.size)
    if ratio >= 1:
        return page
    return page.resize(
        (round(page.width * ratio), round(page.height * ratio)), Image.Resampling.LANCZOS
    )
