"""Every record of a version as a plain value, one a line: for programs and for checking by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from index.catalog import Catalog
from index.model import DutyItem, SourceDocument
from index.records import Record


def listed(version: Path) -> Iterator[dict[str, Any]]:
    """Records in order: list rows, then clauses."""
    catalog = Catalog.of_version(version)
    sources = {source.id: source for source in catalog.sources()}
    for record in catalog.all_records():
        yield _line(record, sources[record.source_id])


def _line(record: Record, source: SourceDocument) -> dict[str, Any]:
    line: dict[str, Any] = {
        "record": "item" if isinstance(record, DutyItem) else "clause",
        "id": record.id,
        "source": {"id": source.id, "file": source.file, "title": source.title},
        "locator": asdict(record.locator),
        "body": record.body,
        "office": record.office,
    }
    if isinstance(record, DutyItem):
        return line | {
            "name": record.name,
            "sub_item": record.sub_item,
            "kind": record.power.value if record.power else None,
            "paper": record.paper.value,
            "role": record.role.value,
            "counterpart": record.counterpart,
            "places": list(record.places),
            "body_as_written": record.body_as_written,
            "basis": record.field("basis"),
            "valid_from": record.valid_from,
            "valid_to": record.valid_to,
            "flags": list(record.flags),
        }
    return line | {
        "name": record.text,
        "kind": record.kind.value,
        "places": [record.place],
        "flags": [],
    }
