"""Evidence for people: a cited paper as it looks, and the published file itself."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Response
from fastapi.responses import FileResponse, HTMLResponse

from assistant.contract import Assistant
from assistant.evidence.view import Request as Asked
from assistant.evidence.view import view_source
from assistant.http import problems
from assistant.http.problems import ProblemError
from assistant.http.templates import Templates
from assistant.schemas import MAX_QUOTE_IN_LINK, SourceOut
from index.documents import Document
from index.model import SourceDocument

CACHED_DOCUMENTS = 8  # turning a source's pages must not read a workbook again each time

MEDIA_TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xls": "application/vnd.ms-excel",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pdf": "application/pdf",
    ".csv": "text/csv; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}
DOWNLOAD_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


class SourcePages:
    """Source pages and downloads over one assistant."""

    def __init__(self, assistant: Assistant, templates: Templates) -> None:
        self._assistant = assistant
        self._templates = templates
        self._read = lru_cache(maxsize=CACHED_DOCUMENTS)(self._read_version)

    def routes(self) -> APIRouter:
        """The download comes first, for ids may hold a slash."""
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/source/{source_id:path}/file", self.download)
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
        )

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


def _file_href(source_id: str) -> str:
    return f"/source/{quote(source_id, safe='')}/file"
