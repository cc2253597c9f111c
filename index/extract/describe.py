"""What a paper says of itself: title, number, dates, body, place. Looked for, never invented."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from index.documents import Document
from index.extract import dates
from index.extract.columns import squeeze
from index.extract.tables import Table
from index.gazetteer import parse_path
from index.institutions import body_in_title, own_title, publisher_in_title, tidy_name
from index.manifest import Entry
from index.model import Level

_TITLE_WORDS = re.compile(r"清单|目录|规定|方案|制度|通知|批复|决定|意见|办法|登记表|公告")
_FILE_NOISE = re.compile(r"^附件\d*[：:、.\s]*|\s*[（(]\d+[）)]$|^\d+[、.\s]+")
_YEAR = re.compile(r"(20\d\d)\s*年")
# Self-description stands at the head of a paper or at its very end.
_HEAD_BLOCKS, _TAIL_BLOCKS = 12, 6


@dataclass(frozen=True, slots=True)
class Description:
    """Self-description of one file. `year` is the edition's year if title or name gives one."""

    title: str
    document_number: str
    publisher: str
    body: str
    place_path: tuple[tuple[str, Level], ...]
    published_on: date | None
    effective_on: date | None
    expires_on: date | None
    year: int | None


def describe(
    document: Document, tables: tuple[Table, ...], file: PurePosixPath, stated: Entry
) -> Description:
    """Put together what the manifest states and, where it is silent, what the file says."""
    title = stated.title or _title(document, tables, file)
    around = "\n".join(_self_description(document, tables))
    since, until = dates.span(around)
    body = stated.body or _body(title, file, tables)
    return Description(
        title=title,
        document_number=stated.document_number or dates.document_number(around),
        publisher=stated.publisher or publisher_in_title(title) or body,
        body=body,
        place_path=_place_path(
            stated.place, (own_title(title), title, body, *_table_titles(tables)), file
        ),
        published_on=stated.published_on or dates.issued_on(around) or _signed_on(document),
        effective_on=stated.effective_on or since,
        expires_on=stated.expires_on or until,
        year=_year(title) or _year(file.stem),
    )


def _self_description(document: Document, tables: tuple[Table, ...]) -> list[str]:
    blocks = document.blocks
    tail = blocks[max(_HEAD_BLOCKS, len(blocks) - _TAIL_BLOCKS) :]
    return [*_table_titles(tables), *(block.text for block in (*blocks[:_HEAD_BLOCKS], *tail))]


def _signed_on(document: Document) -> date | None:
    """The date under the signature: of the covering notice, or at the end."""
    blocks = (*document.blocks[-_TAIL_BLOCKS:], *document.blocks[:_HEAD_BLOCKS])
    return next((day for block in blocks if (day := dates.lone_date(block.text))), None)


def _table_titles(tables: tuple[Table, ...]) -> list[str]:
    return [text for t in tables for row in t.titles for _, text in t.grid.row_cells(row)]


def _title(document: Document, tables: tuple[Table, ...], file: PurePosixPath) -> str:
    """The first title row or opening paragraph that reads as a title; else the file's name."""
    candidates = [
        " ".join(squeeze(text) for _, text in table.grid.row_cells(row))
        for table in tables
        for row in table.titles
    ]
    candidates += [squeeze(block.text) for block in document.blocks[:_HEAD_BLOCKS]]
    n_sheets = len({table.grid.name for table in tables})
    for text in candidates:
        if _TITLE_WORDS.search(text) and 6 <= len(text) <= 80 and "。" not in text:
            return tidy_name(text) if n_sheets <= 1 or document.blocks else _of_book(text, file)
    return tidy_name(_FILE_NOISE.sub("", file.stem))


def _of_book(first_sheet_title: str, file: PurePosixPath) -> str:
    """A book of several sheets is named by its file; its first sheet's title may say only a part."""
    stem = tidy_name(_FILE_NOISE.sub("", file.stem))
    return stem if _TITLE_WORDS.search(stem) else tidy_name(first_sheet_title)


def _body(title: str, file: PurePosixPath, tables: tuple[Table, ...]) -> str:
    namings = (title, *_table_titles(tables), _FILE_NOISE.sub("", file.stem))
    named = [body_in_title(text) for text in namings]
    return next((body for body in named if parse_path(body)), next(filter(None, named), ""))


def _place_path(
    stated: str, namings: tuple[str, ...], file: PurePosixPath
) -> tuple[tuple[str, Level], ...]:
    """The manifest's place, else the longest path that title, body or file name open with.

    Folder names lead the way where the file names only a township: 临溪县/城关镇/… .
    """
    if stated:
        return parse_path(stated)
    stem = _FILE_NOISE.sub("", file.stem)
    own = max((parse_path(tidy_name(text)) for text in (*namings, stem)), key=len)
    folders = tuple(step for part in file.parts[:-1] for step in parse_path(tidy_name(part)))
    if not own:
        return folders
    above = [step for step in folders if _rank(step) < _rank(own[0])]
    return (*above, *own)


def _rank(step: tuple[str, Level]) -> int:
    return list(Level).index(step[1])


def _year(text: str) -> int | None:
    match = _YEAR.search(text)
    return int(match.group(1)) if match else None
