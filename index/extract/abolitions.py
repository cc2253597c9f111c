"""Which earlier papers a paper says it replaces: "《…目录（2022年版）》（临政发〔2022〕11号）同时废止"."""

from __future__ import annotations

import re

from index.documents import Document, Grid
from index.extract import dates

_ENDS = re.compile(r"(?:同时|予以|即行|相应|一并|自行)?(?:废止|停止执行|停止施行|不再执行|失效)")
_TITLE = re.compile(r"《([^《》]{4,80})》")
_NUMBER = re.compile(r"[\u4e00-\u9fff]{2,12}[〔\[（(]\d{4}[〕\]）)](?:第)?\d{1,4}号")
_SENTENCE = re.compile(r"[。；;\n]")
# The clause that ends something begins at the last comma that is not inside a list of titles.
_CLAUSE = re.compile(r"[，,](?=[^，,]*$)")
_CONDITION = re.compile(r"(?:已|被|应当?|可以|凡|如|若|建议)[^，。]{0,12}$|依据|备注")


def abolished_papers(document: Document) -> tuple[str, ...]:
    """Titles and numbers of the papers that this one ends, as they stand; laws may be among them."""
    found: list[str] = []
    for text in _texts(document):
        for sentence in _SENTENCE.split(text):
            if end := _ENDS.search(sentence):
                clause = _CLAUSE.split(sentence[: end.start()])[-1]
                if not _CONDITION.search(clause):
                    found += [
                        *_TITLE.findall(clause),
                        *map(dates.document_number, _numbers(clause)),
                    ]
    return tuple(dict.fromkeys(filter(None, found)))


def _numbers(clause: str) -> list[str]:
    return [match.group() for match in _NUMBER.finditer(clause)]


def _texts(document: Document) -> list[str]:
    """Paragraphs, and cells that stand alone in their row: titles and notes of a list."""
    texts = [block.text for block in document.blocks]
    for grid in document.grids:
        texts += _lone_cells(grid)
    return texts


def _lone_cells(grid: Grid) -> list[str]:
    rows: dict[int, list[str]] = {}
    for (row, _), text in grid.texts.items():
        rows.setdefault(row, []).append(text)
    return [cells[0] for cells in rows.values() if len(cells) == 1]
