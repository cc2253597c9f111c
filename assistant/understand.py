"""Question → Query: which place, body, date and kind of wish; what is left is the matter."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from assistant.model import Intent, Query, Question
from index.extract.dates import first_date
from index.gazetteer import Gazetteer, national_names
from index.model import Level, Place, PowerKind, Reform
from index.words import to_simplified

_BODY_NAMES = Path(__file__).parent.parent / "index" / "lexicon" / "bodies.yaml"
# In order; the first that matches wins.
_INTENTS: tuple[tuple[Intent, re.Pattern[str]], ...] = (
    (
        Intent.LEGAL_BASIS,
        re.compile(
            r"依据|哪[部条个]法|什么法|哪条|凭(?:什么|哪)|有(?:什么)?文件|有没有文件|法律规定|根据(?:什么|哪)"
        ),
    ),
    (
        Intent.STAFF_AND_OFFICES,
        re.compile(
            r"编制|领导职数|几个(?:科室|股室|内设)|哪些(?:科室|股室|内设机构|办公室)|内设机构"
        ),
    ),
    (
        Intent.DELEGATION,
        re.compile(
            r"(?:下放|赋权|委托|放权|交办)(?:给|到|了)?.{0,6}(?:吗|没有|没|了|我们|镇|乡|街道)"
        ),
    ),
    (Intent.COOPERATION, re.compile(r"(?:配合|协助).{0,8}(?:什么|哪些|谁|做)|谁(?:来)?配合")),
    (Intent.CHANGES, re.compile(r"以前|原来(?:是)?(?:谁|哪)|改革前|变(?:化|了)|调整了")),
    (
        Intent.DUTIES_OF_BODY,
        re.compile(
            r"(?:是)?(?:干什么|做什么|管什么|管哪些|负责什么|负责哪些|有哪些(?:职责|职能|权力|事项)|(?:主要)?职责是)"
        ),
    ),
    (
        Intent.BOUNDARY,
        re.compile(
            r"还是.{1,12}(?:管|负责|备案|办|批)?|和.{2,12}(?:谁管|怎么分|分工)|归.{1,8}还是"
        ),
    ),
)
# Words of asking, not of the matter. Longest first inside the pattern.
_ASKING = re.compile(
    r"请问|你好|您好|我(?:们)?(?:想|要)?(?:问一下|咨询(?:一下)?)|想问(?:一下|问)?|麻烦|谢谢|"
    r"(?:是|归|由|找|去|到|要去|要找|该找|应该找|得找)?(?:哪个|哪一个|什么|哪些|哪家|哪)(?:部门|单位|科室|股室|地方|机关|局|科|办公室|窗口)?"
    r"(?:管(?:理)?|负责|办理?|受理|审批|批|申请|备案|处理|说了算|发证)?(?:的|了|呢|吗|呀|啊)?(?=[?？。,，!！\s]|$)|"
    r"(?:归|由|找|是)?谁(?:来)?(?:管|负责|办|批|处理|定|说了算)?(?:的|了|呢|啊)?(?=[?？。,，!！\s]|$)|"
    r"怎么办理?|去哪(?:里|儿)?|在哪(?:里|儿)?|找谁|归谁|向谁|(?:吗|呢|呀|啊|嘛|咋|咋办)(?=[?？。,，!！\s]|$)"
)
_PUNCTUATION = re.compile(r"[?？!！。,，;；:：、\s“”\"'‘’]+")
_YEAR = re.compile(r"(20\d\d)年")
_DATE_WORDS = re.compile(
    r"(?:20\d\d年(?:\d{1,2}月(?:\d{1,2}日)?)?|去年|前年|今年|现在|如今)(?:的时候|那时|时|起)?"
)
_SHORTEST_BODY = 3
_LEGAL_POWERS = {power.value: power for power in PowerKind}


def understand(
    question: Question,
    gazetteer: Gazetteer,
    bodies: Iterable[str],
    *,
    today: date,
    reforms: Iterable[Reform] = (),
) -> Query:
    """Read a question. `bodies` are the full names that the corpus knows, `reforms` their history."""
    text = to_simplified(unicodedata.normalize("NFKC", question.text)).strip()
    named, rest = _take_places(text, gazetteer)
    stated = gazetteer.locate(to_simplified(question.place.strip())) if question.place else ()
    places = _narrow(named, stated, gazetteer) or stated
    scope = {p.code for place in places for p in gazetteer.chain(place.code)}
    old_names = _successions(r for r in reforms if _is_named(r.old, rest, gazetteer, scope))
    for reform in old_names:
        rest = rest.replace(_without_place(reform.old, gazetteer), " ")
    named_bodies = tuple(_bodies_named(rest, bodies, gazetteer, scope))
    return Query(
        matter=_matter(rest),
        intent=next((i for i, pattern in _INTENTS if pattern.search(text)), Intent.WHO_HANDLES),
        as_of=question.as_of or _date_in(text, today) or today,
        places=places,
        bodies=tuple(dict.fromkeys((*(r.new for r in old_names), *named_bodies))),
        old_names=old_names,
        power=next((p for word, p in _LEGAL_POWERS.items() if word in text), None),
        unloaded_place=_unloaded(question.place, stated, text, named),
        text=text,
    )


def _take_places(text: str, gazetteer: Gazetteer) -> tuple[tuple[Place, ...], str]:
    """The lowest place named, and the text without it.

    "临溪县城关镇" names one place, "城关镇" alone every place called so. A short name counts only
    where no longer word swallows it.
    """
    found: tuple[Place, ...] = ()
    rest = text
    for name in _place_names(gazetteer):
        if name not in rest or _is_part_of_word(rest, name):
            continue
        rest = rest.replace(name, " ", 1)
        found = _narrow(gazetteer.named(name), found, gazetteer) or found
    return found, rest


@cache
def _place_names(gazetteer: Gazetteer) -> tuple[str, ...]:
    return tuple(name for name in gazetteer.names() if not name.isascii())


def _is_part_of_word(text: str, name: str) -> bool:
    """True for an alias followed by another kind of place: 临溪 in 临溪河, 城关 in 城关小学."""
    after = text[text.index(name) + len(name) :][:2]
    is_full = name.endswith(tuple("省市县区旗镇乡道"))
    return not is_full and after.startswith(tuple("河山湖路桥村庄小中大水"))


def _narrow(
    named: tuple[Place, ...], context: tuple[Place, ...], gazetteer: Gazetteer
) -> tuple[Place, ...]:
    """Of the places named, those below (or in the chain of) the context, if there is one."""
    codes = {place.code for place in context}
    inside = tuple(
        place for place in named if codes & {above.code for above in gazetteer.chain(place.code)}
    )
    if inside:
        return inside
    county = {
        above.code
        for place in context
        for above in gazetteer.chain(place.code)
        if above.level is Level.COUNTY
    }
    near = tuple(p for p in named if county & {a.code for a in gazetteer.chain(p.code)})
    above_context = any(
        place.code in {a.code for a in gazetteer.chain(c.code)} for place in named for c in context
    )
    return context if above_context else near or named


def _unloaded(
    stated_name: str, stated: tuple[Place, ...], text: str, named: tuple[Place, ...]
) -> str:
    """A place that was meant but is not in the corpus; "" if there is none."""
    if stated_name and not stated:
        return stated_name
    if named:
        return ""
    return next((name for name in national_names() if name in text), "")


def _bodies_named(
    text: str, bodies: Iterable[str], gazetteer: Gazetteer, scope: set[str]
) -> Iterable[str]:
    """Full names of the bodies that a text calls by full, short or everyday name."""
    spoken = text
    for everyday, formal in _everyday_names().items():
        spoken = spoken.replace(everyday, formal)
    for body in bodies:
        bare = re.sub(r"[（(].*?[)）]", "", body)
        own = _without_place(bare, gazetteer)
        formal = next((f for e, f in _everyday_names().items() if own == e), own)
        if (
            len(own) >= 3
            and (own in spoken or formal in spoken)
            and _in_scope(bare, gazetteer, scope)
        ):
            yield body


def _successions(reforms: Iterable[Reform]) -> tuple[Reform, ...]:
    """One reform an old name: what the body became, before what it handed on to others."""
    chosen: dict[str, Reform] = {}
    for reform in sorted(reforms, key=lambda r: r.how == "划转"):
        chosen.setdefault(reform.old, reform)
    return tuple(chosen.values())


def _is_named(old: str, text: str, gazetteer: Gazetteer, scope: set[str]) -> bool:
    """True if a body that is no more is called by its name or everyday name, at its own place."""
    own = _without_place(old, gazetteer)
    spoken = text
    for everyday, formal in _everyday_names().items():
        spoken = spoken.replace(everyday, formal)
    is_body = len(own) >= _SHORTEST_BODY and not own.endswith(("镇", "乡", "街道"))
    return is_body and own in spoken and bool(scope) and _in_scope(old, gazetteer, scope)


@cache
def _everyday_names() -> dict[str, str]:
    names: dict[str, str] = yaml.safe_load(_BODY_NAMES.read_text("utf-8"))
    return names


def _without_place(body: str, gazetteer: Gazetteer) -> str:
    prefix = next((n for n in _place_names(gazetteer) if body.startswith(n) and body != n), "")
    return body.removeprefix(prefix)


def _in_scope(body: str, gazetteer: Gazetteer, scope: set[str]) -> bool:
    if not scope:
        return True
    place = next(
        (p for n in _place_names(gazetteer) if body.startswith(n) for p in gazetteer.named(n)), None
    )
    return place is None or place.code in scope


def _matter(text: str) -> str:
    """What is left when the asking is taken out; the whole text if nothing is."""
    bare = _PUNCTUATION.sub(" ", _ASKING.sub(" ", _DATE_WORDS.sub(" ", text))).strip(" 的在")
    return bare if len(bare) >= 2 else _PUNCTUATION.sub(" ", text).strip()


def _date_in(text: str, today: date) -> date | None:
    """A day or year that the question names: "2023年的时候", "去年"; its end for a year."""
    if day := first_date(text):
        return day
    if match := _YEAR.search(text):
        return date(int(match.group(1)), 12, 31)
    if "去年" in text:
        return date(today.year - 1, 12, 31)
    return date(today.year - 2, 12, 31) if "前年" in text else None
