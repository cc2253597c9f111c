"""A query for tests that need no corpus."""

from __future__ import annotations

from datetime import date

from assistant.model import Intent, Query


def query(text: str) -> Query:
    return Query(matter=text, intent=Intent.WHO_HANDLES, as_of=date(2026, 1, 15), text=text)
