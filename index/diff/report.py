"""Changes as plain values, as counts by list, and as the sheets of a workbook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from index.diff.changes import Change, FieldChange, Kind
from index.diff.match import SAME_MATTER
from index.diff.sides import DiffSide
from index.model import DutyItem
from index.provenance import where
from index.records import Record
from index.workbook import Sheet, Value

_KEPT_AROUND = 12


def as_values(change: Change, old: DiffSide, new: DiffSide) -> dict[str, Any]:
    """One change for programs."""
    return {
        "change": change.kind.value,
        "list": list_name(change.list_name, new),
        "old": _record_values(change.old, old),
        "new": _record_values(change.new, new),
        "likeness": round(change.likeness, 2),
        "fields": [
            {
                "label": field.label,
                "before": field.before,
                "after": field.after,
                "is_move": field.is_move,
                "words": [{"op": op, "text": text} for op, text in field.words],
            }
            for field in change.fields
        ],
    }


def _record_values(record: Record | None, side: DiffSide) -> dict[str, Any] | None:
    if record is None:
        return None
    source = side.sources[record.source_id]
    return {
        "id": record.id,
        "name": title(record),
        "body": record.body,
        "source": {"id": source.id, "file": source.file, "title": source.title},
        "where": where(record),
    }


def title(record: Record) -> str:
    """What a record is called: name and sub-item, or the opening of a clause."""
    if isinstance(record, DutyItem):
        return f"{record.name}：{record.sub_item}" if record.sub_item else record.name
    return record.text.split("\n")[0][:40]


def list_name(key: tuple[str, ...], side: DiffSide) -> str:
    """A list as a reader calls it: "临溪县民政局 部门权责清单"."""
    kind, code, body = key
    place = side.places.get(code)
    return f"{body or (place.full_name if place else code)} {kind}".strip()


def counts(changes: Sequence[Change], new: DiffSide) -> list[tuple[str, Counter[Kind]]]:
    """How many matters of each list were added, removed, reworded, moved; lists in order."""
    by_list: dict[str, Counter[Kind]] = {}
    for change in changes:
        by_list.setdefault(list_name(change.list_name, new), Counter())[change.kind] += 1
    return list(by_list.items())


def marked(field: FieldChange) -> str:
    """A field with its changed words marked: 【删：…】【增：…】; long unchanged text is cut."""
    marks = {"-": "【删：{}】", "+": "【增：{}】", "=": "{}"}
    return "".join(marks[op].format(_cut(op, text)) for op, text in field.words)


def _cut(op: str, text: str) -> str:
    if op != "=" or len(text) <= 2 * _KEPT_AROUND:
        return text
    return f"{text[:_KEPT_AROUND]}…{text[-_KEPT_AROUND:]}"


def as_sheets(changes: Sequence[Change], old: DiffSide, new: DiffSide) -> tuple[Sheet, Sheet]:
    """Counts by list, and a row a change."""
    kinds = list(Kind)
    summary: list[list[Value]] = []
    for name, counted in counts(changes, new):
        summary.append([name, *(counted[kind] for kind in kinds)])
    notes = (
        f"旧：{old.name}　新：{new.name}　共 {len(changes)} 处变化",
        f"名称不同的，相近度达到 {SAME_MATTER} 才算同一事项改写，请对照原文核实。",
    )
    header = (
        "序号",
        "变化",
        "清单",
        "事项",
        "改了什么",
        "旧文件",
        "旧位置",
        "新文件",
        "新位置",
        "相近度",
    )
    rows = [_row(n, change, old, new) for n, change in enumerate(changes, start=1)]
    widths = (6, 12, 30, 40, 60, 32, 18, 32, 18, 8)
    return (
        Sheet(
            "汇总", ("清单", *(k.value for k in kinds)), summary, (40, *[10] * len(kinds)), notes
        ),
        Sheet("变化", header, rows, widths),
    )


def _row(number: int, change: Change, old: DiffSide, new: DiffSide) -> tuple[Value, ...]:
    record = change.new or change.old
    said = "\n".join(f"{field.label}：{marked(field)}" for field in change.fields)
    return (
        number,
        change.kind.value,
        list_name(change.list_name, new),
        title(record) if record else "",
        said,
        *_place(change.old, old),
        *_place(change.new, new),
        round(change.likeness, 2),
    )


def _place(record: Record | None, side: DiffSide) -> tuple[str, str]:
    return (side.sources[record.source_id].file, where(record)) if record else ("", "")
