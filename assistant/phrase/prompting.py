"""Prompts from `prompts/`: one file a model call, substituted strictly, known by its hash."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.guard.masking import mask

FOLDER = Path(__file__).resolve().parents[2] / "prompts"
_SHA_DIGITS = 12
_VARIABLE = re.compile(r"\{\{(\w+)\}\}")
_PARTS = re.compile(
    r"\A---\n(?P<head>.*?)\n---\n# system\n(?P<system>.*?)\n# user\n(?P<user>.*)\Z", re.S
)


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is told (提示词); `sha` names its exact wording."""

    system: str
    user: str
    sha: str

    @property
    def variables(self) -> frozenset[str]:
        """What has to be put in."""
        return frozenset(_VARIABLE.findall(self.system + self.user))

    def rendered(self, values: Mapping[str, str]) -> tuple[str, str]:
        """System and user message, masked; raises KeyError for a variable missing or unused."""
        if wrong := self.variables ^ values.keys():
            raise KeyError(f"missing or unused variables: {', '.join(sorted(wrong))}")
        safe = {name: mask(value) for name, value in values.items()}
        return tuple(  # type: ignore[return-value]
            _VARIABLE.sub(lambda match: safe[match[1]], text) for text in (self.system, self.user)
        )


@cache
def load_prompt(name: str) -> Prompt:
    """A prompt by the name of its file."""
    text = (FOLDER / f"{name}.md").read_text("utf-8")
    parts = _PARTS.match(text)
    if not parts:
        raise ValueError(f"prompts/{name}.md: wants ---, a head, ---, # system, # user")
    sha = hashlib.sha256(text.encode()).hexdigest()[:_SHA_DIGITS]
    return Prompt(parts["system"].strip(), parts["user"].strip(), sha)
