"""BM25 alone: bm25s over jieba's words, as its documentation does for Chinese."""

from __future__ import annotations

from collections.abc import Sequence

import bm25s
import rjieba
from bench.rivals.model import Found, Text


class Words:
    """See `Rival`."""

    def index(self, texts: Sequence[Text]) -> None:
        self._texts = list(texts)
        self._bm25 = bm25s.BM25()
        self._bm25.index([_cut(text.text) for text in texts], show_progress=False)

    def search(self, question: str, k: int) -> list[Found]:
        known = [word for word in _cut(question) if word in self._bm25.vocab_dict]
        if not known:
            return []
        scores = self._bm25.get_scores(known)
        best = sorted(range(len(self._texts)), key=lambda i: -scores[i])[:k]
        return [Found(self._texts[i].key, self._texts[i].text) for i in best]


def _cut(text: str) -> list[str]:
    return [word for word in rjieba.cut_for_search(text) if word.strip()]
