"""What people type into a question's fields: cleaned, limited, and said so in the OpenAPI document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticKnownError


def clean(value: object) -> object:
    """Text without control characters and lone surrogates, which no reader or encoder accepts."""
    if not isinstance(value, str):
        return value
    kept = (char for char in value if char.isprintable() or char in "\n\t" or char == "　")
    return "".join(kept).encode("utf-8", "ignore").decode("utf-8").strip()


def measured(limit: int, clean: Callable[[object], object] = clean) -> BeforeValidator:
    """Cleans a text of at most `limit` characters as sent: the document speaks of what is sent."""

    def checked(value: object) -> object:
        if isinstance(value, str) and len(value) > limit:
            raise PydanticKnownError("string_too_long", {"max_length": limit})
        return clean(value)

    return BeforeValidator(checked)


def absent_is_empty(value: object) -> object:
    """Null counts as nothing said."""
    return "" if value is None else clean(value)


def clean_or_none(value: object) -> object:
    """Null stays null, for it says something else than an empty text."""
    return None if value is None else clean(value)


def date_or_none(value: object) -> object:
    """Only YYYY-MM-DD: a number or a time stamp is not a day."""
    if value is None or value == "":
        return None
    if isinstance(value, str) and len(value) == len("2025-01-01"):
        return value
    raise ValueError("as_of must be YYYY-MM-DD")


MAX_SHORT = 200
# The schema stands for what is sent; what is left of it after cleaning is never longer.
OptionalText = Annotated[str, Field(max_length=MAX_SHORT)] | None
_DAYS: list[dict[str, object]] = [{"format": "date"}, {"maxLength": 0}]
DAY_OR_NONE = WithJsonSchema({"type": ["string", "null"], "anyOf": _DAYS}, mode="validation")
_SHORT_OR_NULL = {"anyOf": [{"type": "string", "maxLength": MAX_SHORT}, {"type": "null"}]}
ShortText = Annotated[
    str,
    measured(MAX_SHORT, absent_is_empty),
    WithJsonSchema(_SHORT_OR_NULL, mode="validation"),
]
