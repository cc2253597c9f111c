"""Changes of townships in a notice: merged, split, renamed, made subdistricts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.extract.changes import JOINED, RENAMED, Change
from index.extract.parties import PaperNames

_TOWN = r"(?!乡镇|各|部分|所在|原)[\u4e00-\u9fff](?:(?![县市])[\u4e00-\u9fff]){0,6}?(?:街道|镇|乡)"
_TOWNS = rf"{_TOWN}(?:(?:、|和|及){_TOWN})*"
_KIND_OF_TOWN = re.compile(r"街道$|镇$|乡$")
_COUNTED_TOWNS = re.compile(
    r"(?P<names>[\u4e00-\u9fff]{1,4}(?:[、和][\u4e00-\u9fff]{1,4}?)*)[两三四五六七八九十\d]+个(?P<kind>街道|镇|乡)"
)


def township_changes(sentence: str, names: PaperNames) -> Iterator[Change]:
    """The governments of townships that became, joined or are renamed to others.

    撤销甲县乙镇、丙乡，设立甲县丁街道; several old and several new ones side by side tell no pairs.
    """
    home = rf"(?:{re.escape(names.home)})?" if names.home else "(?!)"
    became = rf"撤[销并]{home}(?P<olds>{_TOWNS}).{{0,60}}?(?P<how>分设|设立|并入|划归){home}(?P<news>{_TOWNS})"
    merged = rf"将{home}(?P<olds>{_TOWNS})合并，?(?P<how>设立|组建|成立|为){home}(?P<news>{_TOWNS})"
    renamed = (
        rf"(?:^|[，：、])(?:同意)?(?:现)?(?:将|原)?{home}(?P<olds>{_TOWN})(?P<how>更名为|改名为|改设为)"
        rf"{home}(?P<news>{_TOWN})"
    )
    listed = _COUNTED_TOWNS.sub(_each_town, sentence)
    for match in (m for p in (became, merged, renamed) for m in re.finditer(p, listed)):
        olds, news = (re.findall(_TOWN, match[side]) for side in ("olds", "news"))
        if min(len(olds), len(news)) > 1:
            continue
        for old in olds:
            for new in news:
                how = _how_town(match["how"], old, new)
                yield Change(_government(names.home, old), _government(names.home, new), how)


def _each_town(match: re.Match[str]) -> str:
    """东城、西城两个街道 → 东城街道、西城街道."""
    names = re.split(r"[、和]", match["names"])
    return "、".join(f"{name}{match['kind']}" for name in names)


def _how_town(verb: str, old: str, new: str) -> str:
    if verb not in {"并入", "划归", "更名为", "改名为"}:
        kinds = [match.group() for name in (old, new) if (match := _KIND_OF_TOWN.search(name))]
        return f"撤{kinds[0]}设{kinds[1]}"
    return RENAMED if verb.endswith("名为") else JOINED


def _government(home: str, town: str) -> str:
    return f"{home}{town}{'办事处' if town.endswith('街道') else '人民政府'}"
