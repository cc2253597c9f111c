"""What one corpus calls its places, bodies and offices: built once, asked for each question."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cached_property

from assistant.understand.sounds import SoundIndex
from index.gazetteer import Gazetteer, national_cities, national_names, short_name
from index.institutions.graph import Institutions
from index.institutions.names import everyday_names
from index.institutions.naming import government_at
from index.model import Place
from index.phrases import PhraseIndex

_BRACKETS = re.compile(r"\([^()]*\)")
_SHORTEST_OFFICE = 4
_OFFICE, _OFFICE_CUT = "办公室", "办"
# Short names of prefectures that are everyday words as well.
_EVERYDAY_WORDS = frozenset({"来宾", "日照", "白银", "安康", "中卫", "大同", "平凉"})


class Names:
    """Everything that a question may call by name."""

    def __init__(
        self, gazetteer: Gazetteer, institutions: Institutions, offices: Iterable[str] = ()
    ) -> None:
        self.gazetteer = gazetteer
        self.institutions = institutions
        self._offices = frozenset(_office_names(offices))
        self.offices = PhraseIndex(self._offices)

    def chain_codes(self, place: Place) -> frozenset[str]:
        """Codes of a place and all above it."""
        return frozenset(upper.code for upper in self.gazetteer.chain(place.code))

    def government(self, town: Place) -> str:
        """Full name of the government of a township."""
        return government_at(town, self.gazetteer)

    def papers_names(self, body: str) -> tuple[str, ...]:
        """The names that papers use for a body: with and without its plate in brackets."""
        known = self.institutions.get(body)
        written = known.names if known else ()
        return tuple(dict.fromkeys((body, *(name for name in written if name.startswith(body)))))

    @cached_property
    def place_sounds(self) -> SoundIndex:
        """Places by how they sound, for mistyped ones; made when the first is met."""
        return SoundIndex(name for place in self.gazetteer for name in (place.name, *place.aliases))

    @cached_property
    def body_sounds(self) -> SoundIndex:
        """Bodies and offices by how they sound, their places left out."""
        own = (body.own for body in self.institutions)
        return SoundIndex({*own, *everyday_names(), *self._offices})

    @cached_property
    def everyday(self) -> PhraseIndex:
        """Names of kinds of bodies, in daily use and formal, whether or not any is loaded."""
        return PhraseIndex({*everyday_names(), *everyday_names().values()})

    @cached_property
    def unloaded(self) -> PhraseIndex:
        """Names of the national standard's divisions that the corpus has no papers of."""
        return PhraseIndex(name for name in national_names() if not self.gazetteer.named(name))

    @cached_property
    def unloaded_short(self) -> PhraseIndex:
        """Short names of provinces and prefectures without papers here: 杭州, 河南."""
        short = {short_name(name) for name in national_cities()} - _EVERYDAY_WORDS
        return PhraseIndex(name for name in short if not self.gazetteer.named(name))


def _office_names(offices: Iterable[str]) -> Iterable[str]:
    """Offices as written, and as people cut them: 社会事务办."""
    for office in offices:
        written = "".join(unicodedata.normalize("NFKC", office).split())
        for name in {written, _BRACKETS.sub("", written)}:
            if len(name) >= _SHORTEST_OFFICE:
                yield name
            if name.endswith(_OFFICE) and len(name) > len(_OFFICE) + 1:
                yield name.removesuffix(_OFFICE) + _OFFICE_CUT
