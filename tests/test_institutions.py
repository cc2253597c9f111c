"""Bodies: from what cells and titles say to full names, for papers of four kinds of publisher."""

from __future__ import annotations

import pytest

from index.gazetteer import GazetteerBuilder, parse_path
from index.institutions.naming import (
    Publisher,
    body_in_title,
    government_of,
    publisher_in_title,
    resolve_body,
    split_bodies,
    tidy_name,
)
from index.institutions.templates import template_of
from index.model import Level, Place


def publisher(body: str, path: str) -> Publisher:
    builder = GazetteerBuilder()
    place = builder.add_path(parse_path(path))
    return Publisher(body, builder.build().chain(place.code) if place else ())


CITY = publisher("克拉玛依市商务局", "克拉玛依市")
COUNTY = publisher("临溪县水利局", "云岫市临溪县")
TOWNSHIP = publisher("临溪县城关镇人民政府", "云岫市临溪县城关镇")
COUNTY_CITY = publisher("昆山市水务局", "江苏省苏州市昆山市")
NOBODY = publisher("", "")


@pytest.mark.parametrize(
    ("written", "of", "full"),
    [
        ("克拉玛依市统计局", CITY, "克拉玛依市统计局"),
        ("市科技局", CITY, "克拉玛依市科技局"),
        ("市科技局", COUNTY, "云岫市科技局"),
        ("市水务局", COUNTY_CITY, "昆山市水务局"),
        ("县水利局", COUNTY, "临溪县水利局"),
        ("民政局", COUNTY, "临溪县民政局"),
        ("民政局", TOWNSHIP, "临溪县民政局"),
        ("市场监督管理局", COUNTY, "临溪县市场监督管理局"),
        ("省水利厅", CITY, "新疆维吾尔自治区水利厅"),
        ("自治区农业农村厅", CITY, "自治区农业农村厅"),
        ("城关镇人民政府", COUNTY, "临溪县城关镇人民政府"),
        ("民政局", NOBODY, "民政局"),
    ],
)
def test_name_is_completed_from_the_publisher(written: str, of: Publisher, full: str) -> None:
    assert resolve_body(written, of) == (full, "")


@pytest.mark.parametrize("written", ["县水利局", "区卫生健康委员会"])
def test_body_of_a_level_the_publisher_has_none_of_stays_as_written(written: str) -> None:
    assert resolve_body(written, CITY) == (written, "")


@pytest.mark.parametrize("written", ["市\n农业农\n村局", "市 农业农村局", "\n市农业农村局 "])
def test_line_breaks_and_spaces_inside_a_name_are_nothing(written: str) -> None:
    assert resolve_body(written, CITY) == ("克拉玛依市农业农村局", "")


@pytest.mark.parametrize(
    "written",
    ["地州市农业农村局", "地（州、市）农业农村局", "地(州、市)\n农业农村局", "设区的市农业农村局"],
)
def test_template_organ_becomes_the_citys_own(written: str) -> None:
    assert resolve_body(written, CITY) == ("克拉玛依市农业农村局", "template-body")


@pytest.mark.parametrize(
    "written", ["县市区民政局", "县（市、区）民政局", "各县（市）人民政府民政局"]
)
def test_template_of_counties_becomes_the_countys_own(written: str) -> None:
    assert resolve_body(written, COUNTY) == ("临溪县民政局", "template-body")


@pytest.mark.parametrize(
    ("written", "at_city", "at_county"),
    [
        ("县（市、区）农业农村局", "", "临溪县农业农村局"),
        ("市、县（市、区）民政局", "克拉玛依市民政局", "临溪县民政局"),
        ("市、县级市场监督管理局", "克拉玛依市市场监督管理局", "临溪县市场监督管理局"),
        ("市县两级民政局", "克拉玛依市民政局", "临溪县民政局"),
        ("市（县、区）民政局", "克拉玛依市民政局", "临溪县民政局"),
        ("省、市、县民政局", "克拉玛依市民政局", "临溪县民政局"),
        ("地（市）级民政局", "克拉玛依市民政局", "云岫市民政局"),
        ("设区的市级生态环境局", "克拉玛依市生态环境局", "云岫市生态环境局"),
        ("市（州）林业局", "克拉玛依市林业局", "云岫市林业局"),
        ("旗县（市、区）民政局", "", "临溪县民政局"),
        ("区（市）县民政局", "", "临溪县民政局"),
        ("县级民政局", "", "临溪县民政局"),
        ("××县民政局", "", "临溪县民政局"),
        ("县级以上地方人民政府", "克拉玛依市人民政府", "临溪县人民政府"),
        ("县级以上人民政府商务主管部门", "克拉玛依市商务局", ""),
        ("县级以上地方人民政府水行政主管部门", "", "临溪县水利局"),
        ("各级人民政府民政部门", "", ""),
        ("设区的市级人民政府水行政主管部门", "", ""),
        ("商务主管部门", "克拉玛依市商务局", ""),
        ("公安机关", "", ""),
        ("乡镇人民政府（街道办事处）", "", ""),
    ],
)
def test_template_is_filled_at_its_level_or_stays_as_written(
    written: str, at_city: str, at_county: str
) -> None:
    assert resolve_body(written, CITY) == (at_city or written, "template-body")
    assert resolve_body(written, COUNTY) == (at_county or written, "template-body")


