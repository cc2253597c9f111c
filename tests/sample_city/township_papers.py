"""The townships' papers: the city's catalog, their own lists, delegations, the three duty lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.sample_city.papers import (
    Column,
    Paper,
    Record,
    RowBuilder,
    Table,
    chinese_date,
    header_rows,
    load,
)

NOTICE: str = load("city.yaml")["notice"]
TOWNSHIPS = (
    "linxi_chengguan",
    "linxi_qingshi",
    "linxi_baisha",
    "linxi_dongba",
    "wangchuan_chengguan",
    "wangchuan_liulin",
    "wangchuan_shimen",
    "wangchuan_hexi",
)
_LIST_COLUMNS = {
    "standard": (
        Column("序号", "number", 5),
        Column("职权\n类型", "power", 10),
        Column("职权名称", "name", 34),
        Column("设定依据", "basis", 46),
        Column("行使主体", "body", 16),
        Column("承办机构", "office", 16),
        Column("内容", "duty", 48, "责任事项"),
        Column("追责情形", "accountability", 40, "责任事项"),
        Column("备注", "remark", 12),
    ),
    "compact": (
        Column("序号", "number", 5),
        Column("事项名称", "name", 36),
        Column("权力类型", "power", 12),
        Column("实施依据", "basis", 48),
        Column("实施主体", "body", 18),
        Column("责任科室（办、中心）", "office", 18),
        Column("责任事项", "duty", 50),
    ),
    "print": (
        Column("序号", "number", 4),
        Column("权力事项", "name", 20),
        Column("类别", "power", 8),
        Column("法律法规依据", "basis", 30),
        Column("责任主体", "body", 12),
        Column("责任科室", "office", 11),
        Column("责任内容", "duty", 34),
    ),
}
_LIST_COLUMNS["by_kind"] = _LIST_COLUMNS["standard"]
_LIST_COLUMNS["page"] = _LIST_COLUMNS["compact"]
_FORMATS = {"print": "pdf", "page": "html"}
_CATALOG_COLUMNS = (
    Column("序号", "number", 5),
    Column("事项类型", "power", 12),
    Column("事项名称", "name", 38),
    Column("设定依据", "basis", 52),
    Column("适用范围", "applies", 12),
    Column("责任事项", "duty", 52),
)
_DELEGATION_COLUMNS = (
    Column("序号", "number", 5),
    Column("事项名称", "name", 32),
    Column("类型", "power", 10),
    Column("原实施部门", "holder", 16),
    Column("承接乡镇（街道）", "to", 14),
    Column("赋权方式", "mode", 9),
    Column("依据", "basis", 38),
    Column("有效期", "term", 14),
    Column("备注", "remark", 16),
)
_BASIC_COLUMNS = (Column("序号", "number", 6), Column("事项名称", "name", 84))
_BASIC_WITH_OFFICE = (*_BASIC_COLUMNS, Column("承办机构", "office", 22))
_COOPERATE_COLUMNS = (
    Column("序号", "number", 6),
    Column("事项名称", "name", 26),
    Column("对应上级部门", "lead", 22),
    Column("上级部门职责", "lead_duty", 52),
    Column("{kind}配合职责", "own_duty", 48),
)
_TAKEN_BACK_COLUMNS = (
    Column("序号", "number", 6),
    Column("事项名称", "name", 44),
    Column("承接部门及工作方式", "way", 64),
)
_CITY_BODIES = {"临溪县": "综合行政执法局", "望川县": "城市管理局"}
_NUMERALS = "一二三四五六七八九十"


def township_papers() -> Iterator[Paper]:
    """All papers of and for townships, in a fixed order."""
    powers = load("townships/pool_powers.yaml")
    yield _catalog(powers)
    delegated = load("townships/pool_delegated.yaml")["matters"]
    for catalog in load("townships/delegations.yaml")["catalogs"]:
        yield _delegations(catalog, delegated)
    duties = load("townships/pool_duties.yaml")
    for name in TOWNSHIPS:
        town = load(f"townships/{name}.yaml")
        yield _own_list(town, powers)
        yield _duty_lists(town, duties)


def pick(pool: Mapping[str, Record], entry: str | Record) -> dict[str, Any]:
    """A pool's matter with the entry's own fields over it; an entry without a key stands alone."""
    if isinstance(entry, str):
        return dict(pool[entry])
    return {**pool.get(entry.get("key", ""), {}), **entry}


def list_items(town: Record, powers: Record) -> list[dict[str, Any]]:
    """The rows of a township's own list, numbered, with its body and offices filled in."""
    rows = []
    for entry in town["list_2022"]["items"]:
        item = pick(powers["matters"], entry)
        base = {
            "body": town["body"],
            "office": town["desks"].get(item["desk"], ""),
            "accountability": powers["accountability"].get(item["power"], ""),
        }
        rows.append({**base, **item, "number": len(rows) + 1})
    return rows


