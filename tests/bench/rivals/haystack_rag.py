"""Haystack's hybrid pipeline: document splitter, in-memory store, BM25 and embeddings joined by RRF."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import rjieba
from bench.rivals.model import Found, SharedEncoder, Text
from haystack import Document, Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.preprocessors import DocumentSplitter
from haystack.components.retrievers import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore

_WORDS, _OVERLAP = 200, 20  # its defaults; words are jieba's, for Chinese has no blanks


class Haystack:
    """See `FileRival`."""

    def __init__(self, encoder: SharedEncoder) -> None:
        self._encoder = encoder

    def index(self, texts: Sequence[Text]) -> None:
        self._take([Document(content=t.text, meta={"key": t.key}) for t in texts])

    def index_files(self, paths: Sequence[Path]) -> list[str]:
        from haystack.components.converters import XLSXToDocument

        documents, failed = [], []
        for path in paths:
            loaded = XLSXToDocument().run(sources=[path])["documents"]
            documents += [Document(content=d.content, meta={"key": path.name}) for d in loaded]
            failed += [] if loaded else [path.name]
        self._take(documents)
        return failed

    def search(self, question: str, k: int) -> list[Found]:
        asked = {
            "words": {"query": _spaced(question), "top_k": 50},
            "meaning": {"query_embedding": self._encoder.query(question), "top_k": 50},
        }
        found = self._pipeline.run(asked)["join"]["documents"][:k]
        return [Found(d.meta["key"], d.content.replace(" ", "")) for d in found]

    def _take(self, documents: Sequence[Document]) -> None:
        spaced = [Document(content=_spaced(d.content or ""), meta=d.meta) for d in documents]
        splitter = DocumentSplitter(split_by="word", split_length=_WORDS, split_overlap=_OVERLAP)
        chunks = splitter.run(documents=spaced)["documents"]
        vectors = self._encoder.passages([(c.content or "").replace(" ", "") for c in chunks])
        chunks = [
            Document(content=c.content, meta=c.meta, embedding=v)
            for c, v in zip(chunks, vectors, strict=True)
        ]
        store = InMemoryDocumentStore(embedding_similarity_function="cosine")
        store.write_documents(chunks)
        self._pipeline = Pipeline()
        self._pipeline.add_component("words", InMemoryBM25Retriever(store))
        self._pipeline.add_component("meaning", InMemoryEmbeddingRetriever(store))
        join = DocumentJoiner(join_mode="reciprocal_rank_fusion")
        self._pipeline.add_component("join", join)
        self._pipeline.connect("words", "join")
        self._pipeline.connect("meaning", "join")


def _spaced(text: str) -> str:
    return " ".join(rjieba.cut(text))
