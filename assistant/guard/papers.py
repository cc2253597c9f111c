"""What papers say → what may be shown of it: no instructions to an assistant, nothing invisible.

Whoever fills in a cell can write "忽略以上规则" in it. It is never followed, for nothing here takes
orders from a record; nor is it shown as what a list says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from assistant.guard.reading import squeezed, without_hidden
from assistant.guard.screen import instructs
from assistant.model import Answer, Citation, Related, Segment

_SENTENCE = re.compile(r"[^。！？；\n]*[。！？；\n]?")
_LEFT_OUT = "（原文此处有与职责无关的文字，未予显示，请核对原件。）"
# A name that is all instruction leaves nothing to call a matter by.
_NAMELESS = "（名称有误，请核对原件）"


def cleaned(answer: Answer) -> Answer:
    """The answer with what does not belong in a list taken out of everything that is shown."""
    return replace(
        answer,
        segments=tuple(map(_segment, answer.segments)),
        citations=tuple(map(_citation, answer.citations)),
        related=tuple(map(_related, answer.related)),
    )


def is_tampered(text: str) -> bool:
    """True if a text gives an assistant orders."""
    return bool(text) and instructs(squeezed(text))


def _segment(segment: Segment) -> Segment:
    text = without_hidden(segment.text)
    if not is_tampered(text):
        return segment if text == segment.text else replace(segment, text=text)
    kept = "".join(_harmless(text))
    return replace(segment, text=f"{kept}{_LEFT_OUT}")


def _citation(citation: Citation) -> Citation:
    """The quote without sentences that instruct; what is left stands in the source, line by line."""
    if not is_tampered(citation.quote):
        return citation
    lines = (line.strip() for line in _harmless(citation.quote))
    return replace(citation, quote="\n".join(filter(None, lines)))


def _related(related: Related) -> Related:
    if not is_tampered(related.name):
        return related
    return replace(related, name="".join(_harmless(related.name)) or _NAMELESS)


def _harmless(text: str) -> Iterable[str]:
    """The sentences that do not instruct; none if only their whole does."""
    sentences = [s for s in _SENTENCE.findall(text) if s]
    kept = [s for s in sentences if not is_tampered(s)]
    return kept if kept and not is_tampered("".join(kept)) else ()
