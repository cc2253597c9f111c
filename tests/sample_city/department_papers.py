"""The departments' lists, each in the layout that layouts.yaml gives it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.sample_city.papers import (
    Cell,
    Column,
    Paper,
    Record,
    Row,
    RowBuilder,
    Table,
    chinese_date,
    header_rows,
    load,
    load_all,
)

_KINDS = (
    "行政许可",
    "行政处罚",
    "行政强制",
    "行政征收",
    "行政给付",
    "行政检查",
    "行政确认",
    "行政奖励",
    "行政裁决",
    "其他行政权力",
)
_NUMERALS = "一二三四五六七八九十"
_NEWEST_YEAR = "2024"


def department_papers(places: dict[str, str], notice: str) -> Iterator[Paper]:
    """One paper a list; `places` maps the name of a city or county to its code."""
    layouts = load("layouts.yaml")
    lists = [content for _, content in load_all("departments")]
    newest = {spec["body"]: spec for spec in lists if _year(spec) == _NEWEST_YEAR}
    for n, spec in enumerate(lists, start=1):
        older = spec is not newest.get(spec["body"])
        key = f"{spec['body']}{_year(spec)}" if older else spec["body"]
        chosen = layouts["departments"].get(key, {"style": "classic"})
        layout = {**layouts["styles"][chosen["style"]], **chosen}
        place = next(name for name in places if spec["body"].startswith(name))
        items = [_filled(item, spec, layouts) for item in spec["items"]]
        _number(items, f"{places[place]}{n:02d}")
        replaced = [s for s in lists if s["body"] == spec["body"] and s is not spec and not older]
        yield Paper(
            file=f"{place}/{spec['body']}/{chosen.get('file', spec['title'] + '.xlsx')}",
            format=chosen.get("format", "xlsx"),
            kind="部门权责清单",
            title=spec["title"],
            publisher=spec["body"],
            place=places[place],
            published_on=str(spec["published_on"]),
            effective_on=str(spec["effective_on"]),
            document_number=spec.get("document_number", ""),
            replaces="、".join(old["document_number"] for old in replaced),
            style=chosen.get("extra", ""),
            tables=tuple(_tables(spec, layout, items, notice)),
        )


def _year(spec: Record) -> str:
    return str(spec["effective_on"])[:4]


def _filled(item: Record, spec: Record, layouts: Record) -> dict[str, Any]:
    base = {
        "body": spec["body"],
        "phone": spec.get("phone", ""),
        "duty_basis": layouts["duty_basis"].get(item.get("power"), ""),
    }
    filled = {**base, **item}
    return {key: text.strip() if isinstance(text, str) else text for key, text in filled.items()}


def _number(items: list[dict[str, Any]], prefix: str) -> None:
    """Give each item its code: place, department, kind of power, number within the kind."""
    seen: dict[int, int] = {}
    for item in items:
        power = item.get("power")
        kind = _KINDS.index(power) + 1 if power in _KINDS else 0
        seen[kind] = seen.get(kind, 0) + 1
        item["code"] = f"{prefix}{kind:02d}{seen[kind]:03d}000"


def _tables(
    spec: Record, layout: Record, items: list[dict[str, Any]], notice: str
) -> Iterator[Table]:
    columns = [Column(*column) for column in layout["columns"]]
    kinds = list(dict.fromkeys(item["power"] for item in items))
    groups = {kind: [item for item in items if item["power"] == kind] for kind in kinds}
    if layout.get("by_kind"):
        for kind, rows in groups.items():
            title = f"{spec['title']}（{kind or '未分类'}类）"
            body = _rows(columns, layout, {"": rows})
            name = f"{kind or '未分类'}（{len(rows)}项）"
            yield _table(spec, layout, title=title, name=name, body=body, notice=notice)
        return
    if not layout.get("sections"):
        # A list in one sheet keeps each kind together only where kinds are merged downwards.
        groups = {"": [i for k in kinds for i in groups[k]] if layout.get("merge_power") else items}
    body = _rows(columns, layout, groups)
    yield _table(spec, layout, title=spec["title"], name="权责清单", body=body, notice=notice)


def _rows(
    columns: list[Column], layout: Record, groups: dict[str, list[dict[str, Any]]]
) -> tuple[Row, ...]:
    builder = RowBuilder(
        columns,
        merge_power=bool(layout.get("merge_power")),
        split_field=layout.get("cut", ""),
    )
    for n, (kind, rows) in enumerate(groups.items()):
        if kind:
            builder.section(f"{_NUMERALS[n]}、{kind}（共{len(rows)}项）")
        for number, item in enumerate(rows, start=1):
            numbered = {"remark": "", "sub": "", **item, "number": number}
            builder.add(numbered, item.get("sub_items", ()))
    return _with_formulas(builder.done()) if layout.get("formulas") else builder.done()


def _with_formulas(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Number by formula: one more than the largest number above, as offices do."""
    counted: list[Row] = []
    for row in rows:
        first = row[0]
        if first and first.text.isdigit():
            formula = "=MAX(A$3:A{above})+1"
            first = Cell(first.text, first.rows, first.cols, formula)
        counted.append((first, *row[1:]))
    return tuple(counted)


def _table(
    spec: Record, layout: Record, *, title: str, name: str, body: tuple[Row, ...], notice: str
) -> Table:
    columns = [Column(*column) for column in layout["columns"]]
    number = spec.get("document_number", "")
    line = f"{number}　　{chinese_date(spec['published_on'])}公布　（虚构演示）"
    phone = f"监督电话：{spec['phone']}" if spec.get("phone") else ""
    return Table(
        name=name,
        title=title,
        header=header_rows(columns),
        body=body,
        widths=tuple(column.width for column in columns),
        above=(line,),
        below=tuple(text for text in (phone, f"注：{notice}") if text),
        repeat_header=bool(layout.get("repeat_header")),
    )
