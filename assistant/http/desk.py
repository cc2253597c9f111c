"""The staff desk: search over all rows, one row in full, and rows to take away."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from assistant.corpus import Corpus
from assistant.desk.search import Match
from assistant.desk.sheet import MOST_IN_PAPER, MOST_IN_WORKBOOK, as_paper, as_workbook, cited
from assistant.desk.tools import Desk
from assistant.desk.wanted import EDITIONS, Edition, Wanted
from assistant.http import problems
from assistant.http.desk_forms import Address
from assistant.http.problems import ProblemError
from assistant.http.templates import Templates
from assistant.wire.schemas import source_href
from index.diff.report import title
from index.editions import term_of
from index.facets import Facet
from index.labels import label
from index.model import DutyItem, PaperKind, PowerKind, Role
from index.provenance import where
from index.records import Record

_MOST_LISTED_PLACES = 400
FACETS = {
    Facet.PLACE: "地方",
    Facet.BODY: "部门、乡镇",
    Facet.PAPER: "文件类型",
    Facet.POWER: "权力类型",
    Facet.ROLE: "责任方式",
    Facet.OFFICE: "科室",
    Facet.LAW: "依据的法律",
    Facet.YEAR: "版本年份",
    Facet.SOURCE: "文件",
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class DeskPages:
    """Search, row and exports."""

    def __init__(self, desk: Desk, templates: Templates) -> None:
        self._desk = desk
        self._templates = templates

    def routes(self) -> APIRouter:
        """The pages' routes."""
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/desk", self.search, response_class=HTMLResponse)
        routes.add_api_route("/desk/rows.xlsx", self.workbook)
        routes.add_api_route("/desk/rows.docx", self.paper)
        routes.add_api_route("/desk/row/{record_id:path}", self.row, response_class=HTMLResponse)
        return routes

    def search(self, request: Request, after: int = 0, part: str = "") -> Response:
        """The search page; `part=results` is what the script puts in its place."""
        address = Address.of(request.query_params)
        tools = self._desk.tools
        wanted = tools.reader.read(address.form, self._desk.today())
        found = tools.search.find(wanted, after=max(after, 0))
        name = "desk/results.html" if part == "results" else "desk/search.html"
        return self._templates.page(
            name,
            address=address,
            wanted=wanted,
            found=found,
            after=after,
            hits=[self._hit(hit.record, hit.match) for hit in found.hits],
            facets=FACETS,
            editions=EDITIONS,
            kinds={Facet.PAPER: PaperKind, Facet.POWER: PowerKind, Facet.ROLE: Role},
            places=self._places(),
            most=(MOST_IN_WORKBOOK, MOST_IN_PAPER),
        )

    def row(self, record_id: str) -> Response:
        """One row in full: its words, where they stand, its editions."""
        tools = self._desk.tools
        record = tools.corpus.catalog.record(record_id)
        if record is None:
            raise ProblemError(problems.UNKNOWN_RECORD)
        source = tools.corpus.sources[record.source_id]
        return self._templates.page(
            "desk/row.html",
            row=self._hit(record),
            record=record,
            item=record if isinstance(record, DutyItem) else None,
            fields=_fields(record),
            source=source,
            span=_span(record, tools.corpus),
            is_counting=tools.corpus.counts(record, self._desk.today()),
            places=[tools.corpus.gazetteer.get(code) for code in _codes(record)],
            stages=[(s, shown_row(s.record, tools.corpus)) for s in tools.editions.history(record)],
        )

    def workbook(self, request: Request) -> Response:
        """The rows found as .xlsx."""
        records, notes, _ = self._taken(request, MOST_IN_WORKBOOK)
        corpus = self._desk.tools.corpus
        content = as_workbook(records, corpus.sources, corpus.gazetteer, notes)
        return download(content, XLSX, "职责台查询结果.xlsx")

    def paper(self, request: Request) -> Response:
        """The rows found as .docx, sources numbered below."""
        records, notes, heading = self._taken(request, MOST_IN_PAPER)
        content = as_paper(records, self._desk.tools.corpus.sources, heading, notes)
        return download(content, DOCX, "职责台查询结果.docx")

    def _taken(self, request: Request, most: int) -> tuple[list[Record], list[str], str]:
        """The rows to take away, what is said above them, and the heading."""
        tools = self._desk.tools
        wanted = tools.reader.read(Address.of(request.query_params).form, self._desk.today())
        ordinals = tools.search.ordinals(wanted, most)
        n_rows = int(tools.search.fitting(wanted).sum())
        notes = [f"查询条件：{said(wanted)}", f"资料版本：{tools.corpus.version}"]
        if n_rows > len(ordinals):
            notes.append(f"共 {n_rows} 条，只导出前 {len(ordinals)} 条；请缩小范围再导出其余的。")
        else:
            notes.append(f"共 {n_rows} 条。")
        return tools.corpus.records(ordinals), notes, wanted.text or "权责清单查询结果"

    def _hit(self, record: Record, match: Match = Match.NAME) -> dict[str, Any]:
        return {**shown_row(record, self._desk.tools.corpus), "match": match.value}

    def _places(self) -> list[str]:
        """Full names to choose from; too many weigh more than they help."""
        gazetteer = self._desk.tools.corpus.gazetteer
        if len(gazetteer) > _MOST_LISTED_PLACES:
            return []
        return [place.full_name for place in gazetteer]


