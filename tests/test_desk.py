"""The staff desk without a browser: what is found, in which order, how it is counted and taken away."""

from __future__ import annotations

import html
import io
import re
from datetime import date
from pathlib import Path

import pytest
from conftest import TODAY
from fastapi.testclient import TestClient

from assistant.corpus import Corpus
from assistant.desk.compare import compare
from assistant.desk.matrix import By, matrix
from assistant.desk.search import Match, Search
from assistant.desk.township import township
from assistant.desk.wanted import Edition, Form, Reader
from assistant.http.access import Gate
from assistant.http.app import create_app
from assistant.http.session import Sessions
from assistant.pipeline import Assistant
from assistant.resolve.editions import Editions
from assistant.service.access import Role as Access
from assistant.service.access import Tokens
from assistant.service.operations import Operations
from index.exact import normal
from index.facets import Facet
from index.model import DutyItem, PowerKind, Role

CHENGGUAN = "临溪县城关镇"


@pytest.fixture(scope="module")
def assistant(sample_version: Path) -> Assistant:
    return Assistant(Corpus(sample_version, None), today=lambda: TODAY)


@pytest.fixture(scope="module")
def find(assistant: Assistant):
    reader, search = Reader(assistant.corpus, assistant.understand), Search(assistant.corpus)

    def found(text="", *, after=0, limit=40, article="", edition=Edition.NOW, on=None, **chosen):
        form = Form(
            text, {Facet(name): value for name, value in chosen.items()}, article, edition, on
        )
        wanted = reader.read(form, TODAY)
        return search.find(wanted, after=after, limit=limit), wanted

    return found


@pytest.fixture(scope="module")
def client(assistant: Assistant) -> TestClient:
    return TestClient(create_app(assistant))


def test_rows_that_hold_the_words_come_before_those_only_near_in_words(find):
    found, _ = find("最低生活保障审核")
    near = [hit.match is Match.NEAR for hit in found.hits]
    assert near == sorted(near)
    assert found.hits[0].record.name == "最低生活保障审核确认"
    named = [hit for hit in found.hits if hit.match is Match.NAME]
    assert named
    assert all("最低生活保障审核" in hit.record.name for hit in named)


def test_words_that_only_basis_or_duties_hold_are_found_and_said_to_be_there(find):
    words = "社会救助暂行办法"
    found, _ = find(words, limit=1000)
    order = list(Match)
    kinds = [order.index(hit.match) for hit in found.hits if hit.match is not Match.LEXICON]
    assert kinds == sorted(kinds)
    in_cells = [hit for hit in found.hits if hit.match is Match.CELLS]
    assert in_cells
    for hit in in_cells:
        assert any(words in normal(cell.text) for cell in hit.record.cells)


def test_what_the_lexicon_says_for_plain_words_counts_as_the_words_themselves(find):
    found, _ = find("低保")
    by_lexicon = [hit for hit in found.hits if hit.match is Match.LEXICON]
    assert any(hit.record.name == "最低生活保障审核确认" for hit in by_lexicon)


@pytest.mark.parametrize("words", ["低保", "占道", "审批"])
def test_what_lists_name_comes_before_what_clauses_mention(find, words: str):
    found, _ = find(words, limit=1000)
    said = [hit for hit in found.hits if hit.match in (Match.NAME, Match.LEXICON)]
    is_clause = [not isinstance(hit.record, DutyItem) for hit in said]
    assert True in is_clause
    assert is_clause == sorted(is_clause)


def test_every_count_is_what_choosing_it_gives(find):
    found, _ = find("审批")
    for facet in (Facet.BODY, Facet.PAPER, Facet.POWER, Facet.ROLE, Facet.OFFICE, Facet.LAW):
        for value in found.facets[facet]:
            assert find("审批", **{facet: value.value})[0].n_rows == value.n, value


def test_pages_follow_one_another_without_gap_or_repetition(find):
    for text in ("", "审批"):
        first, _ = find(text, limit=1000)
        ordinals, after = [], 0
        while True:
            page, _ = find(text, limit=37, after=after)
            ordinals += [hit.ordinal for hit in page.hits]
            if not (after := page.after):
                break
        assert ordinals[:1000] == [hit.ordinal for hit in first.hits]
        assert len(ordinals) == len(set(ordinals)) == first.n_rows


