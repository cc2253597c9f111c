"""The tools for agents, by the official client over streamable HTTP and over standard input."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_assistant import AGRICULTURE, LIST, ROW, TOWN, FakeAssistant
from loopback import serving
from mcp import Client, StdioServerParameters

from assistant.caller import current_caller
from assistant.http.access import Gate
from assistant.http.app import create_app
from assistant.programs.doors import Doors
from assistant.service.access import Role, Tokens
from assistant.service.operations import Operations

TOOLS = {"who_is_responsible", "duties_of", "search_items", "show_source"}


@pytest.fixture
def fake(tmp_path: Path) -> FakeAssistant:
    return FakeAssistant(tmp_path)


@pytest.fixture
def url(fake: FakeAssistant) -> Iterator[str]:
    with serving(create_app(fake)) as address:
        yield f"{address}/mcp"


def call(server, tool: str, **arguments):
    async def ask():
        async with Client(server) as client:
            return await client.call_tool(tool, arguments)

    return asyncio.run(ask())


def test_the_tools_say_in_chinese_what_they_do_and_what_they_give(url: str) -> None:
    async def listed():
        async with Client(url) as client:
            return (await client.list_tools()).tools

    tools = asyncio.run(listed())
    assert {tool.name for tool in tools} == TOOLS
    for tool in tools:
        assert "。" in tool.description
        assert tool.output_schema["properties"]
        described = tool.input_schema["properties"].values()
        assert all("description" in field or field.get("type") == "integer" for field in described)


def test_who_is_responsible_answers_with_typed_holders_and_proofs(url: str) -> None:
    result = call(
        url, "who_is_responsible", matter="宅基地盖房", place="北岸街道", date="2025-05-01"
    )
    assert not result.is_error
    found = result.structured_content
    assert (found["status"], found["holders"][0]["body"]) == ("answered", TOWN)
    assert found["proofs"][0]["id"] == ROW.id
    assert found["proofs"][0]["url"].startswith("http://127.0.0.1")
    helper = call(url, "who_is_responsible", matter="秸秆").structured_content["holders"][1]
    assert (helper["role"], helper["principal"]) == ("配合", AGRICULTURE)


def test_an_ambiguous_or_unknown_place_and_a_wrong_day_are_said_plainly(url: str) -> None:
    ambiguous = call(url, "who_is_responsible", matter="盖房", place="柳桥镇")
    assert ambiguous.is_error
    assert "青禾市望溪县柳桥镇（990101101）" in ambiguous.content[0].text
    unknown = call(url, "search_items", words="盖房", place="火星镇")
    assert unknown.is_error
    assert "没有收录“火星镇”" in unknown.content[0].text
    day = call(url, "duties_of", body=TOWN, date="昨天")
    assert day.is_error
    assert "2025-01-31" in day.content[0].text
    asked_back = call(url, "who_is_responsible", matter="柳桥盖房").structured_content
    assert [choice["value"] for choice in asked_back["choices"]] == ["990101101", "990102101"]


def test_items_are_found_and_shown_as_they_stand(url: str) -> None:
    items = call(url, "search_items", words="宅基地", limit=2).structured_content["items"]
    assert (len(items), items[0]["id"], items[0]["source"]) == (2, ROW.id, LIST.title)
    shown = call(url, "show_source", id=items[0]["id"]).structured_content
    assert shown["cells"][0] == {"field": "事项名称", "address": "C25", "text": ROW.name}
    assert shown["source"]["document_number"] == LIST.document_number
    paper = call(url, "show_source", id=LIST.id).structured_content
    assert (paper["source"]["id"], paper["cells"]) == (LIST.id, [])
    assert "没有编号为" in call(url, "show_source", id="../../etc/passwd").content[0].text


def test_a_failure_tells_no_paths(url: str) -> None:
    for matter in ("出错", "损坏"):
        result = call(url, "who_is_responsible", matter=matter)
        assert result.is_error
        assert "/secret" not in result.content[0].text


def test_what_is_asked_through_the_door_is_noted_as_such(fake: FakeAssistant) -> None:
    callers = []
    plain = fake.answer

    def noted(question):
        callers.append(current_caller())
        return plain(question)

    fake.answer = noted
    with serving(create_app(fake)) as address:
        for _ in range(2):
            call(f"{address}/mcp", "who_is_responsible", matter="宅基地")
    assert [c.channel for c in callers] == ["mcp", "mcp"]
    assert callers[0].request_id != callers[1].request_id


def test_only_agents_with_a_token_are_let_in_where_that_is_set(
    fake: FakeAssistant, tmp_path: Path
) -> None:
    import httpx2
    from mcp.client.streamable_http import streamable_http_client

    tokens = Tokens(tmp_path / "tokens.json")
    token = tokens.add("智能体", Role.PUBLIC)
    app = create_app(fake, Operations(gate=Gate(tokens), doors=Doors(needs_token=True)))
    with serving(app) as address:
        url = f"{address}/mcp"
        with pytest.raises(Exception):  # noqa: B017, PT011 - whatever the client makes of a 401
            call(url, "search_items", words="x")
        http = httpx2.AsyncClient(headers={"authorization": f"Bearer {token}"})
        let_in = streamable_http_client(url, http_client=http)
        assert not call(let_in, "search_items", words="x").is_error


def test_the_same_tools_answer_over_standard_input(sample_version: Path) -> None:
    """The command itself, in a process of its own, over the sample's records."""
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "assistant.cli", "mcp", "--corpus", "sample-records"],
        env={
            "DUTYDESK_HOME": str(sample_version.parents[3]),
            "DUTYDESK_ENCODER": "none",
            "PYTHONPATH": str(Path(__file__).parent.parent),
            "PATH": os.environ["PATH"],
        },
    )

    async def ask():
        async with Client(server) as client:
            names = {tool.name for tool in (await client.list_tools()).tools}
            where = {"place": "临溪县城关镇"}
            asked = {"matter": "最低生活保障审核确认", **where}
            found = await client.call_tool("who_is_responsible", asked)
            body = await client.call_tool("duties_of", {"body": "临溪县民政局"})
            near = await client.call_tool("search_items", {"words": "低保", **where})
            return names, found.structured_content, body.structured_content, near.structured_content

    names, found, body, near = asyncio.run(ask())
    assert names == TOOLS
    assert found["holders"][0]["body"] == "临溪县城关镇人民政府"
    assert body["status"] == "answered"
    assert "县民政局" in body["text"]
    assert near["items"]
