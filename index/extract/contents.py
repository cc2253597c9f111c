"""Columns whose header leaves open what they hold: settled by what stands in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from itertools import islice

from index.documents import Grid
from index.extract.columns import Field, squeeze
from index.extract.powers import power_kind

# Enough rows to know a column by; fewer than this share of its texts is chance.
_N_ROWS = 40
_SHARE = 0.8
_OFFICE = re.compile(r".*(?:[科股室处所站队组]|中心|大队)(?:[（(].*[)）])?$", re.DOTALL)
_BODY = re.compile(r".*(?:[局委厅办]|委员会|办公室|政府|办事处|部门)(?:[（(].*[)）])?$", re.DOTALL)
_LAW = re.compile(r"《[^》]+》")
_TICK = re.compile(
    r"[√✓✔☑☆★●○◎◯△▲■□×✗✘xX—\-－/\\无否是有YyNn1vV]|赋权|下放|委托|交办|授权|承接|不承接|收回"
)
_Law = Callable[[str], object]


def is_tick(text: str) -> bool:
    """True for what a column of ticks holds: √, ○, 是, 委托, or × and — for no."""
    return bool(_TICK.fullmatch(squeeze(text)))


def settled(
    grid: Grid, body: range, columns: Mapping[int, Field], headers: Mapping[int, str]
) -> dict[int, Field]:
    """The fields of columns, those that the header leaves open decided by their texts."""
    holds = partial(_holds, grid, body)
    named = {
        column: Field.EXTRA if field is Field.MARK and not holds(column, is_tick) else field
        for column, field in columns.items()
    }
    for column, field in named.items():
        if field is Field.EXTRA:
            named[column] = _of_unknown(named, headers[column], partial(holds, column))
    return _lone_names(_bodies(named, headers, holds), headers)


def _of_unknown(known: Mapping[int, Field], header: str, holds: Callable[[_Law], bool]) -> Field:
    """The field of a column with an unknown header or a header met before."""
    present = set(known.values())
    if Field.POWER not in present and holds(power_kind):
        return Field.POWER
    if Field.BASIS not in present and holds(_LAW.search):
        return Field.BASIS
    if Field.OWN_DUTY not in present and header.startswith("配合") and Field.LEAD_BODY in present:
        return Field.OWN_DUTY
    is_of_holder = re.search(r"主体|部门|单位|机关|机构", header)
    if Field.OFFICE not in present and is_of_holder and holds(_OFFICE.match):
        return Field.OFFICE
    return Field.EXTRA


def _bodies(
    columns: Mapping[int, Field],
    headers: Mapping[int, str],
    holds: Callable[[int, _Law], bool],
) -> dict[int, Field]:
    """主管部门 beside 上级职责 leads; 实施机构 without any 主体 beside it holds bodies."""
    fields = set(columns.values())
    named = dict(columns)
    if Field.LEAD_BODY not in fields and {Field.LEAD_DUTY, Field.OWN_DUTY} & fields:
        named = {c: Field.LEAD_BODY if f is Field.BODY else f for c, f in named.items()}
    if not {Field.BODY, Field.PRINCIPAL, Field.LEAD_BODY} & fields:
        offices = (c for c, f in named.items() if f is Field.OFFICE)
        office = next((c for c in offices if not re.search(r"[科股处]室|内设", headers[c])), 0)
        if office and holds(office, _BODY.match) and not holds(office, _OFFICE.match):
            named[office] = Field.BODY
    return named


def _lone_names(columns: Mapping[int, Field], headers: Mapping[int, str]) -> dict[int, Field]:
    """A list of 配合事项 or 责任事项 that has no other name calls its matters so."""
    if Field.NAME in columns.values():
        return dict(columns)
    first = next(
        (
            column
            for column, field in columns.items()
            if (field is Field.OWN_DUTY and headers[column].endswith("事项"))
            or (field is Field.DUTY and "事项" in headers[column])
        ),
        0,
    )
    return {c: Field.NAME if c == first else field for c, field in columns.items()}


def _holds(grid: Grid, body: range, column: int, law: _Law) -> bool:
    """True if nearly all of a column's first texts obey a law."""
    standing = (text for row in body if (text := grid.own_text(row, column)))
    texts = list(islice(standing, _N_ROWS))
    return bool(texts) and sum(bool(law(text)) for text in texts) >= _SHARE * len(texts)