def test_a_name_that_two_places_have_is_asked_about_and_both_are_shown(find):
    found, wanted = find("", place="城关镇")
    assert {place.full_name for place in wanted.places} == {
        "云岫市临溪县城关镇",
        "云岫市望川县城关镇",
    }
    one, _ = find("", place=CHENGGUAN)
    assert 0 < one.n_rows < found.n_rows


def test_an_old_name_of_a_place_is_read_as_today_and_said_so(find):
    _, wanted = find("", place="河西镇")
    assert [place.name for place in wanted.places] == ["河西街道"]
    assert "现为" in wanted.notes[0]


def test_a_place_that_is_not_loaded_finds_nothing_and_says_so(find):
    found, wanted = find("", place="无此地县")
    assert found.n_rows == 0
    assert "无此地县" in wanted.notes[0]


def test_an_article_narrows_a_law(find):
    law, _ = find(law="中华人民共和国土地管理法")
    article, _ = find(law="土地管理法", article="62")
    assert 0 < article.n_rows < law.n_rows


def test_a_past_edition_is_found_when_asked_for(find):
    now, _ = find("", body="临溪县民政局")
    every, _ = find("", body="临溪县民政局", edition=Edition.ALL)
    past, _ = find("", body="临溪县民政局", edition=Edition.PAST)
    assert every.n_rows == now.n_rows + past.n_rows
    assert past.n_rows > 0
    then, _ = find("", body="临溪县民政局", on=date(2023, 1, 1))
    assert {h.record.source_id for h in then.hits} & {h.record.source_id for h in past.hits}


def test_a_township_lists_what_it_does_itself_and_not_what_was_taken_back(assistant: Assistant):
    place = assistant.corpus.gazetteer.locate(CHENGGUAN)[0]
    held = township(assistant.corpus, place, TODAY)
    assert held.own[Role.DELEGATED]
    assert held.own[Role.LEAD]
    own = {one.row.id for ones in held.own.values() for one in ones}
    assert not own & {one.row.id for one in (*held.gone, *held.helps)}
    assert all(one.ruling.role is Role.WITHDRAWN for one in held.gone)


def test_a_row_is_followed_through_the_editions_of_its_list(assistant: Assistant):
    editions = Editions(assistant.corpus)
    line = next(line for line in editions.lines() if "民政局" in line[0].body)
    newest = editions.side(line[-1]).records
    kept = [stages for row in newest if len(stages := editions.history(row)) > 1]
    assert any(stages[0].record and stages[-1].record for stages in kept)
    assert any(stages[0].record is None for stages in kept)
    assert all([s.source for s in stages] == list(line) for stages in kept)


def test_two_sides_hold_each_matter_once(assistant: Assistant, find):
    one = [h.record for h in find(body="临溪县民政局", limit=1000)[0].hits]
    other = [h.record for h in find(body="望川县民政局", limit=1000)[0].hits]
    found = compare(one, other)
    lines = (*found.different, *found.only_left, *found.only_right, *found.alike)
    ids = [row.id for line in lines for row in (*line.left, *line.right)]
    items = [row.id for row in (*one, *other) if isinstance(row, DutyItem)]
    assert sorted(ids) == sorted(items)
    mirrored = compare(other, one)
    assert len(mirrored.only_left) == len(found.only_right)


def test_a_matrix_says_who_gives_and_who_takes(assistant: Assistant, find):
    records = [h.record for h in find("最低生活保障审核确认", place="临溪县")[0].hits]
    table = matrix(records, By.BODY, assistant.corpus.gazetteer)
    words = {
        (column, part.words)
        for row in table.rows
        for column, cell in zip(table.columns, row.cells, strict=True)
        for part in cell
    }
    assert ("临溪县城关镇人民政府", "赋权") in words
    assert ("临溪县民政局", "赋权给下级") in words


