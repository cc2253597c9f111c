"""Rows of a list → DutyItems: who holds the matter, how, where and when, each cell kept as proof."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from index.editions import starts_on
from index.extract import dates
from index.extract.columns import Field, squeeze
from index.extract.contacts import with_numbers_below
from index.extract.powers import power_in_title, power_kind
from index.extract.recipients import recipients
from index.extract.rows import Row, read_rows
from index.extract.tables import Table
from index.gazetteer import Gazetteer
from index.institutions.naming import (
    Publisher,
    body_in_title,
    government_at,
    government_of,
    resolve_body,
    split_bodies,
    tidy_name,
)
from index.model import (
    DutyItem,
    Level,
    PaperKind,
    Place,
    PowerKind,
    Role,
    SourceDocument,
)

_NOTHING = re.compile(r"^[无／/—\-－–、.。]*$")
# A matter's number written before its name.
_ORDINAL = re.compile(r"^\d{1,4}[、.．](?=[\u4e00-\u9fff])")
_ENTRUSTED = re.compile(r"委托|受托")
_RECEIVER = re.compile(
    r"(?:承接|接收|收回|牵头|责任|主管)?(?:部门|单位|机关)?[：:]\s*(?P<body>[^。；;，,\n：:]+)"
)
_RECEIVER_PLAIN = re.compile(
    r"^(?:由)?(?P<body>[^。；;，,\n：:]+?(?:局|委员会|办公室|委|分局|中心|大队))"
    r"(?=$|[。；;，,\n：:（(]|承接|负责|收回|接收|牵头|履行|工作方式)"
)
# A heading that is nothing but a department's name, its mark and count aside.
_HEADING_NOISE = re.compile(
    r"^(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)]?[、.．]?)|[（(]\s*(?:共)?\d+\s*[项条][^）)]*[）)]$|共?\d+项$"
)
_BODY_ALONE = re.compile(
    r"[\u4e00-\u9fff]{2,20}(?:局|委员会|人民政府|(?<=[健改建体资])委)(?:[（(][^）)]*局[）)])?"
)
# Holders on rows of their own are each a whole name; a name that a page cuts in two is not.
_WHOLE_HOLDER = re.compile(
    r".{1,24}(?:局|委员会|人民政府|办事处|(?<=[健改建体资])委|[股科处室院站所队]|中心|公司)(?:[（(][^）)]*[）)])?"
)
_LEGEND = re.compile(
    r"[“\"「]?(?P<mark>[√✓✔○●◎△▲☆★■□])[”\"」]?[\s　]*(?:表示|为|代表|指|是|标注的?|[:：=—-]+)[^√✓✔○●◎△▲☆★■□]{0,12}?"
    r"(?P<word>委托|赋权|下放|授权|交办)"
)


@dataclass(frozen=True, slots=True)
class ListContext:
    """What every row of one list shares."""

    source: SourceDocument
    kind: PaperKind
    publisher: Publisher
    gazetteer: Gazetteer
    titles: tuple[str, ...] = ()
    power: PowerKind | None = None


def read_items(table: Table, context: ListContext) -> Iterator[tuple[DutyItem, Row]]:
    """Each item of a list, with the row that it was read from."""
    titles = tuple(reversed(table.title_texts))
    named = filter(None, map(power_in_title, (*titles, table.grid.name)))
    context = replace(context, titles=(*titles, table.grid.name), power=next(named, None))
    rows = with_numbers_below(tuple(read_rows(table)), table.below)
    legend = _legend(rows, context)
    for row in rows:
        item = _with_power(_item(row, context), row, context)
        if context.kind is PaperKind.DELEGATION_CATALOG and not row.is_note:
            yield from ((part, row) for part in _delegated(item, row, context, legend))
        else:
            yield _BUILDERS.get(context.kind, _own_duty)(item, row, context), row


def _item(row: Row, context: ListContext) -> DutyItem:
    name = _ORDINAL.sub("", squeeze(row.text(Field.NAME)))
    sub_item = squeeze(row.text(Field.SUB_ITEM))
    sub_item = "" if _NOTHING.match(sub_item) or sub_item == name else sub_item
    flags = [flag for flag, on in (("hidden", row.is_hidden), ("note", row.is_note)) if on]
    written, office = _holders(row, Field.BODY), _holders(row, Field.OFFICE)
    above = "" if squeeze(written) or row.is_note else _body_above(row, context)
    bodies = [
        resolve_body(part, context.publisher) for part in split_bodies(written or above) or ("",)
    ]
    flags += ["body-from-heading"] if above else []
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
        office="" if _NOTHING.match(squeeze(office)) else tidy_name(office),
        role=Role.LEAD,
        places=(place.code,) if place else (),
        cells=row.cells,
        valid_from=starts_on(context.source),
        valid_to=context.source.expires_on,
        flags=(*flags, *dict.fromkeys(flag for _, flag in bodies if flag)),
    )


def _holders(row: Row, field: Field) -> str:
    """What a column of bodies or offices says of an item that runs over several rows."""
    texts = [cell.text for cell in row.cells if cell.field == field]
    is_whole = all(_WHOLE_HOLDER.fullmatch(squeeze(text)) for text in texts)
    return ("、" if is_whole else "").join(texts)


def _body_above(row: Row, context: ListContext) -> str:
    """The department that a category row, the list's title or its sheet names: （一）县水利局（3项）."""
    for text in (*reversed(row.headings), *context.titles):
        name = _HEADING_NOISE.sub("", squeeze(text))
        if _BODY_ALONE.fullmatch(name):
            return name
        if (body := body_in_title(text)) and _BODY_ALONE.fullmatch(body):
            return body
    return ""


