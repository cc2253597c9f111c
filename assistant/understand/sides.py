"""The two sides of "A or B": 归城管还是市监局, 镇里批还是县里批, A和B怎么分工."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.understand.bodies import Actor
from index.institutions.names import everyday_names

_OR = re.compile(r"还是(?:说|由|归|找|去|到|是|属于|要找|要去|该找)?")
_AND = re.compile(r"(?:和|与|跟|同|、|还有)")
_SPLIT = re.compile(
    r"谁(?:来)?(?:管|负责|牵头|为主|说了算|办)|怎么(?:分|划|区分)|分工|(?:职责)?边界|职责(?:划分|界定|怎么)|哪(?:个|家|一家)(?:来)?(?:管|负责|牵头|为主)|(?:哪个|哪家|到底)归|归哪(?:个|家|一家)"
)
# A side that is not known by name but is one of those who can be responsible.
_SIDE = (
    r"[^\W\d谁哪归找由问还和跟与是去到的在向让给该应]{0,9}(?:局|委员会|委(?![员会])|办|厅|所|站|中心|政府|队|院|公司|部门|居委会|村委会|物业|社区)"
    r"|[省市县区镇乡村](?:里|上|级|政府)|街道(?:上|办)?|居委会|村委会|村里|上级"
)
_FORMAL_ENDS = (*"局委会厅办院队站所社处部署", "中心")
_DOES = r"(?:的事|来?[管办批审定罚发]|负责|处理|受理|审批|管理|那边|的)?"
_DOING = re.compile(_DOES)
_BARE = "|".join(name for name in everyday_names() if not name.endswith(_FORMAL_ENDS))
_LEFT_SIDE = re.compile(rf"(?P<side>{_SIDE}|{_BARE}){_DOES}$")
_RIGHT_SIDE = re.compile(rf"(?P<side>{_SIDE}|{_BARE})")


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides, full names where known, else as said; `span` is where the choice stands."""

    names: tuple[str, ...] = ()
    span: tuple[int, int] = (0, 0)


def read_sides(text: str, actors: Sequence[Actor]) -> Sides:
    """The two sides of a choice between bodies; none if the question is no such choice."""
    for between in _OR.finditer(text):
        left, start = _left(text, between.start(), actors)
        right, end = _right(text, between.end(), actors)
        if left and right and left != right:
            return Sides((left, right), (start, end))
    ordered = sorted(actors, key=lambda actor: actor.start)
    for first, second in pairwise(ordered):
        joined = _AND.fullmatch(text, first.end, max(second.start, first.end))
        if joined and _SPLIT.search(text) and first.bodies != second.bodies:
            return Sides((_name(first, text), _name(second, text)), (first.start, second.end))
    return Sides()


def _left(text: str, end: int, actors: Sequence[Actor]) -> tuple[str, int]:
    """The side before 还是 and where it starts: the body right before it, or words that name one."""
    for actor in actors:
        if actor.end <= end and _DOING.fullmatch(text, actor.end, end):
            return _name(actor, text), actor.start
    match = _LEFT_SIDE.search(text[:end])
    return (match["side"], match.start()) if match else ("", end)


def _right(text: str, start: int, actors: Sequence[Actor]) -> tuple[str, int]:
    """The side after 还是 and where it ends, words of doing with it."""
    known = next((actor for actor in actors if actor.start == start), None)
    if known:
        side, end = _name(known, text), known.end
    elif match := _RIGHT_SIDE.match(text, start):
        side, end = match["side"], match.end("side")
    else:
        return "", start
    does = _DOING.match(text, end)
    return side, does.end() if does else end


def _name(actor: Actor, text: str) -> str:
    return actor.bodies[0] if actor.bodies else text[actor.start : actor.end]
