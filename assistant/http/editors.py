"""The editors' corner: files to publish, versions, findings, conflicts. Behind `Role.EDITOR`."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock, Thread
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from assistant.editing.preview import Preview, preview
from assistant.editing.publisher import Publisher
from assistant.editing.shelf import PICTURES
from assistant.evidence.drawing import Drawing
from assistant.evidence.pdf_page import is_pdf
from assistant.evidence.sheet import view_sheet
from assistant.http.access import Gate, require
from assistant.http.desk import download
from assistant.http.problems import Problem, ProblemError
from assistant.http.templates import Templates
from assistant.service.access import Role
from index.audit import RULES, Alarm, Papers, audit
from index.audit.report import as_sheets
from index.catalog import Catalog
from index.coverage import Coverage, MissingDepartment, PlaceCoverage
from index.errors import DutyDeskError
from index.inputs import read_inputs
from index.model import PaperKind
from index.provenance import where
from index.workbook import to_bytes

log = logging.getLogger(__name__)

UPLOADS = "/editors/files"
_STATED = ("title", "kind", "place", "document_number", "published_on", "effective_on")
_MOST_SHOWN = 200
_MOST_RECORDS = 300
_SEVERITIES = {"error": "没有读出", "warning": "有疑问", "info": "提示"}
_MOST_PAGES = 60
_NOT_KEPT = {"cache-control": "private, no-store"}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Analysis = tuple[list[Alarm], list[tuple[PlaceCoverage, tuple[MissingDepartment, ...]]]]


class EditorPages:
    """Pages and forms over one publisher."""

    def __init__(
        self, publisher: Publisher, gate: Gate, templates: Templates, drawing: Drawing
    ) -> None:
        self._publisher = publisher
        self._gate = gate
        self._templates = templates
        self._drawing = drawing
        self._analysis = Analyses()
        self._preview = lru_cache(maxsize=4)(self._read_preview)

    def routes(self) -> APIRouter:
        """Everything here needs an editor; what changes something, the page's CSRF token too."""
        routes = APIRouter(include_in_schema=False, dependencies=[Depends(require(Role.EDITOR))])
        routes.add_api_route("/editors", self.opened, response_class=HTMLResponse)
        routes.add_api_route(UPLOADS, self.upload, methods=["POST"])
        routes.add_api_route("/editors/remove", self.remove, methods=["POST"])
        routes.add_api_route("/editors/leave", self.leave, methods=["POST"])
        routes.add_api_route("/editors/preview", self.preview, response_class=HTMLResponse)
        routes.add_api_route("/editors/preview/page", self.preview_page)
        routes.add_api_route("/editors/preview/picture", self.preview_picture)
        routes.add_api_route("/editors/publish", self.publish, methods=["POST"])
        routes.add_api_route("/editors/job", self.job)
        routes.add_api_route("/editors/rollback", self.rollback, methods=["POST"])
        routes.add_api_route("/editors/findings", self.findings, response_class=HTMLResponse)
        routes.add_api_route("/editors/audit", self.audit, response_class=HTMLResponse)
        routes.add_api_route("/editors/audit.xlsx", self.audit_workbook)
        routes.add_api_route("/editors/coverage", self.coverage, response_class=HTMLResponse)
        return routes

    def opened(self, request: Request) -> Response:
        """The page as it is found: a problem never comes from the address."""
        return self.home(request)

    def home(self, request: Request, problem: str = "") -> Response:
        """Files, the build that runs, and the versions."""
        folder = self._publisher.folder
        current = folder.current()
        leaving = self._publisher.shelf.leaving()
        sources = Catalog.of_version(current).sources()
        return self.page(
            request,
            "editors/home.html",
            status=422 if problem else 200,
            problem=problem,
            waiting=self._publisher.shelf.files(),
            sources=sources[:_MOST_SHOWN],
            n_sources=len(sources),
            leaving=leaving,
            job=self._publisher.job(),
            current=current.name,
            versions=[(v, _written(v)) for v in reversed(folder.versions())],
            kinds=[kind.value for kind in PaperKind if kind is not PaperKind.OTHER],
            can_edit=(current / "inputs.json").is_file(),
        )

    async def upload(self, request: Request) -> Response:
        """Take files; who sends them was checked before the body was read."""
        form = await request.form()
        stated = {name: str(form.get(name) or "")[:500] for name in _STATED}
        files = [f for f in form.getlist("files") if isinstance(f, UploadFile) and f.filename]
        try:
            for file in files:
                content = await file.read()
                alone = (
                    stated if len(files) == 1 else {**stated, "title": "", "document_number": ""}
                )
                add = self._publisher.shelf.add
                await run_in_threadpool(add, file.filename or "", content, alone)
        except DutyDeskError as exc:
            return await run_in_threadpool(self.home, request, str(exc))
        if not files:
            return await run_in_threadpool(self.home, request, "请先选文件。")
        return back()

    def remove(self, request: Request, name: Annotated[str, Form()] = "") -> Response:
        """Take a waiting file away."""
        return self._try(request, lambda: self._publisher.shelf.remove(name))

    def leave(
        self,
        request: Request,
        source: Annotated[str, Form(max_length=200)] = "",
        stay: Annotated[bool, Form()] = False,
    ) -> Response:
        """Mark a published file to be left out of the next version, or to stay."""
        known = {file["source"] for file in read_inputs(self._publisher.folder.current())["files"]}
        if source not in known:
            return self.home(request, "现在的版本里没有这份文件。")
        set_leaving = self._publisher.shelf.set_leaving
        return self._try(request, lambda: set_leaving(source, is_leaving=not stay))

    def preview(self, request: Request, name: str = "") -> Response:
        """What would be read of a waiting file, beside the file."""
        try:
            path = self._publisher.shelf.path(name)
            seen = self._preview(name, path.stat().st_mtime_ns)
            n_pages = min(self._drawing.n_pages(path), _MOST_PAGES) if is_pdf(path) else 0
        except DutyDeskError as exc:
            return self.home(request, str(exc))
        grids = [g for g in seen.document.grids if g.texts][:5]
        return self.page(
            request,
            "editors/preview.html",
            name=name,
            source=seen.contents.sources[0],
            sheets=[view_sheet(grid, frozenset(), "", start=1) for grid in grids],
            paragraphs=seen.document.blocks[:_MOST_SHOWN],
            records=[(r, where(r)) for r in seen.contents.records[:_MOST_RECORDS]],
            n_records=len(seen.contents.records),
            findings=[(f, _SEVERITIES[f.severity]) for f in seen.contents.findings],
            place=_place_name(seen),
            n_pages=n_pages,
            is_picture=path.suffix.lower() in PICTURES,
        )

    def preview_page(
        self, name: str = "", number: Annotated[int, Query(ge=1, le=100_000)] = 1
    ) -> Response:
        """A page of a waiting PDF as it was printed."""
        return self._drawn(name, lambda path: self._drawing.page(path, number, ""))

    def preview_picture(self, name: str = "") -> Response:
        """A waiting scan or photograph as it is, redrawn so that only a picture goes out."""
        return self._drawn(name, self._drawing.picture)

    def _drawn(self, name: str, draw: Callable[[Path], bytes]) -> Response:
        try:
            image = draw(self._publisher.shelf.path(name))
        except DutyDeskError as exc:
            raise ProblemError(Problem(404, "not_drawn", "没有这张图", str(exc))) from exc
        return Response(image, media_type="image/webp", headers=_NOT_KEPT)

    def publish(self, request: Request) -> Response:
        """Begin a build in the background."""
        if not self._publisher.start():
            return self.home(request, "已有一次构建在进行，请等它结束。")
        return back()

    def job(self) -> dict[str, Any]:
        """How far the build is, for the page's script."""
        job = self._publisher.job()
        if job is None:
            return {"state": "none"}
        return {
            "state": job.state,
            "stage": job.stage,
            "done": job.n_done,
            "total": job.n_total,
            "message": job.message,
        }

    def rollback(self, request: Request, version: Annotated[str, Form()] = "") -> Response:
        """Put an earlier version in service."""
        return self._try(request, lambda: self._publisher.folder.point_to(version))

    def findings(self, request: Request) -> Response:
        """What the last build was unsure of, file by file."""
        found = Catalog.of_version(self._publisher.folder.current()).findings()
        counts = Counter(f.severity for f in found)
        order = list(_SEVERITIES)
        shown = sorted(found, key=lambda f: (order.index(f.severity), f.file))
        return self.page(
            request,
            "editors/findings.html",
            counts=[(_SEVERITIES[s], counts[s]) for s in order],
            findings=[(f, _SEVERITIES[f.severity]) for f in shown[: 2 * _MOST_SHOWN]],
            n_findings=len(found),
        )

    def audit(self, request: Request, rule: Annotated[str, Query(max_length=60)] = "") -> Response:
        """Where papers contradict each other, or leave something out."""
        found = self._analysis.of(self._publisher.folder.current(), date.today())
        alarms = found[0] if found else []
        counts = Counter(alarm.rule for alarm in alarms)
        return self.page(
            request,
            "editors/audit.html",
            is_ready=found is not None,
            rules=[(r, counts[r.code]) for r in RULES if counts[r.code]],
            rule=rule,
            alarms=[a for a in alarms if a.rule == rule][:_MOST_SHOWN],
            n_alarms=len(alarms),
            is_failed=self._analysis.is_failed,
        )

    def audit_workbook(self, request: Request) -> Response:
        """All conflicts as .xlsx."""
        found = self._analysis.of(self._publisher.folder.current(), date.today())
        if found is None:
            return self.audit(request)
        return download(to_bytes(as_sheets(found[0], date.today())), _XLSX, "清单核查.xlsx")

    def coverage(self, request: Request) -> Response:
        """Which kinds of paper and which departments' lists are missing where."""
        found = self._analysis.of(self._publisher.folder.current(), date.today())
        places = found[1] if found else []
        lacking = [(p, missing) for p, missing in places if p.missing or missing]
        return self.page(
            request,
            "editors/coverage.html",
            is_ready=found is not None,
            is_failed=self._analysis.is_failed,
            lacking=lacking[:_MOST_SHOWN],
            n_lacking=len(lacking),
            n_places=len(places),
        )

    def page(
        self, request: Request, template: str, /, *, status: int = 200, **values: object
    ) -> Response:
        """A page with the session's CSRF token, kept by nobody."""
        principal = self._gate.principal(request)
        values |= {"csrf": self._gate.csrf(request), "who": principal.name}
        values |= {"is_admin": principal.role >= Role.ADMIN}
        response = self._templates.page(template, status=status, **values)
        response.headers["cache-control"] = "private, no-store"
        return response

    def _try(self, request: Request, act: Callable[[], object]) -> Response:
        try:
            act()
        except DutyDeskError as exc:
            return self.home(request, str(exc))
        return back()

    def _read_preview(self, name: str, _changed: int) -> Preview:
        shelf = self._publisher.shelf
        stated = next(w.stated for w in shelf.files() if w.name == name)
        return preview(shelf.path(name), stated, self._publisher.folder.current())


