"""What changed between two editions of a list: asked of the list, answered by comparing its rows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.corpus import Corpus
from assistant.model import Intent, Query, Status
from assistant.resolve.editions import Editions
from assistant.resolve.findings import Compared, Resolution
from index.editions import list_name, year_of
from index.model import Place, SourceDocument

_DIFFERS = re.compile(
    r"变化|变动|变了|调整|差[在别异]|区别|不同|不一样|改了|新增|增加|减少|取消|对比|相比|比"
)
_EDITION = re.compile(
    r"\d{4}年?(?:度)?(?:的|版|和|与|跟|到|至|比)|[新旧老]版|[上前]一?版|两[个版]版?本?|新旧|版本"
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?=年|版|和|与|跟|到|至|比)")
_LISTED = re.compile(r"清单|目录|[新旧老]版|版本?")
# What is left of such a question; more than this is a matter of its own.
_SAID = re.compile(
    r"\d{4}年?度?|[新旧老上前后两]?一?个?版本?|新旧|相比|对比|比较|比|和|与|跟|之间|差[在别异]?|区别|不同|不一样|有?什么|哪里|哪些"
    r"|改了?|新?增加?了?|减少了?|取消了?|变了?|多了?|少了?|些|清单|目录|的|在|到|至|从|是|有|里|\s"
)


class Comparisons:
    """Compares the editions of one corpus's lists."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._editions = Editions(corpus)

    def answer(self, query: Query) -> Resolution | None:
        """How two editions of the list asked about differ; None if the question is of none."""
        if not _is_asked(query):
            return None
        if not query.places and len(places := self._homes(query)) > 1:
            rule = "几个地方都有这种清单"
            return Resolution(Status.CLARIFY, "这份清单", choices=places, rule=rule)
        lines = self._lines(query)
        if len(lines) != 1:
            return None
        years = tuple(sorted(map(int, set(_YEAR.findall(query.text)))))
        pair = _pair(lines[0], years)
        if pair is None:
            loaded = {year_of(source) for source in lines[0]}
            absent = "、".join(f"{year}年版" for year in years if year not in loaded)
            missing = (f"“{list_name(lines[0][-1])}”的{absent}",)
            return Resolution(Status.OUT_OF_COVERAGE, missing=missing, rule="没有收录这个版本")
        return self._compared(*pair)

    def _compared(self, old: SourceDocument, new: SourceDocument) -> Resolution:
        sides = self._editions.side(old).records, self._editions.side(new).records
        found = Compared(tuple(side[0] for side in sides if side), self._editions.changes(old, new))
        rule = "比较同一清单的两个版本"
        return Resolution(Status.ANSWERED, new.title, compared=found, rule=rule)

    def _lines(self, query: Query) -> list[tuple[SourceDocument, ...]]:
        """The lists of several editions that the question may mean, nearest place first."""
        chains = [self._corpus.gazetteer.chain(place.code) for place in query.places]
        codes = {place.code for chain in chains for place in chain}
        found = [
            line
            for line in self._editions.lines()
            if _is_wanted(line, query) and (not codes or line[-1].place in codes)
        ]
        own = [line for line in found if line[-1].place in {place.code for place in query.places}]
        return own or found

    def _homes(self, query: Query) -> tuple[Place, ...]:
        """The places that have such a list, in however many editions."""
        found = (s for s in self._corpus.sources.values() if _is_wanted((s,), query))
        places = (self._corpus.gazetteer.get(source.place) for source in found)
        return tuple(dict.fromkeys(place for place in places if place))


def _is_asked(query: Query) -> bool:
    """True if the editions of a list are to be compared; a matter through its editions is not."""
    differs = query.intent is Intent.CHANGES or bool(_DIFFERS.search(query.text))
    is_list = query.paper_kind is not None or bool(_LISTED.search(query.text))
    is_of_editions = differs and is_list and bool(_EDITION.search(query.text))
    return is_of_editions and not _SAID.sub("", query.matter)


def _is_wanted(line: Sequence[SourceDocument], query: Query) -> bool:
    """True for a list of the kind and of a body asked about."""
    is_kind = query.paper_kind is None or line[-1].kind is query.paper_kind
    return is_kind and (not query.bodies or any(s.body in query.bodies for s in line))


def _pair(
    line: Sequence[SourceDocument], years: Sequence[int]
) -> tuple[SourceDocument, SourceDocument] | None:
    """The two editions meant, older first; by default the last two. None if one is not loaded."""
    named = [source for source in line if year_of(source) in years]
    if len({year_of(source) for source in named}) < len(years):
        return None
    if len(named) > 1:
        return named[0], named[-1]
    if not named:
        return line[-2], line[-1]
    at = line.index(named[0])
    return (line[at - 1], line[at]) if at else (line[0], line[-1])
