"""Rules about what a row rests on: delegations without a mandate, laws no longer in force."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from index.audit.alarm import Alarm, alarm, side_of
from index.audit.papers import Papers
from index.extract.bases import bases_of
from index.laws import law_key, repeal_of
from index.model import DutyItem, LegalBasis, Role

# What may carry a delegation (行政处罚法 第二十、二十四条; 行政许可法 第二十四条): laws, regulations,
# rules, and documents of the state council or a province.
_MANDATE = re.compile(
    r"(?:法|条例|规定|办法|规则|细则|决定)(?:[（(][^）)]*[)）])?》"
    r"|(?:国发|国办发|中办发|中发|国函|[省区市]政府?发|[\u4e00-\u9fff]政发)[〔\[(（]"
    r"|《(?:国务院|中共中央|全国人民代表大会|[^》]{2,8}省人民政府)"
)
# The row's own words that its basis is gone, though no law is named as repealed.
_NO_LONGER = re.compile(r"(?:已?不再|已无|没有)[^，。；]{0,14}规定|依据[^，。；]{0,6}(?:失效|废止)")
_NO_LAW = re.compile(r"会议纪要|会议精神|领导批示|口头|工作安排")


def delegations_without_mandate(papers: Papers) -> Iterator[Alarm]:
    """Delegated or entrusted powers whose basis names no law, regulation, rule or superior decision."""
    for given in papers.delegations:
        basis = given.field("basis")
        if _MANDATE.search(basis) and not (given.role is Role.ENTRUSTED and _only_minutes(basis)):
            continue
        written = f"依据只写“{basis.strip()}”" if basis.strip() else "没有写依据"
        message = f"“{given.name}”{given.role.value}给乡镇（街道），{written}，没有法律、法规、规章或上级决定"
        sides = (side_of(papers, given, "principal", "mode", "basis"),)
        yield alarm(papers, "delegation_without_mandate", message, *sides)


def _only_minutes(basis: str) -> bool:
    return bool(_NO_LAW.search(basis)) and not re.search(r"(?:法|条例|规定|办法)》", basis)


def repealed_laws(papers: Papers) -> Iterator[Alarm]:
    """Matters that rest on a law no longer in force; sub-items of one matter make one alarm."""
    matters: dict[tuple[str, str], list[DutyItem]] = defaultdict(list)
    for item in papers.items:
        matters[item.source_id, item.name].append(item)
    for rows in matters.values():
        found = {
            law_key(basis.law): (row, basis)
            for row in rows
            for basis in bases_of(row)
            if basis.repealed and _is_gone(basis, papers.on)
        }
        noted = next((row for row in rows if _NO_LONGER.search(row.field("remark"))), None)
        if found:
            said = "；".join(f"《{b.law}》{b.article}（{b.repealed}）" for _, b in found.values())
            first = next(iter(found.values()))[0]
            message = f"“{first.name}”引用了已失效的依据：{said}"
            yield alarm(papers, "law_repealed", message, side_of(papers, first, "basis", "remark"))
        elif noted:
            message = f"“{noted.name}”的备注写明依据已不再这样规定，事项仍在清单里"
            yield alarm(papers, "law_repealed", message, side_of(papers, noted, "basis", "remark"))


def _is_gone(basis: LegalBasis, on: date) -> bool:
    """Repealed by the day; what a row says of its own basis counts at once."""
    known = repeal_of(basis.law)
    return known is None or known.since <= on
