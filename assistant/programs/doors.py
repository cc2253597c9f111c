"""Which doors are open to programs, and to whom."""

from __future__ import annotations

from dataclasses import dataclass, field

from fastapi import Request

from assistant.http.access import UNAUTHENTICATED
from assistant.http.problems import ProblemError
from assistant.settings import Settings
from assistant.state.notes import Notes


@dataclass(frozen=True, slots=True)
class HookSettings:
    """The webhook's shared secret ("whsec_…", "" for no webhook) and where answers are sent on."""

    secret: str = ""
    reply_url: str = ""


@dataclass(frozen=True, slots=True)
class Doors:
    """`needs_token`: only programs with a token may ask; `public_url` is where links lead.

    `notes` is where the webhook remembers which calls it has answered.
    """

    needs_token: bool = False
    public_url: str = ""
    hook: HookSettings = field(default_factory=HookSettings)
    notes: Notes | None = None

    @classmethod
    def from_settings(cls, settings: Settings, notes: Notes) -> Doors:
        """As an operator has set them."""
        hook = HookSettings(settings.hook_secret.get_secret_value(), settings.hook_reply_url)
        return cls(settings.programs == "token", settings.public_url, hook, notes)

    def admit(self, request: Request) -> None:
        """Let a program in.

        Raises:
            ProblemError: a token is needed and there is none, or a wrong one.
        """
        if self.needs_token and not request.app.state.gate.principal(request).id:
            raise ProblemError(UNAUTHENTICATED)

    def base_url(self, request: Request) -> str:
        """Where the links of an answer lead: as set, else as the program itself came here."""
        return self.public_url or str(request.base_url).rstrip("/")
