"""Rules about what a row rests on: delegations without a mandate, laws no longer in force."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.audit.alarm import Alarm, alarm, side_of
from index.audit.papers import Papers
from index.model import Role

# What may carry a delegation (行政处罚法 第二十、二十四条; 行政许可法 第二十四条): laws, regulations,
# rules, and documents of the state council or a province.
_MANDATE = re.compile(
    r"(?:法|条例|规定|办法|规则|细则|决定)(?:[（(][^）)]*[)）])?》"
    r"|(?:国发|国办发|中办发|中发|国函|[省区市]政府?发|[\u4e00-\u9fff]政发)[〔\[(（]"
    r"|《(?:国务院|中共中央|全国人民代表大会|[^》]{2,8}省人民政府)"
)
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