def said(wanted: Wanted) -> str:
    """What was looked for, in words."""
    parts = [f"“{wanted.text}”"] if wanted.text else []
    for facet, values in wanted.values.items():
        names = [p.full_name for p in wanted.places] if facet is Facet.PLACE else list(values)
        parts.append(f"{FACETS[facet]}：{'、'.join(names[:5])}{'等' if len(names) > 5 else ''}")
    if wanted.article:
        parts.append(wanted.article)
    if wanted.with_upper:
        parts.append("含上级")
    day = f"{wanted.on.isoformat()} " if wanted.edition is not Edition.ALL else ""
    return "；".join([*parts, f"{day}{EDITIONS[wanted.edition]}"])


def download(content: bytes, media_type: str, name: str) -> Response:
    """A file to keep."""
    header = f"attachment; filename*=UTF-8''{quote(name)}"
    headers = {"content-disposition": header, "cache-control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)


def row_href(record_id: str) -> str:
    """The page of one row; ids hold `#` and `!`."""
    return f"/desk/row/{quote(record_id, safe='')}"


def shown_row(record: Record | None, corpus: Corpus) -> dict[str, Any]:
    """What a list shows of a row."""
    if record is None:
        return {}
    source = corpus.sources[record.source_id]
    item = record if isinstance(record, DutyItem) else None
    places = [place.name for code in _codes(record) if (place := corpus.gazetteer.get(code))]
    return {
        "id": record.id,
        "href": row_href(record.id),
        "title": title(record) if item else getattr(record, "text", ""),
        "power": item.power.value if item and item.power else "",
        "role": item.role.value if item else "",
        "kind": (item.paper if item else source.kind).value,
        "body": record.body,
        "office": record.office,
        "counterpart": item.counterpart if item else "",
        "places": places,
        "source": source,
        "cited": cited(source),
        "where": where(record),
        "source_href": f"{source_href(source.id, record=record.id)}#cited",
        "span": _span(record, corpus),
    }


def _codes(record: Record) -> tuple[str, ...]:
    return record.places if isinstance(record, DutyItem) else (record.place,)


def _span(record: Record, corpus: Corpus) -> str:
    since, until = term_of(corpus.sources[record.source_id], record)
    start = f"{since.isoformat()} 起" if since else "起始日期不明"
    return f"{start}，{until.isoformat()} 止" if until else start


def _fields(record: Record) -> list[dict[str, str]]:
    """The words of a row, field by field, as they stand."""
    if not isinstance(record, DutyItem):
        return [{"label": "条款", "text": record.text, "address": record.locator.article or ""}]
    fields: dict[str, dict[str, str]] = {}
    for cell in record.cells:
        known = fields.setdefault(
            cell.field, {"label": label(cell.field), "text": "", "address": cell.address}
        )
        known["text"] += cell.text
    return [field for field in fields.values() if field["text"].strip()]
