"""What each part of retrieval is worth: the same questions with parts switched off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.corpus import Corpus
from assistant.evaluation.cases import Case
from assistant.evaluation.judge import Outcome, evaluate
from assistant.evaluation.report import Group
from assistant.pipeline import Assistant
from assistant.retrieve.rerank import Reranker
from assistant.retrieve.retriever import RetrievalOptions

# Bottom up: each line adds a part to the one before, save the first two, which stand alone.
VARIANTS = (
    ("只按词", RetrievalOptions(dense=False, lexicon=False, rerank=False)),
    ("只按语义", RetrievalOptions(lexical=False, lexicon=False, rerank=False)),
    ("词和语义", RetrievalOptions(lexicon=False, rerank=False)),
    ("加词典", RetrievalOptions(rerank=False)),
)
RERANKED = ("加重排", RetrievalOptions())
WITHOUT_PRIORS = ("加词典，不看类型和地方", RetrievalOptions(priors=False, rerank=False))


def ablate(
    asked: Sequence[tuple[Corpus, Sequence[Case]]], reranker: Reranker | None
) -> Iterator[Group]:
    """One group a variant, over all corpora; the reranker's line only if there is a reranker."""
    last = (RERANKED,) if reranker else ()
    for label, options in (*VARIANTS, WITHOUT_PRIORS, *last):
        outcomes: list[Outcome] = []
        for corpus, cases in asked:
            assistant = Assistant(corpus, options=options, reranker=reranker)
            outcomes += evaluate(assistant, cases)
        yield Group(label, tuple(outcomes))
