"""What goes wrong at a channel.

DutyDeskError
└── ChannelError   a setting is missing or wrong, or its package is not installed: tell the operator
Refused            a delivery is not the platform's own, or not for now: log it and answer 403
"""

from __future__ import annotations

from index.errors import DutyDeskError


class ChannelError(DutyDeskError):
    """A channel cannot be opened; the message says which setting to mend."""


class Refused(Exception):  # noqa: N818 - it says what happened
    """A delivery is turned away. `reason` is one of a handful of words, for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
