"""Sentences that say who holds a matter, through which office, on what basis."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from string import ascii_uppercase

from assistant.compose.notes import ruling_notes
from assistant.compose.proofs import BASIS_CHARACTERS, QUOTE_CHARACTERS, Proofs, flat
from assistant.model import Holder, Intent, Query, Segment
from assistant.resolve.findings import Resolution, Ruling
from index.editions import term_of
from index.extract.bases import bases_of
from index.extract.columns import Field
from index.extract.contacts import PHONES, phones_of
from index.extract.dates import day_words
from index.labels import label
from index.laws import law_key
from index.model import HANDED_DOWN, Cell, Clause, ClauseKind, DutyItem, Role
from index.passages import title_text

# Clauses of one body's paper that may charge another.
_CHARGING = frozenset({ClauseKind.BOUNDARY, ClauseKind.REFORM})
_LAW_NAME = re.compile(r"《[^《》]+》")


def answered(
    query: Query, found: Resolution, history: Mapping[str, Clause], proofs: Proofs
) -> Iterable[Segment]:
    """Each ruling in turn: holder, office, duties, basis as asked, what contradicts it."""
    if len(found.rulings) > 1:
        yield Segment(f"“{found.matter}”在清单里由不止一个部门承担，分别是：")
    for ruling in found.rulings:
        sentence = _sentence(query, found, ruling, proofs)
        yield Segment(sentence, _labels(ruling, proofs))
        yield from _office(ruling, proofs)
        yield from _duties(ruling, proofs)
        yield from ruling_notes(ruling, history, proofs)
        yield from _as_asked(query, ruling, proofs)
    if query.intent is Intent.WHO_HANDLES and len(found.rulings) == 1:
        yield from _basis_names(found.rulings[0], proofs)


def changed(found: Resolution, proofs: Proofs) -> Iterable[Segment]:
    """Who held the matter from when, oldest first."""
    periods = found.periods
    for period, following in zip(periods, (*periods[1:], None), strict=True):
        until = f"至{day_words(following.since)}前" if following and following.since else "至今"
        since = f"自{day_words(period.since)}起" if period.since else "起初"
        for ruling in period.rulings:
            who = _who(ruling)
            yield Segment(f"{since}{until}：{who}。", _labels(ruling, proofs))
    if found.reforms:
        yield Segment("它承接过别的机构的职责，见后面写的机构调整。")
    elif len(periods) == 1:
        yield Segment("已收录的文件里没有看到这件事换过负责机关。")


def _sentence(query: Query, found: Resolution, ruling: Ruling, proofs: Proofs) -> str:
    when = f"按{day_words(query.as_of)}的规定，" if query.is_dated else ""
    where = f"{found.agree_in}相同：" if found.agree_in else ""
    if isinstance(clause := ruling.proof[0], Clause):
        text = _flat_lines(clause)[:QUOTE_CHARACTERS]
        if clause.kind in _CHARGING:
            title = proofs.source(clause).title
            return f"{where}{when}由{ruling.holder.body}负责。清单里没有单列这一事项；《{title}》写明：{text}"
        paper = proofs.provision(clause)
        return f"{where}{when}清单里没有单列这一事项；{ruling.holder.body}{paper}写明：{text}"
    is_part = len(found.rulings) > 1 and ruling.role in HANDED_DOWN
    name = title_text(clause) if is_part else found.matter
    return f"{_yes_or_no(query, found, ruling)}{where}{when}“{name}”{_who(ruling)}。"


def _flat_lines(clause: Clause) -> str:
    """A clause in one line; of a table's row, labels and cells stay apart."""
    return (
        " ".join(map(flat, clause.text.split("\n"))) if clause.locator.cells else flat(clause.text)
    )


def _yes_or_no(query: Query, found: Resolution, ruling: Ruling) -> str:
    """The short answer to "is it delegated to us?", at one place; of several, for what is."""
    if query.intent is not Intent.DELEGATION or not query.places or len(found.rulings) > 1:
        return ""
    if ruling.role in HANDED_DOWN:
        return "是。"
    return "不是赋权或委托事项。" if ruling.role is Role.LEAD and ruling.holder.place else "没有。"


def _who(ruling: Ruling) -> str:
    holder = ruling.holder
    office = f"，具体由{holder.office}承办" if holder.office_from == "list" else ""
    match ruling.role:
        case Role.WITHDRAWN:
            return f"乡镇（街道）不再承担，已由{holder.body}收回承接{office}"
        case Role.ENTRUSTED:
            return (
                f"由{holder.body}受{holder.principal}委托办理，以{holder.principal}名义作出，"
                f"法律责任仍由{holder.principal}承担{office}"
            )
        case Role.DELEGATED:
            return f"由{holder.body}办理（{holder.principal}赋权）{office}"
        case Role.COOPERATING:
            helper = ruling.helper.body if ruling.helper else ""
            return f"由{holder.body}牵头负责{office}，{helper}配合"
    return f"由{holder.body}负责{office}"


def _labels(ruling: Ruling, proofs: Proofs) -> tuple[int, ...]:
    return tuple(proofs.cite(record) for record in ruling.proof)


def _office(ruling: Ruling, proofs: Proofs) -> Iterable[Segment]:
    """Says that the office comes from the 三定, not from the list."""
    if clause := ruling.office_clause:
        opening = "" if isinstance(ruling.proof[0], Clause) else "清单没有写承办机构；"
        paper = proofs.provision(clause)
        text = f"{opening}按{ruling.holder.body}{paper}，由{clause.office}承担相关职责。"
        yield Segment(text, (proofs.cite(clause),))


