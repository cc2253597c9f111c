"""`/docs`: every operation of the OpenAPI document on one page, with a line to paste into a shell.

Written on the server: the usual viewers load their scripts from other sites.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse

from assistant.http.templates import Templates
from assistant.programs.doors import Doors

_REF = "#/components/schemas/"
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Operation:
    """What the page shows of one: how it is called, what it takes and gives."""

    tag: str
    method: str
    path: str
    summary: str
    description: str
    fields: tuple[tuple[str, str], ...]
    curl: str
    reply: str


class DocsPage:
    """The page over one application's own document."""

    def __init__(self, app: FastAPI, templates: Templates, doors: Doors) -> None:
        self._app = app
        self._templates = templates
        self._doors = doors

    def routes(self) -> APIRouter:
        """Where it is."""
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/docs", self.page, response_class=HTMLResponse)
        return routes

    def page(self, request: Request) -> Response:
        """All operations, in the order of the document."""
        shown = list(operations(self._app.openapi(), self._doors.base_url(request)))
        tags = dict.fromkeys(operation.tag for operation in shown)
        groups = [(tag, [one for one in shown if one.tag == tag]) for tag in tags]
        return self._templates.page("docs.html", groups=groups, needs_token=self._doors.needs_token)


def operations(document: dict[str, Any], base_url: str) -> Iterator[Operation]:
    """What an OpenAPI document holds, ready to be shown."""
    schemas = document.get("components", {}).get("schemas", {})
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            body = _schema(operation.get("requestBody", {}), schemas)
            yield Operation(
                tag=operation["tags"][0],
                method=method.upper(),
                path=path,
                summary=operation["summary"],
                description=operation.get("description", ""),
                fields=tuple(_fields(operation, body)),
                curl=_curl(method, base_url, path, operation, body),
                reply=_reply(operation),
            )


def _schema(holder: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """The schema of a JSON body, looked up."""
    schema: dict[str, Any] = holder.get("content", {}).get(_JSON, {}).get("schema", {})
    name = schema.get("$ref", "").removeprefix(_REF)
    return schemas.get(name, {}) if name else schema


def _fields(operation: dict[str, Any], body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(name, description) of what may be given along."""
    for given in operation.get("parameters", ()):
        yield given["name"], given.get("description", "")
    for name, given in body.get("properties", {}).items():
        if given.get("description"):
            yield name, given["description"]


def _curl(
    method: str, base_url: str, path: str, operation: dict[str, Any], body: dict[str, Any]
) -> str:
    """The call as one would type it; placeholders stand for ids."""
    url = base_url + path
    for given in operation.get("parameters", ()):
        if given["in"] == "path":
            example = str(given.get("example", "编号"))
            url = url.replace(f"{{{given['name']}}}", quote(example, safe=""))
    parts = ["curl", url] if method == "get" else ["curl", "-X", method.upper(), url]
    for given in operation.get("parameters", ()):
        if given["in"] == "header":
            parts.append(f"-H '{given['name']}: …'")
    if examples := body.get("examples"):
        said = json.dumps(examples[0], ensure_ascii=False)
        parts.append(f"-H 'content-type: {_JSON}' -d '{said}'")
    return " ".join(parts)


def _reply(operation: dict[str, Any]) -> str:
    """An example of what comes back, if the document has one."""
    done = next(r for status, r in operation["responses"].items() if status.startswith("2"))
    example = done.get("content", {}).get(_JSON, {}).get("example")
    return json.dumps(example, ensure_ascii=False, indent=2) if example else ""
