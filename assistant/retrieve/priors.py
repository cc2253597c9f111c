"""What a question's wish, body and place say about which kind of record answers it."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from assistant.model import Intent, Query
from assistant.retrieve.wording import Wording
from index.extract.bases import bases_of
from index.laws import law_key
from index.lexicon import Wish
from index.matters import Act, acts
from index.model import Clause, DutyItem, PowerKind

# Who wants something done is not looking for a penalty; three quarters of all rows are penalties.
_GRANTS = 0.15
# Who complains is rather answered by a penalty; the permit of the same name stays in reach.
_PUNISHES = 0.05
# A body named in the question: its rows come first, others stay in reach.
_BODY = 0.3
# The kind of body that the lexicon holds responsible: no more, for lists differ from county to county.
# Of 504 plain questions 31 had another body's row first with 0.05, 22 with 0.1, as with more.
_USUAL_BODY = 0.1
# Asked at a township, its own papers come first where they are as near; whose step it is among rows
# of one matter is for the rules. With 0.05 its row of a like matter outdid the county's right one.
_OWN_PLACE = 0.03
# Applying and deciding are often two bodies' steps of one matter, in rows of like names.
_OTHER_STEP = -0.12
# A penalty for a thing left lying is no answer to who takes it away.
_NO_SERVICE = -0.15
# A clause of a 三定 speaks of many things at once; at equal score the list row is the answer.
_CLAUSE = -0.1
# A row of one kind of area is narrower than a question that does not speak of it: who asks of
# 村里违建 does not mean 在河道管理范围内违法建设, though the words are alike.
_NARROWER = -0.08
# Rows that rest on the law that is named, and on the very article, come before others as near.
_LAW, _ARTICLE = 0.1, 0.1
# How far below the best a record's text may be and still come first: on 740 questions 0.22 at most.
_REACH = 0.3

_INTAKE = frozenset({Act.RECEIVE, Act.PRELIMINARY})
_ASKS_DECISION = re.compile(r"审定|审批|审核确认|确认|批准|最后|最终|拍板|谁(?:来)?批")
_ASKS_INTAKE = re.compile(
    r"(?:去|在|到|向|上|找|跟|给)(?:哪|谁|什么)[^，。]{0,6}(?:申请|受理|交|报名)|受理|初审|申请(?:材料)?(?:交|递|送)"
)
_PUNISHING = frozenset({PowerKind.PENALTY, PowerKind.INSPECTION, PowerKind.COERCION})
# An act that the question itself names is what it asks for.
_ACT_OF = {
    PowerKind.PENALTY: Act.PUNISH,
    PowerKind.INSPECTION: Act.INSPECT,
    PowerKind.COERCION: Act.COERCE,
}
_GRANTING = frozenset(
    {
        Act.RECEIVE,
        Act.PRELIMINARY,
        Act.DECIDE,
        Act.FILE,
        Act.REGISTER,
        Act.PAY,
        Act.RULE,
        Act.MEDIATE,
    }
)
_PUTS_DOWN = re.compile(r"查处|整治|取缔|制止|违法行为")
_WATCHES = re.compile(r"监督|监管")
# Somebody is to come and do it; nobody is to be fined.
_ASKS_SERVICE = re.compile(r"[收拉运清抬拖搬]走|来(?:收|拉|运|清理|处理)|收(?:集|运)|清运|上门")
_WITHIN = re.compile(
    r"在(?P<where>[^，。；、,]{2,8}?)(?:管理范围|保护范围|控制地带|保护区|区域|范围|区)内"
)
# Readings of a question that may tell of which area it speaks.
_LIKELY = 0.2
_ANY_AREA = frozenset("管理保护控制规划禁止限定划建设用地的和或者及、")
_ABOUT_MATTERS = frozenset(
    {
        Intent.WHO_HANDLES,
        Intent.WHO_ELSE,
        Intent.LEGAL_BASIS,
        Intent.BOUNDARY,
        Intent.DELEGATION,
    }
)


@lru_cache(maxsize=65_536)
def implied_power(name: str) -> PowerKind | None:
    """The kind of power of a row whose paper names none, if its name punishes or watches over.

    Townships' lists and catalogs seldom have the column: 对…的处罚 is no grant for want of it.
    """
    done = acts(name)
    if done & _GRANTING:
        return None
    if Act.PUNISH in done or _PUTS_DOWN.search(name):
        return PowerKind.PENALTY
    if Act.COERCE in done:
        return PowerKind.COERCION
    return PowerKind.INSPECTION if Act.INSPECT in done or _WATCHES.search(name) else None


@lru_cache(maxsize=65_536)
def _area(name: str) -> frozenset[str]:
    """The characters that say within which area a row's matter lies: 在河道管理范围内 → 河道."""
    match = _WITHIN.search(name)
    return frozenset(match["where"]) - _ANY_AREA if match else frozenset()


