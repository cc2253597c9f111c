"""Mistyped names of places, bodies and offices, read as the known ones and recorded."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.model import Correction
from assistant.understand.names import Names
from assistant.understand.places import inside, locate, named_in
from index.model import Place

_PLACE_END = re.compile(r"镇|乡|县|区|市|旗|街道")
_BODY_END = re.compile(r"局|委员会|办公室|[队股科]|中心")
_PLACE_LENGTHS = range(8, 2, -1)
_BODY_LENGTHS = range(15, 2, -1)
# 应急 alone may be a part of a mistyped 应急管里局.
_WHOLE = tuple("局委会厅办院队站所处府室股科心省市县区旗镇乡道州盟")
Span = tuple[int, int]


def mend(text: str, stated_name: str, names: Names) -> tuple[str, tuple[Correction, ...]]:
    """The text with mistyped names put right, outside the names that are known as they stand."""
    taken = [(m.start, m.end) for m in named_in(text, names)]
    for known in (
        names.institutions.words,
        names.offices.find,
        names.unloaded.find,
        names.everyday.find,
    ):
        found = ((start, start + len(name), name) for start, name in known(text))
        taken += [(start, end) for start, end, name in found if name.endswith(_WHOLE)]
    stated = locate(stated_name, names)
    mended: list[tuple[int, Correction]] = []
    for start, end in (
        *_windows(text, _PLACE_END, _PLACE_LENGTHS),
        *_windows(text, _BODY_END, _BODY_LENGTHS),
    ):
        if not any(start < other_end and other < end for other, other_end in taken):
            said = text[start:end]
            if meant := _place(said, stated, names) or _body(said, names):
                taken.append((start, end))
                mended.append((start, Correction(said, meant)))
    for start, one in sorted(mended, key=lambda pair: -pair[0]):
        text = text[:start] + one.read_as + text[start + len(one.said) :]
    return text, tuple(one for _, one in mended)


def _windows(text: str, ending: re.Pattern[str], lengths: range) -> Iterable[Span]:
    """Stretches that could be a name: up to each ending, the longest first, none with a gap."""
    for match in ending.finditer(text):
        for length in lengths:
            start = match.end() - length
            if start >= 0 and " " not in text[start : match.end()]:
                yield start, match.end()


def _place(said: str, stated: tuple[Place, ...], names: Names) -> str:
    """The place meant: the only one of that sound, or the only one at the place stated."""
    meant = names.place_sounds.meant(said)
    if len(meant) > 1 and stated:
        county = [names.gazetteer.chain(place.code)[-2:-1] for place in stated]
        near = [upper for uppers in county for upper in uppers] or list(stated)
        meant = {name for name in meant if inside(names.gazetteer.named(name), near, names)}
    return meant.pop() if len(meant) == 1 else ""


def _body(said: str, names: Names) -> str:
    meant = names.body_sounds.meant(said)
    return meant.pop() if len(meant) == 1 else ""
