"""Sentences for what is not there: not listed, not loaded, not understood, or to be asked back."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.model import Clarify, Option, Query, Segment, Status
from assistant.resolve.findings import Resolution

_NEXT_STEP = "可以向当地政务服务大厅咨询，或拨打12345。"
_NO_MATTER = "请写明想问的事，例如“办残疾人补贴找谁”。"


def absent(query: Query, found: Resolution) -> Iterable[Segment]:
    """Why there is no holder, and what to do next."""
    where = query.places[0].name if len(query.places) == 1 else "已收录的地方"
    if found.matters:
        yield Segment(f"清单里没有“{found.matter}”这个说法，您问的是不是下面哪一项？")
    elif found.status is Status.CLARIFY:
        yield Segment(f"“{found.matter}”在各地的办法不一样，请问您说的是哪里？")
    elif found.status is Status.OUT_OF_SCOPE:
        yield Segment(_NO_MATTER)
    elif query.unloaded_place:
        text = f"没有收录{query.unloaded_place}的权责清单，不能回答那里由谁负责。{_NEXT_STEP}"
        yield Segment(text)
    elif found.missing:
        yield Segment(f"没有收录{'、'.join(found.missing)}，不能确定由谁负责。{_NEXT_STEP}")
    else:
        yield Segment(
            f"在{where}已收录的清单里，没有找到与这件事对应的事项。清单之外的事，请先不要按本页推断。{_NEXT_STEP}"
        )


def question_back(found: Resolution) -> Clarify | None:
    """The choices, when the answer differs by place, or when another matter may be meant."""
    if found.status is not Status.CLARIFY:
        return None
    if found.matters:
        return Clarify("matter", tuple(Option(matter, matter) for matter in found.matters))
    return Clarify("place", tuple(Option(p.full_name, p.code) for p in found.choices))
