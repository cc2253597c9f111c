"""Laws that every answer keeps, whatever the corpus and the question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from assistant.corpus import Corpus
from assistant.model import Answer, Citation
from assistant.pipeline import Assistant
from index.build import index_contents
from index.catalog import Contents
from index.encoder import Encoder
from index.model import Clause, DutyItem
from tests.conftest import TODAY, Silent
from tests.scenario import squeezed

_LAW = re.compile(r"《[^《》]{2,60}》")
_NUMBER = re.compile(r"[\u4e00-\u9fff]{1,6}〔\d{4}〕\d+号")
_DAY = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")
_ANY_TOWNSHIP = "所在乡镇人民政府、街道办事处"
_ARTICLE = re.compile(r"第[一二三四五六七八九十百]+条")


def statement(answer: Answer) -> tuple[object, ...]:
    """What an answer says, apart from how long it took and who asked."""
    holders = tuple(replace(holder, item_id="") for holder in answer.holders)
    return answer.status, holders, answer.text


def holders(answer: Answer) -> tuple[object, ...]:
    """Who is named, how, and by which office."""
    return answer.status, *((h.body, h.role, h.office, h.principal) for h in answer.holders)


def unproved(assistant: Assistant, answer: Answer) -> list[str]:
    """Bodies, offices, laws, numbers, articles and days that no cited record or paper holds."""
    words = squeezed("\n".join(_proof(assistant, answer.citations)))
    names = {h.body for h in answer.holders} | {h.principal for h in answer.holders}
    said = [*_bodies_short(names), *(h.office for h in answer.holders if h.office)]
    if "各乡镇" in words or _ANY_TOWNSHIP in names:  # a paper for all townships names none
        said = [name for name in said if not name.endswith(("镇", "乡", "街道"))]
    text = squeezed("".join(segment.text for segment in answer.segments if segment.citations))
    for pattern in (_LAW, _NUMBER, _ARTICLE):
        said += pattern.findall(text)
    days = [day for day in _DAY.findall(text) if day not in words]
    asked = date.fromisoformat(answer.understood["as_of"])
    known = (asked, *_days(assistant, answer.citations))
    stated = {f"{d.year}年{d.month}月{d.day}日" for d in known}
    return [name for name in said if squeezed(name).strip("《》") not in words] + [
        day for day in days if day not in stated
    ]


def _bodies_short(names: Iterable[str]) -> Iterator[str]:
    """A body as papers of its own county write it: 临溪县民政局 → 民政局, …城关镇人民政府 → 城关镇."""
    for name in names:
        for body in filter(None, name.split("、")):
            own = re.sub(r"^[\u4e00-\u9fff]{2,6}?[市县区](?=.{3,})", "", body)
            yield re.sub(r"(?<=[镇乡])人民政府$|(?<=街道)办事处$", "", own)


def _proof(assistant: Assistant, citations: Iterable[Citation]) -> Iterator[str]:
    for citation in citations:
        record, source = assistant.record(citation.item_id), citation.source
        yield from (citation.quote, source.title, source.publisher, source.body, source.file)
        if isinstance(record, Clause):
            yield from (record.text, record.body, record.office)
        elif isinstance(record, DutyItem):
            yield from (cell.text for cell in record.cells)
        else:
            raise AssertionError(f"{citation.item_id} is cited but not kept")


def _days(assistant: Assistant, citations: Iterable[Citation]) -> Iterator[date]:
    """Days that a cited paper or row bears, and those on which what it said is over."""
    for citation in citations:
        source, record = citation.source, assistant.record(citation.item_id)
        ends = [source.expires_on, getattr(record, "valid_to", None)]
        starts = [source.published_on, source.effective_on, getattr(record, "valid_from", None)]
        yield from filter(None, (*starts, *ends))
        yield from (end + timedelta(days=1) for end in ends if end)


def at_places(contents: Contents, codes: frozenset[str]) -> Contents:
    """Only what speaks for places of a set of codes."""
    sources = tuple(s for s in contents.sources if s.place in codes)
    kept = {source.id for source in sources}
    return replace(
        contents,
        sources=sources,
        items=tuple(i for i in contents.items if i.source_id in kept),
        clauses=tuple(c for c in contents.clauses if c.source_id in kept),
        reforms=tuple(r for r in contents.reforms if r.clause_id.split("#")[0] in kept),
        places=tuple(p for p in contents.places if p.code in codes),
    )


def reversed_order(contents: Contents) -> Contents:
    """The same papers, met the other way round."""
    return replace(
        contents,
        sources=contents.sources[::-1],
        items=contents.items[::-1],
        clauses=contents.clauses[::-1],
        reforms=contents.reforms[::-1],
        places=contents.places[::-1],
    )


def assistant_over(contents: Contents, folder: Path, encoder: Encoder, cache: Path) -> Assistant:
    """An assistant over contents that were not read from files."""
    folder.mkdir()
    index_contents(contents, folder, encoder, cache, Silent())
    return Assistant(Corpus(folder, encoder), today=lambda: TODAY)
