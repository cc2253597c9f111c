"""Which rows speak of one matter, though papers word its name a little differently."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from index.model import DutyItem

_WRAPPING = re.compile(
    r"^对|的?(?:行政)?(?:处罚|检查|强制|监督检查|审批|核发|备案|许可)$|[\s，,、：:“”\"；;。]"
)
_BRACKETS = re.compile(r"[（(]([^（）()]*)[）)]")
_MARKS = re.compile(r"[\s，,、：:“”\"；;。]")
# Words that papers put in or leave out without meaning another matter.
_EMPTY = re.compile(
    r"以及|行为|工作|事项|有关|相关|进行|实施|开展|负责|做好|办理|行政|依法|情况|城乡|对象|的|对|及|和|与|或|等"
)


def matter_key(name: str) -> str:
    """What a matter is called without the wrapping of its kind: 对占道经营的处罚 → 占道经营."""
    return _key(name)[0]


def is_exactly(said: str, name: str) -> bool:
    """True if a matter is said in the very characters of a name, marks and spaces aside."""
    return bool(said) and _bare(said) == _bare(name)


def is_called(said: str, name: str) -> bool:
    """True if a matter is said by its name, the wrapping of its kind aside."""
    return bool(said) and matter_key(_bare(said)) == matter_key(_bare(name))


def is_same_matter(one: DutyItem, other: DutyItem) -> bool:
    """True if two rows name the same matter: alike, or one as the other's sub-item is called.

    A catalog hands down 小额临时救助审批, of which the department makes a part of 临时救助. Kinds of
    power and sub-items must not differ where both are given; so must words in brackets (零售
    against 批发), for there they part what otherwise has one name.
    """
    if not _agree(one.power, other.power):
        return False
    if _is_called_alike(one.name, other.name):
        return _agree(one.sub_item, other.sub_item)
    return _is_part(one, other) or _is_part(other, one)


def _is_part(part: DutyItem, whole: DutyItem) -> bool:
    """True if a row without sub-items is called as another's sub-item."""
    is_named = bool(whole.sub_item) and not part.sub_item
    return is_named and _is_called_alike(part.name, whole.sub_item)


def _is_called_alike(one: str, other: str) -> bool:
    (key, brackets), (other_key, other_brackets) = _key(one), _key(other)
    return key == other_key and _agree(brackets, other_brackets)


def same_matter(item: DutyItem, records: Iterable[DutyItem]) -> tuple[DutyItem, ...]:
    """The records that name the matter that `item` names."""
    return tuple(other for other in records if is_same_matter(item, other))


def _agree(one: object, other: object) -> bool:
    return not one or not other or one == other


@lru_cache(maxsize=65536)
def _bare(text: str) -> str:
    return _MARKS.sub("", text)


@lru_cache(maxsize=65536)
def _key(name: str) -> tuple[str, str]:
    """The bare name, and what its brackets hold."""
    brackets = "".join(_BRACKETS.findall(name))
    key, before = _BRACKETS.sub("", name), ""
    while key != before:
        before, key = key, _WRAPPING.sub("", key)
    return _EMPTY.sub("", key) or key or name, _EMPTY.sub("", brackets)
