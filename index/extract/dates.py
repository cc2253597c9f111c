"""Dates and document numbers as papers print them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta

_HAN_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_DAY = r"(\d{4})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*日?"
_HAN_DAY = re.compile(
    r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
_NUMBER = re.compile(
    r"[\u4e00-\u9fff]{2,12}\s*[〔\[【（(]\s*\d{4}\s*[〕\]】）)]\s*(?:第)?\s*\d{1,4}\s*号"
)
_LEADING_WORDS = re.compile(
    r"^.*?(?:依据|根据|按照|文号|文件|印发的?|以)(?=[\u4e00-\u9fff]{2,8}[〔\[（(])"
)
_SPAN = re.compile(rf"{_DAY}\s*(?:起)?\s*(?:至|到|—+|－|-|~|～)\s*{_DAY}")
_UNTIL = re.compile(rf"(?:有效期(?:限)?(?:截?止|至|到)+|(?:截止|截至|至|到)){_DAY}")
_SINCE = re.compile(rf"(?:自|从)?{_DAY}\s*(?:起|开始)?\s*(?:正式)?(?:施行|实施|执行|生效|起)")
_FOR_YEARS = re.compile(
    r"(?:有效|试行|实施|委托|赋权)(?:期限?|时间)(?:暂定)?[为是：:]?(?P<years>\d{1,2}|[一二两三四五六七八九十]{1,2})年"
)
_ISSUED = re.compile(
    rf"{_DAY}\s*(?:[^，。；）)\d]{{2,20}}?(?=印发)|)(?:印发|公布|发布|公开|制定|经.{{0,20}}(?:批准|通过))|(?:印发|公布|发布|公开|成文)(?:日期|时间)?\s*[：:]?\s*{_DAY}"
)
_ANY = re.compile(_DAY)
_ALONE = re.compile(rf"[（(]?{_DAY}[）)]?")
_SIGNED = re.compile(
    rf"(?:[\u4e00-\u9fff\s（）()]{{0,40}}(?:局|委员会|委|办公室|政府|办事处|厅|办)\s*|(?:制表|填报|更新)?(?:日期|时间)\s*[：:]\s*|[（(])?"
    rf"{_DAY}[）)]?"
)


def plain(text: str) -> str:
    """NFKC text with Chinese numeral dates as digits: 二〇二四年五月十日 → 2024年5月10日."""
    return _HAN_DAY.sub(_han_day, unicodedata.normalize("NFKC", text))


def _han_day(match: re.Match[str]) -> str:
    year, month, day = match.groups()
    return f"{year.translate(_HAN_DIGITS)}年{_han_number(month)}月{_han_number(day)}日"


def _han_number(text: str) -> int:
    tens, _, ones = text.rpartition("十")
    if "十" not in text:
        return int(text.translate(_HAN_DIGITS))
    return (int(tens.translate(_HAN_DIGITS)) if tens else 1) * 10 + int(
        ones.translate(_HAN_DIGITS) or 0
    )


def _date(groups: tuple[str | None, ...]) -> date | None:
    numbers = [int(group) for group in groups if group]
    try:
        return date(*numbers[:3])
    except (ValueError, TypeError):
        return None


def first_date(text: str) -> date | None:
    """The first full date in a text."""
    match = _ANY.search(plain(text))
    return _date(match.groups()) if match else None


def issued_on(text: str) -> date | None:
    """The date a text says it was 印发 or 公布."""
    match = _ISSUED.search(plain(text))
    return _date(match.groups()) if match else None


def is_day(text: str) -> bool:
    """True for a line that is a date and nothing else, as below a signature."""
    return bool(_ALONE.fullmatch(plain(text).strip()))


def signed_on(lines: Sequence[str]) -> date | None:
    """The date that stands alone on a line or after the body that signed; the last of them."""
    for line in reversed(lines):
        match = _SIGNED.fullmatch(plain(line).strip())
        if match and (day := _date(match.groups())):
            return day
    return None


def span(text: str) -> tuple[date | None, date | None]:
    """(from, until) of a term: "2022年7月1日至2024年6月30日", "自…起施行，有效期三年", "有效期至…"."""
    flat = plain(text)
    if match := _SPAN.search(flat):
        return _date(match.groups()[:3]), _date(match.groups()[3:])
    starts, ends = _SINCE.search(flat), _UNTIL.search(flat)
    since = _date(starts.groups()) if starts else None
    until = _date(ends.groups()) if ends else None
    return since, until or _years_on(since, flat)


def _years_on(since: date | None, text: str) -> date | None:
    """The last day of as many years as a text says that something holds; None if it says none."""
    stated = _FOR_YEARS.search(re.sub(r"\s", "", text))
    if since is None or stated is None:
        return None
    said = stated["years"].replace("两", "二")
    year = since.year + (int(said) if said.isascii() else _han_number(said))
    is_leap_day = (since.month, since.day) == (2, 29)
    return (date(year, 3, 1) if is_leap_day else since.replace(year=year)) - timedelta(days=1)


def document_number(text: str) -> str:
    """The 文号 in a text as it stands (临政发〔2022〕11号), or ""."""
    match = _NUMBER.search(text)
    return re.sub(r"\s+", "", _LEADING_WORDS.sub("", match.group())) if match else ""


def day_words(day: date) -> str:
    """A day as Chinese papers write it."""
    return f"{day.year}年{day.month}月{day.day}日"
