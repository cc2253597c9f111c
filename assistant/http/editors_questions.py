"""What people asked in vain or called wrong, and lexicon entries to accept from it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, cast

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse

from assistant.contract import Assistant
from assistant.editing.accepted import accept
from assistant.editing.propose import Proposal, Proposer, propose
from assistant.editing.publisher import Publisher
from assistant.http.access import require
from assistant.http.editors import EditorPages, back
from assistant.model import Question
from assistant.service.access import Role
from assistant.service.journal import Journal, Recorder
from assistant.state.journal import Missed, Verdict
from index.errors import LexiconError
from index.versions import lexicon_of

if TYPE_CHECKING:
    from assistant.pipeline import Assistant as Pipeline

_MOST_ASKED = 100
_WISHES = {"": "不限", "apply": "想办成一件事", "complain": "想让别人停下"}
_STATUSES = {
    "no_evidence": "清单里没有",
    "out_of_coverage": "没有收录",
    "out_of_scope": "不在范围",
    "answered": "已回答",
    "clarify": "反问了",
}
_VERDICTS = {Verdict.UP: "有用", Verdict.DOWN: "没用", Verdict.WRONG: "不对"}
Words = Annotated[str, Form(max_length=500)]


class QuestionPages:
    """Unanswered questions, feedback and proposals over the journal."""

    def __init__(
        self, pages: EditorPages, publisher: Publisher, journal: Recorder, assistant: Assistant
    ) -> None:
        self._pages = pages
        self._publisher = publisher
        self._journal = journal
        self._assistant = assistant

    def routes(self) -> APIRouter:
        """The pages' routes."""
        routes = APIRouter(include_in_schema=False, dependencies=[Depends(require(Role.EDITOR))])
        routes.add_api_route("/editors/questions", self.opened, response_class=HTMLResponse)
        routes.add_api_route("/editors/lexicon", self.accept, methods=["POST"])
        return routes

    def opened(self, request: Request) -> Response:
        """The page as it is found: a problem never comes from the address."""
        return self.questions(request)

    def questions(self, request: Request, problem: str = "") -> Response:
        """What went wrong, grouped by wording, with entries proposed for it."""
        kept = self._journal if isinstance(self._journal, Journal) else None
        missed = kept.missed() if kept else ()
        verdicts = kept.verdicts() if kept else {}
        asked = [Question(one.question, one.place) for one in missed[:_MOST_ASKED]]
        proposals = propose(Proposer(cast("Pipeline", self._assistant)).unanswered(asked))
        own = lexicon_of(self._publisher.folder.current())
        return self._pages.page(
            request,
            "editors/questions.html",
            status=422 if problem else 200,
            problem=problem,
            is_kept=self._journal.is_kept,
            verdicts=[(_VERDICTS[verdict], n) for verdict, n in verdicts.items()],
            missed=[_shown(one) for one in missed if not one.n_wrong],
            wrong=[_shown(one) for one in missed if one.n_wrong],
            proposals=[_proposed(one) for one in proposals],
            wishes=_WISHES,
            own=own.read_text("utf-8") if own.is_file() else "",
        )

    def accept(
        self,
        request: Request,
        say: Words = "",
        terms: Words = "",
        wish: Words = "",
        body: Words = "",
    ) -> Response:
        """Add an entry to the corpus's own lexicon; it counts from the next version on."""
        entry: dict[str, str | list[str]] = {"say": _parts(say), "terms": _parts(terms)}
        entry |= {"wish": wish} if wish else {}
        entry |= {"body": _parts(body)} if _parts(body) else {}
        try:
            accept(lexicon_of(self._publisher.folder.current()), entry)
        except LexiconError as exc:
            return self.questions(request, str(exc))
        return back("/editors/questions")


def _parts(text: str) -> list[str]:
    for sign in "，,;；\n":
        text = text.replace(sign, "、")
    return list(dict.fromkeys(part.strip() for part in text.split("、") if part.strip()))


def _shown(one: Missed) -> dict[str, Any]:
    return {
        "question": one.question,
        "place": one.place,
        "status": _STATUSES.get(one.status, one.status),
        "n": one.n_asked,
        "n_wrong": one.n_wrong,
        "last": f"{datetime.fromtimestamp(one.last_at, UTC).astimezone():%Y-%m-%d %H:%M}",
        "reasons": one.reasons,
    }


def _proposed(proposal: Proposal) -> dict[str, Any]:
    return {
        "say": "、".join(proposal.say),
        "terms": "、".join(term.name for term in proposal.terms),
        "body": "、".join(proposal.fields),
        "wish": proposal.wish.value if proposal.wish else "",
        "questions": proposal.questions,
        "holders": [f"{term.name}（{term.body}）" for term in proposal.terms],
    }
