"""Notes beside an answer: how it was understood, old names, papers that contradict each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from assistant.compose.proofs import Proofs, flat
from assistant.model import Query, Segment
from assistant.resolve.findings import Ruling
from index.extract.changes import TRANSFERRED
from index.extract.dates import day_words
from index.model import HANDED_DOWN, Clause, DutyItem, PaperKind, Reform, Role

# A list keeps rows whose ground is gone and says so beside them.
_OVER = re.compile(r"停止实施|不再行使|不再实施|已取消|予以取消|暂停实施|依据已(?:失效|废止)")
_PART = {
    Role.LEAD: "由乡镇（街道）承担",
    Role.DELEGATED: "已赋权给乡镇（街道）",
    Role.ENTRUSTED: "委托乡镇（街道）办理",
    Role.COOPERATING: "由乡镇（街道）配合",
    Role.WITHDRAWN: "已由上级部门收回",
}


def understanding(query: Query) -> Iterable[Segment]:
    """What was read differently from what was typed."""
    for correction in query.corrections:
        yield Segment(f"“{correction.said}”按“{correction.read_as}”理解。")
    if query.before_reform and not query.is_dated:
        text = f"没有查到“{query.before_reform}”所说调整的日期，下面按今天的规定回答。"
        yield Segment(text)


def old_names(
    query: Query, asked: tuple[Reform, ...], history: Mapping[str, Clause], proofs: Proofs
) -> Iterable[Segment]:
    """What became of bodies and places called by an old name, and the reforms asked about."""
    for reform in dict.fromkeys((*asked, *query.old_names, *query.old_places)):
        if clause := history.get(reform.clause_id):
            yield Segment(_reform_words(reform), (proofs.cite(clause),))


def ruling_notes(
    ruling: Ruling, history: Mapping[str, Clause], proofs: Proofs
) -> Iterable[Segment]:
    """That a record names a body by an old name, is a template, or is contradicted."""
    for reform in ruling.changes:
        if clause := history.get(reform.clause_id):
            yield Segment(f"文件写的是旧名：{_reform_words(reform)}", (proofs.cite(clause),))
    first = ruling.proof[0]
    if isinstance(first, DutyItem) and first.paper is PaperKind.TOWNSHIP_CATALOG:
        text = "这出自基本事项目录，是各地清单的样本；当地自己的清单没有收录，请以当地公布的为准。"
        yield Segment(text)
    if isinstance(first, DutyItem) and first.role in HANDED_DOWN and ruling.role is Role.LEAD:
        text = f"这项权力只交给了{first.body}，没有交给这里，仍由{ruling.holder.body}行使。"
        yield Segment(text, (proofs.cite(first),))
    if isinstance(first, DutyItem) and _OVER.search(remark := first.field("remark")):
        yield Segment(
            f"清单备注：{flat(remark)}。".replace("。。", "。"), (proofs.cite(first, "remark"),)
        )
    if ruling.office_is_unknown:
        holder = ruling.holder
        text = f"注意：{holder.body}的“三定”规定里没有这个机构（{holder.office}），请向该机关核实。"
        yield Segment(text, tuple(proofs.cite(record) for record in ruling.proof[:1]))
    for row in ruling.against:
        title = proofs.source(row).title
        text = f"注意：《{title}》写的是{_PART[row.role]}，两份文件不一致，请向发布机关核实。"
        yield Segment(text, (proofs.cite(row),))


def _reform_words(reform: Reform) -> str:
    when = day_words(reform.on) if reform.on else "此前"
    if reform.how == TRANSFERRED:
        return f"{reform.old}的有关职责已于{when}划入{reform.new}。"
    now = f"，现在是{reform.new}" if reform.new else ""
    return f"{reform.old}已于{when}机构调整（{reform.how}）{now}。"
