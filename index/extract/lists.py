"""Rows of a list → DutyItems: who holds the matter, how, where and when, each cell kept as proof."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from index.editions import starts_on
from index.extract import dates
from index.extract.columns import Field, squeeze
from index.extract.rows import Row, read_rows
from index.extract.tables import Table
from index.gazetteer import Gazetteer
from index.institutions import Publisher, government_of, resolve_body, split_bodies, tidy_name
from index.model import (
    DutyItem,
    Finding,
    Level,
    PaperKind,
    Place,
    PowerKind,
    Role,
    SourceDocument,
)

_NOTHING = re.compile(r"^[无／/—\-－、.。]*$")
_ENTRUSTED = re.compile(r"委托|受托")
_ALL_TOWNSHIPS = re.compile(
    r"^(?:全县|全区|全市|各|所有|全部).{0,4}(?:乡镇|街道|镇街|乡（镇）)|^全部$|^各乡镇"
)
_RECEIVER = re.compile(
    r"(?:承接|接收|收回|牵头|责任|主管)?(?:部门|单位|机关)?[：:]\s*(?P<body>[^。；;，,\n：:]+)"
)
_RECEIVER_PLAIN = re.compile(
    r"^(?:由)?(?P<body>[^。；;，,\n：:]+?(?:局|委员会|办公室|委|分局|中心|大队))"
)
_POWERS = {
    **{power.value: power for power in PowerKind},
    **{power.value.removeprefix("行政"): power for power in PowerKind},
    "其他职权": PowerKind.OTHER,
    "其他权力": PowerKind.OTHER,
    "其他": PowerKind.OTHER,
    "其他类": PowerKind.OTHER,
    "行政监督检查": PowerKind.INSPECTION,
    "监督检查": PowerKind.INSPECTION,
    "行政审批": PowerKind.LICENCE,
    "审批": PowerKind.LICENCE,
    "行政征用": PowerKind.LEVY,
}


@dataclass(frozen=True, slots=True)
class ListContext:
    """What every row of one list shares."""

    source: SourceDocument
    kind: PaperKind
    publisher: Publisher
    gazetteer: Gazetteer


def power_kind(text: str) -> PowerKind | None:
    """Kind of power as a cell, a group heading or a sheet name words it; None if it is none."""
    word = re.sub(r"^[一二三四五六七八九十\d]+[、.．]|[（(].*$|类?事?项?类?$", "", squeeze(text))
    return _POWERS.get(word) or _POWERS.get(word.removesuffix("类"))


def read_items(table: Table, context: ListContext) -> Iterator[tuple[DutyItem, Finding | None]]:
    """Each item of a list, with a finding where the row is kept but not sure."""
    build = _BUILDERS.get(context.kind, _own_duty)
    sheet_power = None
    if not table.columns_of(Field.POWER):
        titles = (table.grid.text(row, 1) for row in table.titles)
        sheet_power = next(filter(None, map(power_kind, (table.grid.name, *titles))), None)
    for row in read_rows(table):
        item = build(_item(row, context), row, context)
        if item.power is None and not table.columns_of(Field.POWER):
            item = replace(item, power=power_kind(row.heading) or sheet_power)
        yield item, _finding(item, row, context)


def _item(row: Row, context: ListContext) -> DutyItem:
    name, sub_item = squeeze(row.text(Field.NAME)), squeeze(row.text(Field.SUB_ITEM))
    sub_item = "" if _NOTHING.match(sub_item) or sub_item == name else sub_item
    flags = [flag for flag, on in (("hidden", row.is_hidden), ("note", row.is_note)) if on]
    written = row.text(Field.BODY)
    bodies = [resolve_body(part, context.publisher) for part in split_bodies(written) or ("",)]
    place = context.publisher.place
    return DutyItem(
        id=f"{context.source.id}#{row.locator.sheet}!{(row.locator.cells or '').split(':')[0]}",
        source_id=context.source.id,
        locator=row.locator,
        paper=context.kind,
        name=name or sub_item or squeeze(row.text(Field.REMARK)),
        sub_item=sub_item if name else "",
        power=power_kind(row.text(Field.POWER)),
        body="、".join(dict.fromkeys(body for body, _ in bodies)),
        body_as_written=written.strip(),
        office=""
        if _NOTHING.match(squeeze(row.text(Field.OFFICE)))
        else tidy_name(row.text(Field.OFFICE)),
        role=Role.LEAD,
        places=(place.code,) if place else (),
        cells=row.cells,
        valid_from=starts_on(context.source),
        valid_to=context.source.expires_on,
        flags=(*flags, *dict.fromkeys(flag for _, flag in bodies if flag)),
    )


def _own_duty(item: DutyItem, row: Row, context: ListContext) -> DutyItem:
    return item


def _catalog(item: DutyItem, row: Row, context: ListContext) -> DutyItem:
    """A template: it speaks for every township below its place, whose own list is the authority."""
    place = context.publisher.place
    below = _townships(context, place) if place else ()
    return replace(item, body="各乡镇（街道）", places=tuple(p.code for p in below) or item.places)


def _delegation(item: DutyItem, row: Row, context: ListContext) -> DutyItem:
    principal = row.text(Field.PRINCIPAL) or row.text(Field.BODY)
    mode = row.text(Field.MODE) or context.source.title
    since, until = dates.span(row.text(Field.TERM))
    places = recipients(row.text(Field.RECIPIENTS), context)
    bodies = tuple(government_of(place, _county(place, context)) for place in places)
    return replace(
        item,
        role=Role.ENTRUSTED if _ENTRUSTED.search(mode) else Role.DELEGATED,
        counterpart=resolve_body(principal, context.publisher)[0] if principal else "",
        body="、".join(bodies) or item.body,
        places=tuple(place.code for place in places),
        valid_from=since or item.valid_from,
        valid_to=until or item.valid_to,
        flags=tuple(flag for flag in item.flags if flag in {"hidden", "note"}),
    )


def _cooperation(item: DutyItem, row: Row, context: ListContext) -> DutyItem:
    leads = [resolve_body(b, context.publisher)[0] for b in split_bodies(row.text(Field.LEAD_BODY))]
    return replace(
        _of_township(item, row, context), role=Role.COOPERATING, counterpart="、".join(leads)
    )


def _withdrawal(item: DutyItem, row: Row, context: ListContext) -> DutyItem:
    receivers = [
        resolve_body(body, context.publisher)[0] for body in receivers_in(row.text(Field.RECEIVER))
    ]
    return replace(
        _of_township(item, row, context), role=Role.WITHDRAWN, counterpart="、".join(receivers)
    )


def _of_township(item: DutyItem, row: Row, context: ListContext) -> DutyItem:
    """Township papers speak for their township even when a column names other bodies."""
    place = context.publisher.place
    if place is None or place.level is not Level.TOWNSHIP or row.text(Field.BODY):
        return item
    return replace(item, body=government_of(place, context.publisher.at(Level.COUNTY)))


def receivers_in(text: str) -> tuple[str, ...]:
    """Bodies named by 承接部门及工作方式: "承接部门：县民政局。工作方式：…" → (县民政局,)."""
    match = _RECEIVER.search(text) or _RECEIVER_PLAIN.search(text.strip())
    return split_bodies(match.group("body")) if match else split_bodies(text[:30])


def recipients(text: str, context: ListContext) -> tuple[Place, ...]:
    """Townships named in a cell, or all of them ("各乡镇（街道）", 除…外 taken out)."""
    place = context.publisher.place
    if place is None:
        return ()
    everyone = _townships(context, place)
    flat = tidy_name(text)
    stated, _, excluded = flat.partition("除")
    named = tuple(p for p in everyone if p.name in flat)
    if not flat or _ALL_TOWNSHIPS.search(stated or excluded) or excluded:
        return tuple(p for p in everyone if p not in named) if excluded else everyone
    return named


def _townships(context: ListContext, place: Place) -> tuple[Place, ...]:
    if place.level is Level.TOWNSHIP:
        return (place,)
    below = context.gazetteer.descendants(place.code)
    return tuple(p for p in below if p.level is Level.TOWNSHIP)


def _county(place: Place, context: ListContext) -> Place | None:
    chain = context.gazetteer.chain(place.code)
    return next((p for p in chain if p.level is Level.COUNTY), None)


def _finding(item: DutyItem, row: Row, context: ListContext) -> Finding | None:
    """The one thing most worth saying of a row, if any."""
    problem = next(
        (
            (code, text)
            for code, text, wrong in (
                ("note-row", "表下的说明，不作为事项", row.is_note),
                ("hidden-row", "隐藏行，保留备查，不用于回答", row.is_hidden),
                ("no-name", "没有事项名称", not row.text(Field.NAME)),
                ("no-recipient", "没有认出承接的乡镇（街道）", _lacks_place(item)),
                ("no-power", "权力类型是空白或认不出", _lacks_power(item, row)),
            )
            if wrong
        ),
        None,
    )
    if problem is None:
        return None
    severity = "info" if problem[0] in {"note-row", "hidden-row"} else "warning"
    return Finding(severity, problem[0], context.source.file, problem[1], row.locator)


def _lacks_place(item: DutyItem) -> bool:
    return item.paper is PaperKind.DELEGATION_CATALOG and not item.places


def _lacks_power(item: DutyItem, row: Row) -> bool:
    return item.paper is PaperKind.DEPARTMENT_LIST and item.power is None and not row.heading


_BUILDERS: dict[PaperKind, Callable[[DutyItem, Row, ListContext], DutyItem]] = {
    PaperKind.TOWNSHIP_CATALOG: _catalog,
    PaperKind.TOWNSHIP_LIST: _of_township,
    PaperKind.BASIC_DUTIES: _of_township,
    PaperKind.DELEGATION_CATALOG: _delegation,
    PaperKind.COOPERATION_DUTIES: _cooperation,
    PaperKind.WITHDRAWN_DUTIES: _withdrawal,
}
