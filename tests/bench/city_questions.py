"""Questions that people of the invented province ask: of their township, their county, or nowhere."""

from __future__ import annotations

import random
from dataclasses import dataclass

from bench.city import Province

from index.model import Level

_ASKING = ("归谁管", "找哪个部门", "谁负责", "去哪里办", "由谁来管")
_OTHER = ("今天天气怎么样", "附近哪里有好吃的", "帮我写一首诗", "股票什么时候涨")
# Of ten: eight at a township, one at a county, one of nothing listed.
_OTHER_EVERY, _COUNTY_EVERY = 10, 9


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the place it is asked at."""

    text: str
    place: str


def township_questions(province: Province, n: int, seed: int = 7) -> list[Asked]:
    """Questions about listed matters, each at a random township."""
    draw = random.Random(seed)
    townships = [p.full_name for p in province.places if p.level is Level.TOWNSHIP]
    return [Asked(_worded(province, draw), draw.choice(townships)) for _ in range(n)]


def mixed_questions(province: Province, n: int, seed: int = 8) -> list[Asked]:
    """What a hall gets in a day: mostly townships, some counties, some of nothing listed."""
    draw = random.Random(seed)
    counties = [p.full_name for p in province.places if p.level is Level.COUNTY]
    asked = township_questions(province, n, seed)
    for i in range(n):
        if i % _OTHER_EVERY == 0:
            asked[i] = Asked(draw.choice(_OTHER), asked[i].place)
        elif i % _COUNTY_EVERY == 0:
            asked[i] = Asked(asked[i].text, draw.choice(counties))
    return asked


def placeless_questions(province: Province, n: int, seed: int = 9) -> list[Asked]:
    """Questions that name no place."""
    draw = random.Random(seed)
    return [Asked(_worded(province, draw), "") for _ in range(n)]


def _worded(province: Province, draw: random.Random) -> str:
    matter = draw.choice(draw.choice(province.lists).matters)
    name = matter.name.removeprefix("对").removesuffix("的处罚").split("（")[0]
    return f"{name}{draw.choice(_ASKING)}？"
