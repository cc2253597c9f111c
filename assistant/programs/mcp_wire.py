"""What the tools give to agents: typed, and no more than an agent needs to quote it."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field

from assistant.model import Answer, Candidate
from assistant.wire.schemas import (
    CONTRADICTORY,
    HEADLINES,
    CitationOut,
    OptionOut,
    SourceOut,
    locator_words,
    source_href,
)
from index.labels import label
from index.model import Clause, DutyItem, SourceDocument
from index.passages import title_text

_LONGEST_CELL = 2000


class HolderFound(BaseModel):
    """谁负责，以什么方式，通过哪个办公室。"""

    body: str = Field(description="负责的机关全称")
    role: str = Field(description="主责、赋权、委托、配合或收回")
    office: str = Field(description="承办的内设机构，没有写为空")
    principal: str = Field(description="赋权、委托、牵头或接收的机关，没有为空")
    place: str = Field(description="适用的地方")
    item_id: str = Field(description="依据的记录，可用 show_source 看原文")


class Proof(BaseModel):
    """出处：哪份文件、哪个位置、原话。"""

    label: int = Field(description="答复里方括号中的编号")
    id: str = Field(description="记录编号，可用 show_source 看全")
    title: str
    document_number: str
    publisher: str
    published_on: date | None
    where: str = Field(description="表、行、页或条")
    quote: str = Field(description="原话")
    url: str = Field(description="网页上看原样")

    @classmethod
    def from_citation(cls, cited: CitationOut, base_url: str) -> Proof:
        """The same with an address that leads to the site."""
        source = cited.source
        return cls(
            label=cited.label,
            id=cited.item_id,
            title=source.title,
            document_number=source.document_number,
            publisher=source.publisher,
            published_on=source.published_on,
            where=cited.where,
            quote=cited.quote,
            url=base_url + cited.href,
        )


class Answered(BaseModel):
    """一个问题的答复。"""

    status: str = Field(description="answered 有答复；clarify 要先选；其余为没有依据可答")
    headline: str
    text: str = Field(description="答复全文，[1] 指 proofs 里的编号")
    holders: list[HolderFound]
    proofs: list[Proof]
    choices: list[OptionOut] = Field(description="要先选一个再问：把 value 当作 place 或 matter")
    place: str
    as_of: str
    corpus_version: str

    @classmethod
    def from_answer(cls, answer: Answer, base_url: str) -> Answered:
        """The wire form of an answer."""
        cited = map(CitationOut.from_citation, answer.citations)
        options = answer.clarify.options if answer.clarify else ()
        return cls(
            status=answer.status.value,
            headline=CONTRADICTORY if answer.contradicts else HEADLINES[answer.status],
            text=answer.text,
            holders=[
                HolderFound(
                    body=h.body,
                    role=h.role.value,
                    office=h.office,
                    principal=h.principal,
                    place=h.place,
                    item_id=h.item_id,
                )
                for h in answer.holders
            ],
            proofs=[Proof.from_citation(c, base_url) for c in cited],
            choices=[OptionOut(label=o.label, value=o.value) for o in options],
            place=answer.understood.get("place", ""),
            as_of=answer.understood.get("as_of", ""),
            corpus_version=answer.corpus_version,
        )


class ItemFound(BaseModel):
    """清单里的一条，或“三定”规定里的一条。"""

    id: str
    name: str
    body: str
    office: str
    role: str = Field(description="主责、赋权、委托、配合或收回；“三定”条款为空")
    power: str = Field(description="行政许可、行政处罚等；没有写为空")
    source: str = Field(description="文件名称")
    where: str
    score: float = Field(description="越大越近")

    @classmethod
    def from_candidate(cls, found: Candidate, source: SourceDocument) -> ItemFound:
        """The wire form of a record that was found."""
        record = found.record
        item = record if isinstance(record, DutyItem) else None
        return cls(
            id=record.id,
            name=title_text(record),
            body=record.body,
            office=record.office,
            role=item.role.value if item else "",
            power=item.power.value if item and item.power else "",
            source=source.title,
            where=locator_words(record.locator),
            score=round(found.score, 4),
        )


class ItemsFound(BaseModel):
    """找到的记录，最近的在前。"""

    items: list[ItemFound]


class CellShown(BaseModel):
    """一格：栏目、地址、原文。"""

    field: str
    address: str
    text: str


class SourceShown(BaseModel):
    """一条记录或一份文件的原文和来历。"""

    source: SourceOut
    where: str = Field(description="在文件的哪里；整份文件为空")
    text: str = Field(description="条款原文；清单的行见 cells")
    cells: list[CellShown]
    url: str

    @classmethod
    def of(cls, found: SourceDocument, at: DutyItem | Clause | None, base_url: str) -> SourceShown:
        """A paper, and what stands at one place of it."""
        cells = at.cells if isinstance(at, DutyItem) else ()
        return cls(
            source=SourceOut.from_source(found),
            where=locator_words(at.locator) if at else "",
            text="" if at is None or isinstance(at, DutyItem) else at.text,
            cells=[
                CellShown(field=label(c.field), address=c.address, text=c.text[:_LONGEST_CELL])
                for c in cells
            ],
            url=base_url + source_href(found.id, record=at.id if at else ""),
        )