def _with_power(item: DutyItem, row: Row, context: ListContext) -> DutyItem:
    """A blank kind of power is its category row's, else its sheet's or title's; and says so."""
    if item.power or row.is_note or not _NOTHING.match(squeeze(row.text(Field.POWER))):
        return item
    if heading := next(filter(None, map(power_in_title, reversed(row.headings))), None):
        return replace(item, power=heading, flags=(*item.flags, "power-from-heading"))
    if context.power:
        return replace(item, power=context.power, flags=(*item.flags, "power-from-sheet"))
    return item


def _own_duty(item: DutyItem, row: Row, context: ListContext) -> DutyItem:
    return item


def _catalog(item: DutyItem, row: Row, context: ListContext) -> DutyItem:
    """A template: it speaks for every township below its place, whose own list is the authority."""
    below = recipients("", context.publisher.place, context.gazetteer)
    return replace(item, body="各乡镇（街道）", places=tuple(p.code for p in below) or item.places)


def _delegated(
    item: DutyItem, row: Row, context: ListContext, legend: dict[str, str]
) -> Iterator[DutyItem]:
    """A delegation; several where ticks give some townships a mandate and others a trust."""
    stated = (Field.PRINCIPAL, Field.BODY, Field.LEAD_BODY, Field.OFFICE)
    principal = next((text for f in stated if (text := row.text(f))), "")
    principal = principal or _body_above(row, context)
    since, until = dates.span(row.text(Field.TERM))
    for role, places in _shares(row, context, legend):
        bodies = (government_at(place, context.gazetteer) for place in places)
        yield replace(
            item,
            role=role,
            counterpart=_resolved(principal, context),
            body="、".join(bodies),
            office=item.office if row.text(Field.PRINCIPAL) or row.text(Field.BODY) else "",
            places=tuple(place.code for place in places),
            valid_from=since or item.valid_from,
            valid_to=until or item.valid_to,
            flags=tuple(
                f
                for f in item.flags
                if f not in {"template-body", "body-from-title", "body-from-heading"}
            ),
        )


