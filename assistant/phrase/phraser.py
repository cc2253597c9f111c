"""An answer → the same in a model's words, sentence by sentence, each checked before it is shown.

The order is the finding's. What the model leaves out, says wrongly or says too late goes out in
the deterministic words, so an answer is whole whatever the model does.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Generator, Iterator

from assistant.check.check import Checker, Statement
from assistant.check.sentences import sentences
from assistant.guard.papers import is_tampered
from assistant.guard.reading import without_hidden
from assistant.model import Answer, Phrasing, Segment, Status
from assistant.phrase.llm import Breaker, Chat, Counts, ModelError, within
from assistant.phrase.prompting import load_prompt
from assistant.phrase.rewording import Rewording

log = logging.getLogger(__name__)

_NOT_PASSED = "措辞没有通过核对"
_NOT_ALL = "模型没有说全"
_BROKEN = "核对出错"
_RESTING = "模型连续失败，暂停使用"
_LATE = "超时"
# The share of the time in which to understand; words can still be found in the rest.
_UNDERSTANDING = 0.5
_PROMPTS = {Status.ANSWERED: "phrase", Status.CLARIFY: "ask_back"}


class Phraser:
    """Puts answers in a model's words within a set time. Safe to share between threads."""

    def __init__(self, chat: Chat, *, seconds: float, breaker: Breaker | None = None) -> None:
        self.chat = chat
        self.counts = Counts()
        self._seconds = seconds
        self._breaker = breaker or Breaker()

    def rewording(self, since: float) -> Rewording:
        """What helps to understand a question that came at a moment of `time.monotonic`."""
        until = since + self._seconds * _UNDERSTANDING
        return Rewording(self.chat, self._breaker, self.counts, until=until)

    def stream(
        self, question: str, answer: Answer, *, since: float | None = None
    ) -> Iterator[Segment | Phrasing]:
        """The sentences of the answer in order, then who put them into words.

        The time runs from `since`, the moment of `rewording`; from now on, if it is None.
        """
        weave = _Weave(answer)
        if not (name := _prompt_for(answer)) or not weave.waiting:
            yield from answer.segments
            yield Phrasing()
            return
        prompt, until = load_prompt(name), (since or time.monotonic()) + self._seconds
        yield from weave.until_first()
        self.counts.add("asked")
        if time.monotonic() >= until:  # not for the model's fault, so the breaker hears nothing
            reason = _LATE
        elif not self._breaker.lets_through():
            reason = _RESTING
        else:
            told = prompt.rendered(_values(question, weave.waiting))
            reason = yield from self._said(weave, told, until)
            self._breaker.note(is_ok=not reason or weave.n_kept > 0)
        if not reason and weave.waiting:
            reason = _NOT_PASSED if weave.n_dropped else _NOT_ALL
        yield from weave.rest()
        yield self._noted(weave, prompt.sha, reason)

    def _said(
        self, weave: _Weave, told: tuple[str, str], until: float
    ) -> Generator[Segment, None, str]:
        """The model's sentences that pass; returns why there are no more, "" if it came to its end."""
        try:
            for sentence in sentences(within(self.chat, *told, until=until)):
                yield from weave.take(sentence)
                if not weave.waiting:
                    break
        except ModelError as error:
            return str(error)
        except Exception:
            # Whatever else goes wrong with a model's words, the plain ones go out.
            log.exception("a model's words could not be checked")
            return _BROKEN
        return ""

    def _noted(self, weave: _Weave, sha: str, reason: str) -> Phrasing:
        self.counts.add("kept", weave.n_kept)
        self.counts.add("dropped", weave.n_dropped)
        self.counts.add(f"fallback:{reason}" if reason else "phrased")
        model = self.chat.name if weave.n_kept else ""
        return Phrasing(model, sha, reason, weave.n_kept, weave.n_dropped)


class _Weave:
    """The sentences of an answer, the model's taking the place of those that they say."""

    def __init__(self, answer: Answer) -> None:
        self._checker = Checker(answer)
        self._segments = answer.segments
        self._is_said = [False] * len(answer.segments)
        self._next = 0
        self.n_kept = self.n_dropped = 0

    @property
    def waiting(self) -> list[Statement]:
        """Statements not yet said."""
        return [
            s
            for s, said in zip(self._checker.statements, self._is_said, strict=True)
            if s and not said
        ]

    def until_first(self) -> Iterator[Segment]:
        """What stands before the first statement that a model may say."""
        first = next(i for i, s in enumerate(self._checker.statements) if s)
        yield from self._up_to(first)

    def take(self, sentence: Segment) -> Iterator[Segment]:
        """A sentence of the model, if it passes, after whatever comes before it."""
        said = self._checker.said(sentence, self.waiting)
        if not said:
            self.n_dropped += 1
            return
        numbers = [i for i, s in enumerate(self._checker.statements) if s in said]
        yield from self._up_to(min(numbers))
        for number in numbers:
            self._is_said[number] = True
        self.n_kept += 1
        yield sentence

    def rest(self) -> Iterator[Segment]:
        """Everything that nobody has said yet, in the deterministic words."""
        yield from self._up_to(len(self._segments))

    def _up_to(self, end: int) -> Iterator[Segment]:
        for number in range(self._next, end):
            if not self._is_said[number]:
                self._is_said[number] = True
                yield self._segments[number]
        self._next = max(self._next, end)


def _prompt_for(answer: Answer) -> str:
    """The prompt that fits, "" where the plain words stay."""
    if answer.clarify and answer.clarify.ask != "place":
        return ""
    return _PROMPTS.get(answer.status, "")


def _values(question: str, statements: list[Statement]) -> dict[str, str]:
    """What the prompt is filled with; nothing of a paper that gives orders is among it."""
    lines = [
        f"{number}. {s.segment.text}{''.join(f'[{label}]' for label in s.segment.citations)}"
        for number, s in enumerate(statements, 1)
        if not is_tampered(s.segment.text)
    ]
    asked = " ".join(without_hidden(question).split())
    return {"question": asked, "statements": "\n".join(lines)}