class Analyses:
    """Conflicts and gaps of the version in service, found once in a thread beside the pages."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._key: object = None
        self._found: Analysis | None = None
        self.is_failed = False

    def of(self, version: Path, today: date) -> Analysis | None:
        """What was found; None while it is being looked for."""
        with self._lock:
            if self._key != (version, today):
                self._key, self._found, self.is_failed = (version, today), None, False
                Thread(target=self._find, args=(version, today), daemon=True).start()
            return self._found

    def _find(self, version: Path, today: date) -> None:
        try:
            alarms = list(audit(Papers.from_version(version, today)))
            coverage = Coverage.from_catalog(Catalog.of_version(version), today)
            places = [(p, coverage.missing_departments(p.place.code)) for p in coverage.places()]
            found: Analysis | None = (alarms, places)
        except Exception:
            log.exception("version %s could not be audited", version.name)
            found = None
        with self._lock:
            if self._key == (version, today):
                self._found, self.is_failed = found, found is None


def back(path: str = "/editors") -> Response:
    """After a form: the page again, so that reloading sends nothing twice."""
    return RedirectResponse(path, status_code=303)


def _written(version: str) -> str:
    """When a version was built, in words."""
    try:
        built = datetime.strptime(version[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return version
    return f"{built.astimezone():%Y-%m-%d %H:%M}"


def _place_name(seen: Preview) -> str:
    code = seen.contents.sources[0].place
    return next((p.full_name for p in seen.contents.places if p.code == code), code)
