"""The online flow: question → screen → understand → decide → compose → phrase, checked."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import cached_property
from itertools import islice
from pathlib import Path

from assistant.compose.answer import compose
from assistant.conversation.store import (
    Conversations,
    InMemoryConversations,
    new_conversation_id,
)
from assistant.conversation.turns import Turn, home_of, resume, turn_of
from assistant.corpus import Corpus
from assistant.decide import Decider
from assistant.guard.answers import refusal, warned
from assistant.guard.masking import without_personal
from assistant.guard.papers import cleaned
from assistant.guard.screen import Verdict, screen, warning
from assistant.holdings import Holdings
from assistant.model import Answer, Candidate, Option, Phrasing, Query, Question, Segment, Status
from assistant.phrase.phraser import Phraser
from assistant.phrase.rewording import Rewording
from assistant.resolve.findings import Resolution
from assistant.retrieve.rerank import Reranker
from assistant.retrieve.retriever import ALL, RetrievalOptions, Retriever
from assistant.understand import Names, locate
from index.documents import Document
from index.model import Clause, DutyItem, Level, Place, PowerKind, SourceDocument

# One names a place as if mistyped, one a matter of every county.
_FIRST_QUESTIONS = ("无名镇归谁管", "低保去哪里申请")
# A model may help with understanding only where the rules found nothing to say.
_UNSURE = frozenset({Status.NO_EVIDENCE, Status.OUT_OF_SCOPE})
_SURE = frozenset({Status.ANSWERED, Status.CLARIFY})
_EXAMPLES = 6
# What a follow-up leans on is said in the last few turns; each costs as much as a question.
_REPLAYED = 6
# Some of what is found is of another edition than the day's.
_FOUND_FOR_EACH = 4
_EXAMPLE_LENGTH = range(5, 22)
_TAIL = re.compile(r"[（(：].*$")


class Assistant:
    """Answers questions from one corpus version. Safe to share between threads."""

    def __init__(
        self,
        corpus: Corpus,
        today: Callable[[], date] = date.today,
        conversations: Conversations | None = None,
        *,
        options: RetrievalOptions = ALL,
        reranker: Reranker | None = None,
        phraser: Phraser | None = None,
    ) -> None:
        self.corpus = self._corpus = corpus
        self.phraser = phraser
        self._today = today
        self._names = Names(
            corpus.gazetteer, corpus.catalog.institutions(), corpus.catalog.offices()
        )
        self._conversations = conversations or InMemoryConversations()
        self._retriever = Retriever(corpus, options, reranker=reranker)
        self._decider = Decider(corpus, self._retriever)

    @property
    def corpus_version(self) -> str:
        """Name of the corpus version in service."""
        return self._corpus.version

    def answer(self, question: Question) -> Answer:
        """Answer one question."""
        *_, last = self.stream(question)
        assert isinstance(last, Answer), "a stream ends with its answer"
        return last

    def stream(self, question: Question) -> Iterator[Segment | Answer]:
        """Each sentence as soon as it is checked, then the answer, whose segments are the truth."""
        since = time.monotonic()
        answer = self._plain(question, since)
        if self.phraser is None or question.at_once:
            yield from answer.segments
            yield answer
        else:
            yield from _phrased(answer, self.phraser.stream(question.text, answer, since=since))

    def phrase(self, question: Question, answer: Answer) -> Answer | None:
        """An answer that went out at once in a model's words; None without a model."""
        if self.phraser is None:
            return None
        *_, last = _phrased(answer, self.phraser.stream(question.text, answer))
        return last if isinstance(last, Answer) else None

    def _plain(self, question: Question, since: float) -> Answer:
        """The answer in deterministic words, to a question that came at a monotonic moment."""
        clock = _Clock()
        if verdict := screen(question.text):
            return self._refused(question, verdict, clock)
        asked = replace(question, text=self._impersonal(question.text))
        clock.lap("screen")
        previous = self._conversations.find(asked.conversation_id) or self._replayed(asked)
        query = resume(previous, asked, self._names, today=self._today())
        clock.lap("understand")
        resolution = self._decider.decide(query)
        clock.lap("retrieve_and_decide")
        if self.phraser and not asked.at_once and resolution.status in _UNSURE:
            rewording = self.phraser.rewording(since)
            query, resolution = self._reworded(rewording, query, resolution, asked, previous)
            clock.lap("reword")
        found = compose(query, resolution, self._corpus.sources, self._history(query, resolution))
        answer = warned(cleaned(found), warning(question.text))
        clock.lap("compose")
        conversation_id = (previous and asked.conversation_id) or new_conversation_id()
        self._conversations.keep(conversation_id, turn_of(query, answer, home_of(previous, asked)))
        answer = replace(answer, conversation_id=conversation_id)
        return self._finish(answer, asked, query, resolution, clock)

    def _impersonal(self, text: str) -> str:
        """A question without personal data; a place's code, with which a choice is made, is none."""
        return text if self._corpus.gazetteer.get(text.strip()) else without_personal(text)

    def _reworded(
        self,
        rewording: Rewording,
        query: Query,
        found: Resolution,
        asked: Question,
        previous: Turn | None,
    ) -> tuple[Query, Resolution]:
        """With a model's help where nothing sure was found; the rules decide on what it says."""
        if previous and previous.query.matter:
            home = home_of(previous, asked)
            if whole := rewording.whole_question(asked.text, previous.query):
                again = self.understand(replace(asked, text=whole, place=home))
                resolved = self._decider.decide(again)
                if resolved.status in _SURE:
                    return again, resolved
        if not query.matter or not found.nearby:
            return query, found
        meant = (
            self._decider.decide(replace(query, matter=term, text=term))
            for term in rewording.official_terms(query.matter)
        )
        names = dict.fromkeys(r.matter for r in meant if r.status is Status.ANSWERED)
        matters = tuple(Option(name, name) for name in names)
        if not matters:
            return query, found
        return query, replace(found, status=Status.CLARIFY, matter=query.matter, matters=matters)

    def find(self, question: Question, *, k: int) -> tuple[Candidate, ...]:
        """The k records nearest to a question at its place and on its day, best first."""
        query = self.understand(question)
        if query.unloaded_place:
            return ()
        chains = (self._corpus.gazetteer.chain(place.code) for place in query.places)
        codes = tuple(dict.fromkeys(place.code for chain in chains for place in chain))
        query = replace(query, matter=query.matter or query.text)
        found = self._retriever.retrieve(query, codes, k=_FOUND_FOR_EACH * k)
        in_force = (c for c in found.candidates if self._corpus.counts(c.record, query.as_of))
        return tuple(islice(in_force, k))

    def _replayed(self, question: Question) -> Turn | None:
        """The turn before, read again from the earlier questions that came with this one."""
        turn = None
        for text in question.earlier[-_REPLAYED:]:
            if screen(text):
                continue
            asked = replace(question, text=self._impersonal(text), earlier=())
            query = resume(turn, asked, self._names, today=self._today())
            found = self._decider.decide(query)
            answer = compose(query, found, self._corpus.sources, self._history(query, found))
            turn = turn_of(query, answer, home_of(turn, asked))
        return turn

    def understand(self, question: Question) -> Query:
        """What a question was understood as, by itself."""
        return resume(None, question, self._names, today=self._today())

    def warm_up(self) -> None:
        """Read now what the first questions would wait for: names by sound, words, vectors."""
        for text in _FIRST_QUESTIONS:
            self._decider.decide(self.understand(Question(text)))

    def places(self) -> tuple[Place, ...]:
        """Loaded places that some paper speaks for, top down, and those between them."""
        return self._places

    def locate(self, name: str) -> tuple[Place, ...]:
        """Loaded places that a name, path or code means; several of the same name, none if unknown."""
        loaded = {place.code for place in self.places()}
        return tuple(place for place in locate(name, self._names) if place.code in loaded)

    def examples(self) -> tuple[str, ...]:
        """Matters of the corpus that citizens apply for, worded as questions."""
        return self._examples

    @cached_property
    def _places(self) -> tuple[Place, ...]:
        gazetteer = self._corpus.gazetteer
        covered = {source.place for source in self._corpus.sources.values()}
        shown = {place.code for code in covered for place in gazetteer.chain(code)}
        order = list(Level)
        places = (place for place in gazetteer if place.code in shown)
        return tuple(sorted(places, key=lambda place: (order.index(place.level), place.code)))

    @cached_property
    def _examples(self) -> tuple[str, ...]:
        wanted = {PowerKind.LICENCE, PowerKind.PAYMENT, PowerKind.CONFIRMATION}
        names: dict[str, str] = {}
        for record in self._corpus.catalog.all_records():
            if not isinstance(record, DutyItem) or record.power not in wanted:
                continue
            name = _TAIL.sub("", record.name)
            if len(name) in _EXAMPLE_LENGTH and record.is_answerable:
                names.setdefault(record.body, f"{name}由谁负责？")
            if len(set(names.values())) == _EXAMPLES:
                break
        return tuple(dict.fromkeys(names.values()))[:_EXAMPLES]

    def holdings(self, place: str = "") -> Holdings:
        """How current the papers are that count at a place, or all papers without one."""
        papers = self._corpus.sources.values()
        if not place:
            return Holdings.of(papers)
        counting = {above.code for above in self._corpus.gazetteer.chain(place)}
        return Holdings.of(paper for paper in papers if paper.place in counting)

    def source(self, source_id: str) -> SourceDocument | None:
        """A published paper."""
        return self._corpus.sources.get(source_id)

    def document(self, source_id: str) -> Document:
        """What the reader read of a paper."""
        return self._corpus.document(source_id)

    def record(self, record_id: str) -> DutyItem | Clause | None:
        """A list row or a clause."""
        return self._corpus.catalog.record(record_id)

    def original(self, source_id: str) -> Path | None:
        """The published file itself."""
        return self._corpus.original(source_id)

    def _refused(self, question: Question, verdict: Verdict, clock: _Clock) -> Answer:
        """A conversation goes on as if the question had not been asked."""
        clock.lap("screen")
        is_known = self._conversations.find(question.conversation_id) is not None
        return replace(
            refusal(verdict),
            conversation_id=question.conversation_id if is_known else new_conversation_id(),
            corpus_version=self._corpus.version,
            timings_ms=clock.timings(),
            working={"rules": [f"守卫：{verdict.family}"]} if question.explain else {},
        )

    def _history(self, query: Query, found: Resolution) -> dict[str, Clause]:
        """The clauses that say what became of bodies and places called by old names."""
        changes = (step for ruling in found.rulings for step in ruling.changes)
        reforms = {*query.old_names, *query.old_places, *changes, *found.reforms}
        clauses = (self.record(reform.clause_id) for reform in reforms)
        return {clause.id: clause for clause in clauses if isinstance(clause, Clause)}

    def _line(self, query: Query) -> tuple[Place, ...]:
        """The one place asked about and those above it, top down."""
        if len(query.places) != 1:
            return ()
        return tuple(reversed(self._corpus.gazetteer.chain(query.places[0].code)))

    def _finish(
        self,
        answer: Answer,
        question: Question,
        query: Query,
        found: Resolution,
        clock: _Clock,
    ) -> Answer:
        understood = {
            "place": "、".join(place.full_name for place in query.places),
            "as_of": query.as_of.isoformat(),
            "intent": query.intent.value,
            "matter": query.matter,
        }
        working = {
            "query": understood | {"bodies": list(query.bodies)},
            "candidates": [
                {"id": c.record.id, "score": round(c.score, 4), **c.stages}
                for c in found.candidates[:10]
            ],
            "rules": [found.rule, *(ruling.rule for ruling in found.rulings)],
        }
        return replace(
            answer,
            understood=understood,
            line=self._line(query),
            corpus_version=self._corpus.version,
            timings_ms=clock.timings(),
            working=working if question.explain else {},
        )


def _phrased(answer: Answer, parts: Iterable[Segment | Phrasing]) -> Iterator[Segment | Answer]:
    """The sentences of a phraser as they come, then the answer that they make up."""
    start = time.perf_counter()
    segments: list[Segment] = []
    phrasing = Phrasing()
    for part in parts:
        if isinstance(part, Phrasing):
            phrasing = part
        else:
            segments.append(part)
            yield part
    ms = round((time.perf_counter() - start) * 1000, 2)
    timings = {**answer.timings_ms, "phrase": ms}
    timings["total"] = round(timings.get("total", 0.0) + ms, 2)
    yield replace(answer, segments=tuple(segments), phrasing=phrasing, timings_ms=timings)


class _Clock:
    """Milliseconds of each stage."""

    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self._laps[stage] = round((now - self._last) * 1000, 2)
        self._last = now

    def timings(self) -> dict[str, float]:
        return {**self._laps, "total": round((time.perf_counter() - self._start) * 1000, 2)}
