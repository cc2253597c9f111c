"""Sentences for several places asked about at once, each place's answer in turn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from assistant.compose.holders import answered
from assistant.compose.proofs import Proofs
from assistant.model import Query, Segment, Status
from assistant.resolve.findings import Part, Resolution
from index.model import Clause


def apart(
    query: Query, found: Resolution, history: Mapping[str, Clause], proofs: Proofs
) -> Iterable[Segment]:
    """What holds at each place; where nothing was found, that."""
    is_one_county = len({place.parent for part in found.parts for place in part.places}) == 1
    for part in found.parts:
        names = (p.name if is_one_county else p.full_name for p in part.places)
        where = "、".join(names)
        if part.found.status is Status.ANSWERED:
            first, *rest = answered(query, part.found, history, proofs)
            yield replace(first, text=f"{where}：{first.text}")
            yield from rest
        else:
            yield Segment(f"{where}：{_nothing(part)}")


def _nothing(part: Part) -> str:
    if part.found.status is Status.CLARIFY:
        return "那里的各个乡镇（街道）不一样，请写明是哪一个。"
    if part.found.missing:
        return f"没有收录{'、'.join(part.found.missing)}，不能确定由谁负责。"
    return "已收录的清单里没有找到这件事。"
