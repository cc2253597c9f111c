"""Resolution → the deterministic answer: sentences by template, each with its citations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assistant.model import (
    Answer,
    Candidate,
    Citation,
    Clarify,
    Holder,
    Intent,
    Option,
    Query,
    Related,
    Segment,
    Status,
)
from assistant.resolve import Resolution, Ruling
from index.model import Clause, ClauseKind, DutyItem, Locator, Role, SourceDocument
from index.passages import title_text

# Quotes long enough to prove, short enough to read.
_QUOTE_CHARACTERS = 200
_BASIS_CHARACTERS = 300
_NEARBY = 2
_NEXT_STEP = "可以向当地政务服务大厅咨询，或拨打12345。"


class Proofs:
    """Numbers citations as they are first used; the same record and words keep their number."""

    def __init__(self, sources: dict[str, SourceDocument]) -> None:
        self._sources = sources
        self._citations: dict[tuple[str, str], Citation] = {}

    def cite(self, record: DutyItem | Clause, field: str = "name") -> int:
        """The label of a record's proof; `field` chooses the words that are quoted."""
        key = (record.id, field)
        if key not in self._citations:
            locator, quote = _quote(record, field)
            self._citations[key] = Citation(
                label=len(self._citations) + 1,
                item_id=record.id,
                source=self._sources[record.source_id],
                locator=locator,
                quote=quote,
            )
        return self._citations[key].label

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All citations in order."""
        return tuple(self._citations.values())


def _quote(record: DutyItem | Clause, field: str) -> tuple[Locator, str]:
    """Where the words stand and the words as they stand."""
    if isinstance(record, Clause):
        return record.locator, record.text[:_QUOTE_CHARACTERS]
    wanted = (field, "sub_item") if field == "name" and record.sub_item else (field,)
    cells = [cell for cell in record.cells if cell.field in wanted]
    texts = [cell.text for cell in cells] or [cell.text for cell in record.cells][:1]
    limit = _QUOTE_CHARACTERS if field == "name" else _BASIS_CHARACTERS
    return record.locator, "\n".join(texts)[:limit]


def compose(
    query: Query,
    found: Resolution,
    sources: dict[str, SourceDocument],
    history: Mapping[str, Clause],
) -> Answer:
    """Say what was found. Every sentence that states a duty carries its proof.

    `history` holds the clauses of the reforms that the query names, by id.
    """
    proofs = Proofs(sources)
    segments = (*_segments(query, found, proofs), *_old_names(query, history, proofs))
    return Answer(
        status=found.status,
        segments=segments,
        holders=_stated_by(found.clause)
        or tuple(holder for ruling in found.rulings for holder in _holders(ruling)),
        citations=proofs.citations,
        clarify=_clarify(found),
        related=tuple(Related(c.record.id, title_text(c.record)[:60]) for c in found.nearby),
    )


def _old_names(
    query: Query, history: Mapping[str, Clause], proofs: Proofs
) -> Iterable[Segment]:
    """What became of bodies that the question calls by an old name."""
    for reform in query.old_names:
        if clause := history.get(reform.clause_id):
            when = f"{reform.on.year}年{reform.on.month}月{reform.on.day}日" if reform.on else "此前"
            now = f"，现在是{reform.new}" if reform.new else ""
            text = f"{reform.old}已于{when}机构调整（{reform.how}）{now}。"
            yield Segment(text, (proofs.cite(clause),))


def _stated_by(clause: Clause | None) -> tuple[Holder, ...]:
    """The body whose own 三定 states a duty; a boundary clause names two and decides neither."""
    if clause is None or clause.kind is ClauseKind.BOUNDARY:
        return ()
    from_ = "provision" if clause.office else ""
    return (Holder(clause.body, Role.LEAD, "", clause.id, clause.office, from_),)


def _holders(ruling: Ruling) -> tuple[Holder, ...]:
    """The holder; where a township only helps, the leading body before it."""
    holder = ruling.holder
    if holder.role is not Role.COOPERATING:
        return (holder,)
    lead = Holder(holder.principal, Role.LEAD, holder.place, holder.item_id)
    return (lead, holder)


def _segments(query: Query, found: Resolution, proofs: Proofs) -> Iterable[Segment]:
    if found.status is Status.ANSWERED and found.rulings:
        yield from _answered(query, found, proofs)
    elif found.status is Status.ANSWERED and found.clause:
        yield _from_clause(found.clause, proofs)
    elif found.status is Status.CLARIFY:
        yield Segment(f"“{found.matter}”在各地的办法不一样，请问您说的是哪里？")
    elif found.status is Status.OUT_OF_COVERAGE:
        where = query.unloaded_place or "这个地方"
        yield Segment(f"没有收录{where}的权责清单，不能回答那里由谁负责。{_NEXT_STEP}")
    else:
        where = query.places[0].name if len(query.places) == 1 else "已收录的地方"
        yield Segment(f"在{where}已收录的清单里，没有找到与这件事对应的事项。{_NEXT_STEP}")
    yield from (Segment(note) for note in found.notes)


def _answered(query: Query, found: Resolution, proofs: Proofs) -> Iterable[Segment]:
    if len(found.rulings) > 1:
        yield Segment(f"“{found.matter}”在清单里由不止一个部门承担，分别是：")
    for ruling in found.rulings:
        yield Segment(
            _holder_sentence(found.matter, ruling, agree=found.agree), _labels(ruling, proofs)
        )
        yield from _office(ruling, proofs)
        if query.intent is Intent.LEGAL_BASIS:
            yield from _basis(ruling.proof[0], proofs)
        yield from _duties(ruling, proofs)
    if query.intent is not Intent.LEGAL_BASIS and len(found.rulings) == 1:
        yield from _basis_names(found.rulings[0].proof[0], proofs)
    for candidate in found.nearby[:_NEARBY]:
        if isinstance(candidate.record, DutyItem):
            yield _nearby(candidate, proofs)


def _labels(ruling: Ruling, proofs: Proofs) -> tuple[int, ...]:
    return tuple(proofs.cite(item) for item in ruling.proof)


def _holder_sentence(matter: str, ruling: Ruling, *, agree: bool) -> str:
    holder = ruling.holder
    where = "各乡镇（街道）相同：" if agree else ""
    office = f"，具体由{holder.office}承办" if holder.office_from == "list" else ""
    if holder.role is Role.WITHDRAWN:
        return f"{where}“{matter}”乡镇（街道）不再承担，已由{holder.body}收回承接{office}。"
    if holder.role is Role.ENTRUSTED:
        return (
            f"{where}“{matter}”由{holder.body}受{holder.principal}委托办理，"
            f"以{holder.principal}名义作出，法律责任仍由{holder.principal}承担{office}。"
        )
    if holder.role is Role.DELEGATED:
        return f"{where}“{matter}”由{holder.body}办理（{holder.principal}赋权）{office}。"
    if holder.role is Role.COOPERATING:
        return f"{where}“{matter}”由{holder.principal}牵头负责，{holder.body}配合{office}。"
    return f"{where}“{matter}”由{holder.body}负责{office}。"


def _duties(ruling: Ruling, proofs: Proofs) -> Iterable[Segment]:
    """Both sides' duties, where the township helps."""
    item = ruling.proof[0]
    if ruling.holder.role is not Role.COOPERATING:
        return
    for field, who in (("lead_duty", ruling.holder.principal), ("own_duty", ruling.holder.body)):
        if text := _flat(item.field(field)):
            yield Segment(f"{who}：{text[:_QUOTE_CHARACTERS]}", (proofs.cite(item, field),))


