"""Who is asking, as far as a surface knows: carried beside the question, never stored as it is.

The HTTP surface sets it for each request; a channel with a connection of its own does so itself:

    with calling(Caller("wecom", address=hashed_user)):
        assistant.answer(question)
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """`channel` is one of a handful of names; `address` an IP address or a platform's user."""

    channel: str = "cli"
    address: str = ""
    request_id: str = ""


_CALLER: ContextVar[Caller] = ContextVar("caller", default=Caller())  # noqa: B039 - frozen


def current_caller() -> Caller:
    """Who the present thread or task answers."""
    return _CALLER.get()


@contextmanager
def calling(caller: Caller) -> Iterator[None]:
    """Everything in the block is done for this caller."""
    token = _CALLER.set(caller)
    try:
        yield
    finally:
        _CALLER.reset(token)
