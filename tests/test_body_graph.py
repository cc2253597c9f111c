"""The graph of bodies: what papers and people call them, what kind they are, what became of them."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date

import pytest

from index.catalog import Catalog, Contents, write_catalog
from index.gazetteer import Gazetteer, GazetteerBuilder, parse_path
from index.institutions.collect import collect_bodies
from index.institutions.graph import Institutions
from index.institutions.kinds import kind_by_name
from index.institutions.names import spoken_names
from index.model import (
    Body,
    BodyKind,
    Clause,
    ClauseKind,
    DutyItem,
    Level,
    Locator,
    PaperKind,
    Place,
    Reform,
    Role,
    SourceDocument,
)
from index.phrases import PhraseIndex

PLACES = ("云岫市临溪县城关镇", "云岫市临溪县东坝街道", "云岫市望川县城关镇")
LINXI, WANGCHUAN = "云岫市/临溪县", "云岫市/望川县"
TOWN = "云岫市/临溪县/城关镇"
LATE = date(2026, 1, 1)


def gazetteer() -> Gazetteer:
    builder = GazetteerBuilder()
    for path in PLACES:
        builder.add_path(parse_path(path))
    return builder.build()


def reform(old: str, new: str, how: str, year: int) -> Reform:
    return Reform(old, new, how, date(year, 3, 1), "S#一")


REFORMS = (
    reform("临溪县环境保护局", "临溪县生态环境局", "更名", 2019),
    reform("临溪县生态环境局", "云岫市生态环境局临溪分局", "更名", 2021),
    reform("临溪县林业局", "临溪县自然资源局", "并入", 2019),
    reform("临溪县工业局", "临溪县工信局", "分设", 2020),
    reform("临溪县工业局", "临溪县商务局", "分设", 2020),
    reform("临溪县民政局", "临溪县应急管理局", "划转", 2019),
    reform("临溪县物价所", "", "撤销", 2018),
)


def clause(text: str, kind: ClauseKind, body: str, **more: object) -> Clause:
    return Clause(f"S#{text[:4]}", "S", Locator(), kind, body, LINXI, text, **more)  # type: ignore[arg-type]


CLAUSES = (
    clause("县粮食站是县财政局所属公益一类事业单位。", ClauseKind.OTHER, "临溪县粮食站"),
    clause("县机关事务局（正科级），为县人民政府直属事业单位。", ClauseKind.OTHER, "临溪县机关事务局"),
    clause("县供销社不再是县人民政府工作部门。", ClauseKind.OTHER, "临溪县供销社"),
    clause("便民服务中心（挂退役军人服务站牌子）。公益一类。", ClauseKind.SUBORDINATE, "临溪县城关镇人民政府",
           office="便民服务中心", bodies=("退役军人服务站",)),
)  # fmt: skip
HELD = (
    "临溪县民政局",
    "望川县民政局",
    "云岫市民政局",
    "临溪县自然资源局（林业局）",
    "临溪县卫生健康委员会",
    "望川县卫生健康局",
    "临溪县市场监督管理局",
    "临溪县不动产登记中心",
    "中共临溪县委机构编制委员会办公室",
    "临溪县人民政府",
)


def item(body: str) -> DutyItem:
    return DutyItem(
        f"S#{body}", "S", Locator(), PaperKind.DEPARTMENT_LIST, "事", body, Role.LEAD, (), ()
    )


def contents() -> Contents:
    source = SourceDocument("S", "f", "", "t", PaperKind.DEPARTMENT_LIST, LINXI)
    return Contents((source,), tuple(map(item, HELD)), CLAUSES, REFORMS, tuple(gazetteer()), ())


@pytest.fixture(scope="module")
def known() -> Institutions:
    plates = (("临溪县民政局", "临溪县老龄办公室"),)
    return Institutions(collect_bodies(contents(), plates, gazetteer()), REFORMS, gazetteer())


def called(known: Institutions, text: str, *places: str) -> list[tuple[str, str]]:
    return [(mention.words, mention.body.name) for mention in known.named(text, places)]


@pytest.mark.parametrize(
    ("text", "places", "words", "body"),
    [
        ("问临溪县民政局的事", (), "临溪县民政局", "临溪县民政局"),
        ("临溪民政局", (WANGCHUAN,), "临溪民政局", "临溪县民政局"),
        ("民政局在哪", (TOWN,), "民政局", "临溪县民政局"),
        ("县民政局", (TOWN,), "县民政局", "临溪县民政局"),
        ("市民政局", (TOWN,), "市民政局", "云岫市民政局"),
        ("卫健委", (TOWN,), "卫健委", "临溪县卫生健康委员会"),
        ("卫健委", (WANGCHUAN,), "卫健委", "望川县卫生健康局"),
        ("市监局还是", (LINXI,), "市监局", "临溪县市场监督管理局"),
        ("市场监管局", (LINXI,), "市场监管局", "临溪县市场监督管理局"),
        ("林业局", (LINXI,), "林业局", "临溪县自然资源局"),
        ("国土局", (LINXI,), "国土局", "临溪县自然资源局"),
        ("老龄办", (LINXI,), "老龄办", "临溪县民政局"),
        ("临溪县委编办", (), "临溪县委编办", "中共临溪县委机构编制委员会办公室"),
        ("环保局", (TOWN,), "环保局", "云岫市生态环境局临溪分局"),
        ("镇政府", (TOWN,), "镇政府", "临溪县城关镇人民政府"),
        ("县政府", (TOWN,), "县政府", "临溪县人民政府"),
        ("城关镇政府", (LINXI,), "城关镇政府", "临溪县城关镇人民政府"),
        ("东坝街道办能办吗", (), "东坝街道办", "临溪县东坝街道办事处"),
        ("镇退役军人服务站", (TOWN,), "镇退役军人服务站", "临溪县城关镇便民服务中心"),
        ("城关镇民政局", (LINXI,), "城关镇民政局", "临溪县民政局"),
    ],
)
def test_body_is_known_by_all_its_names_at_its_place(
    known: Institutions, text: str, places: tuple[str, ...], words: str, body: str
) -> None:
    assert (words, body) in called(known, text, *places)
    own_place = known.get(body)
    assert own_place is not None
    assert all(known.get(name).place == own_place.place or "环保" in text
               for _, name in called(known, text, *places))  # fmt: skip


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("望川县市场监督管理局", (LINXI,)),
        ("望川县林业局", ()),
        ("市场监管局", (WANGCHUAN,)),
        ("政府", (LINXI,)),
        ("养老服务", (LINXI,)),
        ("县水利局", (TOWN,)),
        ("县卫健委托人办", (LINXI,)),
        ("", ()),
    ],
)
def test_another_places_body_is_never_meant(
    known: Institutions, text: str, places: tuple[str, ...]
) -> None:
    assert called(known, text, *places) == []


def test_what_a_levels_letter_means_depends_on_the_place() -> None:
    places = (
        Place("1", "苏州市", "苏州市", Level.CITY),
        Place("2", "昆山市", "苏州市昆山市", Level.COUNTY, "1"),
        Place("3", "姑苏区", "苏州市姑苏区", Level.COUNTY, "1"),
    )
    bodies = [Body(f"{place.name}民政局", place.code, "民政局", BodyKind.ORGAN) for place in places]
    known = Institutions(bodies, (), Gazetteer(places))
    assert called(known, "市民政局", "2") == [("市民政局", "昆山市民政局")]
    assert called(known, "市民政局", "3") == [("市民政局", "苏州市民政局")]
    assert called(known, "区民政局", "3") == [("区民政局", "姑苏区民政局")]
    assert called(known, "县民政局", "1") == []
    assert [name for _, name in called(known, "市民政局")] == ["昆山市民政局", "苏州市民政局"]


def test_without_a_place_every_body_called_so_is_named_and_longest_names_come_first(
    known: Institutions,
) -> None:
    found = called(known, "民政局和临溪县不动产登记中心")
    assert [words for words, _ in found] == ["临溪县不动产登记中心", *["民政局"] * 3]


@pytest.mark.parametrize(
    ("name", "on", "bodies", "n_reforms"),
    [
        ("临溪县环境保护局", date(2018, 1, 1), ("临溪县环境保护局",), 0),
        ("临溪县环境保护局", date(2020, 1, 1), ("临溪县生态环境局",), 1),
        ("临溪县环境保护局", LATE, ("云岫市生态环境局临溪分局",), 2),
        ("临溪县林业局", LATE, ("临溪县自然资源局",), 1),
        ("临溪县自然资源局（林业局）", LATE, ("临溪县自然资源局",), 0),
        ("临溪县工业局", LATE, ("临溪县工信局", "临溪县商务局"), 2),
        ("临溪县民政局", LATE, ("临溪县民政局",), 0),
        ("临溪县物价所", LATE, (), 1),
    ],
)
def test_old_name_leads_to_the_body_of_the_day(
    known: Institutions, name: str, on: date, bodies: tuple[str, ...], n_reforms: int
) -> None:
    found = known.today(name, on)
    assert (found.bodies, len(found.reforms)) == (bodies, n_reforms)


def test_what_came_before_is_found_through_chains(known: Institutions) -> None:
    branch = "云岫市生态环境局临溪分局"
    assert known.before(branch).bodies == ("临溪县环境保护局",)
    assert known.before(branch, date(2020, 1, 1)).bodies == ("临溪县生态环境局",)
    assert known.before(branch, LATE).bodies == (branch,)
    assert known.before("临溪县自然资源局").bodies == ("临溪县自然资源局", "临溪县林业局")


def test_reforms_that_go_in_circles_end() -> None:
    circle = (
        reform("甲县乙局", "甲县丙局", "更名", 2019),
        reform("甲县丙局", "甲县乙局", "更名", 2020),
    )
    known = Institutions((), circle, gazetteer())
    assert known.today("甲县乙局", date(2019, 6, 1)).bodies == ("甲县丙局",)
    assert known.today("甲县乙局", LATE).bodies in ((), ("甲县乙局",))


def test_body_is_in_being_from_its_founding_to_its_end(known: Institutions) -> None:
    days = (date(2018, 1, 1), date(2020, 1, 1), LATE)
    assert [known.exists("临溪县生态环境局", day) for day in days] == [False, True, False]
    assert [known.exists("临溪县林业局", day) for day in days] == [True, False, False]
    assert [known.exists("临溪县自然资源局", day) for day in days] == [True, True, True]
    assert known.exists("望川县民政局", LATE) is True
    assert known.exists("望川县水利局", LATE) is None


def test_duties_handed_on_leave_the_body_in_being(known: Institutions) -> None:
    assert [r.new for r in known.transfers("临溪县民政局", LATE)] == ["临溪县应急管理局"]
    assert known.transfers("临溪县民政局", date(2018, 1, 1)) == ()


def test_kind_is_what_papers_state_and_else_unknown_where_a_name_is_open(
    known: Institutions,
) -> None:
    kinds = {
        "临溪县粮食站": True,
        "临溪县机关事务局": True,
        "临溪县供销社": None,
        "临溪县民政局": False,
        "临溪县不动产登记中心": True,
        "中共临溪县委机构编制委员会办公室": False,
        "临溪县城关镇便民服务中心": True,
        "临溪县没听过局": None,
    }
    assert {name: known.is_institution(name) for name in kinds} == kinds


@pytest.mark.parametrize(
    ("own", "kind"),
    [
        ("发展和改革委员会", BodyKind.ORGAN),
        ("住房和城乡建设局", BodyKind.ORGAN),
        ("自然资源和规划局（林业局）", BodyKind.ORGAN),
        ("文化广电和旅游局", BodyKind.ORGAN),
        ("生态环境局临溪分局", BodyKind.BRANCH),
        ("公安局城关派出所", BodyKind.BRANCH),
        ("农机安全监理站", BodyKind.INSTITUTION),
        ("人民医院", BodyKind.INSTITUTION),
        ("县委组织部", BodyKind.PARTY),
        ("总工会", BodyKind.ASSOCIATION),
        ("城市建设投资有限公司", BodyKind.ENTERPRISE),
        ("公路局", BodyKind.UNKNOWN),
        ("气象局", BodyKind.UNKNOWN),
        ("综合行政执法大队", BodyKind.UNKNOWN),
        ("消防救援站", BodyKind.UNKNOWN),
        ("应急指挥中心", BodyKind.UNKNOWN),
    ],
)
def test_names_tell_a_kind_only_beyond_doubt(own: str, kind: BodyKind) -> None:
    assert kind_by_name(own) is kind


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ("人力资源和社会保障局", "人社局"),
        ("住房和城乡建设局", "住建局"),
        ("自然资源和规划局", "自规局"),
        ("发展和改革局", "发改委"),
        ("教育体育局", "教体局"),
        ("退役军人事务局", "退役军人局"),
        ("城市管理综合执法局", "城管局"),
        ("人民政府办公室", "政府办"),
    ],
)
def test_everyday_names_are_told_by_letters_or_by_the_lexicon(own: str, said: str) -> None:
    assert said in spoken_names(own)


def test_everyday_name_of_one_office_is_not_anothers() -> None:
    assert not {"住建局", "人社局", "民政局"} & set(spoken_names("交通运输局"))


def test_catalog_keeps_the_graph(tmp_path) -> None:
    bodies = collect_bodies(contents(), (), gazetteer())
    write_catalog(tmp_path, replace(contents(), bodies=bodies))
    stored = Catalog.of_version(tmp_path).institutions()
    assert set(stored) == set(bodies)
    assert stored.today("临溪县环境保护局", LATE).bodies == ("云岫市生态环境局临溪分局",)


def test_offices_of_a_body_come_with_their_duties_and_plates(tmp_path) -> None:
    body = "临溪县民政局"
    office = {"office": "救助股", "bodies": ("低保中心",)}
    clauses = (
        clause("（一）救助股（低保中心）。", ClauseKind.OFFICE, body, **office),
        clause("1.负责低保。", ClauseKind.OFFICE, body, office="救助股"),
        clause("（二）办公室。负责运转。", ClauseKind.OFFICE, f"{body}（老龄办）", office="办公室"),
    )
    stored = replace(contents(), clauses=clauses)
    write_catalog(tmp_path, replace(stored, bodies=collect_bodies(stored, (), gazetteer())))
    found = Catalog.of_version(tmp_path).offices_of(body)
    assert [(o.name, o.plates, len(o.clauses)) for o in found] == [
        ("救助股", ("低保中心",), 2),
        ("办公室", (), 1),
    ]
    assert Catalog.of_version(tmp_path).offices_of("望川县民政局") == ()


def test_places_are_mentioned_longest_first_with_all_that_share_the_name() -> None:
    found = gazetteer().mentions("临溪县城关镇与望川县、城关镇")
    assert [(m.start, m.words, len(m.places), m.is_short) for m in found] == [
        (0, "临溪县", 1, False),
        (3, "城关镇", 1, False),
        (7, "望川县", 1, False),
        (11, "城关镇", 2, False),
    ]
    short = gazetteer().mentions("东坝怎么走")
    assert [(m.words, m.is_short, m.end) for m in short] == [("东坝", True, 2)]


def test_phrases_are_found_from_the_left_and_the_longest_counts() -> None:
    index = PhraseIndex(["城关", "城关镇", "关镇人", "镇人民"])
    assert list(index.find("在城关镇人民政府")) == [(1, "城关镇")]
    assert index.at("城关", 0) == "城关"
    assert list(index.find("")) == []


def test_a_country_of_townships_opens_in_seconds_and_answers_in_milliseconds() -> None:
    places = [Place("1", "某省", "某省", Level.PROVINCE)]
    bodies = []
    for number in range(380):
        county = f"{chr(0x4E00 + number)}川县"
        places.append(Place(f"c{number}", county, f"某省{county}", Level.COUNTY, "1"))
        bodies.append(Body(f"{county}民政局", f"c{number}", "民政局", BodyKind.ORGAN))
        for town in range(100):
            name = f"{chr(0x5E00 + town)}{chr(0x6E00 + number)}镇"
            code = f"t{number}.{town}"
            places.append(Place(code, name, f"某省{county}{name}", Level.TOWNSHIP, f"c{number}"))
            full = f"{county}{name}人民政府"
            bodies.append(Body(full, code, "人民政府", BodyKind.ORGAN, (full,)))
    started = time.process_time()
    known = Institutions(bodies, (), Gazetteer(places))
    assert known.named("幐渀镇政府")
    assert time.process_time() - started < 20
    started = time.process_time()
    for _ in range(100):
        known.named("乀川县民政局和幐渀镇政府谁管低保，找县民政局还是镇里", ("t3.5",))
    assert time.process_time() - started < 2
