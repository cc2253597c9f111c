"""The four tools for agents (MCP). The only file that knows the `mcp` package's server."""

from __future__ import annotations

from typing import Annotated

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field, ValidationError

from assistant.contract import Assistant
from assistant.http.problems import invalid
from assistant.model import Question, Status
from assistant.programs.mcp_wire import Answered, ItemFound, ItemsFound, SourceShown
from assistant.wire.schemas import AskRequest

_INSTRUCTIONS = (
    "职责台：按政府公开的权责清单、赋权目录、履职事项清单和“三定”规定，回答一件事在一个地方由谁负责。"
    "只转述工具给出的内容并带上出处；没有依据时照实说没有，不要用常识补。"
    "不知道地方时可以不填，工具会要求选择。"
)
_MOST_FOUND = 50
_MOST_CHOICES = 20

Matter = Annotated[str, Field(description="要问的事，白话即可，如“自家宅基地盖房”", max_length=500)]
Place = Annotated[str, Field(description="地方的名称或区划代码，如“临溪县城关镇”；不知道就留空")]
Day = Annotated[str, Field(description="按哪一天的规定，YYYY-MM-DD；空为今天")]
Words = Annotated[str, Field(description="事项、法律或白话", max_length=500)]
BodyName = Annotated[
    str, Field(description="机关或内设机构的名称，如“临溪县民政局”", max_length=200)
]


def mcp_server(assistant: Assistant, base_url: str) -> MCPServer:
    """A server whose tools ask one assistant; `base_url` is where its links lead."""
    server = MCPServer("dutydesk", title="职责台", instructions=_INSTRUCTIONS)

    def answered(text: str, place: str, day: str) -> Answered:
        answer = assistant.answer(_question(assistant, text, place, day))
        if answer.status is Status.ERROR:
            raise ToolError("回答时出了差错，请稍后再试。")
        return Answered.from_answer(answer, base_url)

    @server.tool(title="这件事谁负责")
    def who_is_responsible(matter: Matter, place: Place = "", date: Day = "") -> Answered:
        """查一件事在一个地方由哪个机关、哪个办公室负责，以什么方式负责，写在哪份文件的哪里。"""
        return answered(matter, place, date)

    @server.tool(title="一个机关管什么")
    def duties_of(body: BodyName, place: Place = "", date: Day = "") -> Answered:
        """查一个机关或内设机构的主要职责，出自它的“三定”规定和权责清单。"""
        return answered(f"{body}有哪些职责？", place, date)

    @server.tool(title="找清单里的事项")
    def search_items(
        words: Words,
        place: Place = "",
        date: Day = "",
        limit: Annotated[int, Field(ge=1, le=_MOST_FOUND)] = 10,
    ) -> ItemsFound:
        """按意思和字词找清单事项和“三定”条款，最近的在前；只列出，不判断谁负责。"""
        found = assistant.find(_question(assistant, words, place, date), k=limit)
        sources = ((c, assistant.source(c.record.source_id)) for c in found)
        return ItemsFound(items=[ItemFound.from_candidate(c, s) for c, s in sources if s])

    @server.tool(title="看原文")
    def show_source(
        id: Annotated[str, Field(description="答复或搜索结果里的记录编号，或文件编号")],
    ) -> SourceShown:
        """看一条记录的各栏原文、位置和文件的文号、发布机关、日期；也可以看一份文件的来历。"""
        record = assistant.record(id)
        source = assistant.source(record.source_id if record else id)
        if source is None:
            raise ToolError(f"没有编号为“{id}”的记录或文件；请用 search_items 找。")
        return SourceShown.of(source, record, base_url)

    return server


def _question(assistant: Assistant, text: str, place: str, day: str) -> Question:
    """A question at one loaded place.

    Raises:
        ToolError: the place is unknown or ambiguous, or the day is none.
    """
    try:
        wire = AskRequest.model_validate({"question": text, "as_of": day.strip() or None})
    except ValidationError as exc:
        raise ToolError(invalid([dict(error) for error in exc.errors()]).detail) from exc
    code = _code_of(assistant, place.strip())
    return Question(wire.question, place=code, as_of=wire.as_of)


def _code_of(assistant: Assistant, place: str) -> str:
    if not place:
        return ""
    located = assistant.locate(place)
    if not located:
        top = "、".join(p.full_name for p in assistant.places()[:_MOST_CHOICES] if not p.parent)
        raise ToolError(f"没有收录“{place}”的文件。收录的是：{top} 及其下级；请改用其中的地方。")
    if len(located) > 1:
        choices = "；".join(f"{p.full_name}（{p.code}）" for p in located[:_MOST_CHOICES])
        raise ToolError(f"“{place}”有 {len(located)} 个，请选一个再问：{choices}")
    return located[0].code
