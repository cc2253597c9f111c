"""All layouts together, and how one of ours reads them."""

from __future__ import annotations

import string
from pathlib import Path

from bench.layouts import Layout
from bench.layouts_books import BOOKS
from bench.layouts_headers import HEADERS
from bench.layouts_items import ITEMS

from index.extract.captions import tables_of
from index.extract.lists import ListContext, read_items
from index.extract.recognise import kind_of_table
from index.extract.rows import Row
from index.gazetteer import Gazetteer
from index.institutions.naming import Publisher
from index.model import DutyItem, PaperKind, SourceDocument
from index.readers import read

LAYOUTS: tuple[Layout, ...] = (*HEADERS, *ITEMS, *BOOKS)


def read_records(path: Path, layout: Layout) -> list[dict[str, str]]:
    """Records as the product reads them, in the form in which layouts state them."""
    source = SourceDocument("s", path.name, "", "", PaperKind.DEPARTMENT_LIST, "")
    records = []
    for table in tables_of(read(path)):
        context = ListContext(
            source, kind_of_table(table, path.stem), Publisher("", ()), Gazetteer(())
        )
        rows: dict[str, tuple[DutyItem, Row]] = {}
        for item, row in read_items(table, context):
            if not row.is_note:
                rows.setdefault(item.id, (item, row))
        records += [_record(item, row, layout) for item, row in rows.values()]
    return records


def _row_of(address: str) -> int:
    return int(address.lstrip(string.ascii_uppercase))


def _record(item: DutyItem, row: Row, layout: Layout) -> dict[str, str]:
    """Every field of the row, and those marks that the layout speaks of.

    What a line below the list adds to each row is left out: no other tool is asked for it.
    """
    last = _row_of((row.locator.cells or "").rpartition(":")[2])
    record = {c.field: row.text(c.field) for c in row.cells if _row_of(c.address) <= last}
    marks = {
        "heading": row.heading,
        "hidden": "是" if row.is_hidden else "",
        "ticks": " ".join("".join(tick) for tick in row.ticks),
        "power": item.power.value if item.power else "",
    }
    spoken = {name for expected in layout.records for name in expected}
    return record | {name: text for name, text in marks.items() if text and name in spoken}
