"""Rules about who is named: bodies that are gone, institutions as holders, offices nobody has."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.audit.alarm import Alarm, alarm, side_of
from index.audit.papers import Papers
from index.extract.changes import RENAMED
from index.institutions.naming import tidy_name
from index.institutions.succession import Succession
from index.matters import covered
from index.model import Clause, ClauseKind, DutyItem, Role

_TOWN = re.compile(r"(?P<town>[^县区市旗]+?(?:镇|乡|街道|苏木))(?:人民政府|办事处)?$")
_AUTHORISED = re.compile(r"委托|授权|经办机构")
_OFFICE_PARTS = re.compile(r"[、，,；;/\n]+")
_NO_OFFICE = re.compile(
    r"各|相关|有关|具体|业务|所属|全局|全体|机关$|本[局级单部]|下属|领导|人民政府$|办事处$"
)
_SHORTEST_OFFICE = 3


def gone_bodies(papers: Papers) -> Iterator[Alarm]:
    """Rows that name a body which had been renamed, merged or abolished."""
    steps: dict[str, Succession] = {}
    for item in papers.items:
        for name in _named(item):
            if name not in steps:
                steps[name] = papers.institutions.today(name, papers.on)
            if steps[name].reforms and name not in steps[name].bodies:
                yield _gone_alarm(papers, item, name, steps[name])


def renamed_bodies(papers: Papers) -> Iterator[Alarm]:
    """Rows that name a body by a name it no longer has."""
    return (found for found in gone_bodies(papers) if found.rule == "body_renamed")


def abolished_bodies(papers: Papers) -> Iterator[Alarm]:
    """Rows that name a body that no longer exists."""
    return (found for found in gone_bodies(papers) if found.rule == "body_abolished")


def _named(item: DutyItem) -> tuple[str, ...]:
    """Bodies that the row itself names: its holders, and the other side's."""
    holders = item.body.split("、") if item.body_as_written else ()
    return tuple(dict.fromkeys(filter(None, (*holders, *item.counterpart.split("、")))))


def _gone_alarm(papers: Papers, item: DutyItem, name: str, today: Succession) -> Alarm:
    first = today.reforms[0]
    is_renamed = all(reform.how == RENAMED for reform in today.reforms)
    day = f"{first.on:%Y年%m月%d日}起" if first.on else "已"
    heirs = "、".join(today.bodies)
    became = f"{first.how}，现为{heirs}" if heirs else first.how
    is_older = item.valid_from and first.on and item.valid_from < first.on
    when = "清单施行之后变更的" if is_older else "清单施行时已经变更"
    message = f"“{item.name}”写的是{name}，该机构{day}{became}；{when}"
    notices = {reform.clause_id for reform in today.reforms}
    sides = [side_of(papers, item, "body", "lead_body", "receiver", "principal")]
    sides += [side_of(papers, clause) for clause in papers.clauses if clause.id in notices]
    return alarm(papers, "body_renamed" if is_renamed else "body_abolished", message, *sides)


def institutions_as_holders(papers: Papers) -> Iterator[Alarm]:
    """Powers held by a public institution (事业单位) without a law or 委托 that says so."""
    for item in papers.items:
        if item.role is not Role.LEAD or not item.body_as_written:
            continue
        for body in item.body.split("、"):
            is_institution = papers.institutions.is_institution(body)
            if not is_institution or _AUTHORISED.search(_grounds(item)):
                continue
            units = [c for c in papers.clauses if c.office and body.endswith(c.office)]
            near = [c for c in units if body.startswith(_stem(c.body))] or units
            message = f"“{item.name}”的行使主体写成{body}，这是事业单位，依据和备注里没有授权或委托"
            sides = (
                side_of(papers, item, "body", "basis"),
                *(side_of(papers, c) for c in near[:1]),
            )
            yield alarm(papers, "institution_as_holder", message, *sides)


def _grounds(item: DutyItem) -> str:
    return item.field("basis") + item.field("remark")


def _stem(body: str) -> str:
    return re.sub(r"(?:人民政府|办事处)$", "", body)


def offices_not_in_provision(papers: Papers) -> Iterator[Alarm]:
    """Offices of a list that the body's own 三定 provision does not name anywhere."""
    for item in papers.items:
        body = item.body
        if not item.office or not papers.has_units(body):
            continue
        known = tidy_name(papers.provision_text(body))
        for part in _OFFICE_PARTS.split(tidy_name(item.office)):
            office = re.sub(r"[（(].*?[)）]", "", part).removeprefix(body)
            if len(office) < _SHORTEST_OFFICE or _NO_OFFICE.search(office) or office in known:
                continue
            unit = _likeliest_unit(papers, item)
            provision = papers.sources[unit.source_id]
            message = f"“{item.name}”的承办机构写成{office}，《{provision.title}》里没有这个机构"
            sides = (side_of(papers, item, "office"), side_of(papers, unit))
            yield alarm(papers, "office_not_in_provision", message, *sides)


def _likeliest_unit(papers: Papers, item: DutyItem) -> Clause:
    """The office whose duties name most of the matter: where the row may belong."""
    units = (c for c in papers.provisions[item.body] if c.office and c.kind is ClauseKind.OFFICE)
    return max(units, key=lambda unit: covered(item.name, unit.text))


def delegated_to_gone_townships(papers: Papers) -> Iterator[Alarm]:
    """Delegations to a township that had been abolished."""
    for reform in papers.reforms:
        old = _TOWN.search(reform.old)
        if not old or papers.institutions.exists(reform.old, papers.on) is not False:
            continue
        for item in papers.delegations:
            in_county = reform.old.startswith(_county_name(papers, item))
            if in_county and old["town"] in item.field("recipients"):
                day = f"{reform.on:%Y年%m月%d日}" if reform.on else "此前"
                message = (
                    f"“{item.name}”仍交给{old['town']}，该地{day}已{reform.how}，现为{reform.new}"
                )
                clause = next((c for c in papers.clauses if c.id == reform.clause_id), None)
                sides = [side_of(papers, item, "recipients")]
                sides += [side_of(papers, clause)] if clause else []
                yield alarm(papers, "delegation_to_abolished_township", message, *sides)


def _county_name(papers: Papers, item: DutyItem) -> str:
    place = papers.places.get(papers.sources[item.source_id].place)
    return place.name if place else ""
