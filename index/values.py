"""Values of the domain as JSON and back (msgspec)."""

from __future__ import annotations

from typing import TypeVar

import msgspec

T = TypeVar("T")

_ENCODER = msgspec.json.Encoder()
# A stored value is not what was written.
DecodeError = msgspec.DecodeError


def encoded(value: object) -> bytes:
    """A value as JSON in UTF-8, on one line."""
    return _ENCODER.encode(value)


def decoder(kind: type[T]) -> msgspec.json.Decoder[T]:
    """What reads values of one kind; raises DecodeError."""
    return msgspec.json.Decoder(kind)
