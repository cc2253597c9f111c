"""Editions: a paper is in force until a newer edition of the same list starts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from index.extract.changes import TRANSFERRED
from index.institutions.naming import bare_name
from index.matters import matter
from index.model import Clause, DutyItem, Reform, SourceDocument

_EDITION = re.compile(
    r"[（(]?\d{4}年?(?:度)?(?:版|修订版?|本)?[)）]?|[（(][^（）()]*(?:修订|试行|公示|打印|调整|修正|终稿|定稿)[^（）()]*[)）]"
    r"|(?:动态)?调整后的?|关于(?:印发|公布|调整)|的?(?:通知|公告|公示)$|^附件\d*[：:]?"
)
# One kind of list under the names that departments give it.
_LIST_NAMES = (
    (re.compile(r"(?:行政)?(?:权力|职权)(?:和|与|及)?责任(?:事项)?清单|权责事项清单"), "权责清单"),
    (re.compile(r"(?:下放|赋予|赋权)"), "赋予"),
)
# A paper that adds to another or changes a part of it leaves the rest in force.
_PART = re.compile(r"补充|增补|部分|新增|第[二三四五六七八九十\d]+批|取消")
_BODY_BRACKET = re.compile(r"[（(][^（）()]*(?:局|委员会|办公室|委)[)）]")
_TITLE_MARKS = re.compile(r"[《》\s“”]")


def close_editions(
    sources: Sequence[SourceDocument], reforms: Sequence[Reform] = ()
) -> tuple[SourceDocument, ...]:
    """The sources with `expires_on` set where a newer edition replaces them, in the same order.

    Same edition line: same kind, place and list, of the same body or of the one that took its
    place; or named by `replaces`, by file, number or title. Papers that start on the same day
    both stand, unless one was published later. A paper's own earlier expiry stands.
    """
    ends: dict[str, date] = {}
    lines: dict[tuple[str, ...], list[SourceDocument]] = defaultdict(list)
    for source in sources:
        if starts_on(source):
            lines[source.kind, source.place, list_name(source)].append(source)
    heirs = _heirs(reforms)
    for line in lines.values():
        for older in line:
            for newer in line:
                if _follows(newer, older, heirs) and not _PART.search(newer.title):
                    _end(ends, older, starts_on(newer))
    for newer, older in _named_pairs(sources):
        _end(ends, older, starts_on(newer))
    return tuple(_ended(source, ends.get(source.id)) for source in sources)


def close_rows(
    items: Sequence[DutyItem], sources: Sequence[SourceDocument]
) -> tuple[DutyItem, ...]:
    """The items; a row that a partial paper states anew ends in the older lists of its body."""
    parts = {s.id: s for s in sources if _PART.search(s.title) and starts_on(s)}
    by_id = {source.id: source for source in sources}
    anew: dict[tuple[str, ...], date] = {}
    for item in items:
        if item.source_id in parts:
            start = starts_on(parts[item.source_id]) or date.max
            key = _row_key(item, parts[item.source_id])
            anew[key] = min(start, anew.get(key, start))
    return (
        tuple(_row_ended(item, by_id[item.source_id], anew) for item in items)
        if anew
        else (tuple(items))
    )


def starts_on(source: SourceDocument) -> date | None:
    """When a paper starts to count: 施行, else 印发, else the first day of its edition's year."""
    if source.effective_on or source.published_on:
        return source.effective_on or source.published_on
    return date(source.year, 1, 1) if source.year else None


def term_of(
    source: SourceDocument, record: DutyItem | Clause | None = None
) -> tuple[date | None, date | None]:
    """The first and last day on which a paper counts, or a record of it, whose own days go before."""
    since, until = starts_on(source), source.expires_on
    if isinstance(record, DutyItem):
        since, until = record.valid_from or since, record.valid_to or until
    return since, until


def counts_on(term: tuple[date | None, date | None], on: date) -> bool:
    """True if a day lies in a term; an unknown start counts as always, an unknown end as never."""
    since, until = term
    return (since is None or since <= on) and (until is None or on <= until)