PAGES = (
    "/desk",
    "/desk?q=占道&place=城关镇",
    "/desk?q=无此事项无此事项",
    "/desk/township",
    f"/desk/township?place={CHENGGUAN}",
    "/desk/township?place=城关镇",
    "/desk/township?place=临溪县",
    "/desk/compare",
    "/desk/compare?a=临溪县民政局&b=望川县民政局",
    f"/desk/compare?a={CHENGGUAN}&b=临溪县青石镇",
    "/desk/compare?a=城关镇&b=无此局",
    "/desk/editions",
    "/desk/matrix",
    "/desk/matrix?q=低保&place=临溪县",
    "/desk/matrix?q=低保&place=临溪县&by=place",
    "/desk/boundary",
    "/desk/boundary?a=临溪县农业农村局&b=临溪县市场监督管理局&q=农产品",
    "/desk/boundary?a=无此局&b=临溪县民政局",
    "/desk/charts",
    "/desk/charts?place=临溪县",
)


@pytest.mark.parametrize("path", ["/desk", "/desk/rows.xlsx", "/desk/matrix", "/desk/row/x"])
def test_a_county_may_keep_the_desk_to_its_staff(
    assistant: Assistant, tmp_path: Path, path: str
) -> None:
    tokens = Tokens(tmp_path / "tokens.json")
    gate = Gate(tokens, Sessions("a key of the test"))
    closed = TestClient(create_app(assistant, Operations(gate=gate, desk_role=Access.STAFF)))
    assert closed.get(path).status_code == 401
    page = closed.get(path, headers={"accept": "text/html"}, follow_redirects=False)
    assert page.headers["location"].startswith("/signin?next=%2Fdesk")
    clerk = {"authorization": f"Bearer {tokens.add('窗口', Access.STAFF)}"}
    assert closed.get(path, headers=clerk).status_code in (200, 404)
    public = {"authorization": f"Bearer {tokens.add('热线', Access.PUBLIC)}"}
    assert closed.get(path, headers=public).status_code == 401
    assert closed.get("/").status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_every_page_of_the_desk_opens(client: TestClient, path: str):
    response = client.get(path, headers={"accept": "text/html"})
    assert response.status_code == 200, response.text
    assert "style=" not in response.text


def test_what_is_typed_comes_back_as_text_only(client: TestClient):
    for name in ("q", "place", "body", "law", "article", "year", "on", "edition", "source"):
        response = client.get("/desk", params={name: '"><script>alert(1)</script>\x00'})
        assert response.status_code == 200
        assert "<script>alert" not in response.text


def test_a_row_opens_with_its_words_and_its_editions(client: TestClient, find):
    row = find("最低生活保障", body="临溪县民政局")[0].hits[0].record
    page = client.get(f"/desk/row/{row.id.replace('#', '%23')}").text
    assert row.field("basis") in page
    assert "各版本里的这一条" in page
    assert client.get("/desk/row/没有这条").status_code == 404


def test_in_traditional_characters_what_lists_say_stays_as_published(client: TestClient, find):
    row = find("最低生活保障", body="临溪县民政局")[0].hits[0].record
    path = f"/desk/row/{row.id.replace('#', '%23')}?look=hant"
    page = html.unescape(client.get(path).text)
    assert "原文各欄" in page
    assert row.field("basis") in page
    assert f">{row.name}" in page
    found = client.get("/desk?q=最低生活保障&look=hant").text
    assert "權力類型" in found
    assert row.name in found
    assert "依据：" not in (
        township := client.get(f"/desk/township?place={CHENGGUAN}&look=hant").text
    )
    assert "《中华人民共和国义务教育法》第十一条" in township


def test_an_exported_workbook_holds_the_rows_found_and_where_they_stand(client: TestClient, find):
    from openpyxl import load_workbook

    found, _ = find("占道")
    content = client.get("/desk/rows.xlsx", params={"q": "占道"}).content
    cells = [[c.value for c in row] for row in load_workbook(io.BytesIO(content)).active.rows]
    head = next(n for n, row in enumerate(cells) if row[0] == "序号")
    assert len(cells) - head - 1 == found.n_rows
    assert cells[head + 1][-1] == found.hits[0].record.id


def test_an_exported_paper_numbers_its_sources(client: TestClient, find):
    from docx import Document

    found, _ = find("占道")
    paper = Document(io.BytesIO(client.get("/desk/rows.docx", params={"q": "占道"}).content))
    assert len(paper.tables[0].rows) == found.n_rows + 1
    cited = {p.text.split("]")[0] for p in paper.paragraphs if p.text.startswith("[")}
    assert len(cited) == len({h.record.source_id for h in found.hits})


