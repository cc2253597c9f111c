"""Questions that got no answer → entries that a person may add to the lexicon of plain words."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.corpus import Corpus
from assistant.model import Query, Question, Status
from assistant.pipeline import Assistant
from assistant.retrieve.retriever import Retriever
from assistant.retrieve.wording import word
from index.errors import LexiconError
from index.institutions.graph import Institutions
from index.lexicon import Lexicon, Wish
from index.model import DutyItem
from index.words import content_words, is_everyday

# A place without papers and a refusal on purpose are not for want of words.
_UNANSWERED = frozenset({Status.NO_EVIDENCE, Status.OUT_OF_SCOPE})
_TERMS = 3
_SHORTEST = 2
_OFFICE = re.compile(r"(?:委员会|局|办公室|厅|中心|委|办)$")
# Every place has one: it says nothing of the matter.
_GOVERNMENT = re.compile(r"(?:人民政府|办事处)$")


@dataclass(frozen=True, slots=True)
class Term:
    """An official name near to what was asked, the body that holds it, and retrieval's score.

    `field` is what the bodies of this field have in their names (民政), "" for a government.
    """

    name: str
    body: str
    field: str
    score: float


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question without an answer; `words` are its plain ones, which nothing here knows."""

    question: str
    words: tuple[str, ...]
    terms: tuple[Term, ...]
    wish: Wish | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """Questions that share plain words, as an entry: how people say it, how lists may say it."""

    say: tuple[str, ...]
    terms: tuple[Term, ...]
    wish: Wish | None
    questions: tuple[str, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """What the responsible bodies' names contain."""
        return tuple(dict.fromkeys(term.field for term in self.terms if term.field))


class Proposer:
    """Asks the assistant and looks at what it could not answer."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._corpus = assistant.corpus
        self._retriever = Retriever(assistant.corpus)
        self._lexicon = Lexicon(assistant.corpus.entries)
        self._titles = _titles(assistant.corpus)

    def unanswered(self, questions: Iterable[Question]) -> Iterator[Unanswered]:
        """The questions that found nothing, in order."""
        for question in questions:
            if self._assistant.answer(question).status in _UNANSWERED:
                query = self._assistant.understand(question)
                words = tuple(dict.fromkeys(self._plain_words(query.matter)))
                terms = tuple(self._terms(query))
                yield Unanswered(question.text, words, terms, word(query, None).wish)

    def _plain_words(self, matter: str) -> Iterator[str]:
        """Words that no listed name has, no phrase of the lexicon holds, and not everyone uses."""
        known = {position for match in self._lexicon.match(matter) for position in match.at}
        for start, said in content_words(matter):
            is_known = said in self._titles or known.intersection(range(start, start + len(said)))
            if len(said) >= _SHORTEST and not is_known and not is_everyday(said):
                yield said

    def _terms(self, query: Query) -> Iterator[Term]:
        chains = (self._corpus.gazetteer.chain(place.code) for place in query.places[:1])
        places = tuple(place.code for chain in chains for place in chain)
        for candidate in self._retriever.retrieve(query, places).candidates:
            record = candidate.record
            if isinstance(record, DutyItem) and self._corpus.counts(record, query.as_of):
                field = _field(record.body, self._corpus.institutions)
                yield Term(record.name, record.body, field, round(candidate.score, 3))


def propose(unanswered: Iterable[Unanswered]) -> tuple[Proposal, ...]:
    """One proposal for each set of questions that plain words tie together, the largest first."""
    groups: list[list[Unanswered]] = []
    for question in unanswered:
        if question.words:
            tied = [group for group in groups if _is_tied(question, group)]
            groups = [group for group in groups if group not in tied]
            groups.append([*(asked for group in tied for asked in group), question])
    return tuple(map(_proposal, sorted(groups, key=lambda group: -len(group))))


def read_questions(path: Path, place: str = "") -> tuple[Question, ...]:
    """One question a line: plain text, or JSON with `question` and perhaps its own `place`.

    Raises:
        LexiconError: A line cannot be read; names file and line.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise LexiconError(f"{path}：读不出（{exc}）。请用 UTF-8 的文本或 JSONL。") from exc
    numbered = ((n, line.strip()) for n, line in enumerate(lines, start=1))
    return tuple(_question(line, f"{path.name}:{n}", place) for n, line in numbered if line)


def _question(line: str, origin: str, place: str) -> Question:
    if not line.startswith("{"):
        return Question(line, place)
    try:
        values = json.loads(line)
    except ValueError as exc:
        raise LexiconError(f"{origin}：不是一行完整的 JSON。") from exc
    asked, own = values.get("question"), values.get("place") or place
    if not isinstance(asked, str) or not asked.strip() or not isinstance(own, str):
        raise LexiconError(f"{origin}：要有文字的 question，place 也要是文字。")
    return Question(asked, own)


def _is_tied(question: Unanswered, group: Sequence[Unanswered]) -> bool:
    return any(set(question.words) & set(asked.words) for asked in group)


def _proposal(group: Sequence[Unanswered]) -> Proposal:
    words = Counter(said for asked in group for said in asked.words)
    best: dict[str, Term] = {}
    for term in sorted((t for asked in group for t in asked.terms), key=lambda t: -t.score):
        best.setdefault(term.name, term)
    wishes = {asked.wish for asked in group}
    return Proposal(
        say=tuple(said for said, _ in words.most_common()),
        terms=tuple(best.values())[:_TERMS],
        wish=wishes.pop() if len(wishes) == 1 else None,
        questions=tuple(dict.fromkeys(asked.question for asked in group)),
    )


def _titles(corpus: Corpus) -> str:
    """All listed names in one text, to look words up in."""
    items = (record for record in corpus.catalog.all_records() if isinstance(record, DutyItem))
    names = (text for item in items for text in (item.name, item.sub_item) if text)
    return "\n".join(dict.fromkeys(names))


def _field(body: str, institutions: Institutions) -> str:
    known = institutions.get(body)
    own = known.own if known else body
    return "" if _GOVERNMENT.search(own) else _OFFICE.sub("", own)
