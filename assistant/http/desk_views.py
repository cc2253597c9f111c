"""The desk's other views: a township's own matters, two sides compared, matrix, boundary, charts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from assistant.desk.bars import Bar, bars
from assistant.desk.compare import compare, n_by
from assistant.desk.coverage import coverage_map, crossed
from assistant.desk.matrix import By, Matrix, matrix
from assistant.desk.sides import body_named, read_as, side_of
from assistant.desk.tools import Desk, Tools
from assistant.desk.township import kind_named, laws_of, township
from assistant.desk.wanted import Form, Wanted
from assistant.http import problems
from assistant.http.desk import row_href, said, shown_row
from assistant.http.desk_forms import Address
from assistant.http.problems import ProblemError
from assistant.http.templates import Templates
from assistant.resolve.boundary import Boundaries, disagree
from assistant.resolve.findings import Statement
from assistant.retrieve.likeness import Likeness
from index.diff import changes
from index.diff.changes import Kind
from index.exact import Mask
from index.facets import Facet
from index.model import Level, Place, PowerKind, Role
from index.records import Record

Words = Annotated[str, Query(max_length=200)]
_MOST_IN_MATRIX = 2_000
_MOST_BARS = 25
_MOST_OFFERED = 400
_ROWS_OF_MATTER = 8


@dataclass(frozen=True, slots=True)
class AskedMatrix:
    """The matrix of what a search finds: as asked for, of how many rows, and the table."""

    address: Address
    wanted: Wanted
    by: By
    n_read: int
    table: Matrix


def asked_matrix(tools: Tools, request: Request, on: date) -> AskedMatrix:
    """The matrix that an address asks for; one without a search is empty."""
    address = Address.of(request.query_params)
    wanted = tools.reader.read(address.form, on)
    by = By.PLACE if address.get("by") == By.PLACE else By.BODY
    ordinals = tools.search.ordinals(wanted, _MOST_IN_MATRIX) if address.values else []
    table = matrix(tools.corpus.records(ordinals), by, tools.corpus.gazetteer)
    return AskedMatrix(address, wanted, by, len(ordinals), table)


class DeskViews:
    """Pages over the same tools as the search."""

    def __init__(self, desk: Desk, templates: Templates) -> None:
        self._desk = desk
        self._templates = templates

    def routes(self) -> APIRouter:
        """The pages' routes."""
        routes = APIRouter(include_in_schema=False)
        for path, page in (
            ("township", self.township),
            ("compare", self.compare),
            ("editions", self.editions),
            ("matrix", self.matrix),
            ("boundary", self.boundary),
            ("charts", self.charts),
        ):
            routes.add_api_route(f"/desk/{path}", page, response_class=HTMLResponse)
        return routes

    def township(self, place: Words = "", power: Words = "") -> Response:
        """What a township may do itself, perhaps of one kind of power only."""
        tools, today = self._desk.tools, self._desk.today()
        found, notes = tools.reader.places(place)
        towns = tuple(p for p in found if p.level is Level.TOWNSHIP)
        held = township(tools.corpus, towns[0], today) if len(towns) == 1 else None
        if found and not towns:
            notes = (*notes, f"{found[0].full_name}不是乡镇（街道），请选一个乡镇（街道）。")
        offered = [p for above in found for p in tools.corpus.gazetteer.children(above.code)]
        return self._templates.page(
            "desk/township.html",
            said=place,
            notes=notes,
            towns=towns,
            offered=offered if not towns else [],
            places=_names(tools, Level.TOWNSHIP),
            held=held.only(kind_named(power)) if held else None,
            powers=held.n_by_power() if held else {},
            power=power,
            address=Address({"place": towns[0].code if held else "", "power": power}),
            laws_of=laws_of,
            today=today,
            row_href=row_href,
        )

    def compare(self, a: Words = "", b: Words = "") -> Response:
        """Two places or two bodies side by side."""
        tools = self._desk.tools
        sides = [side_of(tools, words, self._desk.today()) for words in (a, b)]
        is_ready = all(side.rows for side in sides)
        names = list(Role) if all(side.place for side in sides) else list(PowerKind)
        kind = "role" if names and names[0] is Role.LEAD else "power"
        counted = [(side.name, n_by(side.rows, kind), "") for side in sides]
        order = [*(n.value for n in names), "未写类型"]
        return self._templates.page(
            "desk/compare.html",
            said=(a, b),
            sides=sides,
            found=compare(sides[0].rows, sides[1].rows) if is_ready else None,
            bars=bars(counted, order),
            names=order,
            choices=[*_names(tools, None), *_bodies(tools)][: 2 * _MOST_OFFERED],
            address=Address({"a": a, "b": b}),
            row_href=row_href,
        )

    def editions(self, old: Words = "", new: Words = "") -> Response:
        """Two editions of a list, or any two papers, side by side."""
        tools = self._desk.tools
        sources = tools.corpus.sources
        if any(wanted and wanted not in sources for wanted in (old, new)):
            raise ProblemError(problems.UNKNOWN_SOURCE)
        pair = (sources[old], sources[new]) if old and new else None
        found = changes(*map(tools.editions.side, pair)) if pair else ()
        counts = Counter(change.kind.value for change in found)
        order = [kind.value for kind in Kind]
        return self._templates.page(
            "desk/editions.html",
            lines=tools.editions.lines(),
            pair=pair,
            changes=[(c, _row(c.old, tools), _row(c.new, tools)) for c in found],
            bars=bars([(name, {name: counts[name]}, "") for name in order if counts[name]], order),
            names=order,
            address=Address({"old": old, "new": new}),
        )

    def matrix(self, request: Request) -> Response:
        """Matters × bodies or × townships, of what a search finds."""
        tools = self._desk.tools
        asked = asked_matrix(tools, request, self._desk.today())
        return self._templates.page(
            "desk/matrix.html",
            address=asked.address,
            wanted=asked.wanted,
            by=asked.by,
            said=said(asked.wanted),
            matrix=asked.table,
            n_read=asked.n_read,
            is_cut=asked.n_read == _MOST_IN_MATRIX,
            places=_names(tools, None),
            row_href=row_href,
        )

    def boundary(self, a: Words = "", b: Words = "", q: Words = "") -> Response:
        """What parts the duties of two bodies: 职责分工 clauses, and both lists' rows."""
        tools, today = self._desk.tools, self._desk.today()
        sides = [body_named(tools, words, today) for words in (a, b)]
        statements: tuple[Statement, ...] = ()
        if all(sides):
            boundaries = Boundaries(tools.corpus, Likeness(tools.corpus))
            statements = boundaries.between(sides, q, today)
        return self._templates.page(
            "desk/boundary.html",
            said=(a, b, q),
            sides=sides,
            notes=[n for w, side in zip((a, b), sides, strict=True) for n in read_as(w, side)],
            unknown=[w for w, side in zip((a, b), sides, strict=True) if w.strip() and not side],
            statements=[(s, _row(s.record, tools)) for s in statements],
            disagree=disagree(statements),
            rows=[self._rows_of(side, q) if side and q else [] for side in sides],
            bodies=_bodies(tools),
        )

    def charts(self, place: Words = "") -> Response:
        """Rows per body and kind, who holds what, and which papers there are."""
        tools, today = self._desk.tools, self._desk.today()
        form = Form(chosen={Facet.PLACE: place} if place.strip() else {})
        wanted = tools.reader.read(form, today)
        fitting = tools.search.fitting(wanted)
        below = _below(tools, wanted)
        kinds, covered = coverage_map(tools.corpus, below, fitting)
        column = tools.corpus.facets.column(Facet.PLACE)
        number = {code: n for n, code in enumerate(column.names)}
        roles = crossed(tools.corpus, Facet.PLACE, Facet.ROLE, fitting)
        rows = [(p, roles[number[p.code]]) for p in below if p.code in number]
        role_names = tools.corpus.facets.column(Facet.ROLE).names
        by_place = [
            (p.name, dict(zip(role_names, map(int, counts), strict=True)), _charts_of(p))
            for p, counts in rows[:_MOST_BARS]
        ]
        return self._templates.page(
            "desk/charts.html",
            said=place,
            wanted=wanted,
            places=_names(tools, None),
            by_body=_of_bodies(tools, fitting, place),
            powers=[kind.value for kind in PowerKind],
            by_place=bars(by_place, [role.value for role in Role]),
            roles=[role.value for role in Role],
            kinds=kinds,
            covered=covered,
            today=today,
        )

    def _rows_of(self, body: str, matter: str) -> list[dict[str, Any]]:
        """The rows of a body's list nearest to a matter."""
        tools = self._desk.tools
        form = Form(text=matter, chosen={Facet.BODY: body})
        found = tools.search.find(
            tools.reader.read(form, self._desk.today()), limit=_ROWS_OF_MATTER
        )
        return [_row(hit.record, tools) for hit in found.hits]


