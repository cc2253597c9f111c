"""Sentences for what is not there: not listed, not loaded, not understood, or to be asked back."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.compose.proofs import Proofs
from assistant.model import Clarify, Option, Query, Segment, Status
from assistant.resolve.findings import Resolution
from index.editions import term_of
from index.extract.dates import day_words
from index.model import Clause, DutyItem, SourceDocument
from index.passages import title_text

_NEXT_STEP = "可以向当地政务服务大厅咨询，或拨打12345。"
_NAMED = 3
_LONGEST_NAME = 60
_NO_MATTER = "请写明想问的事，例如“办残疾人补贴找谁”。"


def absent(query: Query, found: Resolution, proofs: Proofs) -> Iterable[Segment]:
    """Why there is no holder, and what to do next."""
    where = f"在{query.places[0].name}" if len(query.places) == 1 else ""
    if found.matters:
        one = "您问的是不是清单里的这件事？"
        several = "您问的可能是清单里下面这几件事，请问是哪一件？"
        yield Segment(one if len(found.matters) == 1 else several)
    elif found.status is Status.CLARIFY:
        yield Segment(f"“{found.matter}”在各地的办法不一样，请问您说的是哪里？")
    elif found.status is Status.OUT_OF_SCOPE:
        yield Segment(_NO_MATTER)
    elif query.unloaded_place:
        text = f"没有收录{query.unloaded_place}的权责清单，不能回答那里由谁负责。{_NEXT_STEP}"
        yield Segment(text)
    elif found.missing:
        what = "由谁负责" if len(query.matter) > 1 else ""
        yield Segment(f"没有收录{'、'.join(found.missing)}，不能确定{what}。{_NEXT_STEP}")
    else:
        text = f"{where}已收录的清单里，没有找到与这件事对应的事项。"
        if record := found.another_day:
            yield Segment(text)
            yield Segment(_another_day(query, record, proofs.source(record)))
            yield Segment(_NEXT_STEP)
        else:
            yield Segment(f"{text}{_covered(found.covered)}{_NEXT_STEP}")


def _covered(bodies: tuple[str, ...]) -> str:
    """Whose lists were looked through: another body's may have the matter."""
    if not bodies:
        return "没有收录的机关可能管这件事，请先不要按本页推断。"
    some = "、".join(bodies[:_NAMED])
    many = f"等{len(bodies)}个机关" if len(bodies) > _NAMED else ""
    return f"收录的是{some}{many}的清单；没有收录的机关可能管这件事，请先不要按本页推断。"


def _another_day(query: Query, record: DutyItem | Clause, source: SourceDocument) -> str:
    """That the matter stands in a paper which does not count on the day, so it is not cited."""
    since, until = term_of(source, record)
    starts = f"自{day_words(since)}起施行" if since else ""
    ends = f"到{day_words(until)}为止" if until else ""
    span = "，".join(filter(None, (starts, ends)))
    name = title_text(record)[:_LONGEST_NAME]
    day = day_words(query.as_of)
    return f"写到“{name}”的《{source.title}》{span}，{day}不适用，不能作为那一天的依据。"


def of_named(found: Resolution) -> Iterable[Segment]:
    """What is to be said of bodies named in the question that the answer does not name."""
    if found.missing:
        lists = "、".join(found.missing)
        yield Segment(f"没有收录{lists}，那里是否也写了这件事，这里不能确定。")
    if found.not_with:
        yield Segment(f"已收录的清单没有把这件事列给{'、'.join(found.not_with)}。")


def question_back(found: Resolution) -> Clarify | None:
    """The choices, when the answer differs by place, or when another matter may be meant."""
    if found.status is not Status.CLARIFY:
        return None
    if found.matters:
        return Clarify("matter", found.matters)
    return Clarify("place", tuple(Option(p.full_name, p.code) for p in found.choices))
