"""Admission forms (职责准入登记) → items: what a township was newly charged with, how and how long."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.documents import Document, Grid, address
from index.editions import starts_on
from index.extract import dates
from index.extract.admissions import FormField, form_locator, read_forms
from index.extract.columns import Field, squeeze
from index.extract.lists import ListContext
from index.extract.recipients import recipients
from index.institutions.naming import resolve_body, split_bodies
from index.model import Cell, DutyItem, PaperKind, Role

# In order: the first pattern that matches the squeezed label names the field.
_FIELDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (Field.NAME, re.compile(r"事项(?:名称)?$|^准入(?:事项|职责)|^(?:任务|工作)名称")),
    (Field.LEAD_DUTY, re.compile(r"^(?:主责|牵头|申请|上级)(?:部门|单位)职责")),
    (Field.OWN_DUTY, re.compile(r"(?:乡镇|街道|镇街).*职责$")),
    (Field.LEAD_BODY, re.compile(r"^(?:申请|申报|提出|准入申请|主责|牵头)(?:部门|单位|机关)$")),
    (
        Field.RECIPIENTS,
        re.compile(
            r"^拟?交?(?:乡镇|街道|镇街)(?!.*意见)|^(?:承接|承担|配合)(?:单位|主体|对象|范围)"
        ),
    ),
    (Field.MODE, re.compile(r"^(?:承担|履职|准入|承接)方式|^(?:配合|准入)类型")),
    (Field.TERM, re.compile(r"期限|有效期|时限|起止")),
    (Field.BASIS, re.compile(r"^(?:法律|政策|设定)?依据")),
    (Field.SCOPE, re.compile(r"^(?:准入|申请|审核|批准)(?:内容|意见)")),
)
_ROLES = (("委托", Role.ENTRUSTED), ("赋权", Role.DELEGATED), ("主责", Role.LEAD))


def read_items(document: Document, context: ListContext) -> Iterator[DutyItem]:
    """One item an admission; a form that does not say what was admitted gives none."""
    for grid in document.grids:
        for fields in read_forms(grid):
            if item := _item(fields, grid, context):
                yield item


def _item(fields: list[FormField], grid: Grid, context: ListContext) -> DutyItem | None:
    cells = tuple(_cells(fields))
    text = {field: "".join(c.text for c in cells if c.field == field) for field, _ in _FIELDS}
    places = recipients(text[Field.RECIPIENTS], context.publisher.place, context.gazetteer)
    if not text[Field.NAME] or not places:
        return None
    leads = [resolve_body(b, context.publisher)[0] for b in split_bodies(text[Field.LEAD_BODY])]
    since, until = dates.span(text[Field.TERM])
    locator = form_locator(grid, fields)
    return DutyItem(
        id=f"{context.source.id}#{grid.name}!{(locator.cells or '').split(':')[0]}",
        source_id=context.source.id,
        locator=locator,
        paper=PaperKind.ADMISSION,
        name=squeeze(text[Field.NAME]),
        body="各乡镇（街道）",
        role=next((role for word, role in _ROLES if word in text[Field.MODE]), Role.COOPERATING),
        places=tuple(place.code for place in places),
        cells=cells,
        counterpart="、".join(leads) or context.source.body,
        valid_from=since or starts_on(context.source),
        valid_to=until or context.source.expires_on,
    )


def _cells(fields: list[FormField]) -> Iterator[Cell]:
    """The values of known fields, each field once."""
    seen: set[str] = set()
    for field in fields:
        label = squeeze(field.label)
        name = next((name for name, pattern in _FIELDS if pattern.search(label)), "")
        if name and name not in seen:
            seen.add(name)
            yield Cell(name, address(field.row, field.columns[1]), field.value)
