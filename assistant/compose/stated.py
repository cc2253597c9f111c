"""Sentences that quote: a body's duties and offices, boundaries, listed matters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from assistant.compose.holders import basis
from assistant.compose.proofs import QUOTE_CHARACTERS, Proofs, flat
from assistant.model import Intent, Query, Segment
from assistant.resolve.findings import Resolution, Statement
from index.model import HANDED_DOWN, Clause, ClauseKind, DutyItem, PaperKind
from index.passages import title_text

_LONGEST_NAME = 60


def stated(query: Query, found: Resolution, proofs: Proofs) -> Iterable[Segment]:
    """The statements of a resolution in the words of their papers."""
    clauses = [s for s in found.statements if isinstance(s.record, Clause)]
    rows = [s.record for s in found.statements if isinstance(s.record, DutyItem)]
    papers = {proofs.source(s.record).kind for s in clauses}
    kinds = {s.record.kind for s in clauses if isinstance(s.record, Clause)}
    if ClauseKind.BOUNDARY in kinds:
        yield from _boundary(found, clauses, proofs)
    elif kinds & {ClauseKind.OFFICE, ClauseKind.STAFF} and query.intent is Intent.STAFF_AND_OFFICES:
        yield from _structure(found, clauses, proofs)
    elif PaperKind.ADMISSION in papers:
        yield from _of_admission(clauses, proofs)
    else:
        yield from (_clause(statement, proofs) for statement in clauses)
    if query.intent is Intent.WHO_ELSE:
        yield from _others(found, proofs)
    elif rows and found.rulings:
        yield from _beside(query, found, rows, proofs)
    elif rows:
        yield from _listed(found, rows, proofs)
    if found.n_more:
        yield Segment(f"另有{found.n_more}项没有列在这里。")


def _boundary(found: Resolution, clauses: list[Statement], proofs: Proofs) -> Iterable[Segment]:
    """What each side's 三定 says; if they charge different bodies, that they do."""
    if found.contradicts:
        yield Segment("两份“三定”规定对这件事写得不一致，分别是：")
    for statement in clauses:
        record = statement.record
        words = statement.words or title_text(record)[:QUOTE_CHARACTERS]
        charged = f"由{statement.holder}负责。" if statement.holder else ""
        text = f"{charged}{record.body}{proofs.provision(record)}写明：“{flat(words)}”。"
        yield Segment(text, (proofs.cite(record, words=words),))
    if found.contradicts:
        yield Segment("请向当地机构编制部门核实，或拨打12345由其转办。")


def _structure(found: Resolution, clauses: list[Statement], proofs: Proofs) -> Iterable[Segment]:
    offices = [statement for statement in clauses if statement.words]
    if offices:
        names = "、".join(statement.words for statement in offices)
        labels = tuple(proofs.cite(statement.record) for statement in offices)
        yield Segment(f"{found.matter}设有：{names}。", labels)
    yield from (_clause(statement, proofs) for statement in clauses if not statement.words)


def _clause(statement: Statement, proofs: Proofs) -> Segment:
    words = statement.record.text[:QUOTE_CHARACTERS] if isinstance(statement.record, Clause) else ""
    return Segment(flat(words), (proofs.cite(statement.record),))


def _of_admission(clauses: list[Statement], proofs: Proofs) -> Iterable[Segment]:
    """Articles and fields of admission papers, each paper named where its words begin."""
    title = ""
    for statement in clauses:
        before, title = title, proofs.source(statement.record).title
        segment = _clause(statement, proofs)
        opening = f"《{title}》写明：" if title != before else ""
        yield replace(segment, text=f"{opening}{segment.text}")


def _beside(
    query: Query, found: Resolution, rows: list[DutyItem], proofs: Proofs
) -> Iterable[Segment]:
    """Whom a delegation or cooperation of the matter names, where the answer does not say it."""
    said = {record.id for ruling in found.rulings for record in ruling.proof}
    others = [row for row in rows if row.id not in said]
    if query.intent is Intent.LEGAL_BASIS:
        for row in others:
            yield Segment(f"相近的“{title_text(row)}”一项写明了依据。", (proofs.cite(row),))
            yield from basis(row, proofs)
        return
    names = "、".join(
        dict.fromkeys(body for row in others for body in row.body.split("、") if body)
    )
    labels = tuple(proofs.cite(row) for row in others)
    if names and query.intent is Intent.DELEGATION:
        yield Segment(f"赋权、委托目录里得到这项权力的是：{names}。", labels)
    elif names:
        yield Segment(f"按配合履职清单，配合的是：{names}。", labels)


def _others(found: Resolution, proofs: Proofs) -> Iterable[Segment]:
    """Other bodies' parts in the matter, or that the lists name none."""
    if not found.statements and found.rulings:
        yield Segment("已收录的清单里没有看到还有别的机关承担这件事。")
    for statement in found.statements:
        name = title_text(statement.record)[:_LONGEST_NAME]
        text = f"另外，清单写明{statement.words}承担“{name}”。"
        yield Segment(text, (proofs.cite(statement.record),))


def _listed(found: Resolution, rows: list[DutyItem], proofs: Proofs) -> Iterable[Segment]:
    n_all = len(rows) + found.n_more
    powers = Counter(row.power.value for row in rows if row.power)
    kinds = (
        "、".join(f"{power}{n}项" for power, n in powers.most_common()) if not found.n_more else ""
    )
    yield Segment(f"{found.matter}清单里共有{n_all}项{f'（{kinds}）' if kinds else ''}：")
    for number, row in enumerate(rows, start=1):
        role = f"（{row.role.value}，原属{row.counterpart}）" if row.role in HANDED_DOWN else ""
        yield Segment(f"{number}. {title_text(row)[:_LONGEST_NAME]}{role}", (proofs.cite(row),))
