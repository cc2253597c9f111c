"""The wire form of who is responsible: holders' cards and the responsibility chain."""

from __future__ import annotations

from dataclasses import asdict

from pydantic import BaseModel

from assistant.compose.cards import office_name, office_words, parties, phone_href, role_words
from assistant.compose.chain import Rung
from assistant.model import Holder


class PartyOut(BaseModel):
    """One body in the holder's card and what it does there, in plain words."""

    name: str
    part: str


class HolderOut(BaseModel):
    """Who is responsible; `words` and `parties` say the role as people speak."""

    body: str
    office: str
    office_from: str
    role: str
    principal: str
    place: str
    item_id: str
    words: str
    office_name: str
    office_words: str
    phone: str
    phone_href: str
    complaint_phone: str
    complaint_phone_href: str
    address: str
    parties: list[PartyOut]

    @classmethod
    def from_holder(cls, holder: Holder) -> HolderOut:
        """The wire form of a holder."""
        return cls(
            body=holder.body,
            office=holder.office,
            office_from=holder.office_from,
            role=holder.role.value,
            principal=holder.principal,
            place=holder.place,
            item_id=holder.item_id,
            words=role_words(holder),
            office_name=office_name(holder),
            office_words=office_words(holder),
            phone=holder.phone,
            phone_href=phone_href(holder.phone),
            complaint_phone=holder.complaint_phone,
            complaint_phone_href=phone_href(holder.complaint_phone),
            address=holder.address,
            parties=[PartyOut(name=name, part=part) for name, part in parties(holder)],
        )


class RungPartyOut(BaseModel):
    """A body on the chain and what it does there."""

    body: str
    part: str
    weight: str
    name_of: str
    office: str
    office_words: str


class RungOut(BaseModel):
    """A level of the responsibility chain."""

    level: str
    place: str
    parties: list[RungPartyOut]

    @classmethod
    def from_rung(cls, rung: Rung) -> RungOut:
        """The wire form of a rung."""
        parties = [RungPartyOut(**asdict(party)) for party in rung.parties]
        return cls(level=rung.level, place=rung.place, parties=parties)
