"""Places: paths of names, the national standard's divisions, and townships that share a name."""

from __future__ import annotations

import pytest

from index.gazetteer import Gazetteer, GazetteerBuilder, national_names, parse_path, short_name
from index.model import Level, Place


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("云岫市临溪县城关镇人民政府", "云岫市 临溪县 城关镇"),
        ("临溪县东坝街道办事处", "临溪县 东坝街道"),
        ("望川县城市管理局", "望川县"),
        ("临溪县市场监督管理局", "临溪县"),
        ("云岫市乡村振兴局", "云岫市"),
        ("新疆维吾尔自治区克拉玛依市财政局", "新疆维吾尔自治区 克拉玛依市"),
        ("内蒙古自治区锡林郭勒盟东乌珠穆沁旗", "内蒙古自治区 锡林郭勒盟 东乌珠穆沁旗"),
        ("恩施州水利局", "恩施州"),
        ("中共临溪县委办公室", "临溪县"),
        ("云岫市人民政府关于永宁县部分乡镇调整的批复", "云岫市"),
    ],
)
def test_path_at_the_start_of_a_text_is_read_top_down(text: str, names: str) -> None:
    assert [name for name, _ in parse_path(text)] == names.split()


@pytest.mark.parametrize(
    "text", ["市农业农村局", "县水利局", "城区管理局", "开发区管委会", "全县", "各乡镇", "本市", ""]
)
def test_words_that_only_look_like_places_name_none(text: str) -> None:
    assert parse_path(text) == ()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("浙江省杭州市西湖区北山街道", "浙江省 杭州市 西湖区 北山街道"),
        ("本溪市水利局", "本溪市"),
        ("镇安县永乐街道办事处", "镇安县 永乐街道"),
        ("西乡县人民政府", "西乡县"),
        ("海城市应急管理局", "海城市"),
    ],
)
def test_national_names_that_hold_a_suffix_are_not_cut_short(text: str, names: str) -> None:
    assert [name for name, _ in parse_path(text)] == names.split()


def test_every_national_name_is_read_whole_but_everyday_words() -> None:
    cut = {
        name for name in national_names() if [n for n, _ in parse_path(f"{name}水利局")] != [name]
    }
    assert cut == {"新城区", "老城区"}


def test_levels_of_a_path_go_down() -> None:
    path = parse_path("云岫市临溪县城关镇")
    assert [level for _, level in path] == [Level.CITY, Level.COUNTY, Level.TOWNSHIP]


def gazetteer() -> Gazetteer:
    builder = GazetteerBuilder()
    for text in ("云岫市临溪县城关镇", "云岫市望川县城关镇", "云岫市临溪县东坝街道", "克拉玛依市"):
        builder.add_path(parse_path(text))
    return builder.build()


def names(places: tuple[Place, ...]) -> list[str]:
    return [place.full_name for place in places]


def test_national_city_brings_its_code_and_its_province() -> None:
    city = gazetteer().get("650200")
    assert city == Place(
        code="650200",
        name="克拉玛依市",
        full_name="新疆维吾尔自治区克拉玛依市",
        level=Level.CITY,
        parent="650000",
        aliases=("克拉玛依",),
    )
    assert names(gazetteer().chain("650200"))[-1] == "新疆维吾尔自治区"


def test_national_name_met_several_times_is_not_guessed() -> None:
    builder = GazetteerBuilder()
    alone = builder.add_path(parse_path("朝阳区"))
    below = builder.add_path(parse_path("北京市朝阳区"))
    assert alone is not None
    assert below is not None
    assert (alone.code, below.code) == ("朝阳区", "110105")


def test_townships_of_one_name_stay_two_places() -> None:
    known = gazetteer()
    both = ["云岫市临溪县城关镇", "云岫市望川县城关镇"]
    assert names(known.locate("城关镇")) == names(known.locate("城关")) == both
    assert names(known.locate("望川县城关镇")) == both[1:]
    assert names(known.named("城关镇", within="云岫市/临溪县")) == both[:1]


def test_unknown_place_is_located_nowhere() -> None:
    assert gazetteer().locate("清源县") == ()
    assert gazetteer().locate("清源县城关镇") == ()


def test_an_unknown_province_in_front_hinders_nothing() -> None:
    assert names(gazetteer().locate("山海省云岫市临溪县")) == ["云岫市临溪县"]


def test_township_named_alone_is_found_below_its_county() -> None:
    builder = GazetteerBuilder()
    first = builder.add_path(parse_path("云岫市临溪县城关镇"))
    county = builder.add_path(parse_path("云岫市望川县"))
    assert first is not None
    assert county is not None
    alone = (("城关镇", Level.TOWNSHIP),)
    assert builder.add_path(alone, below=first.code) == first
    other = builder.add_path(alone, below=county.code)
    assert other is not None
    assert other.full_name == "云岫市望川县城关镇"


def test_the_same_path_twice_adds_nothing() -> None:
    builder = GazetteerBuilder()
    first = builder.add_path(parse_path("云岫市临溪县城关镇"))
    assert builder.add_path(parse_path("云岫市临溪县城关镇")) is first
    assert len(builder.build()) == 3


def test_descendants_come_top_down_and_leave_out_the_neighbours() -> None:
    known = gazetteer()
    assert names(known.descendants("云岫市/临溪县")) == [
        "云岫市临溪县城关镇",
        "云岫市临溪县东坝街道",
    ]
    assert [p.name for p in known.descendants("云岫市")][:2] == ["临溪县", "望川县"]


def test_short_names_drop_the_kind_but_never_leave_one_character() -> None:
    assert [short_name(name) for name in ("东坝街道", "城关镇", "雄县")] == ["东坝", "城关", "雄县"]
