"""Chinese text → the tokens that BM25 counts: words in search mode and character pairs."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

_NOT_WORD = re.compile(r"[^\w\u4e00-\u9fff]+")
_HAN_RUN = re.compile(r"[\u4e00-\u9fff]+")


@cache
def _converter() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("t2s")


def to_simplified(text: str) -> str:
    """Traditional characters to simplified, others untouched."""
    simplified: str = _converter().convert(text)
    return simplified


def tokens(text: str) -> list[str]:
    """Words of search mode, then every pair of neighbouring Han characters, lower-cased.

    Pairs catch what a dictionary splits wrongly (占道); words keep what pairs blur.
    """
    import rjieba

    plain = _NOT_WORD.sub(" ", to_simplified(text)).lower()
    words = [word for word in rjieba.cut_for_search(plain) if word.strip()]
    pairs = [run[i : i + 2] for run in _HAN_RUN.findall(plain) for i in range(len(run) - 1)]
    return words + pairs
