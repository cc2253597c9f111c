"""Chinese text → the tokens that BM25 counts: words in search mode and character pairs."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

_NOT_WORD = re.compile(r"[^\w\u4e00-\u9fff]+")
_HAN_RUN = re.compile(r"[\u4e00-\u9fff]+")

# How often a word stands in the dictionary's corpus: 建设 26,000, 石门 670, 青石 230.
_COMMON = 1000
# Kinds of word (jieba's tags begin so) that say what a question is about.
_CONTENT = frozenset("nvailjz")


@cache
def _converter(direction: str) -> OpenCC:
    from opencc import OpenCC

    return OpenCC(direction)


def to_simplified(text: str) -> str:
    """Traditional characters to simplified, others untouched."""
    simplified: str = _converter("t2s").convert(text)
    return simplified


def to_traditional(text: str) -> str:
    """Simplified characters to traditional, word by word (头发 → 頭髮, 发展 → 發展)."""
    traditional: str = _converter("s2t").convert(text)
    return traditional


def tokens(text: str) -> list[str]:
    """Words of search mode, then every pair of neighbouring Han characters, lower-cased.

    Pairs catch what a dictionary splits wrongly (占道); words keep what pairs blur.
    """
    import rjieba

    plain = _NOT_WORD.sub(" ", to_simplified(text)).lower()
    words = [word for word in rjieba.cut_for_search(plain) if word.strip()]
    pairs = [run[i : i + 2] for run in _HAN_RUN.findall(plain) for i in range(len(run) - 1)]
    return words + pairs


def words(text: str) -> list[str]:
    """A text cut into words of the general dictionary; what it does not know stays single."""
    import rjieba

    cut: list[str] = rjieba.cut(text, False)
    return cut


def verbs_apart(text: str) -> str:
    """A text with its verbs apart, so that no pair of characters straddles one: 古井 登记 保护."""
    import rjieba

    spaced = (
        f" {word} " if kind[0] == "v" and len(word) > 1 else word for word, kind in rjieba.tag(text)
    )
    return " ".join("".join(spaced).split())


def content_words(text: str) -> list[tuple[int, str]]:
    """Nouns, verbs, adjectives and set phrases with where each begins; 撸 and 串 in a row are one."""
    import rjieba

    found: list[tuple[int, str]] = []
    start, is_open = 0, False
    for word, kind in rjieba.tag(text):
        is_content = kind[0] in _CONTENT
        if is_content and is_open and len(word) == 1:
            begin, before = found.pop()
            found.append((begin, before + word))
        elif is_content:
            found.append((start, word))
        is_open = is_content and len(word) == 1
        start += len(word)
    return found


def is_word(text: str) -> bool:
    """True for a word of the general dictionary."""
    return words(text) == [text]


@lru_cache(maxsize=4096)
def is_everyday(text: str) -> bool:
    """True for a common word of the general dictionary that is no place's name: 建设, 文化."""
    import rjieba

    is_place = [kind for _, kind in rjieba.tag(text)] == ["ns"]
    return not is_place and bool(rjieba.suggest_freq(text) >= _COMMON)
