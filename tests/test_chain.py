"""The responsibility chain, published contacts, and the page in traditional characters."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from fake_assistant import BEIAN, CITY, PLACES, ROW, WANGXI, WANGXI_LIUQIAO, FakeAssistant
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape
from starlette.testclient import TestClient

from assistant.compose.cards import phone_href
from assistant.compose.chain import chain_of
from assistant.compose.holders import holders_of
from assistant.http.app import create_app
from assistant.http.look import Look
from assistant.http.templates import dialled
from assistant.http.traditional import traditional_page
from assistant.model import Answer, Holder, Status
from assistant.resolve.findings import Resolution, Ruling
from index.extract.columns import Field, field_of
from index.model import Cell, Role

TOWN, COUNTY_BODY = "望溪县柳桥镇人民政府", "望溪县城市管理局"
LINE = (CITY, WANGXI, WANGXI_LIUQIAO)


def _chain(*holders: Holder, line=LINE):
    rungs = chain_of(Answer(Status.ANSWERED, (), holders, line=line))
    return [(r.level, [(p.body, p.part, p.weight) for p in r.parties]) for r in rungs]


def test_a_delegated_power_stands_at_the_township_and_the_county_is_named_as_its_origin():
    holder = Holder(TOWN, Role.DELEGATED, "", "x", principal=COUNTY_BODY)
    assert _chain(holder) == [
        ("市", []),
        ("县", [(COUNTY_BODY, "原行使机关", "gone")]),
        ("镇", [(TOWN, "负责办理", "main")]),
    ]


def test_a_withdrawn_power_stands_at_the_county():
    holder = Holder(TOWN, Role.WITHDRAWN, "", "x", principal=COUNTY_BODY)
    assert _chain(holder)[1:] == [
        ("县", [(COUNTY_BODY, "承接办理", "main")]),
        ("镇", [(TOWN, "不再办理", "gone")]),
    ]


def test_each_body_stands_once_with_its_own_office():
    lead = Holder(COUNTY_BODY, Role.LEAD, "", "x", office="执法队", office_from="list")
    helps = Holder(TOWN, Role.COOPERATING, "", "x", principal=COUNTY_BODY)
    rungs = chain_of(Answer(Status.ANSWERED, (), (lead, helps), line=LINE))
    county = rungs[1].parties
    assert [(party.body, party.part, party.office) for party in county] == [
        (COUNTY_BODY, "牵头负责", "执法队")
    ]
    assert rungs[2].parties[0].weight == "side"


def test_a_street_is_called_a_street_and_a_body_of_no_place_stands_first():
    holder = Holder("国家税务局", Role.LEAD, "", "x")
    chain = _chain(holder, line=(CITY, WANGXI, BEIAN))
    assert chain[0] == ("", [("国家税务局", "负责", "main")])
    assert chain[-1] == ("街道", [])


def test_without_one_place_there_is_no_chain():
    assert _chain(Holder(TOWN, Role.LEAD, "", "x"), line=()) == []


def test_phone_and_place_come_from_the_holders_own_row_only():
    assert field_of("办理地址") is Field.ADDRESS
    cells = (Cell("phone", "H25", "0990-6251234"), Cell("address", "I25", "柳桥街1号"))
    for body, found in ((TOWN, ("0990-6251234", "柳桥街1号")), (COUNTY_BODY, ("", ""))):
        row = replace(ROW, cells=(*ROW.cells, *cells), body=body)
        ruling = Ruling(Role.LEAD, Holder(TOWN, Role.LEAD, "", ROW.id), (row,), "own list")
        (holder,) = holders_of(Resolution(Status.ANSWERED, rulings=(ruling,)))
        assert (holder.phone, holder.address) == found


@pytest.mark.parametrize(
    ("published", "number"),
    [
        ("0990-6251234", "tel:09906251234"),
        ("（0990）6251234、6251235", "tel:09906251234"),
        ("监督电话：12345", "tel:12345"),
        ("见公告", ""),
        ("2024年", ""),
    ],
)
def test_a_published_phone_can_be_dialled(published: str, number: str):
    assert phone_href(published) == number


def test_our_words_are_converted_and_the_papers_are_not():
    page = '<p title="机关">头发发展</p><li translate="no"><b>机关</b></li><input value="云南">机关'
    assert traditional_page(page) == (
        '<p title="機關">頭髮發展</p><li translate="no"><b>机关</b></li><input value="云南">機關'
    )


def test_the_numbers_that_we_tell_people_to_dial_are_links_and_nothing_else_is():
    said = dialled("请先拨打110（报警）、119（火警、救援）或120（急救）；120平方米<b>拨打12345转接")
    assert re.findall(r'href="tel:(\d+)"', said) == ["110", "119", "120", "12345"]
    assert "；120平方米&lt;b&gt;" in said


@given(st.text())
def test_a_sentence_with_links_says_the_same_words(text: str):
    assert re.sub(r"</?a[^>]*>", "", dialled(text)) == escape(text)


@given(st.booleans(), st.sampled_from(["", "light", "dark"]), st.booleans())
def test_a_look_is_kept_by_its_words(large: bool, theme: str, hant: bool):
    look = Look(large, theme, hant)
    assert Look.parse(str(look)) == look


def test_a_button_leads_back_to_our_own_pages_only(tmp_path):
    client = TestClient(create_app(FakeAssistant(tmp_path)), follow_redirects=False)
    came = {"referer": "http://testserver/ask?question=x"}
    assert client.get("/look?size=large", headers=came).headers["location"] == "/ask?question=x"
    for foreign in ("https://evil.example/", "http://testserver//evil.example", "javascript:1"):
        reply = client.get("/look?theme=dark", headers={"referer": foreign})
        assert not reply.headers["location"].startswith(("//", "http")), foreign
        assert reply.headers["location"].startswith("/")


def test_places_are_found_by_part_of_a_name_and_down_the_tree(tmp_path):
    client = TestClient(create_app(FakeAssistant(tmp_path)))
    names = [place["full_name"] for place in client.get("/api/places?q=柳桥").json()]
    assert names == [place.full_name for place in PLACES if "柳桥" in place.name]
    for typed in ("lqz", "liuqiao", "wxxlqz", "Wang xi", "望溪縣"):
        found = [p["full_name"] for p in client.get("/api/places", params={"q": typed}).json()]
        assert WANGXI_LIUQIAO.full_name in found, typed
    assert client.get("/api/places?q=iuqiao").json() == []
    top = client.get("/api/places?parent=").json()
    assert [place["name"] for place in top] == [CITY.name]
    assert len(client.get(f"/api/places?parent={CITY.code}&limit=1").json()) == 1


def test_a_stream_ends_with_the_whole_answer_or_says_what_failed(tmp_path):
    client = TestClient(create_app(FakeAssistant(tmp_path)), raise_server_exceptions=False)
    said = client.post("/api/ask/stream", json={"question": "秸秆"})
    assert said.headers["content-type"].startswith("text/event-stream")
    events = [block.split("\n")[0] for block in said.text.strip().split("\n\n")]
    assert events == ["event: segment", "event: answer"]
    for broken in ("出错", "损坏"):
        failed = client.post("/api/ask/stream", json={"question": broken}).text
        assert failed.strip().split("\n\n")[-1].startswith("event: problem")
        assert "/secret" not in failed
