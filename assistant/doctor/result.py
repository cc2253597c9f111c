"""What a check is: a function of the site that yields results with a verdict and advice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from assistant.settings import Settings


class Verdict(StrEnum):
    """How a check went; the value is what people read."""

    PASSED = "通过"
    WARNED = "提醒"
    FAILED = "不通过"


@dataclass(frozen=True, slots=True)
class Result:
    """What was looked at, what was found, and what to do about it ("" if nothing)."""

    topic: str
    verdict: Verdict
    found: str
    advice: str = ""

    def as_json(self) -> dict[str, str]:
        """The wire form."""
        return {name: str(value) for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Site:
    """What checks look at: the environment as it is, and the settings read from it.

    `unreadable` maps variables whose value is not valid to the reason; their settings have the
    default.
    """

    environ: Mapping[str, str]
    settings: Settings
    unreadable: Mapping[str, str]

    def is_set(self, variable: str) -> bool:
        """True if a variable has a value that is not empty."""
        return bool(self.environ.get(variable, "").strip())


Check = Callable[[Site], Iterable[Result]]


def passed(topic: str, found: str) -> Result:
    """All is well."""
    return Result(topic, Verdict.PASSED, found)


def warned(topic: str, found: str, advice: str) -> Result:
    """It works, but an operator should know."""
    return Result(topic, Verdict.WARNED, found, advice)


def failed(topic: str, found: str, advice: str) -> Result:
    """It does not work, or must not be so."""
    return Result(topic, Verdict.FAILED, found, advice)
