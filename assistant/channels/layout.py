"""An answer → texts within a platform's bytes: sentences whole, citations short and whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from assistant.channels.message import Messages, Way
from assistant.model import Answer, Citation
from assistant.wire.schemas import locator_words, source_href

# More choices than this are a wall of text; whoever means another writes its name.
MOST_CHOICES = 20
# A button bears some dozen characters on a phone.
BUTTON_CHARACTERS = 20
_LABEL_OR_CHARACTER = re.compile(r"\[\d{1,3}\]|.", re.DOTALL)
_SENTENCE_ENDS = re.compile(r"(?<=[。！？；\n])")
_PAUSES = re.compile(r"(?<=[，、：,;])")
_LEVEL_ENDS = re.compile(r"^.*[省市县区州盟旗]")
# 城市供水 and 城市道路 share no city: only names of places are cut.
_PLACE_ENDS = re.compile(r"(?:[省市县区州盟旗乡镇]|街道)$")
# Angle brackets are markup to 公众号, and "]]>" would end the text in 企业微信's XML.
_MARKUP = "<>"
_MARKDOWN = r"<>*_`~|\#"
# The full-width form of an ASCII sign stands so far above it.
_WIDER = 0xFEE0


@dataclass(frozen=True, slots=True)
class Block:
    """What must not be parted, and what stands before it if it is not the first of a message."""

    text: str
    glue: str = ""


def wide(text: str, signs: str) -> str:
    """The text with some signs in full width, in which no platform takes them for markup."""
    return text.translate({ord(sign): ord(sign) + _WIDER for sign in signs})


def plain_signs(text: str) -> str:
    """Text that is shown as it is."""
    return wide(text, _MARKUP)


def markdown_signs(text: str) -> str:
    """Text in which nothing is taken for markdown."""
    return wide(text, _MARKDOWN)


def plain_link(words: str, address: str) -> str:
    """Platforms make addresses in plain text links by themselves."""
    return f"{words}\n{address}"


def markdown_link(words: str, address: str) -> str:
    """A link under the words; brackets in an address would end it."""
    safe = address.replace("(", "%28").replace(")", "%29")
    return f"[{wide(words, '[]')}]({safe})"


def n_bytes(text: str) -> int:
    """Length as the platforms count it."""
    return len(text.encode("utf-8"))


def words_of(answer: Answer, way: Way) -> list[Block]:
    """The answer's sentences with their labels."""
    return [
        Block(way.signs(segment.text) + "".join(f"[{n}]" for n in segment.citations))
        for segment in answer.segments
    ]


def choices_of(labels: Sequence[str], way: Way) -> list[Block]:
    """Numbered choices for platforms without buttons, and how to answer."""
    if not labels:
        return []
    shown = [
        Block(f"{number}. {way.signs(label)}", "\n")
        for number, label in enumerate(labels[:MOST_CHOICES], start=1)
    ]
    more = "；没有列出的，直接写名称" if len(labels) > MOST_CHOICES else ""
    return [*shown, Block(f"（回复序号即可{more}）", "\n")]


def card_of(words: Iterable[Block], labels: Sequence[str], way: Way) -> str:
    """What stands above the buttons: the question, and the choices where one is cut on its button."""
    asked = "".join(block.text for block in words)
    if max(map(len, short_labels(labels)), default=0) <= BUTTON_CHARACTERS:
        return asked
    return asked + "".join(
        f"\n{number}. {way.signs(label)}" for number, label in enumerate(labels, 1)
    )


def sources_of(citations: Iterable[Citation], way: Way, public_url: str) -> list[Block]:
    """The citations: title, place, and a link to the evidence page where there is an address."""
    return [
        Block(_source(citation, way, public_url), "\n" if number else "\n\n")
        for number, citation in enumerate(citations)
    ]


def _source(citation: Citation, way: Way, public_url: str) -> str:
    title = way.signs(f"《{citation.source.title}》")
    where = way.signs(locator_words(citation.locator))
    head = f"[{citation.label}]"
    if public_url:
        address = public_url + source_href(citation.source.id, record=citation.item_id) + "#cited"
        linked = f"{head}{way.link(f'{title}{where}', address)}"
        if n_bytes(linked) <= way.limit_bytes // 2:
            return linked
    room = way.limit_bytes // 4
    return head + (title if n_bytes(title) <= room else _start(title, room) + "…》") + where


def pack(blocks: Iterable[Block], limit_bytes: int) -> Messages:
    """Blocks in order, as many in a message as it holds; no block is parted that fits into one."""
    messages: list[str] = []
    current = ""
    for block in _small(blocks, limit_bytes):
        joined = current + block.glue + block.text if current else block.text.lstrip("\n")
        if n_bytes(joined) <= limit_bytes:
            current = joined
        else:
            messages.append(current)
            current = block.text.lstrip("\n")
    return tuple(message for message in (*messages, current) if message)


def _small(blocks: Iterable[Block], limit_bytes: int) -> Iterable[Block]:
    """The blocks, each at most as large as a message: cut at sentences, else pauses, else anywhere."""
    for block in blocks:
        if n_bytes(block.text) <= limit_bytes:
            yield block
            continue
        pieces = [block.text]
        for border in (_SENTENCE_ENDS, _PAUSES):
            pieces = [
                part
                for piece in pieces
                for part in (border.split(piece) if n_bytes(piece) > limit_bytes else [piece])
            ]
        cut = (part for piece in pieces for part in _chopped(piece, limit_bytes))
        for number, part in enumerate(part for part in cut if part):
            yield Block(part, "" if number else block.glue)


def _chopped(piece: str, limit_bytes: int) -> Iterable[str]:
    """A text without borders, cut between characters and never within a label."""
    current = ""
    for token in _LABEL_OR_CHARACTER.findall(piece):
        if n_bytes(current + token) > limit_bytes:
            yield current
            current = ""
        current += token
    yield current


def _start(text: str, room: int) -> str:
    """As much of a text as has room, in whole characters."""
    return text.encode("utf-8")[:room].decode("utf-8", "ignore")


def short_labels(labels: Sequence[str]) -> tuple[str, ...]:
    """Labels for buttons: without the city or county that all of them share."""
    pairs = zip(min(labels, default=""), max(labels, default=""), strict=False)
    prefix = "".join(a for a, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    are_places = len(labels) > 1 and all(map(_PLACE_ENDS.search, labels))
    shared = _LEVEL_ENDS.match(prefix) if are_places else None
    return tuple(label[shared.end() :] or label if shared else label for label in labels)
