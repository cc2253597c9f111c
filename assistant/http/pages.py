"""The chat page, rendered on the server: it works without JavaScript."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from pydantic import ValidationError

from assistant.caller import current_caller
from assistant.contract import Assistant
from assistant.http import problems
from assistant.http.events import PRIVATE, Shown, streamed
from assistant.http.look import current_look
from assistant.http.problems import Problem
from assistant.http.templates import WEB, Templates
from assistant.model import Answer, Segment, Status
from assistant.wire.schemas import AskRequest, AskResponse, HoldingsOut
from index.model import Level, Place
from index.words import to_traditional

MAX_LISTED_PLACES = 400  # more would weigh 30 KB in the page: type the name instead

ShortText = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True, slots=True)
class PlaceGroup:
    """A county or city with its townships, for the chooser."""

    head: Place
    townships: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """What stands in the form: as sent, right or wrong; `embed` in another site's frame."""

    question: str = ""
    place: str = ""
    as_of: str = ""
    conversation_id: str = ""
    embed: bool = False


class PageRequest(AskRequest):
    """A question asked by the page's script."""

    embed: bool = False


class ChatPages:
    """The chat page and the page that says what went wrong."""

    def __init__(self, assistant: Assistant, templates: Templates) -> None:
        self._assistant = assistant
        self._templates = templates

    def routes(self) -> APIRouter:
        """The pages' routes."""
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/", self.home, response_class=HTMLResponse)
        routes.add_api_route("/widget.js", self.widget)
        routes.add_api_route("/ask", self.ask, response_class=HTMLResponse)
        routes.add_api_route("/ask/stream", self.stream, methods=["POST"])
        routes.add_api_route("/holdings", self.holdings, response_class=HTMLResponse)
        return routes

    def home(self, place: ShortText = "", embed: bool = False) -> Response:
        """The chat page before a question."""
        return self._chat(Form(place=place, embed=embed))

    def widget(self) -> Response:
        """The script that puts the chat on another site."""
        return FileResponse(WEB / "static" / "widget.js", media_type="text/javascript")

    def ask(
        self,
        question: str = "",
        place: str | None = None,
        as_of: str = "",
        conversation_id: str = "",
        embed: bool = False,
    ) -> Response:
        """The chat page with the answer in it."""
        form = Form(question, place or "", as_of, conversation_id, embed)
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

    def stream(self, asked: PageRequest) -> Response:
        """For the page's script: the sentences, then the article that takes their place."""
        day = asked.as_of.isoformat() if asked.as_of else ""
        form = Form(asked.question, asked.place or "", day, asked.conversation_id, asked.embed)
        written = to_traditional if current_look().is_traditional else str

        def show(part: Segment | Answer) -> Shown:
            if isinstance(part, Segment):
                return "segment", {"text": written(part.text), "citations": list(part.citations)}
            answer = AskResponse.from_answer(part)
            values = {"answer": answer, "form": form, "share_href": share_href}
            return "article", {
                "html": self._templates.html("article.html", **values),
                "said": written(f"{answer.headline}。{answer.text}"),
                "conversation_id": answer.conversation_id,
            }

        return streamed(self._assistant.stream(asked.to_question()), show)

    def holdings(self, place: ShortText = "") -> Response:
        """For the page's script: how current the papers of a place are, in a sentence."""
        chosen = find_place(self._assistant.places(), place)
        held = self._assistant.holdings(chosen.code if chosen else "")
        shown = HoldingsOut.from_holdings(held)
        return self._templates.page("holdings.html", chosen=chosen, held=shown)

    def error(self, _request: Request, problem: Problem) -> Response:
        """A page that says what went wrong, and the number to name when reporting it."""
        return self._templates.page(
            "error.html",
            status=problem.status,
            problem=problem,
            request_id=current_caller().request_id,
        )

    def _chat(
        self, form: Form, *, answer: AskResponse | None = None, problem: Problem | None = None
    ) -> Response:
        places = self._assistant.places()
        chosen = find_place(places, form.place)
        if form.place and answer and not chosen:  # typed, and understood
            chosen = find_place(places, answer.place_code)
        held = self._assistant.holdings(chosen.code if chosen else "")
        response = self._templates.page(
            "chat.html",
            status=problem.status if problem else 200,
            form=form,
            answer=answer,
            problem=problem,
            groups=place_groups(places) if len(places) <= MAX_LISTED_PLACES else None,
            chosen=chosen,
            examples=self._assistant.examples(),
            held=HoldingsOut.from_holdings(held),
            is_framed=form.embed,
            share_href=share_href,
        )
        response.headers.update(PRIVATE)
        return response


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


def find_place(places: Iterable[Place], wanted: str) -> Place | None:
    """The place meant by a code or full name."""
    return next((place for place in places if wanted in (place.code, place.full_name)), None)


def share_href(form: Form, answer: AskResponse) -> str:
    """A link that gives this answer again: the question with its place and day."""
    day = form.as_of or answer.understood.get("as_of", "")
    asked = {"question": form.question, "place": answer.place_code or form.place, "as_of": day}
    return f"/ask?{urlencode({name: value for name, value in asked.items() if value})}"
