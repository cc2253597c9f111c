"""Units in a 三定 provision: internal offices, teams and public institutions, with their plates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from index.model import Clause, Office

_SUFFIX = (
    r"(?:办公室|[^公教科股处]室|股|科|处|司|厅|局|委|部|组|队|所|站|中心|园|馆|院|校|场|台|窗口"
    r"|党总支|党支部|工会|妇联|机构)"
)
_NAME = rf"(?P<name>[^\s。；;：:，,（()）“”《》、\uff0e.]{{1,24}}?{_SUFFIX}|办公室)"
_PLATES_IN_BRACKETS = r"(?P<bracket>(?:\s*[（(][^）)]{1,60}[）)])?)"
# After its name a unit has a stop, a gap, the end of the line, or at once its duties.
_DUTIES = "负责|承担|主要|贯彻|协助|拟[订定]|组织|统筹|指导|承办|履行|牵头|具体|为|加?挂|核定|配备"
# What a list of institutions says of one right after its name.
_STANDING = "[正副股科处]{1,2}级|公益|全额|差额|自收自支|财政|机构规格"
_UNIT = re.compile(
    rf"^{_NAME}{_PLATES_IN_BRACKETS}(?:[。：:；;\s　—]|[，,](?={_DUTIES}|{_STANDING})|$|(?={_DUTIES}))"
)
_UNIT_OF_ITS_OWN = re.compile(rf"^{_NAME}{_PLATES_IN_BRACKETS}(?:[。：:\s　—]|$)")
# What opens a duty, or a sentence about offices, is no name of an office.
_NOT_A_NAME = re.compile(
    r"^(?:负责|承担|指导|组织|协助|拟[订定]|贯彻|承办|监督|完成|根据|按照|依照|会同|配合|参与|研究|协调|开展|落实|做好|主管|统一|设|上述|其中|各|本)"
    r"|(?:局|委|办公室|政府|办事处|镇|乡|街道|机关)[内下共]?设|内设|所属|事业单位|^关于|^(?:工作|办事|综合办事|派出|直属|所属|职能|管理|党政|行政|事业|内设|常设)?机构$"
)
# 监督管理股 on a line of its own is an office for all its verb.
_PLAIN_OFFICE = re.compile(
    r"^[^，。；：]{2,10}[股科处室]\s*(?:[（(][^）)]{1,60}[）)])?\s*(?:[。：:\n]|$)"
)
_PLATES = re.compile(r"(?:加挂|挂|增挂)\s*(?P<plates>[^。；;，,：:]{2,60}?)(?:的)?(?:牌子|牌)")
_NOT_PLATED = re.compile(r"(?:不再|取消|撤销|摘掉?)\s*$")
_PLATE_SUFFIX = re.compile(rf"{_SUFFIX}$")


@dataclass(frozen=True, slots=True)
class Unit:
    """An office or institution as a line names it; `plates` are the names it also goes by."""

    name: str
    plates: tuple[str, ...] = ()


def read_unit(text: str, *, own_line: bool = False) -> Unit | None:
    """The unit that a paragraph opens with ("社会救助股（挂低保中心牌子）：负责…"), if any.

    `own_line` is for lines without a number, where a stop or a gap must part name and duties.
    """
    match = (_UNIT_OF_ITS_OWN if own_line else _UNIT).match(text.strip())
    is_named = match and (not _NOT_A_NAME.search(match["name"]) or _is_plain(match["name"], text))
    if not match or not is_named:
        return None
    first = re.split(r"[。；;\n]", text[match.end() :].strip())[0]
    plated = first if re.match(r"(?:同时)?(?:加|增)?挂", first) else ""
    plates = dict.fromkeys((*_bracketed(match["bracket"]), *plates_in(plated)))
    return Unit(match["name"], tuple(plates))


def _is_plain(name: str, text: str) -> bool:
    """True for an office that only its first verb makes look like a duty."""
    return bool(_PLAIN_OFFICE.match(text.strip())) and not re.search(r"设|[局委]内|本", name)


def offices_in(clauses: Iterable[Clause]) -> tuple[Office, ...]:
    """The offices that OFFICE clauses set up, in order; duties under an office are its own."""
    found: list[Office] = []
    for (body, name), group in groupby(clauses, key=lambda c: (c.body, c.office)):
        own = tuple(group)
        if name:
            plates = tuple(dict.fromkeys(plate for clause in own for plate in clause.bodies))
            found.append(Office(body, name, plates, own))
    return tuple(found)


def plates_in(text: str) -> tuple[str, ...]:
    """Names on the plates a text hangs ("加挂县林业局、县绿化办公室牌子"), as they stand."""
    return tuple(
        name
        for match in _PLATES.finditer(text)
        if not _NOT_PLATED.search(text[: match.start()])
        for written in re.split(
            r"、|(?:牌子)?和(?=[^、]*(?:局|办公室|中心)$)", match["plates"].strip("“”")
        )
        if (name := written.strip("“” 　").removesuffix("牌子"))
    )


def _bracketed(bracket: str) -> tuple[str, ...]:
    """Plates in brackets, with or without the word: （挂人大办公室牌子）, （退役军人服务站）."""
    inside = bracket.strip().strip("（()）").strip()
    if named := plates_in(inside):
        return named
    names = [name.strip() for name in re.split(r"[、，,]", inside)]
    return tuple(names) if all(_PLATE_SUFFIX.search(name) for name in names) else ()
