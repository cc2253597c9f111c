"""Rule 8: what may be given to townships anew, and how: answered by the admission papers alone."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np

from assistant.corpus import Corpus
from assistant.model import Query, Status
from assistant.resolve.findings import Resolution, Statement
from assistant.retrieve.likeness import Likeness
from index.facets import Facet
from index.model import Clause, DutyItem, PaperKind, Place
from index.records import Record
from index.words import words

_TOWN = r"(?:乡镇|[镇乡]|街道|基层)"
_GIVES = r"(?:派|交|推|甩|摊|压|转|布置|下达|增加|新增|加)"
_TASK = r"(?:任务|工作|事项|职责|责任|事情|活|事)"
# Each word is looked for once behind the one before (?>): trying every combination of them took 4 s
# on 500 characters made for it.
_ASKS = re.compile(
    r"职责准入|准入(?:登记|制度)|(?:什么时候|何时|哪[天年])准入"
    rf"|(?:新增|增加|加派)[^，。]{{0,6}}(?:任务|工作|事项|职责|责任)(?:给|到)[^，。]{{0,4}}{_TOWN}"
    rf"|(?:没有?|不|未)[^，。]{{0,3}}[写列][进入在][^，。]{{0,3}}清单(?>[^。]*?{_TOWN})[^。]*?(?:要不要|能不能|可不可以|该不该|必须)"
    rf"|{_TOWN}[^。]*(?:未经|没经过?|没有|没|不经过?)准入|(?:未经|没经过?|没有|没|不经过?)准入[^。]*(?:{_TOWN}|交办)"
    rf"|(?:给|向|往|对|让|叫|要求)[^，。]{{0,4}}{_TOWN}[里上]?[^，。]{{0,4}}{_GIVES}[^，。]{{0,4}}(?:任务|工作|事项|职责|责任)(?!的)"
    rf"|(?:清单|目录)之?以?外(?>[^。]*?{_GIVES})[^。]*?{_TOWN}"
    rf"|(?:部门|上级|[县市区]里|局)(?>[^。]*?{_GIVES})(?>[^。]*?{_TASK})(?>[^。]*?{_TOWN})[^。]*?(?:拒绝|不接|不办|不干|推掉)"
    rf"|(?:部门|上级|[县市区]里|局)(?>[^。]*?{_TASK})(?>[^。]*?{_GIVES})(?>[^。]*?{_TOWN})"
    r"[^。]*?(?:程序|手续|先报|报谁|报批|谁(?:来)?(?:同意|批准|审核)|要谁批)"
)
_OTHER_ADMISSION = re.compile(r"(?:市场|行业|职业|产业|资质|网络|外资)准入")
# 要谁批: papers write 批准.
_APPROVES = re.compile(r"(?<!审)批(?![准复])")
_BRACKET = re.compile(r"[（(].*$")
_HEADING = re.compile(r"第[^章节]+[章节]$")
_RECORD = re.compile(r"登记\d*$")
# Of articles alike, those as near as this to the best answer with it.
_AS_NEAR = 0.1
_MOST_ARTICLES = 3
# So much of an admitted matter's name, by the rarity of its words, must the question say.
_NAMED = 0.4


class Admissions:
    """Reads the rules of admission and the records of what was admitted."""

    def __init__(self, corpus: Corpus, likeness: Likeness) -> None:
        self._corpus = corpus
        self._likeness = likeness
        self._papers = tuple(
            source for source in corpus.sources.values() if source.kind is PaperKind.ADMISSION
        )

    def answer(self, query: Query) -> Resolution | None:
        """What the admission papers say; None if the question is not about admission."""
        is_asked = _ASKS.search(query.text) and not _OTHER_ADMISSION.search(query.text)
        if not is_asked:
            return None
        homes = query.places or self._homes()
        if not homes or not any(map(self._at, homes)):
            where = homes[0].name if query.places else ""
            missing = (f"{where}的职责准入制度" if where else "职责准入制度",)
            return Resolution(
                Status.OUT_OF_COVERAGE, missing=missing, rule="没有收录职责准入的文件"
            )
        rule = "职责准入的文件"
        counting = {self._in_force(home, query) for home in homes}
        if len(counting) > 1:
            return Resolution(Status.CLARIFY, "职责准入", choices=tuple(homes), rule=rule)
        records = counting.pop()
        is_list = query.wants_list and not query.matter
        found = self._admitted(records) if is_list else self._nearest(query, records)
        if not found:
            return Resolution(Status.NO_EVIDENCE, rule="这一天没有施行的职责准入文件写到它")
        return Resolution(Status.ANSWERED, "职责准入", statements=found, rule=rule)

    def _homes(self) -> tuple[Place, ...]:
        """The places that have rules of admission of their own."""
        found = (self._corpus.gazetteer.get(paper.place) for paper in self._papers)
        places = tuple(dict.fromkeys(place for place in found if place))
        codes = {place.code for place in places}
        chain = self._corpus.gazetteer.chain
        return tuple(p for p in places if not codes & {above.code for above in chain(p.code)[1:]})

    def _at(self, place: Place) -> tuple[str, ...]:
        chain = {above.code for above in self._corpus.gazetteer.chain(place.code)}
        return tuple(paper.id for paper in self._papers if paper.place in chain)

    def _in_force(self, place: Place, query: Query) -> tuple[int, ...]:
        """The ordinals of what counts at a place on the day."""
        column = self._corpus.facets.column(Facet.SOURCE)
        ordinals = [int(n) for n in np.flatnonzero(column.having(self._at(place)))]
        records = self._corpus.records(ordinals)
        return tuple(
            ordinal
            for ordinal, record in zip(ordinals, records, strict=True)
            if self._corpus.counts(record, query.as_of)
        )

    def _admitted(self, ordinals: Sequence[int]) -> tuple[Statement, ...]:
        records = self._corpus.records(list(ordinals))
        return tuple(Statement(record) for record in records if isinstance(record, DutyItem))

    def _nearest(self, query: Query, ordinals: Sequence[int]) -> tuple[Statement, ...]:
        """The articles that answer, or the fields of the record of the matter that is named."""
        records = dict(zip(ordinals, self._corpus.records(list(ordinals)), strict=True))
        named = self._named(query, records.values())
        pool = _fields(named, records) or {n: r for n, r in records.items() if _is_rule(r)}
        if not pool:
            return ()
        asked = _without({name for _, name in named}, query)
        # What is asked about admission weighs as much as that it is asked.
        scores = np.sum([self._likeness.of_records(text, list(pool)) for text in asked], axis=0)
        ranked = sorted(zip(scores, pool.values(), strict=True), key=lambda pair: -pair[0])
        near = [r for score, r in ranked if score >= ranked[0][0] - _AS_NEAR][:_MOST_ARTICLES]
        clauses = [record for record in pool.values() if isinstance(record, Clause)]
        wanted = {part.id for record in near for part in _whole(record, clauses)}
        return tuple(Statement(clause) for clause in clauses if clause.id in wanted)

    def _named(self, query: Query, records: Iterable[Record]) -> set[tuple[str, str]]:
        """(paper, name) of the admitted matters that the question names."""
        items = (record for record in records if isinstance(record, DutyItem))
        names = ((item.source_id, _BRACKET.sub("", item.name)) for item in items)
        said = self._corpus.lexical.covered
        return {(paper, name) for paper, name in names if said(name, query.text) >= _NAMED}


def _fields(named: Collection[tuple[str, str]], records: Mapping[int, Record]) -> dict[int, Record]:
    """The fields of the records of some admitted matters, those that only say the name aside."""
    entries = {
        record.id
        for record in records.values()
        if _RECORD.search(record.id)
        and isinstance(record, Clause)
        and any(paper == record.source_id and name in record.text for paper, name in named)
    }
    return {
        ordinal: record
        for ordinal, record in records.items()
        if isinstance(record, Clause)
        and record.id.split("·")[0] in entries
        and not any(name in record.text for _, name in named)
    }


def _without(names: Iterable[str], query: Query) -> tuple[str, ...]:
    """The question and what it asks of admission, each without the words of the matters named."""
    known = [word for name in names for word in words(name) if len(word) > 1]
    asked = []
    for text in (_APPROVES.sub("批准", query.text), query.matter):
        for word in known:
            text = text.replace(word, "")
        asked.append(text.strip())
    return tuple(text for text in asked if text)


def _is_rule(record: Record) -> bool:
    """True for an article of rules or the heading over some."""
    return isinstance(record, Clause) and bool(record.locator.article)


def _whole(record: Record, clauses: Sequence[Clause]) -> tuple[Clause, ...]:
    """The article that a clause belongs to, all its items with it; of a heading, what is under it."""
    if not isinstance(record, Clause):
        return ()
    article = record.locator.article or ""
    if not article:
        return (record,)
    if not _HEADING.match(article):
        own = article.split("（")[0]
        return tuple(c for c in clauses if (c.locator.article or "").split("（")[0] == own)
    behind = clauses[clauses.index(record) + 1 :]
    ends = (n for n, c in enumerate(behind) if _HEADING.match(c.locator.article or ""))
    return tuple(behind[: next(ends, len(behind))])