def _row(record: Record | None, tools: Tools) -> dict[str, Any]:
    return shown_row(record, tools.corpus)


def _names(tools: Tools, level: Level | None) -> list[str]:
    """Full names of places to choose from; too many weigh more than they help."""
    names = [p.full_name for p in tools.corpus.gazetteer if level in (None, p.level)]
    return names if len(names) <= _MOST_OFFERED else []


def _bodies(tools: Tools) -> list[str]:
    names = sorted(tools.corpus.facets.column(Facet.BODY).names)
    return names if len(names) <= _MOST_OFFERED else []


def _below(tools: Tools, wanted: Wanted) -> Sequence[Place]:
    """The place itself and those right below it; all counties and cities without one."""
    gazetteer = tools.corpus.gazetteer
    if wanted.place:
        return (wanted.place, *gazetteer.children(wanted.place.code))
    return [p for p in gazetteer if p.level is not Level.TOWNSHIP]


def _charts_of(place: Place) -> str:
    return Address({"place": place.code}).href("/desk/charts")


def _of_bodies(tools: Tools, fitting: Mask, place: str) -> list[Bar]:
    """Rows of the bodies with most of them, by kind of power."""
    names = tools.corpus.facets.column(Facet.BODY).names
    kinds = tools.corpus.facets.column(Facet.POWER).names
    counts = crossed(tools.corpus, Facet.BODY, Facet.POWER, fitting)
    order = np.argsort(-counts.sum(axis=1), kind="stable")[:_MOST_BARS]
    rows = [
        (
            names[n],
            dict(zip(kinds, map(int, counts[n]), strict=True)),
            Address({"body": names[n], "place": place}).href(body=names[n]),
        )
        for n in order
        if counts[n].any()
    ]
    return bars(rows, [kind.value for kind in PowerKind])
