"""Editions: a paper is in force until a newer edition of the same list starts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from index.model import SourceDocument

_EDITION = re.compile(r"[（(]?\d{4}年?(?:度)?(?:版|修订|本)?[)）]?|[（(](?:修订|试行)[^）)]*[)）]")


def close_editions(sources: Sequence[SourceDocument]) -> tuple[SourceDocument, ...]:
    """The sources with `expires_on` set where a newer edition replaces them, in the same order.

    Same edition line: same kind, place, body and title without its year; or named by `replaces`.
    A paper's own earlier expiry stands.
    """
    starts = {source.id: starts_on(source) for source in sources}
    ends: dict[str, date] = {}
    for line in _lines(sources).values():
        dated = sorted((s for s in line if starts[s.id]), key=lambda s: starts[s.id] or date.min)
        for older, newer in pairwise(dated):
            _end(ends, older, starts[newer.id])
    for newer in sources:
        for older in sources:
            if {older.file, _stem(older.file), older.document_number} & set(newer.replaces):
                _end(ends, older, starts[newer.id])
    return tuple(
        replace(source, expires_on=min(filter(None, (source.expires_on, ends.get(source.id)))))
        if source.id in ends
        else source
        for source in sources
    )


def starts_on(source: SourceDocument) -> date | None:
    """When a paper starts to count: 施行, else 印发, else the first day of its edition's year."""
    if source.effective_on or source.published_on:
        return source.effective_on or source.published_on
    return date(source.year, 1, 1) if source.year else None


def _lines(sources: Sequence[SourceDocument]) -> dict[tuple[str, ...], list[SourceDocument]]:
    lines: dict[tuple[str, ...], list[SourceDocument]] = defaultdict(list)
    for source in sources:
        title = _EDITION.sub("", source.title)
        lines[source.kind, source.place, source.body, title].append(source)
    return lines


def _end(ends: dict[str, date], older: SourceDocument, start: date | None) -> None:
    if start:
        end = start - timedelta(days=1)
        ends[older.id] = min(end, ends.get(older.id, end))


def _stem(file: str) -> str:
    return file.rsplit("/", 1)[-1]