def _sheet(client: TestClient, path: str, **query: str) -> list[list[object]]:
    from openpyxl import load_workbook

    response = client.get(path, params=query or None)
    assert response.status_code == 200, response.text
    book = load_workbook(io.BytesIO(response.content))
    return [[cell.value for cell in row] for row in book.worksheets[-1].rows]


def _below(cells: list[list[object]], head: str) -> list[list[object]]:
    return cells[next(n for n, row in enumerate(cells) if row[0] == head) + 1 :]


def test_what_a_township_may_permit_itself_is_listed_with_articles_and_taken_away(
    client: TestClient, assistant: Assistant
):
    place = assistant.locate(CHENGGUAN)[0]
    asked = {"place": CHENGGUAN, "power": "行政许可"}
    held = township(assistant.corpus, place, TODAY)
    permits = held.only(PowerKind.LICENCE).all_own
    assert 0 < len(permits) == held.n_by_power()[PowerKind.LICENCE] < len(held.all_own)
    page = client.get("/desk/township", params=asked).text
    assert f"自己能办的行政许可 {len(permits)} 项" in page
    assert "依据：《中华人民共和国义务教育法》第十一条" in re.sub(r"<[^>]+>", "", page)
    rows = _below(_sheet(client, "/desk/township.xlsx", **asked), "序号")
    assert [row[-1] for row in rows] == [one.row.id for one in permits]
    from docx import Document

    paper = Document(io.BytesIO(client.get("/desk/township.docx", params=asked).content))
    assert len(paper.tables[0].rows) == len(permits) + 1
    assert client.get("/desk/township.xlsx?place=无此镇").status_code == 404


def test_a_body_s_old_name_means_the_body_of_today(client: TestClient):
    old, new, other = "临溪县城市管理局", "临溪县综合行政执法局", "临溪县市场监督管理局"
    asked = {"b": other, "q": "农贸市场门口占道"}
    page = client.get("/desk/boundary", params={"a": old, **asked}).text
    assert f"“{old}”按{new}查。" in page
    said = re.findall(r'class="as-is">([^<]+)', page)
    assert said == re.findall(
        r'class="as-is">([^<]+)', client.get("/desk/boundary", params={"a": new, **asked}).text
    )
    assert f"“{old}”按{new}查。" in client.get("/desk/compare", params={"a": old, "b": other}).text


def test_a_comparison_is_taken_away_with_the_proof_of_either_side(client: TestClient):
    sides = {"a": "临溪县民政局", "b": "望川县民政局"}
    rows = _below(_sheet(client, "/desk/compare.xlsx", **sides), "序号")
    groups = {row[1] for row in rows}
    assert {"只有临溪县民政局有", "只有望川县民政局有"} <= groups
    for _, group, name, left, left_proof, right, right_proof in rows:
        assert bool(left) == bool(left_proof), name
        assert bool(right) == bool(right_proof), name
        assert (left, right) != (None, None)
        assert (group == "只有临溪县民政局有") == (not right)
    assert client.get("/desk/compare.xlsx?a=城关镇&b=无此局").status_code == 404


def test_a_matrix_and_the_changes_of_an_edition_are_taken_away(client: TestClient):
    rows = _below(_sheet(client, "/desk/matrix.xlsx", q="低保", place="临溪县"), "事项")
    assert all(row[-1].startswith("《") for row in rows)  # type: ignore[union-attr]
    assert client.get("/desk/matrix.xlsx").status_code == 404
    link = re.search(r"/desk/editions\?old=[^\"]+", client.get("/desk/editions").text)
    assert link
    page = html.unescape(client.get(html.unescape(link.group())).text)
    n_changes = int(re.search(r"共 (\d+) 处变化", page)[1])  # type: ignore[index]
    file = re.search(r"/desk/editions\.xlsx\?[^\"]+", page)
    assert file
    assert len(_below(_sheet(client, file.group()), "序号")) == n_changes


def test_the_coverage_map_knows_a_catalog_that_names_townships(client: TestClient):
    page = client.get("/desk/charts").text
    row = page.split("云岫市临溪县</a>")[1].split("</tr>")[0]
    assert "缺" not in row