def duty_items(town: Record, duties: Record, part: str) -> list[dict[str, Any]]:
    """The rows of one of a township's three duty lists, with county names filled in."""
    county = town["county"]
    names = {
        "county": county,
        "city_body": _CITY_BODIES[county],
        "branch": f"云岫市生态环境局{county.removesuffix('县')}分局",
        "here": town["here"],
    }
    rows = []
    for entry in town["duty_2025"][part]:
        picked = pick(duties[part], entry)
        item = {key: str(text).format(**names) for key, text in picked.items()}
        item["office"] = town["desks"].get(item.get("desk", ""), "")
        rows.append(item)
    return rows


def delegation_items(catalog: Record, pool: Mapping[str, Record]) -> list[dict[str, Any]]:
    """The rows of a delegation catalog; the holder under the name it had on the day of issue."""
    county = "望川县" if catalog["place"] == "990122" else "临溪县"
    rows = []
    for entry in catalog["items"]:
        defaults = {"mode": catalog["mode"]} if "mode" in catalog else {}
        item = {**pool[entry["key"]], "term": catalog["term"], **defaults, **entry}
        holder = catalog["city_body"] if item["holder"] == "城市管理" else item["holder"]
        item["holder"] = f"{county}{holder}"
        item["to"] = "、".join(item["to"])
        item["number"] = len(rows) + 1
        rows.append(item)
    return rows


def _dateline(number: str, published_on: object) -> str:
    return f"{number + '　　' if number else ''}{chinese_date(published_on)}印发（虚构演示）"


def _catalog(powers: Record) -> Paper:
    spec = load("townships/catalog_2021.yaml")
    builder = RowBuilder(_CATALOG_COLUMNS, merge_power=True)
    for n, entry in enumerate(spec["items"], start=1):
        matter = pick(powers["matters"], entry)
        builder.add({"applies": "乡镇、街道", **matter, "number": n})
    table = Table(
        name="基本事项目录",
        title=spec["title"],
        header=header_rows(_CATALOG_COLUMNS),
        body=builder.done(),
        widths=tuple(column.width for column in _CATALOG_COLUMNS),
        above=(_dateline(spec["document_number"], spec["published_on"]),),
        below=(*spec["notes"], NOTICE),
        repeat_header=True,
    )
    return _paper(spec, kind="乡镇（街道）权责清单基本事项目录", format_="xlsx", tables=(table,))


def _own_list(town: Record, powers: Record) -> Paper:
    spec = town["list_2022"]
    items = list_items(town, powers)
    columns = _LIST_COLUMNS[spec["layout"]]
    in_force = f"自{chinese_date(spec['effective_on'])}起施行（虚构演示）"
    dateline = f"{spec['document_number']}　　{in_force}"
    if spec["layout"] == "by_kind":
        kinds = list(dict.fromkeys(item["power"] for item in items))
        groups = {f"{kind}（{_count(items, kind)}项）": _of_kind(items, kind) for kind in kinds}
    else:
        groups = {"权责清单": items}
    tables = []
    for name, rows in groups.items():
        builder = RowBuilder(columns, merge_power=spec["layout"] == "standard")
        for row in rows:
            builder.add(row)
        title = spec["title"] if len(groups) == 1 else f"{spec['title']}——{name.split('（')[0]}"
        widths = tuple(column.width for column in columns)
        body, head = builder.done(), header_rows(columns)
        tables.append(Table(name, title, head, body, widths, (dateline,), (NOTICE,)))
    format_ = _FORMATS.get(spec["layout"], "xlsx")
    paper = {"publisher": town["body"], "place": town["place"], **spec}
    return _paper(paper, kind="乡镇（街道）权责清单", format_=format_, tables=tuple(tables))


def _count(items: list[dict[str, Any]], kind: str) -> int:
    return sum(item["power"] == kind for item in items)