def _shares(
    row: Row, context: ListContext, legend: dict[str, str]
) -> list[tuple[Role, tuple[Place, ...]]]:
    """Each role of a delegation with the places that hold it."""
    place, gazetteer = context.publisher.place, context.gazetteer
    if not row.ticks:
        stated = row.text(Field.RECIPIENTS) or row.text(Field.RECEIVER)
        return [(_role(row, context), recipients(stated, place, gazetteer))]
    shares: dict[Role, list[str]] = {}
    for township, tick in row.ticks:
        word = legend.get(tick, tick)
        says = re.search(r"委托|赋权|下放|授权|交办", word)
        role = (_mode_role(word) if says else None) or _role(row, context)
        shares.setdefault(role, []).append(township)
    return [(role, recipients("、".join(t), place, gazetteer)) for role, t in shares.items()]


def _role(row: Row, context: ListContext) -> Role:
    """As the mode column says, else the innermost heading or title that speaks of it."""
    said = (row.text(Field.MODE), *reversed(row.headings), *context.titles, context.source.title)
    spoken = (text for text in said if re.search(r"委托|受托|赋权|赋予|下放|放权|授权|交办", text))
    return _mode_role(next(spoken, ""))


def _mode_role(text: str) -> Role:
    return Role.ENTRUSTED if _ENTRUSTED.search(text) else Role.DELEGATED


def _legend(rows: tuple[Row, ...], context: ListContext) -> dict[str, str]:
    """What ticks stand for, as notes or titles explain: "√表示赋权，○表示委托"."""
    notes = (row.text(Field.REMARK) for row in rows if row.is_note)
    found = (m for text in (*notes, *context.titles) for m in _LEGEND.finditer(text))
    return {match["mark"]: match["word"] for match in found}


def _cooperation(item: DutyItem, row: Row, context: ListContext) -> DutyItem:
    leads = row.text(Field.LEAD_BODY) or row.text(Field.PRINCIPAL) or row.text(Field.BODY)
    return replace(
        _of_township(item, context), role=Role.COOPERATING, counterpart=_resolved(leads, context)
    )


def _withdrawal(item: DutyItem, row: Row, context: ListContext) -> DutyItem:
    stated = (Field.RECEIVER, Field.RECIPIENTS, Field.LEAD_BODY, Field.BODY)
    receiver = next((text for f in stated if (text := row.text(f))), "")
    counterpart = _resolved("、".join(receivers_in(receiver)), context)
    return replace(_of_township(item, context), role=Role.WITHDRAWN, counterpart=counterpart)


def _township_duty(item: DutyItem, row: Row, context: ListContext) -> DutyItem:
    return item if row.text(Field.BODY) else _of_township(item, context)


def _of_township(item: DutyItem, context: ListContext) -> DutyItem:
    """Township papers speak for their township even when a column names other bodies."""
    place = context.publisher.place
    if place is None or place.level is not Level.TOWNSHIP:
        return item
    return replace(item, body=government_of(place, context.publisher.at(Level.COUNTY)))


def _resolved(written: str, context: ListContext) -> str:
    """Full names of the bodies on the other side, as many as are written."""
    names = (resolve_body(part, context.publisher)[0] for part in split_bodies(written))
    return "、".join(dict.fromkeys(names)) if squeeze(written) else ""


def receivers_in(text: str) -> tuple[str, ...]:
    """Bodies named by 承接部门及工作方式: "承接部门：县民政局。工作方式：…" → (县民政局,)."""
    match = _RECEIVER.search(text) or _RECEIVER_PLAIN.search(text.strip())
    return split_bodies(match.group("body")) if match else split_bodies(text[:30])


_BUILDERS: dict[PaperKind, Callable[[DutyItem, Row, ListContext], DutyItem]] = {
    PaperKind.TOWNSHIP_CATALOG: _catalog,
    PaperKind.TOWNSHIP_LIST: _township_duty,
    PaperKind.BASIC_DUTIES: _township_duty,
    PaperKind.COOPERATION_DUTIES: _cooperation,
    PaperKind.WITHDRAWN_DUTIES: _withdrawal,
}