@pytest.mark.parametrize(
    ("written", "full"),
    [
        ("县级民政部门", "县级民政部门"),
        ("县级民政局", "临溪县民政局"),
        ("各乡镇人民政府", "临溪县城关镇人民政府"),
        ("乡镇人民政府、街道办事处", "临溪县城关镇人民政府"),
    ],
)
def test_template_in_a_townships_paper_is_never_the_township_unless_it_says_so(
    written: str, full: str
) -> None:
    assert resolve_body(written, TOWNSHIP) == (full, "template-body")


@pytest.mark.parametrize(
    "written",
    [
        "县市场监督管理局",
        "市市场监管局",
        "市政管理局",
        "县城市管理局",
        "县地震局",
        "区域发展局",
        "乡村振兴局",
    ],
)
def test_one_levels_letter_alone_or_inside_a_word_is_no_template(written: str) -> None:
    assert template_of(written) is None


def test_short_name_of_the_publisher_is_the_publisher() -> None:
    of = publisher("临溪县科学技术局", "云岫市临溪县")
    assert resolve_body("县科技局", of) == ("临溪县科学技术局", "")
    assert resolve_body("本县民政局", of) == ("临溪县民政局", "")


def test_template_of_another_level_stays_as_written_but_marked() -> None:
    assert resolve_body("县市区民政局", CITY) == ("县市区民政局", "template-body")
    assert resolve_body("地州市民政局", NOBODY) == ("地州市民政局", "template-body")


def test_template_that_names_a_purpose_is_the_publisher() -> None:
    assert resolve_body("地州市商务主管部门", CITY) == ("克拉玛依市商务局", "template-body")


@pytest.mark.parametrize("written", ["", " \n", "本部门", "县级"])
def test_cell_that_names_no_body_means_the_publisher(written: str) -> None:
    assert resolve_body(written, COUNTY) == ("临溪县水利局", "body-from-title")


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("县水利局、县民政局", ("县水利局", "县民政局")),
        ("县水利局\n县民政局", ("县水利局", "县民政局")),
        ("县水利\n局", ("县水利\n局",)),
        ("县教育\n局\n县民政局", ("县教育\n局", "县民政局")),
        ("县水利局（水政股、河湖股）；县民政局", ("县水利局（水政股、河湖股）", "县民政局")),
        ("市、县民政局", ("市、县民政局",)),
        ("县财政局、市、县民政局", ("县财政局", "市、县民政局")),
        (" ", ()),
    ],
)
def test_bodies_of_one_cell_part_only_between_whole_names(written: str, parts) -> None:
    assert split_bodies(written) == parts


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("清源县水利局权责清单（2024年版）", "清源县水利局"),
        ("2024年市农业农村局权责清单", "市农业农村局"),
        ("附件：克拉玛依市交通运输局2024年权责清单", "克拉玛依市交通运输局"),
        ("清源县水 利 局\n权责清单", "清源县水利局"),
        ("清源县人民防空办公室(国动办)权责清单", "清源县人民防空办公室（国动办）"),
        ("国动办权责清单公示", "国动办"),
        ("清源县人民政府办公室关于印发清源县水利局职能配置内设机构规定的通知", "清源县水利局"),
        ("中共清源县委办公室关于印发《清源县民政局职能配置规定》的通知", "清源县民政局"),
        ("权责清单", ""),
        ("关于规范权责清单管理的意见", ""),
    ],
)
def test_body_is_read_from_a_title(title: str, body: str) -> None:
    assert body_in_title(title) == body


@pytest.mark.parametrize(
    ("title", "publisher"),
    [
        (
            "中共清源县委办公室 清源县人民政府办公室关于印发《清源县民政局规定》的通知",
            "中共清源县委办公室、清源县人民政府办公室",
        ),
        ("清源县人民政府关于部分乡镇调整的批复", "清源县人民政府"),
        ("清源县民政局权责清单", ""),
        ("关于权责清单的意见", ""),
    ],
)
def test_publisher_is_read_from_a_title(title: str, publisher: str) -> None:
    assert publisher_in_title(title) == publisher


def test_brackets_become_those_of_published_names() -> None:
    assert tidy_name("农业农村局(乡村 振兴局)") == "农业农村局（乡村振兴局）"


def test_townships_and_subdistricts_have_governments_of_their_kind() -> None:
    county = COUNTY.place
    subdistrict = Place("x", "东坝街道", "临溪县东坝街道", Level.TOWNSHIP)
    town = Place("y", "城关镇", "临溪县城关镇", Level.TOWNSHIP)
    assert government_of(subdistrict, county) == "临溪县东坝街道办事处"
    assert government_of(town, county) == "临溪县城关镇人民政府"
    assert government_of(town, None) == "城关镇人民政府"
