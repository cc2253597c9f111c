"""A query → its wording: official terms from the lexicon, and what the person wishes."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, field

import numpy as np

from assistant.model import Query
from index.encoder import Vectors
from index.lexicon import Entry, Lexicon, Wish

# The entries nearest in meaning that may stand for a question; the right one is nearly always first.
_NEAREST = 3
# A phrase found word for word is worth this much nearness; E5 parts neighbours by about as much.
_EXACT = 0.02
# How fast an entry's weight falls with its distance from the nearest one, in cosines.
_TEMPERATURE = 0.01
# The entries that say who is usually responsible for matters like this one.
_AROUND = 8
# Below, an entry's usual wish and body say nothing about this question.
_CLEAR = 0.4

# Plain statements of a wish, stronger than what a lexicon entry usually means.
_COMPLAINS = re.compile(
    r"举报|投诉|处罚|罚|没收|吊销|查扣|查处|查封|取缔|违法|违规|谁来?(?:管管|查)|没人管|能(?:查|管)他"
)
_APPLIES = re.compile(
    r"申请|审批|批准|许可|备案|登记|发证|办(?:理|个|张|证)|手续|谁(?:来)?(?:批|审)|"
    r"证(?:在?哪|去哪|到哪|找谁|归谁|谁|怎么)|补(?:助|贴)|津贴|救助|报销|认定|鉴定|领|"
    r"(?:想|要|打算|准备)(?:办|开|建|搞|修|盖|买|卖|拉|砍|占|挖|养|成立|设)"
)
# Weaker: words for what annoys people.
_ANNOYED = re.compile(
    r"偷|乱|没有?(?:证|批|手续)|无证|污染|噪[声音]|扰民|吵|臭|占道|违建|拖欠|欠薪|假|黑|脏|骗|坑|"
    r"虚报|不给|不让|私自|检查|监管|有人|有家|半夜|随便|到处|满地|一地|冒用|假冒|以次充好|"
    r"拖着|赖账|扣着|逼着?|打骂|虐待|欺负|坐地起价|乱要|短斤缺两|缺斤|过期|变质|漫天|一路都是"
)
_REWARD = re.compile(r"奖")


@dataclass(frozen=True, slots=True)
class Reading:
    """A lexicon entry that a question may mean.

    `weight` is its share among the question's readings; `nearness` its cosine, without an encoder
    how alike the words are; `is_exact` that one of its phrases stands in the question.
    """

    entry: Entry
    weight: float
    nearness: float
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Wording:
    """How lists would say what was asked: readings, the likeliest first, and the wish.

    `around` holds the usual bodies of the nearest entries with each entry's share. `says` is how
    near each entry's nearest plain phrase is: float32, (n_entries,), None without an encoder.
    """

    matter: str
    readings: tuple[Reading, ...] = ()
    wish: Wish | None = None
    wants_reward: bool = False
    around: tuple[tuple[tuple[str, ...], float], ...] = ()
    says: Vectors | None = field(default=None, compare=False)

    @property
    def is_official(self) -> bool:
        """True if the question itself uses a list's words: then it needs no translation."""
        terms = (term for reading in self.readings for term in reading.entry.terms)
        return any(term in self.matter for term in terms)

    @property
    def bodies(self) -> tuple[str, ...]:
        """Parts of names of the bodies usually responsible for what is clearly meant."""
        clear = (r.entry.bodies for r in self.readings if r.weight >= _CLEAR)
        return tuple(dict.fromkeys(body for bodies in clear for body in bodies))

    @property
    def official(self) -> tuple[str, ...]:
        """The official terms of what is said word for word."""
        said = (r.entry.terms for r in self.readings if r.is_exact and r.weight >= _CLEAR)
        return tuple(dict.fromkeys(term for terms in said for term in terms))


