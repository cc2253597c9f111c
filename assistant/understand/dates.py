"""The day whose rules a question asks for: "2023年6月", "去年底", "三年前", "改革前"."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.understand.wording import blank

_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_HAN = "〇○零一二三四五六七八九"
_HAN_YEAR = re.compile(
    rf"[{_HAN}]{{4}}(?=年)|(?<![{_HAN}十百])[{_HAN}]{{2}}(?=年(?!前|以|之|多|来))"
)
_HAN_MONTH = re.compile(r"(?<=年)(?:的)?([一二三四五六七八九十]{1,2})(?=月)")
_HAN_DAY = re.compile(r"(?<=月)([一二三四五六七八九十]{1,3})(?=[日号])")
_YEARS_BACK = {"大前年": 3, "前年": 2, "去年": 1, "今年": 0, "本年": 0, "明年": -1, "后年": -2}
_RELATIVE = "|".join(_YEARS_BACK)
_PART = r"(?:年?(?P<part>底|末|初|中)|(?P<half>上半年|下半年)|第?(?P<quarter>[一二三四1-4])季度)"
_TAIL = r"(?P<tail>以前|之前|前|以后|之后|后|以来|起)?(?:的?时候|的?那时候?|那会儿?|当时|期间|时(?!间|效|段))?"
# Two digits are a year only where they are not a span of years: 23年的时候, but 住了23年.
_SHORT = (
    r"(?<![\d.第满近约共过了干住用期限])(?P<short>\d\d)"
    r"(?=年)(?!年(?:[多来间内期老以]|工龄|历史|龄|时间|的(?!时候)))"
)
_MONTH = r"(?:(?P<month>\d{1,2})月份?(?:(?P<day>\d{1,2})[日号])?)?"
_CALENDAR = re.compile(
    rf"(?:过了)?(?:(?P<year>(?:19|20)\d\d)|{_SHORT})年(?!度)(?:版|份)?的?{_MONTH}{_PART}?{_TAIL}"
)
_NUMERIC = re.compile(
    rf"(?P<year>(?:19|20)\d\d)[-/.](?P<month>\d{{1,2}})(?:[-/.](?P<day>\d{{1,2}}))?(?!\d)月?{_TAIL}"
)
_RELATIVE_YEAR = re.compile(rf"(?P<relative>{_RELATIVE})的?{_MONTH}{_PART}?{_TAIL}")
_AGO = re.compile(
    r"(?<!\d)(?P<n>\d{1,3}|[一二两三四五六七八九十]{1,3}|半)(?P<unit>年|个月|天|周|个星期|个礼拜)(?:以前|之前|前)(?:的?时候)?"
)
_NEAR = re.compile(r"上上个?月|上个?月|下个?月|这个月|本月|上个?(?:周|星期|礼拜)|昨天|前天|昨日")
_NOW = re.compile(r"现在(?!想|要问|问)|如今|目前|眼下|当前|现今")
_THIS_YEAR = re.compile(r"今年")
# What happened to the asker then, not the day asked for: 2015年买的房, 去年办的证.
_EVENT = re.compile(
    r"[^谁哪归找]{0,6}?(?:买|建|盖|修|办|领|分|批|拿|结婚|离婚|生|去世|过世|死|退休|退伍|毕业|入职|参加|签|租|承包|搬|迁|开|装|拆|交|登记|注册|取得|成立|种|养|借|来|住)"
    r"[^谁哪归找]{0,4}?(?:的|了|过|至今)(?!时候|时)|出生|生人"
)
_CLAUSE = re.compile(r"[^，。！？；,!?;\n]*[，。！？；,!?;\n]*")
_THEN = re.compile(r"当时|那时|那会|那年|那阵")
_ASKS = re.compile(
    r"[谁哪归吗么啥]|什么|由.{0,8}(?:管|批|办|负责)|找|能不能|可不可以|是不是|有没有"
)
# What stands beside a day that is asked for: a few words, or where.
_ONLY_WHEN = re.compile(r"\W*(?:\w{0,4}|\w{0,12}(?:镇|乡|县|市|区|街道|这边|那边|这里|那里))\W*")
_BEFORE_REFORM = re.compile(
    r"(?:机构)?(?:改革|合并|更名|改名|划转|撤并|撤销|整合|并入|撤镇设街道?|撤乡设镇|转隶)(?:以前|之前|前)"
    r"|(?<![岁年月天周])(?:以前|之前|原来|原先|从前|过去|早先|早前|当初)(?=(?:都|又|一直|的?时候)?(?:是|归|由|在|属|叫|找|谁|哪|管))"
)
_UNIT_DAYS = {"天": 1, "周": 7, "个星期": 7, "个礼拜": 7}


@dataclass(frozen=True, slots=True)
class When:
    """The day meant, whether it was said, the words of a reform said, and the text without all that."""

    as_of: date
    is_dated: bool
    before_reform: str
    rest: str


def asked_of(text: str, today: date) -> str:
    """The text without the days of clauses that only tell what happened.

    我身份证前年丢过，有人冒名注册了公司，这事归谁管 asks of today; 前年那会儿，低保归谁管 does not. Who
    gives the very year means it: 2023年企业没做安全培训，镇里能处罚吗.
    """
    if _THEN.search(text):
        return text
    return "".join(
        clause if _ASKS.search(clause) else _untold(clause, today)
        for clause in _CLAUSE.findall(text)
    )


def _untold(clause: str, today: date) -> str:
    """A clause of a story without its days; one that is hardly more than a day says when is meant."""
    bare = spell_out(clause)
    for pattern, resolve in _RELATIVE_READERS:
        bare = pattern.sub(lambda m, of=resolve: "" if of(m, today) else m.group(), bare)  # type: ignore[misc]
    return clause if _ONLY_WHEN.fullmatch(bare) else bare


def spell_out(text: str) -> str:
    """Chinese numerals of dates as digits: 二〇二三年六月 → 2023年6月."""
    text = _HAN_YEAR.sub(lambda m: m.group().translate(_DIGITS), text)
    text = _HAN_MONTH.sub(lambda m: str(_number(m.group(1))), text)
    return _HAN_DAY.sub(lambda m: str(_number(m.group(1))), text)


def read_date(text: str, today: date) -> When:
    """Find the day asked for. A year means its end, a month its last day; without one: today."""
    text = spell_out(text)
    is_then = bool(_THEN.search(text))
    found: date | None = None
    for pattern, resolve in _READERS:
        for match in pattern.finditer(text):
            day = resolve(match, today)
            if day is None:
                continue
            happened = not is_then and _EVENT.match(text[match.end() :])
            text = blank(text, *match.span())
            found = found or (None if happened else day)
    now = _NOW.search(text)
    if now:
        text = blank(text, *now.span())
    if year := _THIS_YEAR.search(text):
        text = blank(text, *year.span())
    reform = None if now else _BEFORE_REFORM.search(text)
    if reform:
        text = blank(text, *reform.span())
    day = today if now else found or today
    return When(day, bool(now or found), reform.group() if reform else "", text)


def _of_calendar(match: re.Match[str], today: date) -> date | None:
    year, short = match.group("year"), match.groupdict().get("short")
    if short and not 10 <= int(short) <= today.year % 100 + 1:
        return None
    return _end_of(match, int(year or f"20{short}"), today)


def _of_relative_year(match: re.Match[str], today: date) -> date | None:
    year = today.year - _YEARS_BACK[match.group("relative")]
    is_plain = not any(match.group(name) for name in ("month", "part", "half", "quarter", "tail"))
    return None if year == today.year and is_plain else _end_of(match, year, today)


def _end_of(match: re.Match[str], year: int, today: date) -> date | None:
    """The last day of the period named; of one that is not over, today; before or after it."""
    first, last = _period(match, year)
    if last is None:
        return None
    if match.group("tail") in ("以前", "之前", "前"):
        return first - timedelta(days=1)
    if match.group("tail") in ("以后", "之后", "后", "以来", "起"):
        return max(today, last)
    return today if first <= today <= last else last


def _period(match: re.Match[str], year: int) -> tuple[date, date | None]:
    first = date(year, 1, 1)
    said = match.groupdict()
    month, day = said["month"], said["day"]
    try:
        if month and day:
            return (exact := date(year, int(month), int(day))), exact
        if month:
            return date(year, int(month), 1), _month_end(year, int(month))
    except (ValueError, IndexError):
        return first, None
    if quarter := said.get("quarter"):
        number = int(quarter.translate(_DIGITS))
        return date(year, number * 3 - 2, 1), _month_end(year, number * 3)
    if said.get("half") == "上半年" or said.get("part") == "中":
        return first, date(year, 6, 30)
    return first, date(year, 1, 31) if said.get("part") == "初" else date(year, 12, 31)


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _ago(match: re.Match[str], today: date) -> date | None:
    said, unit = match.group("n"), match.group("unit")
    if days := _UNIT_DAYS.get(unit):
        return today - timedelta(days=days * _number(said))
    months = 6 if said == "半" else _number(said) * (12 if unit == "年" else 1)
    return _months_back(today, months)


def _near(match: re.Match[str], today: date) -> date | None:
    said = match.group()
    if said.endswith("月"):
        back = 2 * ("上上" in said) or ("上" in said) - ("下" in said)
        there = _months_back(today.replace(day=1), back)
        return _month_end(there.year, there.month) if back else None
    days = 1 if said.startswith("昨") else 2 if said == "前天" else 7
    return today - timedelta(days=days)


def _months_back(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _number(said: str) -> int:
    """十二 → 12, 两 → 2, digits as they are; 半 counts as none."""
    said = said.replace("两", "二")
    if said.isdigit() and not set(said) & set(_HAN):
        return int(said)
    tens, ten, ones = said.rpartition("十")
    if not ten:
        return int(ones.translate(_DIGITS)) if ones != "半" else 0
    return int(tens.translate(_DIGITS) or 1) * 10 + int(ones.translate(_DIGITS) or 0)


_Reader = tuple[re.Pattern[str], Callable[[re.Match[str], date], date | None]]
_BACK: _Reader = (_AGO, _ago)
_YEARS: _Reader = (_RELATIVE_YEAR, _of_relative_year)
_DAYS: _Reader = (_NEAR, _near)
_RELATIVE_READERS = (_BACK, _YEARS, _DAYS)
# In order: 三年前 is read before a year in it.
_READERS = (_BACK, (_NUMERIC, _of_calendar), (_CALENDAR, _of_calendar), _YEARS, _DAYS)
