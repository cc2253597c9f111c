"""An invented province with names that trip readers: same-named towns, short names that are words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from assistant.understand import Names
from index.gazetteer import Gazetteer, short_name
from index.institutions.graph import Institutions
from index.model import Body, BodyKind, Level, Place, Reform

TODAY = date(2026, 1, 15)
# city → county → townships; all invented, but two counties share a name as counties do.
CITIES = {
    "栖霖市": {
        "云溪县": "城关镇 太平镇 青石镇 大塘乡 建设街道 文化街道 柳河街道 河湾街道",
        "赤岩县": "城关镇 太平镇 石桥乡 柳河镇 杨家坪镇",
        "石桥区": "东城街道 西城街道 和平街道 长宁镇",
    },
    "望澜市": {
        "云溪县": "城关镇 白鹭镇 龙口乡",
        "沧浪自治县": "苍梧镇 大塘镇 青岩民族乡",
    },
}
DEPARTMENTS = tuple(
    [
        "民政局",
        "自然资源局",
        "农业农村局",
        "住房和城乡建设局",
        "市场监督管理局",
        "人力资源和社会保障局",
        "卫生健康委员会",
        "应急管理局",
        "水利局",
        "教育局",
        "财政局",
    ]
)
# 云溪县 of 栖霖市 has a 综合行政执法局 since 2024, 赤岩县 still a 城市管理局.
SINGLE = {
    "栖霖市/云溪县": ["综合行政执法局", "城市管理局", "林业局", "工商行政管理局"],
    "栖霖市/赤岩县": ["城市管理局", "林业局"],
}
OFFICES = tuple(
    [
        "社会事务办公室",
        "党政综合办公室",
        "综合行政执法队",
        "便民服务中心",
        "社会救助股",
        "养老服务和儿童福利股",
        "村镇建设办公室",
        "执法监督股",
    ]
)
REFORMS = (
    Reform("云溪县林业局", "云溪县自然资源局", "并入", date(2019, 3, 20), "c1"),
    Reform("云溪县城市管理局", "云溪县综合行政执法局", "更名", date(2024, 3, 1), "c2"),
    Reform("云溪县工商行政管理局", "云溪县市场监督管理局", "合并组建", date(2019, 3, 20), "c3"),
    Reform("云溪县河湾镇人民政府", "云溪县河湾街道办事处", "撤镇设街道", date(2021, 9, 1), "c4"),
)
FORMER = {"河湾街道": ("河湾镇",)}


def _place(name: str, level: Level, above: Place | None) -> Place:
    full_name = f"{above.full_name if above else ''}{name}"
    short = () if short_name(name) == name else (short_name(name),)
    code = f"{above.code}/{name}" if above else name
    aliases = (*FORMER.get(name, ()), *short)
    return Place(code, name, full_name, level, above.code if above else None, aliases)


def places() -> Iterable[Place]:
    for city, counties in CITIES.items():
        yield (upper := _place(city, Level.CITY, None))
        for county, towns in counties.items():
            yield (middle := _place(county, Level.COUNTY, upper))
            yield from (_place(town, Level.TOWNSHIP, middle) for town in towns.split())


def bodies(of: Iterable[Place]) -> Iterable[Body]:
    by_code = {place.code: place for place in of}
    for place in by_code.values():
        if place.level is Level.TOWNSHIP:
            own = "办事处" if place.name.endswith("街道") else "人民政府"
            yield _body(place, f"{by_code[place.parent or ''].name}{place.name}", own)
            continue
        for own in (*DEPARTMENTS, *SINGLE.get(place.code, ())):
            yield _body(place, place.name, own)


def _body(place: Place, prefix: str, own: str) -> Body:
    name = f"{prefix}{own}"
    return Body(name, place.code, own, BodyKind.ORGAN, (name,))


def province(more: Iterable[Place] = ()) -> Names:
    """The names of the province, with other places beside them."""
    known = (*places(), *more)
    gazetteer = Gazetteer(known)
    return Names(gazetteer, Institutions(bodies(places()), REFORMS, gazetteer), OFFICES)