@dataclass(frozen=True, slots=True)
class Nearby:
    """How near a question is to each entry of the lexicon, in its order: float32, (n_entries,).

    `nearness` is 0 of an entry that is not near at all; `shared` is added to it where entries are
    ranked, for words that they share with the question; `says` see `Wording`.
    """

    entries: Sequence[Entry]
    nearness: Vectors
    shared: Vectors
    says: Vectors | None = None

    @property
    def rank(self) -> Vectors:
        """What entries are ranked by."""
        return np.where(self.nearness > 0, self.nearness + self.shared, 0)

    def nearest(self, k: int) -> list[int]:
        """The k entries nearest, without those that are not near at all."""
        ranked = np.argsort(-self.rank, kind="stable")[:k]
        return [int(i) for i in ranked if self.nearness[i] > 0]


def word(query: Query, lexicon: Lexicon | None, nearby: Nearby | None = None) -> Wording:
    """The wording of a query; without a lexicon only its wish is read.

    Args:
        query: The question understood.
        lexicon: The entries' phrases, to be found word for word.
        nearby: The same entries, and how near the question is to them; without, only phrases found
            word for word count.
    """
    exact = [match.entry for match in lexicon.match(query.matter)] if lexicon else []
    found = {entry.origin for entry in exact}
    nearest = nearby.nearest(_AROUND) if nearby else []
    readings = _by_words(exact) if nearby is None else _by_nearness(found, nearest, nearby)
    said = query.text or query.matter
    usual = [r.entry.wish for r in readings if r.weight >= _CLEAR and r.entry.wish]
    wish, is_reward = _wish(said, usual), bool(_REWARD.search(said))
    if nearby is None:
        around = tuple((r.entry.bodies, r.weight) for r in readings)
        return Wording(query.matter, readings, wish, is_reward, around)
    around = _around(found, nearest, nearby)
    return Wording(query.matter, readings, wish, is_reward, around, nearby.says)


def _around(
    found: Set[str], chosen: Sequence[int], nearby: Nearby
) -> tuple[tuple[tuple[str, ...], float], ...]:
    """The bodies of the nearest entries, weighed by nearness."""
    if not chosen:
        return ()
    said = [_EXACT if nearby.entries[i].origin in found else 0.0 for i in chosen]
    weights = _shares(nearby.rank[chosen] + np.array(said))
    return tuple((nearby.entries[i].bodies, float(w)) for i, w in zip(chosen, weights, strict=True))


def _shares(scores: Vectors) -> Vectors:
    """Scores as shares that add up to 1."""
    weights: Vectors = np.exp((scores - scores.max()) / _TEMPERATURE)
    return np.asarray(weights / weights.sum())


def _by_words(exact: Sequence[Entry]) -> tuple[Reading, ...]:
    return tuple(Reading(entry, 1 / len(exact), 0.0, True) for entry in exact)


def _by_nearness(found: Set[str], nearest: Sequence[int], nearby: Nearby) -> tuple[Reading, ...]:
    """The nearest entries and those said word for word, weighed by nearness."""
    entries = nearby.entries
    said = [i for i, entry in enumerate(entries) if entry.origin in found] if found else []
    chosen = list(dict.fromkeys([*nearest[:_NEAREST], *said]))
    if not chosen:
        return ()
    rank = nearby.rank
    scores = np.array([rank[i] + (_EXACT if entries[i].origin in found else 0.0) for i in chosen])
    weights = _shares(scores)
    readings = [
        Reading(entries[i], float(weight), float(nearby.nearness[i]), entries[i].origin in found)
        for i, weight in zip(chosen, weights, strict=True)
    ]
    return tuple(sorted(readings, key=lambda reading: -reading.weight))


def _wish(said: str, usual: list[Wish]) -> Wish | None:
    """What the words say plainly, else what the lexicon's entries mean, else a tone."""
    if _COMPLAINS.search(said):
        return Wish.COMPLAIN
    if _APPLIES.search(said):
        return Wish.APPLY
    if usual:
        return usual[0]
    return Wish.COMPLAIN if _ANNOYED.search(said) else None
