"""The pages people look at, rendered on the server; they work without JavaScript."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import ValidationError

from assistant import problems
from assistant.contract import Assistant
from assistant.model import Status
from assistant.problems import Problem, ProblemError
from assistant.schemas import (
    MAX_QUESTION,
    MAX_QUOTE_IN_LINK,
    AskRequest,
    AskResponse,
    SourceOut,
    date_words,
)
from assistant.source_view import Request as Asked
from assistant.source_view import view_source
from index.documents import Document
from index.model import Level, Place, SourceDocument

WEB = Path(__file__).resolve().parent.parent / "web"
MAX_LISTED_PLACES = 400  # more would weigh 30 KB in the page: type the name instead
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


@dataclass(frozen=True, slots=True)
class PlaceGroup:
    """A county or city with its townships, for the chooser."""

    head: Place
    townships: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """What stands in the form: as sent, right or wrong."""

    question: str = ""
    place: str = ""
    as_of: str = ""
    conversation_id: str = ""


class Site:
    """Chat page, source pages and downloads over one assistant."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._templates = Environment(
            loader=FileSystemLoader(WEB / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(max_question=MAX_QUESTION, date_words=date_words)
        self._read = lru_cache(maxsize=CACHED_DOCUMENTS)(self._read_version)

    def routes(self) -> APIRouter:
        """The pages' routes; the download comes first, for ids may hold a slash."""
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/", self.home, response_class=HTMLResponse)
        routes.add_api_route("/ask", self.ask, response_class=HTMLResponse)
        routes.add_api_route("/source/{source_id:path}/file", self.download)
        routes.add_api_route("/source/{source_id:path}", self.source, response_class=HTMLResponse)
        return routes

    def home(self) -> Response:
        """The chat page before a question."""
        return self._chat(Form())

    def ask(
        self,
        question: str = "",
        place: str | None = None,
        as_of: str = "",
        conversation_id: str = "",
    ) -> Response:
        """The chat page with the answer in it."""
        form = Form(question, place or "", as_of, conversation_id)
        try:
            asked = AskRequest.model_validate(
                {
                    "question": question,
                    "place": place,
                    "as_of": as_of,
                    "conversation_id": conversation_id,
                }
            )
        except ValidationError as error:
            problem = problems.invalid([dict(found) for found in error.errors()])
            return self._chat(form, problem=problem)
        answer = self._assistant.answer(asked.to_question())
        if answer.status is Status.ERROR:
            return self._chat(form, problem=problems.ANSWER_FAILED)
        return self._chat(form, answer=AskResponse.from_answer(answer))

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
        return self._page(
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

    def error(self, _request: Request, problem: Problem) -> Response:
        """A page that says what went wrong."""
        return self._page("error.html", status=problem.status, problem=problem)

    def _source(self, source_id: str) -> SourceDocument:
        found = self._assistant.source(source_id)
        if found is None:
            raise ProblemError(problems.UNKNOWN_SOURCE)
        return found

    def _document(self, source: SourceDocument) -> Document:
        return self._read(self._assistant.corpus_version, source.id)

    def _read_version(self, _corpus_version: str, source_id: str) -> Document:
        return self._assistant.document(source_id)

    def _chat(
        self, form: Form, *, answer: AskResponse | None = None, problem: Problem | None = None
    ) -> Response:
        places = self._assistant.places()
        response = self._page(
            "chat.html",
            status=problem.status if problem else 200,
            form=form,
            answer=answer,
            problem=problem,
            groups=place_groups(places) if len(places) <= MAX_LISTED_PLACES else None,
            chosen=chosen_place(places, form.place),
            examples=self._assistant.examples(),
        )
        response.headers["cache-control"] = "private, no-store"
        return response

    def _page(self, name: str, *, status: int = 200, **values: object) -> Response:
        template = self._templates.get_template(name)
        html = template.render(corpus_version=self._assistant.corpus_version, **values)
        return HTMLResponse(html, status, headers={"cache-control": "no-cache"})


def place_groups(places: Iterable[Place]) -> tuple[PlaceGroup, ...]:
    """Places above townships, each with its own townships; townships without one come last."""
    listed = tuple(places)
    heads = [place for place in listed if place.level is not Level.TOWNSHIP]
    known = {place.code for place in heads}
    groups = [
        PlaceGroup(head, tuple(place for place in listed if _is_township_of(place, head)))
        for head in heads
    ]
    orphans = [
        PlaceGroup(place, ())
        for place in listed
        if place.level is Level.TOWNSHIP and place.parent not in known
    ]
    return (*groups, *orphans)


def _is_township_of(place: Place, head: Place) -> bool:
    return place.level is Level.TOWNSHIP and place.parent == head.code


def chosen_place(places: Iterable[Place], wanted: str) -> str:
    """The code of the place meant by a code or full name; what was sent, if none is."""
    return next((place.code for place in places if wanted in (place.code, place.full_name)), wanted)


def _file_href(source_id: str) -> str:
    return f"/source/{quote(source_id, safe='')}/file"
