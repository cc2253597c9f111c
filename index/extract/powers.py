"""Kinds of administrative power as cells, category rows and sheet names word them."""

from __future__ import annotations

import re

from index.extract.columns import squeeze
from index.model import PowerKind
from index.words import to_simplified

_POWERS = {
    **{power.value: power for power in PowerKind},
    **{power.value.removeprefix("行政"): power for power in PowerKind},
    **dict.fromkeys(
        (
            "其他职权",
            "其他权力",
            "其他",
            "其他行政职权",
            "其他行政权利",
            "其它行政权力",
            "其它",
            "其它权力",
            "其他类权力",
            "其他行政",
            "行政其他",
        ),
        PowerKind.OTHER,
    ),
    **dict.fromkeys(("行政监督检查", "监督检查", "行政监督", "监管检查"), PowerKind.INSPECTION),
    **dict.fromkeys(("行政审批", "审批", "行政许可审批", "行政审批许可"), PowerKind.LICENCE),
    **dict.fromkeys(("行政征用", "征收征用", "行政征收征用", "行政事业性收费"), PowerKind.LEVY),
    **dict.fromkeys(("行政强制措施", "行政强制执行", "强制措施"), PowerKind.COERCION),
    **dict.fromkeys(("行政处理处罚",), PowerKind.PENALTY),
    **dict.fromkeys(("行政确认登记", "行政登记"), PowerKind.CONFIRMATION),
    **dict.fromkeys(("行政救助", "行政给付救助"), PowerKind.PAYMENT),
    **dict.fromkeys(("行政调解裁决",), PowerKind.ADJUDICATION),
}
_MARK = re.compile(
    r"^(?:第[一二三四五六七八九十]+(?:部分|类)|[（(]?[一二三四五六七八九十\d]+[)）]?)[、.．:：]?"
)
_AFTER = re.compile(
    r"[（(【].*$|[:：].*$|[共计]*\d+项.*$|(?:权力|职权)?(?:事项)?(?:清单|目录|列表|表)?$"
)
_IN_TITLE = re.compile(
    rf"(?<![和及与、])(?P<power>{'|'.join(power.value for power in PowerKind)}|其他行政职权)"
    r"类?(?:权力|职权)?(?:事项|项目)?(?:权责)?(?:清单|目录|列表|表)?(?:[（(【][^）)】]*[)）】])?$"
)


def power_kind(text: str) -> PowerKind | None:
    """Kind of power as a cell, a group heading or a sheet name words it; None if it is none."""
    word = _MARK.sub("", to_simplified(squeeze(text)))
    for _ in range(3):
        if found := _POWERS.get(word) or _POWERS.get(re.sub(r"类?(?:事项|项)?类?$", "", word)):
            return found
        word = _AFTER.sub("", word, count=1)
    return None


def power_in_title(text: str) -> PowerKind | None:
    """The one kind that a title or sheet name ends with: 临溪县水利局行政许可事项清单 → 许可."""
    match = _IN_TITLE.search(to_simplified(squeeze(text)))
    return power_kind(match["power"]) if match else power_kind(text)
