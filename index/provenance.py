"""One record with everything that proves it: fields as they stand, paper, place, span of validity."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

from index.catalog import Catalog
from index.errors import CorpusError
from index.gazetteer import Gazetteer
from index.labels import label
from index.model import Clause, DutyItem, SourceDocument
from index.records import Record

_SPACE = re.compile(r"\s+")


def find_records(catalog: Catalog, wanted: str) -> tuple[Record, ...]:
    """The record with an id, else all whose name (a clause: text) is or else holds the words.

    Raises:
        CorpusError: nothing fits.
    """
    if record := catalog.record(wanted):
        return (record,)
    words = _SPACE.sub("", wanted)
    named = [(record, _SPACE.sub("", _name(record))) for record in catalog.all_records()]
    exact = tuple(record for record, name in named if name == words)
    found = exact or tuple(record for record, name in named if words and words in name)
    if not found:
        raise CorpusError(
            f"没有编号或名称是“{wanted}”的记录。用 dutydesk items 查看全部编号和名称。"
        )
    return found


def provenance(record: Record, source: SourceDocument, places: Gazetteer) -> dict[str, Any]:
    """Everything known of a record as plain values; words stand as they do in the paper."""
    return {
        "id": record.id,
        **(
            _of_item(record, places) if isinstance(record, DutyItem) else _of_clause(record, places)
        ),
        "locator": asdict(record.locator),
        "source": asdict(source) | {"place": _place_name(source.place, places)},
    }


def where(record: Record) -> str:
    """Place of a record in its paper, as a reader would look it up: "附表1 A15:N16", "第4页 第三条"."""
    at = record.locator
    page = f"第{at.page}页" if at.page else ""
    paragraph = f"第{at.paragraph}段" if at.paragraph and not at.article else ""
    return " ".join(filter(None, (at.sheet, page, at.cells, at.article, paragraph)))


def _of_item(item: DutyItem, places: Gazetteer) -> dict[str, Any]:
    return {
        "record": "item",
        "name": item.name,
        "sub_item": item.sub_item,
        "paper": item.paper.value,
        "kind": item.power.value if item.power else None,
        "role": item.role.value,
        "body": item.body,
        "body_as_written": item.body_as_written,
        "office": item.office,
        "counterpart": item.counterpart,
        "places": [_place_name(code, places) for code in item.places],
        "valid_from": item.valid_from,
        "valid_to": item.valid_to,
        "flags": list(item.flags),
        "fields": [
            {"field": c.field, "label": label(c.field), "address": c.address, "text": c.text}
            for c in item.cells
        ],
    }


def _of_clause(clause: Clause, places: Gazetteer) -> dict[str, Any]:
    return {
        "record": "clause",
        "kind": clause.kind.value,
        "body": clause.body,
        "office": clause.office,
        "bodies": list(clause.bodies),
        "places": [_place_name(clause.place, places)],
        "text": clause.text,
    }


def _name(record: Record) -> str:
    return record.name if isinstance(record, DutyItem) else record.text


def _place_name(code: str, places: Gazetteer) -> str:
    place = places.get(code)
    return place.full_name if place else code
