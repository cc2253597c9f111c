"""One turn with one person: a message → what to say, whenever and in how many pieces it is sent."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from assistant.caller import Caller, calling
from assistant.channels import says
from assistant.channels.commands import Command, Order, command_of, here_of, ticket_of
from assistant.channels.layout import Block, card_of, choices_of, sources_of, words_of
from assistant.channels.memory import Home, Memory, Talk, Visitor
from assistant.channels.message import Incoming, Kind, Messages, Way
from assistant.channels.work_order import work_order
from assistant.contract import Assistant
from assistant.conversation.turns import chosen
from assistant.guard.masking import mask
from assistant.model import Answer, Citation, Option, Question
from assistant.understand import plain
from assistant.wire.schemas import MAX_QUESTION, locator_words
from assistant.wire.typed_text import clean
from index.model import Level, Place

log = logging.getLogger(__name__)

_NO_PLACE = "城关镇"


@dataclass(frozen=True, slots=True)
class House:
    """What the operator sets for all channels: the site's address, the hotline, how to mask.

    `too_fast` says of a person (by the name in the notes) that she asks more than is allowed.
    """

    public_url: str = ""
    hotline: str = "12345"
    mask: Callable[[str], str] = mask
    too_fast: Callable[[str], bool] = lambda _: False


@dataclass(frozen=True, slots=True)
class Said:
    """What to say: blocks to be packed, or the messages that a ticket holds.

    `card` and `labels` are the same question back for platforms with buttons. `question` and
    `answer` are there when the assistant spoke, `frame` then what stands before and behind it.
    """

    who: str
    blocks: tuple[Block, ...] = ()
    messages: Messages = ()
    card: str = ""
    labels: tuple[str, ...] = ()
    question: Question | None = None
    answer: Answer | None = None
    frame: tuple[str, str] = ("", "")


class Clerk:
    """Answers people of all channels from one assistant. Safe to share between threads."""

    def __init__(self, assistant: Assistant, memory: Memory, house: House) -> None:
        self._assistant = assistant
        self._memory = memory
        self._house = house

    def turn(self, incoming: Incoming, way: Way) -> Said:
        """Hear a message and say something to it."""
        who = self._memory.who(way.name, incoming.user)
        if incoming.kind is Kind.FAREWELL:
            self._memory.forget(who)
            return Said(who)
        if self._house.too_fast(who):
            return _text(who, says.TOO_FAST)
        if incoming.kind is Kind.WELCOME:
            return _text(who, self._welcome())
        text = str(clean(incoming.text))
        if incoming.kind not in (Kind.TEXT, Kind.VOICE) or (
            incoming.kind is Kind.VOICE and not text
        ):
            examples = self._assistant.examples()
            return _text(who, says.of_kind(incoming.kind, examples, self._example_place()))
        if len(text) > MAX_QUESTION:
            return _text(who, says.TOO_LONG.format(most=MAX_QUESTION))
        said = self._hear(who, text, way)
        if incoming.kind is Kind.VOICE and not said.messages:
            heard = Block(says.HEARD.format(text=way.signs(text)))
            return replace(said, blocks=(heard, *_below(said.blocks)))
        return said

    def _hear(self, who: str, text: str, way: Way) -> Said:
        """A ticket, a command, a place, or else a question."""
        if number := ticket_of(text):
            held = self._memory.ticket(who, number)
            missing = says.NO_TICKET if held is None else says.NOT_READY
            return Said(who, messages=held or (missing.format(ticket=number),))
        visitor = self._memory.recall(who)
        if command := command_of(text):
            return self._obey(visitor, command, way)
        return self._settled(visitor, text, way) or self._ask(visitor, text, way)

    def _obey(self, visitor: Visitor, command: Command, way: Way) -> Said:
        who = visitor.who
        if command.order is Order.HELP:
            return _text(who, self._welcome())
        if command.order is Order.CLERK:
            return self._hand_over(visitor, command.rest, way)
        self._memory.forget(who)
        if command.rest:
            return self._settle(Visitor(who), command.rest, way) or self._unknown(who, command.rest)
        self._memory.keep_talk(who, Talk(wants_place=True))
        return _text(who, says.WHERE.format(example=self._example_place()))

    def _settled(self, visitor: Visitor, text: str, way: Way) -> Said | None:
        """What to say to somebody who says where she is; None if the text says something else."""
        talk = visitor.talk
        waiting = text if talk.ask == "place" else ""
        options = [Option(label, code) for label, code in talk.choosing]
        if option := chosen(options, plain(text)):
            question = option.label if waiting else ""
            return self._settle(visitor, option.value, way, question=question)
        if here := here_of(text):
            return self._settle(visitor, here.place, way, question=here.rest or waiting)
        is_bare = talk.wants_place or not talk.conversation
        return self._settle(visitor, text, way) if is_bare else None

    def _settle(self, visitor: Visitor, name: str, way: Way, *, question: str = "") -> Said | None:
        """Remember a place, or ask which one of several is meant; None for what is no place."""
        places = self._assistant.locate(name)
        if len(places) > 1 and visitor.home:  # of several, the one where she is known to be
            near = tuple(p for p in places if p.full_name.startswith(visitor.home.name))
            places = near or places
        if len(places) > 1:
            return self._which(visitor, name, places, way)
        if not places:
            return None
        home = Home(places[0].code, places[0].full_name)
        self._memory.keep_home(visitor.who, home)
        here = says.HERE.format(place=home.name)
        if question:
            return self._ask(replace(visitor, home=home), question, way, before=here)
        talk = replace(visitor.talk, choosing=(), wants_place=False)
        self._memory.keep_talk(visitor.who, talk)
        return _text(visitor.who, here + says.ASK_NOW)

    def _which(self, visitor: Visitor, name: str, places: Sequence[Place], way: Way) -> Said:
        options = tuple((place.full_name, place.code) for place in places)
        self._memory.keep_talk(visitor.who, replace(visitor.talk, choosing=options))
        labels = tuple(label for label, _ in options)
        ask = says.WHICH.format(name=way.signs(name), n=len(labels))
        return Said(visitor.who, (Block(ask), *choices_of(labels, way)), card=ask, labels=labels)

    def _unknown(self, who: str, name: str) -> Said:
        self._memory.keep_talk(who, Talk(wants_place=True))
        return _text(who, says.UNKNOWN_PLACE.format(name=name, example=self._example_place()))

    def _ask(self, visitor: Visitor, text: str, way: Way, *, before: str = "") -> Said:
        """Ask the assistant, in the light of the turn before and at the person's place."""
        who, talk, home = visitor.who, visitor.talk, visitor.home
        place = home.code if home else ""
        question = Question(text, place, conversation_id=talk.conversation, at_once=True)
        with calling(Caller(way.name, who)):
            answer = self._assistant.answer(question)
        if not answer.text:
            return _text(who, says.FAILED.format(hotline=self._house.hotline))
        after = self._chose_home(visitor, answer)
        self._memory.keep_talk(who, self._talk_after(talk, text, answer))
        said = self.say(who, answer, way, frame=(before, after))
        return replace(said, question=question)

    def say(self, who: str, answer: Answer, way: Way, *, frame: tuple[str, str]) -> Said:
        """An answer as blocks: sentences, choices, sources."""
        before, after = frame
        labels = tuple(o.label for o in answer.clarify.options) if answer.clarify else ()
        words = words_of(answer, way)
        blocks = (
            *(_below(words) if before else words),
            *choices_of(labels, way),
            *sources_of(answer.citations, way, self._house.public_url),
        )
        opening = (Block(before),) if before else ()
        closing = (Block(after, "\n\n"),) if after else ()
        card = card_of(words, labels, way)
        return Said(
            who, (*opening, *blocks, *closing), (), card, labels, answer=answer, frame=frame
        )

    def _chose_home(self, visitor: Visitor, answer: Answer) -> str:
        """Remember the place that was chosen when asked for one, and say so."""
        name, home = answer.understood.get("place", ""), visitor.home
        if visitor.talk.ask != "place" or answer.clarify or not name:
            return ""
        if home and not (name != home.name and name.startswith(home.name)):
            return ""  # asked about elsewhere for once; a place within the known one says more
        places = [place for place in self._assistant.places() if place.full_name == name]
        if len(places) != 1:
            return ""
        self._memory.keep_home(visitor.who, Home(places[0].code, name))
        return says.HERE.format(place=name)

    def _talk_after(self, talk: Talk, text: str, answer: Answer) -> Talk:
        read = answer.understood.get("matter", "")
        matter = self._house.mask(read)
        return Talk(
            conversation=answer.conversation_id,
            ask=answer.clarify.ask if answer.clarify else "",
            matter=matter,
            asked=talk.with_question(self._house.mask(text), matter),
            place=answer.understood.get("place", ""),
            found=answer.text.replace(read, matter) if read else answer.text,
            sources=tuple(_reference(citation) for citation in answer.citations),
        )

    def _hand_over(self, visitor: Visitor, rest: str, way: Way) -> Said:
        """The work order of what was asked before, or of what stands behind the command."""
        who = visitor.who
        if rest:
            self._ask(visitor, rest, way)
            visitor = self._memory.recall(who)
        talk, home = visitor.talk, visitor.home
        if not talk.asked:
            return _text(who, says.NO_MATTER)
        place = home.name if home else ""
        order = work_order(talk, place=place, channel=way.title, at=datetime.now().astimezone())
        opening = Block(says.WORK_ORDER.format(hotline=self._house.hotline))
        signed = [replace(block, text=way.signs(block.text)) for block in order]
        return Said(who, (opening, *signed))

    def _welcome(self) -> str:
        examples = self._assistant.examples()
        return says.welcome(examples, self._example_place(), self._house.hotline)

    def _example_place(self) -> str:
        """A township that people could be in."""
        towns = (p.name for p in self._assistant.places() if p.level is Level.TOWNSHIP)
        return next(towns, _NO_PLACE)


def _text(who: str, text: str) -> Said:
    lines = text.split("\n")
    return Said(who, tuple(Block(line, "\n" if n else "") for n, line in enumerate(lines)))


def _below(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks, the first on a line of its own."""
    first, *others = blocks
    return (replace(first, glue="\n"), *others)


def _reference(citation: Citation) -> str:
    source = citation.source
    return f"[{citation.label}]《{source.title}》{source.document_number} {locator_words(citation.locator)}"
