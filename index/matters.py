"""When are two names the same matter? Acts, objects and shared character pairs; no model, no corpus."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from index.model import DutyItem, PowerKind


class Act(StrEnum):
    """What an authority does with a matter; the value is its usual word."""

    RECEIVE = "受理"
    PRELIMINARY = "初审"
    REVIEW = "审核"
    DECIDE = "审批"
    FILE = "备案"
    REGISTER = "登记"
    PUNISH = "处罚"
    INSPECT = "检查"
    LEVY = "征收"
    PAY = "给付"
    RULE = "裁决"
    MEDIATE = "调解"
    COERCE = "强制"
    REWARD = "奖励"
    TEST = "检测"


# Longest first: 审核确认 decides, 审核 alone does not; 初审意见 is no decision.
_ACTS: tuple[tuple[str, Act], ...] = (
    ("初步审查|初审|初核", Act.PRELIMINARY),
    ("申请材料收取|材料收取|受理|接收申请", Act.RECEIVE),
    (
        "审核确认|审核审批|审核批准|审批|批准|许可证?|核发|核准|审定|确认|认定|审查决定|颁发|发证",
        Act.DECIDE,
    ),
    ("审核|审查|核查", Act.REVIEW),
    ("备案", Act.FILE),
    ("登记|注册", Act.REGISTER),
    ("行政处罚|处罚|查处|罚款", Act.PUNISH),
    ("监督检查|行政检查|现场检查|检查|巡查|抽查|抽检", Act.INSPECT),
    ("征收|收缴", Act.LEVY),
    ("给付|发放|支付", Act.PAY),
    ("裁决|仲裁", Act.RULE),
    ("调解|调处", Act.MEDIATE),
    ("强制执行|强制|强行拆除|拆除|查封|扣押", Act.COERCE),
    ("奖励|表彰", Act.REWARD),
    ("检测|监测|鉴定|检验", Act.TEST),
)
_ACT = re.compile("|".join(f"(?P<a{i}>{words})" for i, (words, _) in enumerate(_ACTS)))
# Words that say how, not what.
_MANNER = re.compile(
    r"^对|(?:负责|做好|组织|开展|落实|办理|承担|推进|指导|协助|配合|参与|加强|依法|统一)(?:实施|开展)?"
    r"|申请材料|申请|提出|意见|行为|有关|相关|工作|情况|及其?|以及|或者|进行|的|并|和|与|对"
)
_BRACKETS = re.compile(r"[（(]([^（）()]*)[)）]")
_NOT_WORD = re.compile(r"[\W_]+")
# Words that papers put in or leave out without meaning another matter.
_EMPTY = re.compile(r"以及|通过|事项|行政|实施|情况|城乡|对象|的|对|及|和|与|或|等")
# What is done where a name does not say it: 占道经营 on a list of penalties.
_ACTS_OF: Mapping[PowerKind | None, frozenset[Act]] = {
    PowerKind.LICENCE: frozenset({Act.DECIDE}),
    PowerKind.PENALTY: frozenset({Act.PUNISH}),
    PowerKind.COERCION: frozenset({Act.COERCE}),
    PowerKind.LEVY: frozenset({Act.LEVY}),
    PowerKind.PAYMENT: frozenset({Act.PAY}),
    PowerKind.INSPECTION: frozenset({Act.INSPECT}),
    PowerKind.CONFIRMATION: frozenset({Act.DECIDE}),
    PowerKind.REWARD: frozenset({Act.REWARD}),
    PowerKind.ADJUDICATION: frozenset({Act.RULE}),
}


# Where a body does its work is no part of a matter: 本行政区域宗教事务管理.
_WHERE = re.compile(
    r"(?:(?:本|在|对|所)?(?:行政区域|辖区|管辖区域?)内?|本[镇乡村县市区]|全[镇乡县市区])(?:的|范围内)?"
)
# A shorter thing (许可, 河道) stands in the names of other matters.
_SHORTEST_THING = 4


@dataclass(frozen=True, slots=True)
class Matter:
    """A name taken apart: `key` all its words, `thing` what it is about, `acts` what is done.

    `core` is the thing without words that papers put in or leave out, `brackets` what stands in
    brackets.
    """

    key: str
    thing: str
    acts: frozenset[Act]
    core: str
    brackets: str


@lru_cache(maxsize=100_000)
def matter(name: str) -> Matter:
    """The matter that a name or a phrase names."""
    flat = unicodedata.normalize("NFKC", name)
    bare = _BRACKETS.sub("", flat) or flat
    thing = _NOT_WORD.sub("", _MANNER.sub("", _ACT.sub("|", bare))) or _NOT_WORD.sub("", bare)
    core = _EMPTY.sub("", thing) or thing
    brackets = _EMPTY.sub("", "".join(_BRACKETS.findall(flat)))
    return Matter(_NOT_WORD.sub("", flat), thing, acts(flat), core, brackets)


Identity = tuple[str, frozenset[Act]]


def identity(name: str, power: PowerKind | None = None) -> Identity:
    """What rows of one matter share, however their papers word it: the thing and what is done."""
    named = matter(name)
    return named.core, named.acts or _ACTS_OF.get(power, frozenset())


def is_called(said: str, name: str) -> bool:
    """True if a matter is said by its name, what is done with it aside."""
    wanted, named = matter(said), matter(name)
    return (
        bool(said)
        and wanted.core == named.core
        and (not wanted.acts or not named.acts or wanted.acts == named.acts)
    )


def without_area(name: str) -> str:
    """A name without the words that only say that it is of the body's own area."""
    return _WHERE.sub("", name)


