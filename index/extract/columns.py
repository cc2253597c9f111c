"""What a header cell means: the many published names of a column (`headers.yaml`) → one field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import yaml

from index.words import to_simplified


class Field(StrEnum):
    """A column of a list; the value is the name used in `Cell.field`.

    PHONE is for those who want to know, COMPLAINT_PHONE for those who want to complain (监督, 投诉,
    举报). MARK is a column headed by one township's name that holds ticks; EXTRA is a column that is
    quoted but not used.
    """

    NUMBER = "number"
    CODE = "code"
    POWER = "power"
    NAME = "name"
    SUB_ITEM = "sub_item"
    BASIS = "basis"
    BODY = "body"
    OFFICE = "office"
    LEVEL = "level"
    SCOPE = "scope"
    DEPARTMENT_DUTY = "department_duty"
    DUTY = "duty"
    DUTY_BASIS = "duty_basis"
    ACCOUNTABLE = "accountable"
    ACCOUNTABILITY = "accountability"
    REMEDY = "remedy"
    PHONE = "phone"
    COMPLAINT_PHONE = "complaint_phone"
    ADDRESS = "address"
    REMARK = "remark"
    PRINCIPAL = "principal"
    RECIPIENTS = "recipients"
    MODE = "mode"
    TERM = "term"
    LEAD_BODY = "lead_body"
    LEAD_DUTY = "lead_duty"
    OWN_DUTY = "own_duty"
    RECEIVER = "receiver"
    METHOD = "method"
    GROUP = "group"
    OBJECT = "object"
    MARK = "mark"
    EXTRA = "extra"


_HEADERS = Path(__file__).with_name("headers.yaml")
# "上级部门职责分工（牵头部门主要承担的工作）" is about as long as headers get.
_LONGEST_HEADER = 24
# With line breaks and blanks inside it; what is longer is not even looked at.
_LONGEST_RAW = 80
_NOISE = re.compile(r"[\s　:：*＊·]+")
_BRACKETED = re.compile(r"[（(【\[].*?[)）】\]]")
_TOWNSHIP_NAME = re.compile(
    r"(?!各|承接|赋|下放|委托|试点|本|原|乡镇|镇街)[\u4e00-\u9fff]{1,7}?(?:民族乡|(?<!乡)镇|乡|街道|苏木)"
    r"(?:办事处|人民政府|政府)?"
)


class _Names(NamedTuple):
    """Exact names → field, and patterns in the order in which they are tried."""

    exact: Mapping[str, Field]
    patterns: tuple[tuple[Field, re.Pattern[str]], ...]


def squeeze(text: str) -> str:
    """A header without line breaks, spaces and full-width forms."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text))


def field_of(header: str) -> Field | None:
    """The field that a header cell names, or None for a cell that is no known header.

    Tried as it stands, then without what is in brackets ("事项名称（主项）"), both in simplified
    characters. Longer texts are data.
    """
    return _field_of(header) if len(header) <= _LONGEST_RAW else None


def field_by_name(header: str) -> Field | None:
    """The field whose very name a header cell is; patterns are not tried."""
    return next((f for text in _readings(header) if (f := _names().exact.get(text))), None)


def township_of(header: str) -> str:
    """The township that a header cell names ("城关镇"), as a column of ticks has it; or ""."""
    return _township_of(header) if len(header) <= _LONGEST_RAW else ""


@lru_cache(maxsize=16384)
def _field_of(header: str) -> Field | None:
    for text in _readings(header):
        if field := _names().exact.get(text):
            return field
        for field, pattern in _names().patterns:
            if pattern.fullmatch(text):
                return field
    return None


@lru_cache(maxsize=16384)
def _township_of(header: str) -> str:
    name = to_simplified(squeeze(header))
    return name if _TOWNSHIP_NAME.fullmatch(name) and field_of(header) is None else ""


def _readings(header: str) -> tuple[str, ...]:
    squeezed = squeeze(header)
    if not squeezed or len(squeezed) > _LONGEST_HEADER:
        return ()
    simplified = to_simplified(squeezed).lower()
    return tuple(filter(None, dict.fromkeys((simplified, _BRACKETED.sub("", simplified)))))


@cache
def _names() -> _Names:
    stated = yaml.safe_load(_HEADERS.read_text("utf-8"))
    exact: dict[str, Field] = {}
    patterns: list[tuple[Field, re.Pattern[str]]] = []
    for field, known in stated["fields"].items():
        exact |= {squeeze(name): Field(field) for name in known.get("names", "").split()}
        for pattern in known.get("patterns", ()):
            for word, meaning in stated["words"].items():
                pattern = pattern.replace(f"{{{word}}}", meaning)
            patterns.append((Field(field), re.compile(pattern)))
    return _Names(exact, tuple(patterns))
