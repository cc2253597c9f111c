"""Records → distinct texts to embed and to index, and which record each text stands for.

A list row has a title (what the matter is called) and often a duty (what is done, in other
words); a clause has its text. Neighbouring townships repeat the same rows, so texts are few:
each distinct one is stored once and records point at it. Place, body and edition stay in the
catalog: two towns' equal rows share a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.model import Clause, DutyItem

# About 0.7 tokens a character; the encoder reads 512.
_LONGEST_TITLE = 300
_LONGEST_DUTY = 200
_LONGEST_CLAUSE = 600
_DUTY_FIELDS = ("scope", "department_duty", "own_duty", "lead_duty", "duty")
_SPACE = re.compile(r"\s+")
NO_PASSAGE = -1

Ordinals = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Passages:
    """Distinct texts, and per record ordinal the index of its title and of its duty text.

    `titles` and `duties` are int32, (n_records,); NO_PASSAGE where a record has none. A clause's
    text is its title.
    """

    texts: tuple[str, ...]
    titles: Ordinals
    duties: Ordinals


def title_text(record: DutyItem | Clause) -> str:
    """What a matter is called: name and sub-item; for a clause its office and text."""
    if isinstance(record, Clause):
        return _squeezed(record.text)[:_LONGEST_CLAUSE]
    parts = [record.name, record.sub_item] if record.sub_item else [record.name]
    return "：".join(parts)[:_LONGEST_TITLE]


def duty_text(record: DutyItem | Clause) -> str:
    """What is done, in other words than the title; "" if the paper does not say."""
    if isinstance(record, Clause):
        return ""
    texts = (_squeezed(record.field(name)) for name in _DUTY_FIELDS)
    return next((text[:_LONGEST_DUTY] for text in texts if text), "")


def make_passages(records: Iterable[DutyItem | Clause]) -> Passages:
    """Number the distinct texts of all records in the order they are met."""
    numbers: dict[str, int] = {}
    titles: list[int] = []
    duties: list[int] = []
    for record in records:
        for text, column in ((title_text(record), titles), (duty_text(record), duties)):
            column.append(numbers.setdefault(text, len(numbers)) if text else NO_PASSAGE)
    return Passages(tuple(numbers), np.array(titles, np.int32), np.array(duties, np.int32))


def _squeezed(text: str) -> str:
    return _SPACE.sub("", text)
