"""Jinja behind one door: the templates in `web/templates`, rendered as responses."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

from fastapi import Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from assistant.contract import Assistant
from assistant.http.look import current_look
from assistant.http.traditional import traditional_page
from assistant.wire.schemas import MAX_QUESTION, HoldingsOut
from index.extract.dates import day_words

WEB = Path(__file__).resolve().parent.parent.parent / "web"

# The numbers that our own sentences tell people to dial.
_DIALLED = re.compile(r"(?<=拨打)(?:110|12345)(?!\d)|(?:119|120)(?=（(?:火警|急救))")


class Templates:
    """Renders pages; each knows the corpus version that it speaks of, and how it is to look."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._environment = Environment(
            loader=FileSystemLoader(WEB / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["dialled"] = dialled
        self._environment.globals.update(max_question=MAX_QUESTION, day_words=day_words)

    def page(self, name: str, /, *, status: int = 200, **values: object) -> Response:
        """A template as a response; a missing value is an error."""
        html = self.html(name, **values)
        return HTMLResponse(html, status, headers={"cache-control": "no-cache", "vary": "cookie"})

    def html(self, name: str, /, **values: object) -> str:
        """A template's text, in the characters that a person wants; also a part of a page."""
        template = self._environment.get_template(name)
        look = current_look()
        version = self._assistant.corpus_version
        shared: dict[str, object] = {
            "corpus_version": version,
            "built_on": _built_on(version),
            "holdings": HoldingsOut.from_holdings(self._assistant.holdings()),
            "look": look,
            "is_framed": False,
        }
        html = template.render(shared | values)
        return traditional_page(html) if look.is_traditional else html


def dialled(text: str) -> Markup:
    """A sentence whose emergency and service numbers are links that dial them."""
    linked = r'<a href="tel:\g<0>">\g<0></a>'
    return Markup(_DIALLED.sub(linked, str(escape(text))))


def _built_on(version: str) -> date | None:
    """The day in a version's name ("20250401T093000…"); None for a name of another kind."""
    try:
        return datetime.strptime(version[:8], "%Y%m%d").date()
    except ValueError:
        return None
