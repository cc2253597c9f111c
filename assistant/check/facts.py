"""A sentence of the finding → what it claims: names that must stand whole, numbers, marks of duty."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from assistant.model import Answer, Segment
from index.words import words

_QUOTED = re.compile(r"“([^“”]{3,})”|《([^《》]+)》")
_NUMBER = re.compile(
    r"\d+(?:[.\-/:：]\d+)*(?:年|月|日|号|条|款|项|元|%)?|[〔\[]\d{4}[〕\]]|"
    r"第[一二三四五六七八九十百千零〇两]+[条款项章节]|[一二三四五六七八九十百]+(?:日|个月|年|天|元|倍)"
)
_BODY_END = re.compile(
    r"局|委员会|政府|办事处|街道|厅|办公室|中心|大队|中队|支队|执法队|股|科|处|所|站|院|公司|县|镇|乡|市|省|村|区"
)
# Marks that change what a sentence means: each stands in both sentences or in neither.
_MARKS = {
    "不": re.compile(r"[不没未无非勿别免]|停止|取消"),
    "赋权": re.compile(r"赋权|下放|赋予|放权"),
    "委托": re.compile(r"委托"),
    "名义": re.compile(r"名义"),
    "责任": re.compile(r"责任"),
    "牵头": re.compile(r"牵头"),
    "配合": re.compile(r"配合|协助"),
    "收回": re.compile(r"收回|承接|收归"),
    "镇": re.compile(r"乡镇|街道"),
    "镇不再": re.compile(r"(?:乡镇|街道|镇里)[）)]?(?:现在|目前)?(?:已|已经)?不再"),
    "各地": re.compile(r"各地|地方"),
    "各地不一": re.compile(r"(?:办法|规定)[^，。；？]{0,6}不(?:一样|同|一致|尽相同)"),
    "清单未写": re.compile(
        r"清单[^，。；]{0,4}(?:没有|没|未)(?:具体|单独)?(?:写|列|注|载|标|公布|明确)"
    ),
    "三定": re.compile(r"三定|机构职能"),
    "分别": re.compile(r"分别|不止"),
    "旧": re.compile(r"旧名|原名|更名|改名|调整"),
}


@dataclass(frozen=True, slots=True)
class Names:
    """The names that sentences of one answer may hold, longest first; `offices` are internal ones."""

    bodies: tuple[str, ...]
    offices: tuple[str, ...]

    @classmethod
    def of(cls, answer: Answer) -> Names:
        """Everyone the finding names."""
        bodies = {name for h in answer.holders for name in (h.body, h.principal) if name}
        offices = {h.office for h in answer.holders if h.office} - bodies
        return cls(_longest_first(bodies), _longest_first(offices))


@dataclass(frozen=True, slots=True)
class Facts:
    """What one sentence claims: names, quoted names and laws; numbers in order; marks; other words."""

    names: frozenset[str]
    numbers: tuple[str, ...]
    marks: frozenset[str]
    words: frozenset[str]


def facts_of(text: str, names: Names) -> Facts:
    """What a sentence of the finding claims."""
    found: set[str] = set()
    rest = text
    quoted = {name for pair in _QUOTED.findall(text) for name in pair if name}
    for name in _longest_first({*names.bodies, *names.offices, *quoted}):
        if name in rest:
            found.add(name)
            rest = rest.replace(name, "　")
    numbers = tuple(_NUMBER.findall(rest))
    bare = _NUMBER.sub("　", rest)
    own = frozenset(word for word in cut(bare) if not _NUMBER.search(word))
    return Facts(frozenset(found), numbers, marks_of(rest), own)


def is_closed(facts: Facts) -> bool:
    """False if words beside the known names may be parts of other bodies or places."""
    return not any(_BODY_END.search(word) for word in facts.words - _HARMLESS)


_HARMLESS = frozenset({"乡镇", "街道", "科室", "机构"})


def marks_of(text: str) -> frozenset[str]:
    """The marks in a text out of which names are taken."""
    return frozenset(name for name, pattern in _MARKS.items() if pattern.search(text))


def numbers_of(text: str) -> tuple[str, ...]:
    """The numbers, dates and articles of a text, in order."""
    return tuple(_NUMBER.findall(text))


@lru_cache(maxsize=4096)
def cut(text: str) -> tuple[str, ...]:
    """The words of a text, without its punctuation."""
    return tuple(word for word in words(text) if re.search(r"\w", word))


def labels_of(segments: Iterable[Segment]) -> frozenset[int]:
    """All citations of some sentences."""
    return frozenset(label for segment in segments for label in segment.citations)


def _longest_first(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names, key=lambda name: (-len(name), name)))
