"""What a paper says of itself: title, number, dates, body, place. Looked for, never invented."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import PurePosixPath

from index.documents import Document
from index.extract import dates
from index.extract.columns import squeeze
from index.extract.furniture import is_signature
from index.extract.recognise import is_profile
from index.extract.row_kinds import RowReader
from index.extract.tables import Table
from index.gazetteer import parse_path
from index.institutions.naming import body_in_title, own_title, publisher_in_title, tidy_name
from index.manifest import Entry
from index.model import Level

_TITLE_WORDS = re.compile(
    r"清单|目录|一览表?|明细表|汇总表|规定|方案|制度|通知|批复|决定|意见|办法|登记表|公告"
)
_FILE_NOISE = re.compile(
    r"^[\u4e00-\u9fff]{1,8}[〔\[（(]\d{4}[〕\]）)]\d{1,4}号\s*|^附件\d*[：:、.\s]*|\s*[（(]\d+[）)]$|^\d+[、.\s]+"
)
_YEAR = re.compile(r"(20\d\d)\s*年")
_PUBLISHED_BY = re.compile(
    r"(?:发布|印发|公布|制定|编制|发文|填报|公开|成文)(?:机关|机构|单位|部门|主体)[：:]\s*(?P<body>[^\s　：:，。；]{4,30})"
)
# Folders of those who collect other bodies' lists do not say whose list a file is.
_COLLECTOR = re.compile(r"编办|机构编制|编委|人民政府|政务|数据|司法局|法制办|大数据|信息公开")
# Self-description stands at the head of a paper or at its very end.
_HEAD_BLOCKS, _TAIL_BLOCKS = 12, 6


@dataclass(frozen=True, slots=True)
class Description:
    """Self-description of one file. `year` is the edition's year if title or name gives one.

    `body_from` is "folder" where only a folder's name tells whose list it is.
    """

    title: str
    document_number: str
    publisher: str
    body: str
    place_path: tuple[tuple[str, Level], ...]
    published_on: date | None
    effective_on: date | None
    expires_on: date | None
    year: int | None
    body_from: str = ""


def describe(
    document: Document, tables: tuple[Table, ...], file: PurePosixPath, stated: Entry
) -> Description:
    """Put together what the manifest states and, where it is silent, what the file says."""
    title = stated.title or _title(document, tables, file)
    lines = _self_description(document, tables)
    around = "\n".join(lines)
    since, until = dates.span(around)
    named = stated.body or _body(title, file, tables)
    body = named or _body_of_folder(file)
    return Description(
        title=title,
        document_number=stated.document_number
        or dates.document_number(file.stem)
        or dates.document_number(around),
        publisher=stated.publisher or publisher_in_title(title) or _publisher(lines) or body,
        body=body,
        place_path=_place_path(
            stated.place, (own_title(title), title, body, *_table_titles(tables)), file
        ),
        published_on=stated.published_on or dates.issued_on(around) or dates.signed_on(lines),
        effective_on=stated.effective_on or since,
        expires_on=stated.expires_on or until,
        year=_year(title) or _year(file.stem),
        body_from="" if named or not body else "folder",
    )


def _publisher(lines: list[str]) -> str:
    """Who issued the paper, as a line says (发布机关：…) or as signed above the closing date."""
    if match := _PUBLISHED_BY.search("\n".join(lines)):
        return tidy_name(match["body"])
    for line, below in pairwise(lines):
        if is_signature(line) and dates.is_day(below):
            return tidy_name(line)
    return ""


def _self_description(document: Document, tables: tuple[Table, ...]) -> list[str]:
    blocks = document.blocks
    tail = blocks[max(_HEAD_BLOCKS, len(blocks) - _TAIL_BLOCKS) :]
    around = (block.text for block in (*blocks[:_HEAD_BLOCKS], *tail))
    below = (text for table in tables for text in RowReader(table).texts_below())
    return [*_table_titles(tables), *around, *below]


def _table_titles(tables: tuple[Table, ...]) -> list[str]:
    return [text for t in tables for row in t.titles for _, text in t.grid.row_cells(row)]


def _body_of_folder(file: PurePosixPath) -> str:
    """The department whose folder the file lies in: …/清源县民政局/权责清单.xlsx."""
    for part in reversed(file.parts[:-1]):
        if not _COLLECTOR.search(part) and (body := body_in_title(f"{part}权责清单")):
            return body
    return ""


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
        is_titled = _TITLE_WORDS.search(text) or (is_profile(text) and body_in_title(text))
        if is_titled and 6 <= len(text) <= 80 and "。" not in text:
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
    issuers = parse_path(tidy_name(namings[1])) if len(namings) > 1 else ()
    if own and issuers and _rank(issuers[-1]) < _rank(own[0]):
        own = (*issuers, *own)
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
