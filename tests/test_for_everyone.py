"""The citizens' pages for everyone: axe on every page and state, keyboard, zoom, large, dark, 繁體."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from browser import SIZES, axe_findings, fits, needs_browser, picture, wear
from fake_assistant import LIST, PROVISION, ROW, SHICHUAN_LIUQIAO, WANGXI_LIUQIAO, FakeAssistant
from loopback import serving
from playwright.sync_api import Browser, Page, expect

from assistant.http.app import create_app
from assistant.service.operations import Operations
from assistant.state.journal import Asked, Feedback, Verdict

pytestmark = needs_browser
PHONE, DESKTOP = SIZES["phone"], SIZES["desktop"]
AT = f"&place={WANGXI_LIUQIAO.code}"
STATES = {
    "home": "/",
    "lead": f"/ask?question=宅基地{AT}",
    "withdrawn": f"/ask?question=广告{AT}",
    "cooperating": f"/ask?question=秸秆{AT}",
    "entrusted": f"/ask?question=检查{AT}",
    "which": "/ask?question=柳桥镇盖房",
    "nothing": f"/ask?question=养老{AT}",
    "failed": "/ask?question=出错",
    "empty": "/ask?question=",
    "source": f"/source/{quote(LIST.id, safe='')}?record={quote(ROW.id, safe='')}",
    "text": f"/source/{quote(PROVISION.id, safe='')}",
    "missing": "/source/none",
    "docs": "/docs",
    "framed": f"/?embed=1{AT}",
}
LOOKS = ["", "large", "dark", "hant", "large-dark"]


class Kept:
    """A journal in memory."""

    is_kept = True

    def __init__(self) -> None:
        self.noted: list[Asked | Feedback] = []

    def record(self, entry: Asked | Feedback) -> None:
        self.noted.append(entry)

    def forget(self, answer_id: str) -> bool:
        return False

    def close(self) -> None:
        pass

    @property
    def said(self) -> list[Feedback]:
        return [entry for entry in self.noted if isinstance(entry, Feedback)]


@pytest.fixture(scope="module")
def journal() -> Kept:
    return Kept()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, journal: Kept) -> Iterator[str]:
    fake = FakeAssistant(tmp_path_factory.mktemp("fake"))
    with serving(create_app(fake, Operations(journal=journal))) as address:
        yield address


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_on_any_page(page: Page, site: str, look: str, size: str):
    wear(page, site, look)
    found = {}
    for name, path in STATES.items():
        page.goto(site + path)
        picture(page, f"{name}-{size}-{look or 'usual'}")
        if wrong := axe_findings(page):
            found[name] = wrong
        assert fits(page), name
    assert found == {}


def test_axe_finds_nothing_in_what_opens(page: Page, site: str):
    page.goto(site)
    page.click("#place-button")
    expect(page.get_by_role("button", name="石川县", exact=True)).to_be_visible()
    assert axe_findings(page) == []
    page.keyboard.press("Escape")
    page.fill("#question", "秸秆归谁管")
    page.keyboard.press("Enter")
    page.get_by_text("不对", exact=True).click()
    assert axe_findings(page) == []
    page.locator("a.cite").first.click()
    page.frame_locator("#source-dialog-frame iframe").locator("#cited").wait_for()
    assert axe_findings(page) == []


def test_nothing_is_cut_off_at_400_percent(browser: Browser, site: str):
    """WCAG 2.2, 1.4.10: 1280 pixels at 400 % are 320; a phone's 390 at 200 % are 195."""
    page = browser.new_page()
    for look, width in itertools.product(("", "large"), (320, 195)):
        page.set_viewport_size({"width": width, "height": 422})
        wear(page, site, look)
        for name, path in STATES.items():
            page.goto(site + path)
            assert fits(page), (look, width, name)
    page.close()


