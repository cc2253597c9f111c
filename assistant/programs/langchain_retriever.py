"""Our retrieval as a LangChain retriever, for chains of your own. The only file that knows it.

retriever = DutyRetriever(assistant=build_assistant(Settings()), place="临溪县城关镇", k=5)
documents = retriever.invoke("低保由谁审核确认")
"""

from __future__ import annotations

import asyncio
from datetime import date
from functools import partial
from typing import Any

from langchain_core.callbacks import (
    AsyncCallbackManagerForRetrieverRun,
    CallbackManagerForRetrieverRun,
)
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from assistant.contract import Assistant
from assistant.model import Candidate, Question
from assistant.wire.schemas import SourceOut, locator_words
from index.labels import label
from index.model import Clause, DutyItem


class DutyRetriever(BaseRetriever):
    """The records nearest to a question at a place and on a day.

    A document's text is the record's cells or clause as they stand in the paper. Its metadata:
    `id`, `name`, `body`, `office`, `role` ("" for a clause), `places` (codes), `source` (title,
    document_number, publisher, published_on, file, url …), `where`, `locator`, `score` (higher is
    better). Retrieval alone: it does not decide who is responsible, `Assistant.answer` does.
    """

    assistant: Any
    """An `Assistant`; it is safe to share between threads, so `ainvoke` runs in one of them."""
    place: str = ""
    as_of: date | None = None
    k: int = 10

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,
        place: str | None = None,
        as_of: date | None = None,
        k: int | None = None,
    ) -> list[Document]:
        """`place`, `as_of` and `k` of one call go before those of the retriever."""
        assistant: Assistant = self.assistant
        where = self.place if place is None else place
        question = Question(query, place=where, as_of=as_of or self.as_of)
        return [_document(assistant, found) for found in assistant.find(question, k=k or self.k)]

    async def _aget_relevant_documents(
        self,
        query: str,
        *,
        run_manager: AsyncCallbackManagerForRetrieverRun,
        **beside: Any,  # noqa: ANN401
    ) -> list[Document]:
        """The same in a thread; LangChain's own passes nothing along."""
        manager = run_manager.get_sync()
        found = partial(self._get_relevant_documents, query, run_manager=manager, **beside)
        return await asyncio.to_thread(found)


def _document(assistant: Assistant, found: Candidate) -> Document:
    record = found.record
    source = assistant.source(record.source_id)
    is_item = isinstance(record, DutyItem)
    at = record.locator
    return Document(
        id=record.id,
        page_content=_text(record),
        metadata={
            "id": record.id,
            "name": record.name if isinstance(record, DutyItem) else record.office,
            "body": record.body,
            "office": record.office,
            "role": record.role.value if isinstance(record, DutyItem) else "",
            "places": list(record.places) if isinstance(record, DutyItem) else [record.place],
            "source": SourceOut.from_source(source).model_dump(mode="json") if source else {},
            "where": locator_words(at),
            "locator": {
                "sheet": at.sheet,
                "cells": at.cells,
                "page": at.page,
                "article": at.article,
            },
            "kind": "item" if is_item else "clause",
            "score": found.score,
        },
    )


def _text(record: DutyItem | Clause) -> str:
    if isinstance(record, Clause):
        return record.text
    return "\n".join(f"{label(cell.field)}：{cell.text}" for cell in record.cells)
