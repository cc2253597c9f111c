"""The wire form of a question and its answer (contract v1), and the words a page shows for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
)

from assistant.compose.chain import chain_of
from assistant.holdings import Holdings
from assistant.model import Answer, Citation, Clarify, Phrasing, Question, Segment, Status
from assistant.wire.card_schemas import HolderOut, RungOut
from assistant.wire.typed_text import (
    DAY_OR_NONE,
    MAX_SHORT,
    OptionalText,
    ShortText,
    clean_or_none,
    date_or_none,
    measured,
)
from index.extract.dates import day_words
from index.model import Locator, Place, SourceDocument

MAX_QUESTION = 500
MAX_NAME_ASKED = 60  # what a button holds; names of matters are shorter
MAX_QUOTE_IN_LINK = 400  # a link stays well below the 8 KB that proxies accept

HEADLINES: Mapping[Status, str] = {
    Status.ANSWERED: "清单上有规定",
    Status.CLARIFY: "还要确认一下",
    Status.NO_EVIDENCE: "已收录的清单里没有这一项",
    Status.OUT_OF_COVERAGE: "这里还没有收录有关清单",
    Status.OUT_OF_SCOPE: "这个问题不在回答范围内",
    Status.REFUSED: "这个问题不能回答",
    Status.ERROR: "暂时答不了",
}


CONTRADICTORY = "几份文件说法不一致"


class AskRequest(BaseModel):
    """A question as it comes in; unknown fields are ignored.

    `place` absent or null leaves the place of the conversation, "" says that none is wanted.
    """

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={"examples": [{"question": "宅基地由谁审批？", "place": "临溪县城关镇"}]},
    )

    question: Annotated[
        str,
        Field(min_length=1, max_length=MAX_QUESTION, description="要问的事，白话即可"),
        measured(MAX_QUESTION),
    ]
    place: Annotated[
        OptionalText,
        Field(description="地方的名称或区划代码；不写沿用对话里的，空字符串为不限地方"),
        measured(MAX_SHORT, clean_or_none),
    ] = None
    as_of: Annotated[
        date | None,
        Field(description="按哪一天的规定，不写为今天"),
        BeforeValidator(date_or_none),
        DAY_OR_NONE,
    ] = None
    conversation_id: Annotated[ShortText, Field(description="接着上一问时，写上次答复里的")] = ""
    explain: Annotated[StrictBool, Field(description="附上判断过程")] = False

    def to_question(self) -> Question:
        """The same as the pipeline takes it."""
        return Question(
            text=self.question,
            place=self.place or "",
            as_of=self.as_of,
            conversation_id=self.conversation_id,
            explain=self.explain,
            anywhere=self.place == "",
        )


class HoldingsOut(BaseModel):
    """How current the papers are; `words` says it in a sentence."""

    n_papers: int
    oldest: date | None
    newest: date | None
    words: str

    @classmethod
    def from_holdings(cls, held: Holdings) -> HoldingsOut:
        """The wire form of holdings."""
        words = f"收录文件{held.n_papers}份"
        if held.newest and held.oldest:
            words += f"，最早{day_words(held.oldest)}、最近{day_words(held.newest)}公布"
        return cls(n_papers=held.n_papers, oldest=held.oldest, newest=held.newest, words=words)


# An answer as the API's document shows it, cut short. Places, bodies and papers are invented.
EXAMPLE = {
    "status": "answered",
    "headline": HEADLINES[Status.ANSWERED],
    "text": "“农村村民宅基地审批”由临溪县城关镇人民政府负责。[1]",
    "segments": [{"text": "“农村村民宅基地审批”由临溪县城关镇人民政府负责。", "citations": [1]}],
    "holders": [{"body": "临溪县城关镇人民政府", "role": "主责", "place": "云岫市临溪县城关镇"}],
    "citations": [{"label": 1, "item_id": "…", "where": "“权责清单”第15行", "quote": "…"}],
    "conversation_id": "…",
}


class RecordOut(BaseModel):
    """A list row (`item`) or a clause of a provision (`clause`), with all its own fields."""

    model_config = ConfigDict(extra="allow")

    record: str
    id: str
    source_id: str
    body: str
    office: str


class PlaceOut(BaseModel):
    """A loaded place."""

    code: str
    name: str
    full_name: str
    level: str
    parent: str | None

    @classmethod
    def from_place(cls, place: Place) -> PlaceOut:
        """The wire form of a place."""
        return cls(
            code=place.code,
            name=place.name,
            full_name=place.full_name,
            level=place.level.value,
            parent=place.parent,
        )


class SegmentOut(BaseModel):
    """A sentence with the labels of its citations."""

    text: str
    citations: list[int]

    @classmethod
    def from_segment(cls, segment: Segment) -> SegmentOut:
        """The wire form of a segment."""
        return cls(text=segment.text, citations=list(segment.citations))


class SourceOut(BaseModel):
    """A published paper."""

    id: str
    file: str
    title: str
    document_number: str
    publisher: str
    published_on: date | None
    effective_on: date | None
    kind: str
    url: str

    @classmethod
    def from_source(cls, source: SourceDocument) -> SourceOut:
        """The wire form of a source; a link that is not http(s) is left out."""
        return cls(
            id=source.id,
            file=source.file,
            title=source.title,
            document_number=source.document_number,
            publisher=source.publisher,
            published_on=source.published_on,
            effective_on=source.effective_on,
            kind=source.kind.value,
            url=source.url if source.url.startswith(("https://", "http://")) else "",
        )


class LocatorOut(BaseModel):
    """Where in the source."""

    sheet: str | None
    row: int | None
    cells: str | None
    page: int | None
    article: str | None
    paragraph: int | None

    @classmethod
    def from_locator(cls, at: Locator) -> LocatorOut:
        """The wire form of a locator."""
        return cls(
            sheet=at.sheet,
            row=at.row,
            cells=at.cells,
            page=at.page,
            article=at.article,
            paragraph=at.paragraph,
        )


def locator_words(at: Locator) -> str:
    """A place in a source, as one would say it: "“附表1”第15行（A15:N15）"."""
    words = f"“{at.sheet}”" if at.sheet else ""
    words += f"第{at.page}页 " if at.page else ""
    words += at.article or ""
    words += f"第{at.row}行" if at.row else ""
    words += f"（{at.cells}）" if at.cells else ""
    if not words and at.paragraph:
        words = f"第{at.paragraph}段"
    return words.strip()


def source_href(source_id: str, *, record: str = "", quoted: str = "", **more: str | int) -> str:
    """Link to a source as it looks; ids may hold `#`, `!`, `/` and Chinese."""
    wanted = {"record": record, "quote": quoted[:MAX_QUOTE_IN_LINK], **more}
    query = urlencode({name: value for name, value in wanted.items() if value != ""})
    return f"/source/{quote(source_id, safe='')}" + (f"?{query}" if query else "")


def _facts(source: SourceDocument) -> list[str]:
    """文号, publisher and date, as far as they are known."""
    published = f"{day_words(source.published_on)}公布" if source.published_on else ""
    return [fact for fact in (source.document_number, source.publisher, published) if fact]


class CitationOut(BaseModel):
    """A numbered proof; `href` opens the source at the cited cells, `where` says the place."""

    label: int
    item_id: str
    source: SourceOut
    locator: LocatorOut
    quote: str
    where: str
    facts: list[str]
    href: str

    @classmethod
    def from_citation(cls, citation: Citation) -> CitationOut:
        """The wire form of a citation."""
        link = source_href(citation.source.id, record=citation.item_id, quoted=citation.quote)
        return cls(
            label=citation.label,
            item_id=citation.item_id,
            source=SourceOut.from_source(citation.source),
            locator=LocatorOut.from_locator(citation.locator),
            quote=citation.quote,
            where=locator_words(citation.locator),
            facts=_facts(citation.source),
            href=f"{link}#cited",
        )


class OptionOut(BaseModel):
    """One choice."""

    label: str
    value: str


class ClarifyOut(BaseModel):
    """A question back."""

    ask: str
    options: list[OptionOut]

    @classmethod
    def from_clarify(cls, clarify: Clarify) -> ClarifyOut:
        """The wire form of a question back."""
        options = [OptionOut(label=option.label, value=option.value) for option in clarify.options]
        return cls(ask=clarify.ask, options=options)


class RelatedOut(BaseModel):
    """A listed matter near to what was asked, or a clause that mentions one."""

    item_id: str
    name: str

    @property
    def is_a_name(self) -> bool:
        """True if one can ask by it; the words of a clause are no question."""
        return len(self.name) <= MAX_NAME_ASKED and not self.name.startswith("（")


class PhrasingOut(BaseModel):
    """Who put the answer into words; `model` is empty for the deterministic words."""

    model: str
    prompt: str
    fallback: str
    n_kept: int
    n_dropped: int

    @classmethod
    def from_phrasing(cls, phrasing: Phrasing) -> PhrasingOut:
        """The wire form of a phrasing."""
        return cls(
            model=phrasing.model,
            prompt=phrasing.prompt,
            fallback=phrasing.fallback,
            n_kept=phrasing.n_kept,
            n_dropped=phrasing.n_dropped,
        )


def _understood_words(understood: Mapping[str, str]) -> str:
    """For which place and day the answer speaks."""
    try:
        day = f"按{day_words(date.fromisoformat(understood.get('as_of', '')))}的规定"
    except ValueError:
        day = ""
    return " · ".join(part for part in (understood.get("place", ""), day) if part)


class AskResponse(BaseModel):
    """The answer as the contract has it; `headline` puts the status in words."""

    status: str
    headline: str
    text: str
    conversation_id: str
    answer_id: str
    segments: list[SegmentOut]
    holders: list[HolderOut]
    chain: list[RungOut]
    citations: list[CitationOut]
    clarify: ClarifyOut | None
    understood: dict[str, str]
    understood_words: str
    place_code: str
    related: list[RelatedOut]
    contradicts: bool
    phrasing: PhrasingOut
    corpus_version: str
    timings_ms: dict[str, float]
    working: dict[str, Any] | None = None

    @classmethod
    def from_answer(cls, answer: Answer, *, explain: bool = False) -> AskResponse:
        """The wire form of an answer; `explain` adds how it was found."""
        return cls(
            status=answer.status.value,
            headline=CONTRADICTORY if answer.contradicts else HEADLINES[answer.status],
            text=answer.text,
            conversation_id=answer.conversation_id,
            answer_id=answer.answer_id,
            segments=[SegmentOut.from_segment(segment) for segment in answer.segments],
            holders=[HolderOut.from_holder(holder) for holder in answer.holders],
            chain=[RungOut.from_rung(rung) for rung in chain_of(answer)],
            citations=[CitationOut.from_citation(citation) for citation in answer.citations],
            clarify=ClarifyOut.from_clarify(answer.clarify) if answer.clarify else None,
            understood=dict(answer.understood),
            understood_words=_understood_words(answer.understood),
            place_code=answer.line[-1].code if answer.line else "",
            related=[RelatedOut(item_id=near.item_id, name=near.name) for near in answer.related],
            contradicts=answer.contradicts,
            phrasing=PhrasingOut.from_phrasing(answer.phrasing),
            corpus_version=answer.corpus_version,
            timings_ms=dict(answer.timings_ms),
            working=dict(answer.working) if explain else None,
        )