def is_of_thing(name: str, other: str) -> bool:
    """True if a matter is of the thing that another is of, whatever is done with it."""
    thing, one = matter(other).core, matter(name)
    return one.core == thing or (len(thing) >= _SHORTEST_THING and thing in one.key)


def is_within(name: str, broader: str) -> bool:
    """True if a matter is one of several that a sentence names: its thing, and what is done with it."""
    one, all_ = matter(name), matter(broader)
    is_named = len(one.core) >= _SHORTEST_THING and one.core in all_.key
    return is_named and bool(one.acts) and one.acts <= all_.acts


def is_same_matter(one: DutyItem, other: DutyItem) -> bool:
    """True if two rows name the same matter: alike, or one as the other's sub-item is called.

    A catalog hands down 小额临时救助审批, of which the department makes a part of 临时救助. Sub-items
    must not differ where both are given; nor must words in brackets (零售 against 批发), for there
    they part what otherwise has one name.
    """
    if _is_called_alike(one, one.name, other, other.name):
        return _agree(one.sub_item, other.sub_item)
    return _is_part(one, other) or _is_part(other, one)


def _is_part(part: DutyItem, whole: DutyItem) -> bool:
    """True if a row without sub-items is called as another's sub-item."""
    is_named = bool(whole.sub_item) and not part.sub_item
    return is_named and _is_called_alike(part, part.name, whole, whole.sub_item)


def _is_called_alike(one: DutyItem, name: str, other: DutyItem, other_name: str) -> bool:
    is_alike = identity(name, one.power) == identity(other_name, other.power)
    return is_alike and _agree(matter(name).brackets, matter(other_name).brackets)


def _agree(one: str, other: str) -> bool:
    return not one or not other or one == other


@lru_cache(maxsize=100_000)
def acts(text: str) -> frozenset[Act]:
    """The acts that a text names."""
    return frozenset(_ACTS[int((m.lastgroup or "a0")[1:])][1] for m in _ACT.finditer(text))


@lru_cache(maxsize=100_000)
def pairs(text: str) -> frozenset[str]:
    """Neighbouring characters of a text without punctuation; a lone character stands for itself."""
    flat = _NOT_WORD.sub("", unicodedata.normalize("NFKC", text))
    return frozenset(flat[i : i + 2] for i in range(len(flat) - 1)) or frozenset(flat)


def covered(part: str, whole: str) -> float:
    """Share of a text's character pairs that another text has, 0 to 1."""
    wanted = pairs(part)
    return len(wanted & pairs(whole)) / len(wanted) if wanted else 0.0


def similarity(a: str, b: str) -> float:
    """Dice coefficient of two texts' character pairs, 0 to 1; 1 for equal texts."""
    left, right = pairs(a), pairs(b)
    return 2 * len(left & right) / (len(left) + len(right)) if left or right else 0.0
