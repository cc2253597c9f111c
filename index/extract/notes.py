"""Rows of a list that call themselves notes or totals."""

from __future__ import annotations

import re

from index.extract.columns import squeeze

_NOTE = re.compile(
    r"^[（(【]?(?:备注|注|说明|附注|填表说明|注意|注释|附件?说明|编制说明|特别说明|有关说明|几点说明)"
    r"[\d一二三]*[）)】]?(?:[：:．.、\s]|$)|^[*※★☆]|^注\d"
)
_TOTAL = re.compile(
    r"(?:合计|总计|小计|共计|总项数|本页小计|累计)(?:[：:（(]?.*)?|共(?:计|有)?\d+[项条].*"
)


def says_note(text: str) -> bool:
    """True for a text that calls itself a note or a total."""
    return bool(_NOTE.match(text.strip())) or is_total(text)


def is_total(text: str) -> bool:
    """True for 合计, 小计：3项, 共12项."""
    return bool(_TOTAL.fullmatch(squeeze(text)))
