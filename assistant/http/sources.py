"""Evidence for people: a cited paper as it looks, and the published file itself."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated
from urllib.parse import quote as percent
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response
from fastapi import Path as PathParameter
from fastapi.responses import FileResponse, HTMLResponse

from assistant.contract import Assistant
from assistant.evidence.drawing import Drawing
from assistant.evidence.pdf_page import is_pdf
from assistant.evidence.view import Request as Asked
from assistant.evidence.view import view_source
from assistant.http import problems
from assistant.http.problems import ProblemError
from assistant.http.templates import Templates
from assistant.wire.schemas import MAX_QUOTE_IN_LINK, SourceOut
from index.documents import Document
from index.model import Clause, DutyItem, SourceDocument

CACHED_DOCUMENTS = 8  # turning a source's pages must not read a workbook again each time

MEDIA_TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xls": "application/vnd.ms-excel",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pdf": "application/pdf",
    ".csv": "text/csv; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}
PICTURE_KEPT = "private, max-age=3600"  # a published file does not change
DOWNLOAD_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


class SourcePages:
    """Source pages and downloads over one assistant."""

    def __init__(self, assistant: Assistant, templates: Templates, drawing: Drawing) -> None:
        self._assistant = assistant
        self._templates = templates
        self._drawing = drawing
        self._read = lru_cache(maxsize=CACHED_DOCUMENTS)(self._read_version)

    def routes(self) -> APIRouter:
        """The download comes first, for ids may hold a slash."""
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/source/{source_id:path}/file", self.download)
        routes.add_api_route("/source/{source_id:path}/page/{number}", self.page_image)
        routes.add_api_route("/source/{source_id:path}", self.source, response_class=HTMLResponse)
        return routes

    def source(
        self,
        source_id: str,
        record: str = "",
        quote: str = "",
        sheet: str = "",
        start: Annotated[int | None, Query(ge=1, le=2_000_000)] = None,
        embed: bool = False,
    ) -> Response:
        """A published paper as it looks, at the cited place."""
        found = self._source(source_id)
        cited = self._assistant.record(record) if record else None
        if cited is not None and cited.source_id != found.id:
            raise ProblemError(problems.UNKNOWN_RECORD)
        asked = Asked(cited, quote[:MAX_QUOTE_IN_LINK], sheet, start, embed)
        return self._templates.page(
            "source.html",
            source=SourceOut.from_source(found),
            view=view_source(found, self._document(found), asked),
            asked=asked,
            has_original=self._assistant.original(found.id) is not None,
            file_href=_file_href(found.id),
            page_number=(page := self._drawn_page(found, cited)),
            page_image_href=_page_href(found.id, page, quote) if page else "",
        )

    def page_image(
        self,
        source_id: str,
        number: Annotated[int, PathParameter(ge=1, le=100_000)],
        quote: str = "",
    ) -> Response:
        """A page of a PDF as it was printed, the quoted words marked."""
        path = self._pdf(self._source(source_id))
        if path is None:
            raise ProblemError(problems.NO_ORIGINAL)
        image = self._drawing.page(path, number, quote[:MAX_QUOTE_IN_LINK])
        return Response(image, media_type="image/webp", headers={"cache-control": PICTURE_KEPT})

    def _drawn_page(self, source: SourceDocument, cited: DutyItem | Clause | None) -> int | None:
        """The page that holds what is cited, where the paper is a PDF."""
        return cited.locator.page if cited and self._pdf(source) else None

    def _pdf(self, source: SourceDocument) -> Path | None:
        path = self._assistant.original(source.id)
        return path if path and path.is_file() and is_pdf(path) else None

    def download(self, source_id: str) -> Response:
        """The published file itself; never shown by the browser in our name."""
        found = self._source(source_id)
        path = self._assistant.original(found.id)
        if path is None or not path.is_file():
            raise ProblemError(problems.NO_ORIGINAL)
        return FileResponse(
            path,
            media_type=MEDIA_TYPES.get(Path(found.file).suffix.lower(), "application/octet-stream"),
            filename=Path(found.file).name,
            content_disposition_type="attachment",
            headers={"content-security-policy": DOWNLOAD_POLICY},
        )

    def _source(self, source_id: str) -> SourceDocument:
        found = self._assistant.source(source_id)
        if found is None:
            raise ProblemError(problems.UNKNOWN_SOURCE)
        return found

    def _document(self, source: SourceDocument) -> Document:
        return self._read(self._assistant.corpus_version, source.id)

    def _read_version(self, _corpus_version: str, source_id: str) -> Document:
        return self._assistant.document(source_id)


def _page_href(source_id: str, number: int, quoted: str) -> str:
    wanted = urlencode({"quote": quoted[:MAX_QUOTE_IN_LINK]})
    return f"/source/{percent(source_id, safe='')}/page/{number}?{wanted}"


def _file_href(source_id: str) -> str:
    return f"/source/{percent(source_id, safe='')}/file"
