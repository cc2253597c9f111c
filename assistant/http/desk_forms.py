"""The desk's addresses: what is in one → the form; the form with one thing changed → an address."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from assistant.desk.wanted import Edition, Form
from index.facets import Facet

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Address:
    """What the query of an address says, word for word; unknown names are left out."""

    values: Mapping[str, str]

    @classmethod
    def of(cls, query: QueryParams) -> Address:
        """What was sent, each value cut to a sane length."""
        known = ("q", *Facet, "article", "edition", "on", "upper", "by")
        sent = {name: query.get(name, "").replace("\x00", "")[:_LONGEST] for name in known}
        return cls({name: value for name, value in sent.items() if value.strip()})

    def get(self, name: str) -> str:
        """One value, "" if absent."""
        return self.values.get(name, "")

    @property
    def form(self) -> Form:
        """The form; a day or edition that is none is left out."""
        on, edition = None, Edition.NOW
        with suppress(ValueError):
            on = date.fromisoformat(self.get("on"))
        with suppress(ValueError):
            edition = Edition(self.get("edition"))
        return Form(
            text=self.get("q"),
            chosen={facet: self.get(facet) for facet in Facet if self.get(facet)},
            article=self.get("article"),
            edition=edition,
            on=on,
            with_upper=bool(self.get("upper")),
        )

    def href(self, path: str = "/desk", **changes: object) -> str:
        """The address with some values changed; "" takes one out."""
        values = {**self.values, **{name: str(value) for name, value in changes.items()}}
        query = urlencode({name: value for name, value in values.items() if value})
        return f"{path}?{query}" if query else path
