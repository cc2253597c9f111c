"""Text recognition through rapidocr, an optional extra whose weights come inside its wheel."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from index.readers.layout import Glyph, Segment, shared_out

HOW_TO_INSTALL = '请执行 pip install "dutydesk[ocr]" 安装文字识别后再建，或换成可复制文字的版本。'
# Pixels: the detector scales longer sides down to this; a page of 9-point text needs it all.
_MAX_SIDE = 3000
# What the recogniser itself is less sure of than this is noise: stamps, stains, handwriting.
_MIN_SCORE = 0.5

# Share of a box's height that it leaves above and below the text.
_MARGIN = 0.12

Picture = npt.NDArray[np.uint8]


class Recogniser:
    """Finds and reads the lines of text in a picture."""

    def __init__(self, engine: Any) -> None:  # noqa: ANN401 - an optional library
        self._engine = engine

    def boxes(self, picture: Picture) -> tuple[list[Segment], float]:
        """Pieces of text with their places in pixels, and the slope of the page in radians.

        `picture` is uint8, (height, width, 3). A slope of 0.01 falls by 1 pixel in 100 to the right.
        """
        result = self._engine(picture)
        if result.boxes is None:
            return [], 0.0
        corners = np.asarray(result.boxes, dtype=np.float64)  # (n, 4, 2): clockwise from top left
        slope = _slope(corners)
        flat = _turned(corners, slope)
        texts: Sequence[str] = result.txts
        scores: Sequence[float] = result.scores
        return list(_segments(flat, texts, scores)), slope


@cache
def load_recogniser() -> Recogniser | None:
    """The recogniser, or None where the extra is not installed."""
    try:
        from rapidocr import RapidOCR
    except ImportError:
        return None
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    parameters = {
        "Global.log_level": "error",
        "Global.max_side_len": _MAX_SIDE,
        "Global.text_score": _MIN_SCORE,
    }
    return Recogniser(RapidOCR(params=parameters))


def _slope(corners: npt.NDArray[np.float64]) -> float:
    """Median slope of the upper edges, long ones only."""
    run, rise = (corners[:, 1] - corners[:, 0]).T
    is_long = run > 4 * np.abs(corners[:, 3, 1] - corners[:, 0, 1])
    if not is_long.any():
        return 0.0
    return float(np.median(np.arctan2(rise[is_long], run[is_long])))


def _turned(corners: npt.NDArray[np.float64], slope: float) -> npt.NDArray[np.float64]:
    """Corners after the page is set straight around its top left."""
    cos, sin = np.cos(slope), np.sin(slope)
    turned: npt.NDArray[np.float64] = corners @ np.array([[cos, -sin], [sin, cos]])
    return turned


def _segments(
    corners: npt.NDArray[np.float64], texts: Sequence[str], scores: Sequence[float]
) -> Iterator[Segment]:
    for box, text, score in zip(corners, texts, scores, strict=True):
        (x0, top), (x1, bottom) = box.min(axis=0).tolist(), box.max(axis=0).tolist()
        if text.strip():
            margin = _MARGIN * (bottom - top)
            glyph = Glyph(text.strip(), x0, x1, top + margin, bottom - margin, float(score))
            yield Segment(tuple(shared_out(glyph)))
