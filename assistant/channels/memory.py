"""What is remembered of who asks: place, turn, tickets, deliveries; never who it is."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import asdict, dataclass

from assistant.channels.message import Messages, Reply
from assistant.state.notes import Notes

# A person who comes back within a year is still at home where she was.
_PLACE_S = 400 * 86_400
# As long as a person may scroll back to the number that was offered.
_TICKET_S = 24 * 3600
_TICKET_DIGITS = 4
# Enough to tell a clerk what it is about; older questions were of something else.
_MOST_ASKED = 3


@dataclass(frozen=True, slots=True)
class Home:
    """The place a person named: its code and full name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Talk:
    """The turn before, for follow-ups and for handing over.

    `asked` are the last questions of one `matter`, masked; `found` and `sources` what was answered, `place` where.
    `choosing` are labels and codes of places while the person is asked which one is home.
    """

    conversation: str = ""
    ask: str = ""
    matter: str = ""
    asked: tuple[str, ...] = ()
    place: str = ""
    found: str = ""
    sources: tuple[str, ...] = ()
    choosing: tuple[tuple[str, str], ...] = ()
    wants_place: bool = False

    def with_question(self, question: str, matter: str) -> tuple[str, ...]:
        """The questions to hand over after this one: earlier ones too, if it goes on from them."""
        goes_on = bool(self.ask) or (bool(matter) and matter == self.matter)
        return (*self.asked, question)[-_MOST_ASKED:] if goes_on else (question,)


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person by the name in the notes, with what is remembered of her."""

    who: str
    home: Home | None = None
    talk: Talk = Talk()


class Memory:
    """Notes about the people of all channels, under hashes that nobody can turn round.

    Args:
        notes: Where they are kept.
        key: Secret; without it a hash cannot be tried against known user ids.
        talk_s: Seconds after the last question until a conversation is over.
    """

    def __init__(self, notes: Notes, key: bytes, *, talk_s: float) -> None:
        self._notes = notes
        self._key = key
        self._talk_s = talk_s

    def who(self, channel: str, user: str) -> str:
        """A person's name in the notes."""
        return hmac.new(self._key, f"{channel}\n{user}".encode(), hashlib.sha256).hexdigest()[:32]

    def recall(self, who: str) -> Visitor:
        """All that is remembered of a person."""
        found = self._notes.find_all((f"home:{who}", f"talk:{who}"))
        home, talk = found.get(f"home:{who}"), found.get(f"talk:{who}")
        return Visitor(who, Home(**json.loads(home)) if home else None, _talk(talk))

    def keep_home(self, who: str, home: Home) -> None:
        """Remember the place until another is named."""
        self._notes.keep(f"home:{who}", json.dumps(asdict(home)), ttl_s=_PLACE_S)

    def keep_talk(self, who: str, talk: Talk) -> None:
        """Remember the turn for the next question."""
        self._notes.keep(f"talk:{who}", json.dumps(asdict(talk)), ttl_s=self._talk_s)

    def forget_talk(self, who: str) -> None:
        """Start anew."""
        self._notes.forget(f"talk:{who}")

    def forget(self, who: str) -> None:
        """Forget the person."""
        self._notes.forget(f"home:{who}")
        self._notes.forget(f"talk:{who}")

    def new_ticket(self, who: str, messages: Messages = ()) -> str:
        """A number to fetch something by; without messages it is still being made."""
        while True:
            number = (
                f"{secrets.randbelow(9 * 10 ** (_TICKET_DIGITS - 1)) + 10 ** (_TICKET_DIGITS - 1)}"
            )
            if self._notes.claim(_ticket(who, number), json.dumps(messages), ttl_s=_TICKET_S):
                return number

    def fill_ticket(self, who: str, number: str, messages: Messages) -> None:
        """What the number fetches from now on."""
        self._notes.keep(_ticket(who, number), json.dumps(messages), ttl_s=_TICKET_S)

    def ticket(self, who: str, number: str) -> Messages | None:
        """What a number fetches: nothing yet if empty; None if the person was given no such number."""
        found = self._notes.find(_ticket(who, number))
        return None if found is None else tuple(json.loads(found))

    def claim_delivery(self, channel: str, message_id: str, *, keep_s: int) -> bool:
        """True for the first delivery of a message."""
        return self._notes.claim(_delivery(channel, message_id), ttl_s=keep_s)

    def keep_reply(self, channel: str, message_id: str, reply: Reply, *, keep_s: int) -> None:
        """Remember what was said to a message."""
        said = json.dumps([reply.messages, reply.card, reply.choices])
        self._notes.keep(_delivery(channel, message_id), said, ttl_s=keep_s)

    def reply(self, channel: str, message_id: str) -> Reply | None:
        """What was said to a message before; None while it is still being answered."""
        if not (said := self._notes.find(_delivery(channel, message_id))):
            return None
        messages, card, choices = json.loads(said)
        return Reply(tuple(messages), card, tuple(choices))


def _talk(written: str | None) -> Talk:
    if not written:
        return Talk()
    talk = json.loads(written)
    for name in ("asked", "sources"):
        talk[name] = tuple(talk[name])
    talk["choosing"] = tuple((label, code) for label, code in talk["choosing"])
    return Talk(**talk)


def _ticket(who: str, number: str) -> str:
    return f"ticket:{who}:{number}"


def _delivery(channel: str, message_id: str) -> str:
    return f"delivery:{channel}:{hashlib.sha256(message_id.encode()).hexdigest()[:32]}"
