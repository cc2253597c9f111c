"""Answers that the guard gives itself, and what it puts before those of others."""

from __future__ import annotations

from dataclasses import replace

from assistant.guard.screen import Verdict
from assistant.model import Answer, Segment, Status


def refusal(verdict: Verdict) -> Answer:
    """The reply to a question that is not answered; nothing of the question is repeated in it."""
    return Answer(status=verdict.status, segments=(Segment(verdict.reply),))


def warned(answer: Answer, words: str) -> Answer:
    """The answer with a warning of danger before it, unless it asks back."""
    if not words or answer.status is Status.CLARIFY:
        return answer
    return replace(answer, segments=(Segment(words), *answer.segments))
