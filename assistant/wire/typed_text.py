"""What people type into a question's fields: cleaned, limited, and said so in the OpenAPI document."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema


def clean(value: object) -> object:
    """Text without control characters and lone surrogates, which no reader or encoder accepts."""
    if not isinstance(value, str):
        return value
    kept = (char for char in value if char.isprintable() or char in "\n\t" or char == "　")
    return "".join(kept).encode("utf-8", "ignore").decode("utf-8").strip()


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


def _limit(value: str) -> str:
    if len(value) > 200:
        raise ValueError("at most 200 characters")
    return value


OptionalText = Annotated[str, AfterValidator(_limit)] | None
_DAYS: list[dict[str, object]] = [{"format": "date"}, {"maxLength": 0}]
DAY_OR_NONE = WithJsonSchema({"type": ["string", "null"], "anyOf": _DAYS}, mode="validation")
_SHORT_OR_NULL = {"anyOf": [{"type": "string", "maxLength": 200}, {"type": "null"}]}
ShortText = Annotated[
    str,
    BeforeValidator(absent_is_empty),
    AfterValidator(_limit),
    WithJsonSchema(_SHORT_OR_NULL, mode="validation"),
]
