"""LlamaIndex as its starter tutorial has it: sentence splitter, vector index, retriever."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.rivals.model import Found, SharedEncoder, Text
from llama_index.core import Document, VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.node_parser import SentenceSplitter
from pydantic import PrivateAttr

_CHUNK, _OVERLAP = 512, 50  # tokens; the encoder reads no more


class LlamaIndex:
    """See `FileRival`."""

    def __init__(self, encoder: SharedEncoder) -> None:
        self._embedding = _Embedding(encoder)

    def index(self, texts: Sequence[Text]) -> None:
        self._take([_document(text.text, text.key) for text in texts])

    def index_files(self, paths: Sequence[Path]) -> list[str]:
        from llama_index.readers.file import PandasExcelReader

        documents, failed = [], []
        for path in paths:
            try:
                loaded = PandasExcelReader().load_data(path)
            except Exception:
                failed.append(path.name)
                continue
            documents += [_document(d.text, path.name) for d in loaded]
        self._take(documents)
        return failed

    def search(self, question: str, k: int) -> list[Found]:
        nodes = self._index.as_retriever(similarity_top_k=k).retrieve(question)
        return [Found(n.metadata["key"], n.get_content()) for n in nodes]

    def _take(self, documents: Sequence[Document]) -> None:
        splitter = SentenceSplitter(chunk_size=_CHUNK, chunk_overlap=_OVERLAP)
        self._index = VectorStoreIndex.from_documents(
            documents, embed_model=self._embedding, transformations=[splitter]
        )


def _document(text: str, key: str) -> Document:
    hidden = ["key"]
    return Document(
        text=text,
        metadata={"key": key},
        excluded_embed_metadata_keys=hidden,
        excluded_llm_metadata_keys=hidden,
    )


class _Embedding(BaseEmbedding):
    _encoder: SharedEncoder = PrivateAttr()

    def __init__(self, encoder: SharedEncoder) -> None:
        super().__init__(model_name="shared", embed_batch_size=500)
        self._encoder = encoder

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._encoder.passages([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return self._encoder.passages(texts)

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._encoder.query(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._encoder.query(query)
