"""What a sentence claims without a name: denials, somebody else, everywhere, now or then."""

from __future__ import annotations

import re

DENIAL = re.compile(r"没有|[没未无非勿别免]|不(?!过)|停止|取消")
_YEAR = re.compile(r"\d年")
_NOW = re.compile(r"现在|目前|如今|当前")
_THEN = re.compile(r"当时|那时")
_DOES = r"(?:负责|办理|受理|承担|承办|经办|主管|管|牵头|配合|协助|收回|承接|处理)"
_ANYBODY = r"(?:部门|单位|机关|机构|科室|乡镇|街道|该局|我们|咱们|我|其|它)"
# Somebody without a name who does something, or to whom one is sent.
_SOMEBODY = re.compile(
    rf"{_ANYBODY}[）)]?(?:也|都|还|再|则|会|来|可|可以|同时|具体|共同|一起)*{_DOES}"
    rf"|(?:由|归|找|到|去|向|给|联系|咨询)[^，。；：（）　]{{0,6}}{_ANYBODY}(?!(?:的)?　)"
    r"|(?:由|归|找)您|您[^，。；：（）　]{0,3}(?:承担|负责)|各地都"
)


def denials_of(text: str) -> int:
    """How many words deny something; each of them has to be the statement's."""
    return len(DENIAL.findall(text))


def adds_somebody(text: str, stated: str) -> bool:
    """True if a text, its names blanked, speaks of a doer without a name that is not stated."""
    return bool(_SOMEBODY.search(text)) and not _SOMEBODY.search(stated)


def fits_time(text: str) -> bool:
    """False for "now" beside a date, and for "then" without one."""
    return not (_NOW if _YEAR.search(text) else _THEN).search(text)
