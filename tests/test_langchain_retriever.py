"""Our retrieval inside LangChain: documents with our metadata, alone and in a chain."""

from __future__ import annotations

import asyncio
import re
from datetime import date
from pathlib import Path

import pytest
from fake_assistant import ADVERT, OFFICE, ROW, FakeAssistant
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda, RunnablePassthrough

from assistant.pipeline import Assistant
from assistant.programs.langchain_retriever import DutyRetriever

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")


@pytest.fixture
def fake(tmp_path: Path) -> FakeAssistant:
    return FakeAssistant(tmp_path)


def test_documents_carry_where_they_come_from(fake: FakeAssistant) -> None:
    retriever = DutyRetriever(assistant=fake, place="990101101", as_of=date(2025, 5, 1), k=3)
    row, advert, clause = retriever.invoke("宅基地")
    assert (fake.asked[-1].place, fake.asked[-1].as_of) == ("990101101", date(2025, 5, 1))
    assert row.page_content == f"事项名称：{ROW.name}"
    assert row.id == row.metadata["id"] == ROW.id
    told = row.metadata
    assert (told["role"], told["body"], told["score"]) == ("主责", ROW.body, 0.9)
    assert told["source"]["document_number"] == "柳政〔2025〕3号"
    assert told["locator"]["cells"] == "A25:I25"
    assert (advert.metadata["role"], advert.metadata["id"]) == ("收回", ADVERT.id)
    assert (clause.page_content, clause.metadata["office"]) == (OFFICE.text, OFFICE.office)


def test_one_call_may_ask_elsewhere_and_waits_for_nobody(fake: FakeAssistant) -> None:
    retriever = DutyRetriever(assistant=fake, place="990101101")
    found = asyncio.run(retriever.ainvoke("宅基地", place="990102101", k=1))
    assert (len(found), fake.asked[-1].place) == (1, "990102101")
    assert retriever.invoke("天气") == []


def test_it_stands_in_a_chain_as_the_readme_shows(fake: FakeAssistant) -> None:
    example = re.search(r"```python\n(.*?DutyRetriever.*?)```", README, re.S)
    assert example is not None
    model = RunnableLambda(lambda prompt: prompt.to_string())
    names: dict = {
        "assistant": fake,
        "model": model,
        "ChatPromptTemplate": ChatPromptTemplate,
        "RunnablePassthrough": RunnablePassthrough,
        "StrOutputParser": StrOutputParser,
    }
    exec(example[1], names)  # the README's own lines
    assert ROW.name in names["answer"]
    assert "宅基地" in names["answer"]


def test_only_the_papers_of_the_place_and_day_are_found(sample: Assistant) -> None:
    retriever = DutyRetriever(assistant=sample, k=5)
    found = retriever.invoke("低保审核确认", place="临溪县城关镇")
    assert found[0].metadata["role"] == "赋权"
    assert {d.metadata["source"]["title"][:3] for d in found} <= {"临溪县", "云岫市", "中共临"}
    before = retriever.invoke("低保审核确认", place="临溪县城关镇", as_of=date(2022, 6, 1))
    assert all(d.metadata["role"] != "赋权" for d in before)
    assert retriever.invoke("低保审核确认", place="火星镇") == []
