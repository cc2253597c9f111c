"""Who gets what by a sentence that parts duties: 甲负责…, …由乙牵头, …职责划入丙."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# (start, end, full name) of a body named in a sentence.
Span = tuple[int, int, str]
_DOES = (
    r"(?:牵头|负责|承担(?!的)|主管|行使|查处|处罚|核发|审批|实施|监督管理|监督检查|监督|管理|处理)"
)
_BRACKET = r"(?:（[^）]*）)?"
_LEADS = re.compile(rf"{_BRACKET}(?:依法|统一|具体)*(?P<does>{_DOES})")
_HELPS = re.compile(rf"{_BRACKET}[^，；]{{0,4}}(?:配合|协助|协同|参与|会同)")
_BY = re.compile(r"(?:，|,|^|的)?(?:统一|依法)?由$")
_INTO = re.compile(r"(?:，|,)?(?:划入|划归|划转(?:至|到|给)|移交(?:至|到|给)?|回归(?:至|到)?)$")


@dataclass(frozen=True, slots=True)
class Share:
    """What a sentence gives to one body; `leads` if it says 牵头."""

    thing: str
    body: str
    leads: bool = False


def shares_in(sentence: str, spans: Sequence[Span]) -> Iterator[Share]:
    """Each body that a sentence charges with something, in order; who only helps is left out."""
    for number, (start, end, body) in enumerate(spans):
        before, after = sentence[:start], sentence[end:]
        if _HELPS.match(after):
            continue
        opening = spans[number - 1][1] if number else 0
        following = spans[number + 1][0] - end if number + 1 < len(spans) else len(after)
        given = _BY.search(before) if re.search(_DOES, after[:following]) else None
        leads = _LEADS.match(after)
        is_lead = "牵头" in after[:following] if given else bool(leads and leads["does"] == "牵头")
        if into := _INTO.search(before):
            yield Share(sentence[opening : into.start()].strip("，, "), body)
        elif given:
            yield Share(sentence[opening : given.start()].strip("，, "), body, is_lead)
        elif leads:
            yield Share(after[leads.end() : following].strip("，, "), body, is_lead)
