"""The textbook LangChain RAG: loader, recursive splitter (500/50), Chroma, similarity search."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import chromadb
from bench.rivals.model import Found, SharedEncoder, Text
from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

_BATCH = 2000


class LangChain:
    """See `FileRival`."""

    def __init__(self, encoder: SharedEncoder) -> None:
        self._embeddings = _Embeddings(encoder)

    def index(self, texts: Sequence[Text]) -> None:
        self._take([Document(text.text, metadata={"key": text.key}) for text in texts])

    def index_files(self, paths: Sequence[Path]) -> list[str]:
        from langchain_community.document_loaders import UnstructuredExcelLoader

        documents, failed = [], []
        for path in paths:
            try:
                loaded = UnstructuredExcelLoader(str(path)).load()
            except Exception:
                failed.append(path.name)
                continue
            documents += [Document(d.page_content, metadata={"key": path.name}) for d in loaded]
        self._take(documents)
        return failed

    def search(self, question: str, k: int) -> list[Found]:
        found = self._store.similarity_search(question, k=k)
        return [Found(d.metadata["key"], d.page_content) for d in found]

    def _take(self, documents: Sequence[Document]) -> None:
        separators = ["\n\n", "\n", "。", "；", "，", " ", ""]
        splitter = RecursiveCharacterTextSplitter(
            separators=separators, chunk_size=500, chunk_overlap=50
        )
        chunks = splitter.split_documents(documents)
        self._store = Chroma(
            collection_name=f"c{uuid4().hex}",
            embedding_function=self._embeddings,
            client=chromadb.EphemeralClient(),
        )
        for start in range(0, len(chunks), _BATCH):
            self._store.add_documents(chunks[start : start + _BATCH])


class _Embeddings(Embeddings):
    def __init__(self, encoder: SharedEncoder) -> None:
        self._encoder = encoder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._encoder.passages(texts)

    def embed_query(self, text: str) -> list[float]:
        return self._encoder.query(text)
