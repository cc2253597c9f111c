"""The desk's views as files to take away: .xlsx and .docx with where every row stands."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from assistant.desk.compare import compare
from assistant.desk.sheet import MOST_IN_PAPER, as_paper, as_workbook
from assistant.desk.sides import side_of
from assistant.desk.tables import compared, crossed
from assistant.desk.tools import Desk, Tools
from assistant.desk.township import kind_named, township
from assistant.http import problems
from assistant.http.desk import DOCX, XLSX, download, said
from assistant.http.desk_views import asked_matrix
from assistant.http.problems import Problem, ProblemError
from index.diff.report import as_sheets
from index.model import DutyItem
from index.workbook import to_bytes

Words = Annotated[str, Query(max_length=200)]
NOTHING = Problem(404, "nothing_to_take", "没有可以导出的", "请先在页面上查到内容，再导出。")
_SAID = "与原文不一致的，以原文为准。"


class DeskExports:
    """Files over the same tools as the views."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> APIRouter:
        """The files' addresses: each is its view's with an ending."""
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/desk/township.xlsx", self.township_workbook)
        routes.add_api_route("/desk/township.docx", self.township_paper)
        routes.add_api_route("/desk/compare.xlsx", self.comparison)
        routes.add_api_route("/desk/editions.xlsx", self.editions)
        routes.add_api_route("/desk/matrix.xlsx", self.matrix)
        return routes

    def township_workbook(self, place: Words = "", power: Words = "") -> Response:
        """What a township may do itself, as .xlsx."""
        tools = self._desk.tools
        rows, heading, notes = self._township(tools, place, power)
        content = as_workbook(rows, tools.corpus.sources, tools.corpus.gazetteer, notes)
        return download(content, XLSX, f"{heading}.xlsx")

    def township_paper(self, place: Words = "", power: Words = "") -> Response:
        """The same as .docx, its sources numbered."""
        tools = self._desk.tools
        rows, heading, notes = self._township(tools, place, power)
        if len(rows) > MOST_IN_PAPER:
            notes = [*notes, f"只导出前 {MOST_IN_PAPER} 项；全部的请导出 Excel。"]
        paper = as_paper(rows[:MOST_IN_PAPER], tools.corpus.sources, heading, notes)
        return download(paper, DOCX, f"{heading}.docx")

    def comparison(self, a: Words = "", b: Words = "") -> Response:
        """Two sides, matter by matter."""
        tools = self._desk.tools
        left, right = (side_of(tools, words, self._desk.today()) for words in (a, b))
        if not (left.rows and right.rows):
            raise ProblemError(NOTHING)
        found, names = compare(left.rows, right.rows), (left.name, right.name)
        sheet = compared(found, names, tools.corpus.sources, self._notes(tools))
        return download(to_bytes((sheet,)), XLSX, f"{left.name}与{right.name}对比.xlsx")

    def editions(self, old: Words = "", new: Words = "") -> Response:
        """What changed between two editions."""
        tools = self._desk.tools
        sources = tools.corpus.sources
        if old not in sources or new not in sources:
            raise ProblemError(problems.UNKNOWN_SOURCE)
        pair = sources[old], sources[new]
        before, after = map(tools.editions.side, pair)
        sheets = as_sheets(tools.editions.changes(*pair), before, after)
        return download(to_bytes(sheets), XLSX, f"{sources[new].title}与旧版的差别.xlsx")

    def matrix(self, request: Request) -> Response:
        """Matters × holders of what a search finds."""
        tools = self._desk.tools
        asked = asked_matrix(tools, request, self._desk.today())
        if not asked.table.rows:
            raise ProblemError(NOTHING)
        notes = (f"查询条件：{said(asked.wanted)}", *self._notes(tools))
        sheet = crossed(asked.table, tools.corpus.sources, notes)
        return download(to_bytes((sheet,)), XLSX, "事项与部门.xlsx")

    def _township(
        self, tools: Tools, words: str, power: str
    ) -> tuple[list[DutyItem], str, list[str]]:
        """The rows that decide, the heading, and what is said above them."""
        places, _ = tools.reader.places(words)
        today = self._desk.today()
        held = township(tools.corpus, places[0], today) if len(places) == 1 else None
        own = held.only(kind_named(power)).all_own if held else ()
        if not own:
            raise ProblemError(NOTHING)
        heading = f"{places[0].full_name}自己能办的{power or '事项'}"
        note = f"按 {today.isoformat()} 有效的文件逐项判定，共 {len(own)} 项。"
        return [one.row for one in own], heading, [note, *self._notes(tools)[:1]]

    def _notes(self, tools: Tools) -> tuple[str, ...]:
        return (f"{self._desk.today().isoformat()} 有效；资料版本：{tools.corpus.version}", _SAID)