def test_a_question_is_asked_and_proved_with_the_keyboard_alone(page: Page, site: str):
    page.goto(site)
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("跳到正文")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_id("question")
    page.keyboard.type("秸秆归谁管")
    while page.evaluate("document.activeElement.id") != "place-button":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(":focus")).to_have_id("place-search")
    page.keyboard.type("石川县柳桥")
    expect(page.locator("#place-count")).to_have_text("找到1处")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#place-button")).to_be_focused()
    expect(page.locator("#place-button")).to_have_text(SHICHUAN_LIUQIAO.full_name)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("a.cite").wait_for()
    while not page.evaluate("document.activeElement.matches('a.cite')"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#source-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#source-dialog")).to_be_hidden()
    expect(page.locator("a.cite")).to_be_focused()


def test_headings_and_landmarks_come_in_the_order_of_reading(page: Page, site: str):
    page.goto(site + STATES["lead"])
    headings = page.locator("h1, h2:visible, h3").all_inner_texts()
    assert headings[:4] == ["您要问哪件事？", "清单上有规定", "责任链", "相近的事项"]
    assert page.locator("main").count() == page.locator("footer.site").count() == 1


def test_the_answer_is_read_aloud_once_it_stands(page: Page, site: str):
    page.goto(site)
    page.fill("#question", "秸秆归谁管")
    page.keyboard.press("Enter")
    live = page.locator("[role=status][aria-live=polite]")
    expect(live).to_contain_text("清单上有规定。秸秆综合利用由望溪县农业农村局牵头")


def test_the_chain_names_levels_parts_and_in_whose_name(page: Page, site: str):
    page.goto(site + STATES["entrusted"])
    rungs = page.locator(".chain .rung").all_inner_texts()
    assert [" ".join(rung.split()) for rung in rungs] == [
        "市 青禾市",
        "县 望溪县 望溪县城市管理局 委托机关，仍由它负责",
        "镇 柳桥镇 望溪县柳桥镇人民政府 受托办理 以望溪县城市管理局的名义",
    ]


@pytest.mark.parametrize("scripted", [True, False])
def test_large_type_and_dark_stay_chosen(browser: Browser, site: str, scripted: bool):
    context = browser.new_context(java_script_enabled=scripted, viewport=PHONE)
    page = context.new_page()
    page.goto(site + STATES["lead"])
    usual = page.locator(".text p").first.bounding_box()
    page.get_by_role("button", name="大字").click()
    page.get_by_role("button", name="深色").click()
    page.goto(site + STATES["lead"])
    expect(page.get_by_role("button", name="大字")).to_have_attribute("aria-pressed", "true")
    assert page.locator("html").get_attribute("class") == "large dark"
    large = page.locator(".text p").first.bounding_box()
    assert usual
    assert large
    assert large["height"] > usual["height"]
    expect(page.locator(".related")).to_be_hidden()
    context.close()


def test_who_gets_no_answer_in_large_type_is_still_shown_what_is_near_and_whom_to_call(
    page: Page, site: str
):
    wear(page, site, "large")
    page.goto(site + STATES["nothing"])
    expect(page.get_by_role("link", name="拨打 12345 问一问")).to_have_attribute(
        "href", "tel:12345"
    )
    expect(page.locator(".related .chip").first).to_be_visible()


def test_traditional_characters_leave_the_papers_words_alone(browser: Browser, site: str):
    context = browser.new_context(java_script_enabled=False, viewport=DESKTOP)
    page = context.new_page()
    page.goto(site + STATES["entrusted"])
    quoted = page.locator(".citations li").first.inner_text()
    page.get_by_role("button", name="繁體").click()
    assert page.url.endswith(f"place={WANGXI_LIUQIAO.code}")
    expect(page.locator("h1")).to_have_text("您要問哪件事？")
    expect(page.locator(".holder .role")).to_contain_text("受望溪縣城市管理局委託辦理")
    assert page.locator(".citations li").first.inner_text() == quoted
    page.locator("a.source").first.click()
    expect(page.locator("#cited mark")).to_have_text("农村村民宅基地审批")
    context.close()


def test_an_answer_that_streams_in_comes_in_traditional_characters(page: Page, site: str):
    wear(page, site, "hant")
    page.goto(site)
    expect(page.locator("#place-label")).to_have_text("在哪裏")
    page.fill("#question", "秸秆归谁管")
    page.evaluate("""() => {
        globalThis.drawn = [];
        const note = () => drawn.push(document.querySelector(".writing .text p")?.textContent);
        new MutationObserver(note).observe(document.getElementById("answers"), { childList: true });
    }""")
    page.keyboard.press("Enter")
    expect(page.locator(".status")).to_have_text("清單上有規定")
    expect(page.locator(".copy")).to_have_text("複製答覆")
    assert any("望溪縣農業農村局牽頭" in (text or "") for text in page.evaluate("drawn"))
    drawn = page.locator("article.answer > .said").inner_text()
    quoted = page.locator(".citations li").first.inner_text()
    assert "农村" in quoted
    page.reload()
    assert page.locator("article.answer > .said").inner_text() == drawn
    assert page.locator(".citations li").first.inner_text() == quoted


def test_what_is_wrong_with_an_answer_is_said_with_a_reason(page: Page, site: str, journal: Kept):
    page.goto(site)
    page.fill("#question", "秸秆归谁管")
    page.keyboard.press("Enter")
    page.get_by_text("不对", exact=True).click()
    page.get_by_label("哪里不对").fill("牵头的换了")
    page.get_by_role("button", name="告诉我们").click()
    expect(page.locator(".feedback [role=status]")).to_have_text("收到了，谢谢。")
    assert (journal.said[-1].verdict, journal.said[-1].reason) == (Verdict.WRONG, "牵头的换了")


def test_feedback_needs_no_script(browser: Browser, site: str, journal: Kept):
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(site + STATES["lead"])
    page.get_by_role("button", name="有用").click()
    expect(page.locator("h1")).to_have_text("收到了，谢谢")
    assert journal.said[-1].verdict is Verdict.UP
    expect(page.get_by_role("link", name="再问一件事")).to_be_visible()
    context.close()


def test_a_shared_link_gives_the_answer_with_its_place_and_day(page: Page, site: str):
    page.goto(site + STATES["lead"])
    said = page.locator(".said").inner_text()
    link = page.locator("a.share").get_attribute("href")
    assert link is not None
    assert "as_of=2025-05-01" in link
    assert f"place={WANGXI_LIUQIAO.code}" in link
    page.goto(site + link)
    assert page.locator(".said").inner_text() == said


def test_speech_becomes_text_where_the_browser_can(page: Page, site: str):
    page.add_init_script("""
        class Fake extends EventTarget {
          start() { setTimeout(() => {
            const heard = new Event("result");
            heard.results = [[{ transcript: "宅基地找谁批" }]];
            this.dispatchEvent(heard);
            this.dispatchEvent(new Event("end"));
          }, 20); }
          stop() {}
        }
        globalThis.SpeechRecognition = globalThis.webkitSpeechRecognition = Fake;""")
    page.goto(site)
    page.get_by_role("button", name="说话").click()
    expect(page.locator("#question")).to_have_value("宅基地找谁批")
    expect(page.locator("#voice")).to_have_attribute("aria-pressed", "false")


def test_a_browser_without_speech_shows_no_button(page: Page, site: str):
    page.add_init_script(
        "delete globalThis.SpeechRecognition; delete globalThis.webkitSpeechRecognition;"
    )
    page.goto(site)
    expect(page.locator("#place-button")).to_be_visible()
    expect(page.locator("#voice")).to_be_hidden()