def year_of(source: SourceDocument) -> int | None:
    """The year of an edition: as its title names it, else of its first day."""
    start = starts_on(source)
    return source.year or (start.year if start else None)


def _follows(
    newer: SourceDocument, older: SourceDocument, heirs: dict[str, tuple[tuple[str, date], ...]]
) -> bool:
    """True if a paper of the line comes after another, of the same body or of its heir."""
    start = starts_on(newer) or date.min
    if _order(newer) <= _order(older):
        return False
    heir, own = bare_name(newer.body), bare_name(older.body)
    return heir == own or any(body == heir and start >= since for body, since in heirs.get(own, ()))


def _order(source: SourceDocument) -> tuple[date, date, int]:
    start = starts_on(source) or date.min
    return (start, source.published_on or start, source.year or start.year)


def _heirs(reforms: Iterable[Reform]) -> dict[str, tuple[tuple[str, date], ...]]:
    """Bodies that took another's place, with the day; a transfer of some duties makes no heir."""
    direct: dict[str, list[tuple[str, date]]] = defaultdict(list)
    for reform in reforms:
        if reform.old and reform.new and reform.how != TRANSFERRED:
            direct[bare_name(reform.old)].append((bare_name(reform.new), reform.on or date.min))
    return {old: tuple(_all_heirs(old, direct)) for old in tuple(direct)}


def _all_heirs(old: str, direct: dict[str, list[tuple[str, date]]]) -> Iterable[tuple[str, date]]:
    met, waiting = {old}, [(old, date.min)]
    while waiting:
        body, since = waiting.pop()
        for heir, on in direct.get(body, ()):
            if heir not in met:
                met.add(heir)
                waiting.append((heir, max(since, on)))
                yield heir, max(since, on)


def list_name(source: SourceDocument) -> str:
    """What the list is called, without edition and body: "权责清单"."""
    title = _bare(source.title)
    before = ""
    while before != title:
        before, title = title, _EDITION.sub("", title)
    title = _BODY_BRACKET.sub("", title)
    for body in filter(None, (source.body, source.publisher)):
        title = title.replace(body, "").replace(bare_name(body), "")
    for pattern, name in _LIST_NAMES:
        title = pattern.sub(name, title)
    return title


def _named_pairs(
    sources: Sequence[SourceDocument],
) -> Iterator[tuple[SourceDocument, SourceDocument]]:
    """(newer, older) wherever a paper names an earlier one by file, number or, at its place, title."""
    called: dict[str, list[SourceDocument]] = defaultdict(list)
    for older in sources:
        names = {older.file, older.file.rsplit("/", 1)[-1], older.document_number}
        for name in {_bare(name) for name in (*names, f"{older.place}{older.title}")} - {""}:
            called[name].append(older)
    for newer in sources:
        for name in newer.replaces:
            for older in (*called[_bare(name)], *called[_bare(f"{newer.place}{name}")]):
                starts = starts_on(older)
                if older is not newer and (starts is None or _order(older) < _order(newer)):
                    yield newer, older


def _bare(name: str) -> str:
    return _TITLE_MARKS.sub("", name)


def _end(ends: dict[str, date], older: SourceDocument, start: date | None) -> None:
    if start:
        end = start - timedelta(days=1)
        ends[older.id] = min(end, ends.get(older.id, end))


def _ended(source: SourceDocument, end: date | None) -> SourceDocument:
    if end is None:
        return source
    return replace(source, expires_on=min(filter(None, (source.expires_on, end))))


def _row_key(item: DutyItem, source: SourceDocument) -> tuple[str, ...]:
    names = matter(item.name).key, matter(item.sub_item).key
    return (source.kind, source.place, bare_name(source.body), item.role, *names)


def _row_ended(
    item: DutyItem, source: SourceDocument, anew: dict[tuple[str, ...], date]
) -> DutyItem:
    since = anew.get(_row_key(item, source))
    if since is None or (item.valid_from or date.min) >= since:
        return item
    end = since - timedelta(days=1)
    return replace(item, valid_to=min(filter(None, (item.valid_to, end))))
