"""Jinja behind one door: the templates in `web/templates`, rendered as responses."""

from __future__ import annotations

from pathlib import Path

from fastapi import Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assistant.contract import Assistant
from assistant.schemas import MAX_QUESTION, date_words

WEB = Path(__file__).resolve().parent.parent.parent / "web"


class Templates:
    """Renders pages; each knows the corpus version that it speaks of."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._environment = Environment(
            loader=FileSystemLoader(WEB / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(max_question=MAX_QUESTION, date_words=date_words)

    def page(self, name: str, *, status: int = 200, **values: object) -> Response:
        """A template as a response; a missing value is an error."""
        template = self._environment.get_template(name)
        html = template.render(corpus_version=self._assistant.corpus_version, **values)
        return HTMLResponse(html, status, headers={"cache-control": "no-cache"})