class Prior:
    """What is added to the scores of one question's records, whatever their text."""

    def __init__(self, query: Query, wording: Wording, places: tuple[str, ...]) -> None:
        self._query = query
        self._wording = wording
        self._lowest = places[:1]
        self._usual = wording.bodies
        said = query.text or query.matter
        meant = (r.entry.terms for r in wording.readings if r.weight >= _LIKELY)
        self._said = frozenset(said).union(*(term for terms in meant for term in terms))
        self._asks_decision = bool(_ASKS_DECISION.search(said))
        self._asks_intake = not self._asks_decision and bool(_ASKS_INTAKE.search(said))
        self._asks_service = bool(_ASKS_SERVICE.search(said))
        self._acts = acts(query.matter)
        self._of_parties = cache(self._parties)
        self._of_kind = cache(self._kind)

    @property
    def reach(self) -> float:
        """No record whose text scores this much lower than the best one's is lifted above it."""
        told = (_BODY if self._query.bodies else 0.0) + (
            _LAW + _ARTICLE if self._query.law else 0.0
        )
        return _REACH + told

    def of(self, record: DutyItem | Clause) -> float:
        """By the body, the place and the kind of power of a record."""
        if isinstance(record, Clause):
            return self._of_parties(record.body, "") + _CLAUSE
        power = record.power or implied_power(record.name)
        total = self._of_parties(record.body, record.counterpart) + self._of_kind(power)
        if self._lowest == record.places[:1]:
            total += _OWN_PLACE
        if (area := _area(record.name)) and area.isdisjoint(self._said):
            total += _NARROWER
        return total + self._step(record) + self._basis(record)

    def _step(self, record: DutyItem) -> float:
        """Who is to decide is not who takes the papers in; nor the other way round."""
        if not self._asks_decision and not self._asks_intake:
            return 0.0
        done = acts(record.name)
        takes_in, decides = bool(done & _INTAKE), Act.DECIDE in done
        if self._asks_decision and takes_in and not decides:
            return _OTHER_STEP
        return _OTHER_STEP if self._asks_intake and decides and not takes_in else 0.0

    def _basis(self, record: DutyItem) -> float:
        """按城乡规划法第六十四条谁来罚: which laws and articles a row rests on."""
        law, article = self._query.law, self._query.article
        articles = {b.article for b in bases_of(record) if law_key(b.law) == law} if law else set()
        return _LAW * bool(articles) + _ARTICLE * (bool(article) and article in articles)

    def _parties(self, body: str, counterpart: str) -> float:
        if self._query.bodies:
            parties = {body, counterpart, *body.split("、")}
            return _BODY if parties & set(self._query.bodies) else 0.0
        usual = any(part in body or part in counterpart for part in self._usual)
        return _USUAL_BODY if usual else 0.0

    def _kind(self, power: PowerKind | None) -> float:
        if self._query.power:
            return _GRANTS if power is self._query.power else 0.0
        if self._query.intent not in _ABOUT_MATTERS:
            return 0.0
        if self._wording.wants_reward:
            return _GRANTS if power is PowerKind.REWARD else 0.0
        if self._wording.wish is Wish.COMPLAIN:
            return _PUNISHES if power is PowerKind.PENALTY else 0.0
        if self._asks_service and power is PowerKind.PENALTY:
            return _NO_SERVICE
        is_named = power in _PUNISHING and _ACT_OF[power] in self._acts
        return 0.0 if power in _PUNISHING and not is_named else _GRANTS
