"""A change of institutions as a sentence states it, before it is dated and settled as a reform."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

RENAMED, JOINED, FOUNDED, SPLIT = "更名", "并入", "合并组建", "分设"
TRANSFERRED, ABOLISHED, SET_UP = "划转", "撤销", "设立"


@dataclass(frozen=True, slots=True)
class Change:
    """`old` became, joined or gave duties to `new`; either is "" for a founding or an end alone."""

    old: str
    new: str
    how: str
    on: date | None = None
