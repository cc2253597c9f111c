"""The law and article that a question names: 土地管理法第62条 → 土地管理法, 第六十二条."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.understand.wording import blank
from index.extract.citations import article_number
from index.laws import law_key

_NUMBER = r"(?:\d{1,4}|[零〇一二三四五六七八九十百]{1,7})"
_ARTICLE = (
    rf"第?(?P<number>{_NUMBER})条(?:之[一二三四五六七八九])?(?:第?{_NUMBER}款)?(?:第?{_NUMBER}项)?"
)
_NATION = r"(?:中华人民共和国)?"
_KINDS = r"(?:法|法典|条例|办法|规定|规则|细则|决定|意见|通知)"
_TITLED = re.compile(rf"《{_NATION}(?P<law>[^《》]{{2,60}})》(?:(?:的|中)?{_ARTICLE})?")
# Without title marks a name begins after a word of asking or at the start.
_OPENING = r"(?:^|(?<=[ 据照按依凭反犯用那问下是看查和跟与及了的在有管]))"
_LAW = r"[^\W\d_a-zA-Z谁哪找归问吗呢据照那什么]{2,24}?"
_WITH_ARTICLE = re.compile(rf"{_OPENING}{_NATION}(?P<law>{_LAW}{_KINDS})(?:的|里|中)?{_ARTICLE}")
_BARE = re.compile(
    rf"{_OPENING}{_NATION}(?P<law>{_LAW}(?:法典|(?<![执司违非合办方做说想看用书设没无依语技])法(?![院律官规定制治人学庭警庭师援务])|(?<=.)条例))"
)
_ANY_ARTICLE = re.compile(_ARTICLE.replace("第?(", "第(", 1))
_FRONT = re.compile(r"^(?:请问|问一下|想问|根据|依据|按照|依照|违反|是不是|是|那|这个|这)+")
_BROKEN = re.compile(r"违反$|触犯$|不符合$")


@dataclass(frozen=True, slots=True)
class LawRead:
    """The law and article named, "" if none, and the text without them."""

    law: str
    article: str
    rest: str


def read_law(text: str) -> LawRead:
    """Find the first law named. One that was broken ("违反…") stays part of the matter."""
    match = _TITLED.search(text) or _WITH_ARTICLE.search(text) or _BARE.search(text)
    if match is None:
        alone = _ANY_ARTICLE.search(text)
        if alone is None:
            return LawRead("", "", text)
        return LawRead("", _article(alone), blank(text, *alone.span()))
    law = _FRONT.sub("", match.group("law"))
    start = match.end("law") - len(law) if match.re is not _TITLED else match.start()
    if _BROKEN.search(text[:start]):
        start = match.end("law") + (match.re is _TITLED)
    article = _article(match) if "number" in match.re.groupindex else ""
    return LawRead(law_key(law), article, blank(text, start, match.end()))


def _article(match: re.Match[str]) -> str:
    return article_number(match.group("number") or "")