def _duties(ruling: Ruling, proofs: Proofs) -> Iterable[Segment]:
    """Both sides' duties, where the township helps; each body's, where a row parts them."""
    item, helper = ruling.proof[0], ruling.helper
    if not isinstance(item, DutyItem):
        return
    if helper is None:
        for body, cell in _shares(item):
            text = f"{body}：{flat(cell.text)[:QUOTE_CHARACTERS]}"
            yield Segment(text, (proofs.cite(item, words=cell.text),))
        return
    for field, who in (("lead_duty", ruling.holder.body), ("own_duty", helper.body)):
        if text := flat(item.field(field)):
            yield Segment(f"{who}：{text[:QUOTE_CHARACTERS]}", (proofs.cite(item, field),))


def _shares(item: DutyItem) -> Iterable[tuple[str, Cell]]:
    """Each of several bodies with the duty that stands in its own line of the list."""
    bodies = item.body.split("、")
    written = [cell for cell in item.cells if cell.field == Field.BODY]
    duties = {_line(cell): cell for cell in item.cells if cell.field == Field.DUTY}
    if 1 < len(bodies) == len(written) == len(duties):
        yield from (
            (b, duties[_line(c)])
            for b, c in zip(bodies, written, strict=True)
            if _line(c) in duties
        )


def _line(cell: Cell) -> str:
    return cell.address.lstrip(ascii_uppercase)


def _as_asked(query: Query, ruling: Ruling, proofs: Proofs) -> Iterable[Segment]:
    item = ruling.proof[0]
    if not isinstance(item, DutyItem):
        return
    if query.intent is Intent.LEGAL_BASIS:
        yield from basis(item, proofs)
    if query.intent is Intent.TERM:
        yield _term(item, proofs)
    if query.intent is Intent.CONTACT:
        yield from _phones(item, proofs)


def _term(item: DutyItem, proofs: Proofs) -> Segment:
    """From when to when the deciding paper counts, as far as it says."""
    source = proofs.source(item)
    since, until = term_of(source, item)
    starts = f"自{day_words(since)}起施行" if since else "没有写施行日期"
    ends = f"到{day_words(until)}为止" if until else "没有写到什么时候为止"
    return Segment(f"《{source.title}》{starts}，{ends}。", (proofs.cite(item),))


def _phones(item: DutyItem, proofs: Proofs) -> Iterable[Segment]:
    """Whom to ask and where to complain, each called what it is."""
    found = _numbers(item)
    for purpose, (number, field) in found.items():
        yield Segment(f"{label(purpose)}（清单公布）：{number}。", (proofs.cite(item, field),))
    if Field.PHONE not in found:
        yield Segment("这张清单没有写咨询电话，可以拨打12345转接。")


def _numbers(item: DutyItem) -> dict[Field, tuple[str, str]]:
    """Purpose → the numbers published for it, and the field of the first one's cell."""
    published = list(phones_of(item.cells))
    return {
        purpose: ("、".join(dict.fromkeys(flat(p.number) for p in same)), same[0].cell.field)
        for purpose in PHONES
        if (same := [phone for phone in published if phone.purpose is purpose])
    }


def basis(item: DutyItem, proofs: Proofs) -> Iterable[Segment]:
    """The basis cell as it stands, and which of its laws no longer count."""
    text = flat(item.field("basis"))
    if not text:
        yield Segment("这张清单没有写依据。", (proofs.cite(item),))
        return
    label = proofs.cite(item, "basis")
    yield Segment(f"清单写明的依据：{text[:BASIS_CHARACTERS]}", (label,))
    for basis in bases_of(item):
        if basis.repealed:
            yield Segment(f"注意：《{basis.law}》{basis.repealed}。", (label,))


def _basis_names(ruling: Ruling, proofs: Proofs) -> Iterable[Segment]:
    """The first law in force that the basis cell names, as a pointer."""
    item = ruling.proof[0]
    if not isinstance(item, DutyItem):
        return
    repealed = {law_key(basis.law) for basis in bases_of(item) if basis.repealed}
    named = (name for name in _LAW_NAME.findall(item.field("basis")))
    if law := next((name for name in named if law_key(flat(name)) not in repealed), ""):
        yield Segment(f"依据见{flat(law)}等。", (proofs.cite_also(item, law),))


def _reachable(ruling: Ruling) -> Holder:
    """The holder with the phones and address of the row it was read from, if the row is its own."""
    item = ruling.proof[0]
    if not isinstance(item, DutyItem) or item.body != ruling.holder.body:
        return ruling.holder
    numbers = {purpose: number for purpose, (number, _) in _numbers(item).items()}
    return replace(
        ruling.holder,
        phone=numbers.get(Field.PHONE, ""),
        complaint_phone=numbers.get(Field.COMPLAINT_PHONE, ""),
        address=flat(item.field("address")),
    )


def holders_of(found: Resolution) -> tuple[Holder, ...]:
    """Everyone responsible, the lead before who helps; then whom boundary clauses charge."""
    ruled = (h for r in found.rulings for h in (_reachable(r), r.helper) if h)
    stated = (Holder(s.holder, Role.LEAD, "", s.record.id) for s in found.statements if s.holder)
    heirs = (Holder(r.new, Role.LEAD, "", r.clause_id) for r in found.reforms if r.new)
    unique: dict[tuple[str, Role], Holder] = {}
    for holder in (*stated, *ruled) if found.contradicts else (*ruled, *stated, *heirs):
        unique.setdefault((holder.body, holder.role), holder)
    return tuple(unique.values())
