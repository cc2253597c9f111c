"""Alarms as plain values and as the sheets of a workbook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from index.audit.alarm import Alarm, Rule, Side
from index.audit.run import RULES
from index.workbook import Sheet, Value

BY_CODE: dict[str, Rule] = {rule.code: rule for rule in RULES}
_SIDES = ("甲方", "乙方")
_HEADER = ("序号", "类别", "地方", "问题", "建议")
_SIDE_HEADER = ("文件", "文号", "位置", "原文")


def as_values(alarm: Alarm) -> dict[str, Any]:
    """One alarm for programs."""
    rule = BY_CODE[alarm.rule]
    return {
        "rule": alarm.rule,
        "title": rule.title,
        "place": alarm.place,
        "message": alarm.message,
        "advice": rule.advice,
        "likeness": None if alarm.likeness is None else round(alarm.likeness, 2),
        "sides": [_side_values(side) for side in alarm.sides],
    }


def _side_values(side: Side) -> dict[str, Any]:
    source = side.source
    return {
        "record_id": side.record_id,
        "source": {
            "id": source.id,
            "file": source.file,
            "title": source.title,
            "document_number": source.document_number,
            "publisher": source.publisher,
            "published_on": source.published_on,
        },
        "where": side.where,
        "quote": side.quote,
    }


def as_sheets(alarms: Sequence[Alarm], on: date) -> tuple[Sheet, Sheet]:
    """A summary by rule, and every alarm with both sides quoted."""
    counts = Counter(alarm.rule for alarm in alarms)
    summary = [(r.title, counts[r.code], r.advice) for r in RULES]
    notes = (
        f"清单核查汇总　截至 {on:%Y年%m月%d日}　共 {len(alarms)} 条",
        "“名称相近度”有数的，是按名称相近找出的，请对照原文核实。",
    )
    header = [*_HEADER, *(f"{who}{what}" for who in _SIDES for what in _SIDE_HEADER)]
    rows = [_row(number, alarm) for number, alarm in enumerate(alarms, start=1)]
    widths = (6, 18, 20, 50, 30, *((32, 18, 18, 50) * len(_SIDES)), 50, 10)
    return (
        Sheet("汇总", ("类别", "条数", "建议"), summary, (28, 8, 60), notes),
        Sheet("问题清单", (*header, "其他原文", "名称相近度"), rows, widths),
    )


def _row(number: int, alarm: Alarm) -> tuple[Value, ...]:
    rule = BY_CODE[alarm.rule]
    cells: list[Value] = [number, rule.title, alarm.place, alarm.message, rule.advice]
    for index in range(len(_SIDES)):
        cells += _side_cells(alarm.sides[index]) if index < len(alarm.sides) else [""] * 4
    others = (f"《{s.source.title}》{s.where}：{s.quote}" for s in alarm.sides[len(_SIDES) :])
    likeness = None if alarm.likeness is None else round(alarm.likeness, 2)
    return (*cells, "\n".join(others), likeness)


def _side_cells(side: Side) -> list[Value]:
    return [side.source.file, side.source.document_number, side.where, side.quote]
