"""What comes in from a platform and what goes out to it, whichever platform it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a person sent, as far as an answer depends on it."""

    TEXT = "text"
    VOICE = "voice"
    IMAGE = "image"
    LOCATION = "location"
    OTHER = "other"
    WELCOME = "welcome"
    FAREWELL = "farewell"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message. `user` is the platform's id of who wrote it and never leaves this process.

    `text` is what was typed, recognised of a voice, or the label of a button. `message_id` is the
    same each time the platform delivers the message.
    """

    user: str
    message_id: str
    kind: Kind = Kind.TEXT
    text: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """How a platform carries messages.

    `limit_bytes` of UTF-8 for one text; `inline` if the platform waits for the first message in its
    own request, `pushes` if it takes further ones afterwards; `keep_s` is how long it may deliver a
    message again; `signs` replaces characters that the platform would read as markup, and `link`
    writes an address under some words.
    """

    name: str
    title: str
    limit_bytes: int
    inline: bool
    pushes: bool
    keep_s: int
    signs: Callable[[str], str]
    link: Callable[[str, str], str]


def part(message: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    """What lies within a message of JSON; empty where the platform left it out or sent otherwise."""
    found: object = message
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


Messages = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """What to send: all of `messages`, in order; or, where there are buttons, `card` with `choices`.

    `better` comes later, where the platform takes further messages: empty if there is none.
    """

    messages: Messages
    card: str = ""
    choices: tuple[str, ...] = ()
    better: Awaitable[Messages] | None = field(default=None, compare=False)