def _basis(item: DutyItem, proofs: Proofs) -> Iterable[Segment]:
    text = _flat(item.field("basis"))
    if text:
        yield Segment(f"清单写明的依据：{text[:_BASIS_CHARACTERS]}", (proofs.cite(item, "basis"),))
    else:
        yield Segment("这张清单没有写依据。", (proofs.cite(item),))


def _basis_names(item: DutyItem, proofs: Proofs) -> Iterable[Segment]:
    """The first law named by the basis cell, as a pointer."""
    text = _flat(item.field("basis"))
    start, end = text.find("《"), text.find("》")
    if 0 <= start < end:
        yield Segment(f"依据见{text[start : end + 1]}等。", (proofs.cite(item, "basis"),))


def _nearby(candidate: Candidate, proofs: Proofs) -> Segment:
    record = candidate.record
    owner = f"（{record.body}）" if record.body else ""
    return Segment(f"相近的事项：{title_text(record)[:60]}{owner}。", (proofs.cite(record),))


def _from_clause(clause: Clause, proofs: Proofs) -> Segment:
    return Segment(
        f"清单里没有单列这一事项；{clause.body}的“三定”规定写明：{_flat(clause.text)[:_QUOTE_CHARACTERS]}",
        (proofs.cite(clause),),
    )


def _clarify(found: Resolution) -> Clarify | None:
    if found.status is not Status.CLARIFY:
        return None
    return Clarify("place", tuple(Option(p.full_name, p.code) for p in found.choices))


def _flat(text: str) -> str:
    return "".join(text.split())


def _office(ruling: Ruling, proofs: Proofs) -> Iterable[Segment]:
    """Says that the office comes from the 三定, not from the list."""
    if clause := ruling.office_clause:
        yield Segment(
            f"清单没有写承办机构；按{ruling.holder.body}的“三定”规定，由{clause.office}承担相关职责。",
            (proofs.cite(clause),),
        )