def _of_kind(items: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    rows = [item for item in items if item["power"] == kind]
    return [{**item, "number": n} for n, item in enumerate(rows, start=1)]


def _delegations(spec: Record, pool: Mapping[str, Record]) -> Paper:
    builder = RowBuilder(_DELEGATION_COLUMNS)
    for item in delegation_items(spec, pool):
        builder.add(item)
    table = Table(
        name="赋权事项目录",
        title=spec["title"],
        header=header_rows(_DELEGATION_COLUMNS),
        body=builder.done(),
        widths=tuple(column.width for column in _DELEGATION_COLUMNS),
        above=(_dateline(spec["document_number"], spec["published_on"]), spec["preface"]),
        below=(*spec["notes"], NOTICE),
        repeat_header=True,
    )
    return _paper(spec, kind="放权赋权事项目录", format_=spec["format"], tables=(table,))


def _duty_lists(town: Record, duties: Record) -> Paper:
    spec = town["duty_2025"]
    kind = "街道" if town["short"].endswith("街道") else town["short"][-1]
    cooperate = tuple(
        Column(c.header.format(kind=kind), c.field, c.width) for c in _COOPERATE_COLUMNS
    )
    basic = _BASIC_WITH_OFFICE if spec.get("with_office") else _BASIC_COLUMNS
    tables = (
        _basic_table(town, duty_items(town, duties, "basic"), basic),
        _plain_table(town, duty_items(town, duties, "cooperate"), cooperate, "配合履职事项清单"),
        _plain_table(
            town, _with_receiver(town, duties), _TAKEN_BACK_COLUMNS, "上级部门收回事项清单"
        ),
    )
    paper = {
        "title": f"{town['county']}{town['short']}履职事项清单",
        "publisher": town["body"],
        "place": town["place"],
        "published_on": "2024-12-20",
        "effective_on": "2025-01-01",
        **spec,
    }
    also = ("配合履职事项清单", "上级部门收回事项清单")
    return _paper(paper, kind="基本履职事项清单", format_="xlsx", tables=tables, also=also)


def _with_receiver(town: Record, duties: Record) -> list[dict[str, Any]]:
    rows = duty_items(town, duties, "taken_back")
    return [{**row, "way": f"承接部门：{row['receiver']}\n工作方式：{row['way']}"} for row in rows]


def _basic_table(town: Record, rows: list[dict[str, Any]], columns: tuple[Column, ...]) -> Table:
    builder = RowBuilder(columns)
    number = 0
    categories = list(dict.fromkeys(row["category"] for row in rows))
    for n, category in enumerate(categories):
        members = [row for row in rows if row["category"] == category]
        builder.section(f"{_NUMERALS[n]}、{category}（{len(members)}项）")
        for row in members:
            number += 1
            builder.add({**row, "number": number})
    return _duty_table(town, builder, columns, "基本履职事项清单")


def _plain_table(
    town: Record, rows: list[dict[str, Any]], columns: tuple[Column, ...], name: str
) -> Table:
    builder = RowBuilder(columns)
    for number, row in enumerate(rows, start=1):
        builder.add({**row, "number": number})
    return _duty_table(town, builder, columns, name)


def _duty_table(town: Record, builder: RowBuilder, columns: tuple[Column, ...], name: str) -> Table:
    return Table(
        name=name,
        title=f"{town['short']}{name}",
        header=header_rows(columns),
        body=builder.done(),
        widths=tuple(column.width for column in columns),
        above=("2024年12月20日公布，自2025年1月1日起施行（虚构演示）",),
        below=(NOTICE,),
        repeat_header=True,
    )


def _paper(
    spec: Record,
    *,
    kind: str,
    format_: str,
    tables: tuple[Table, ...],
    also: tuple[str, ...] = (),
) -> Paper:
    return Paper(
        file=spec["file"],
        format=format_,
        kind=kind,
        title=spec["title"],
        publisher=spec["publisher"],
        place=str(spec["place"]),
        published_on=str(spec["published_on"]),
        effective_on=str(spec["effective_on"]),
        document_number=spec.get("document_number", ""),
        expires_on=str(spec.get("expires_on", "")),
        replaces=spec.get("replaces", ""),
        also=also,
        tables=tables,
        encoding=spec.get("encoding", "utf-8"),
    )
