"""The pages in a real browser over the fake assistant: what only a browser can tell."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browser import SIZES, TOUCH_PX, fits, needs_browser
from fake_assistant import HOMESTEAD, SHICHUAN_LIUQIAO, WANGXI_LIUQIAO, FakeAssistant
from loopback import serving
from playwright.sync_api import Browser, Page, expect

from assistant.http.app import create_app

pytestmark = needs_browser


@pytest.fixture(scope="module")
def fake(tmp_path_factory: pytest.TempPathFactory) -> FakeAssistant:
    return FakeAssistant(tmp_path_factory.mktemp("fake"))


@pytest.fixture(scope="module")
def site(fake: FakeAssistant) -> Iterator[str]:
    with serving(create_app(fake)) as address:
        yield address


def _open(page: Page, site: str) -> None:
    page.goto(site)
    page.wait_for_selector("#place-button")


def _choose(page: Page, county: str, township: str) -> None:
    page.click("#place-button")
    page.locator("#place-list summary", has_text=county).click()
    below = page.locator("#place-list li", has=page.get_by_role("button", name=county, exact=True))
    below.last.get_by_role("button", name=township, exact=True).click()


def _place(page: Page) -> str:
    return page.locator("#ask [name=place]").input_value()


def test_a_cited_cell_is_in_sight_and_marked_when_its_citation_is_opened(page: Page, site: str):
    _open(page, site)
    page.fill("#question", "宅基地盖房找谁")
    page.keyboard.press("Enter")
    expect(page.locator(".holder .body")).to_have_text("望溪县柳桥镇人民政府")
    expect(page.locator(".holder .role")).to_contain_text("由它负责")
    page.locator("a.cite").first.click()
    frame = page.frame_locator("#source-dialog-frame iframe")
    expect(frame.locator("#cited mark")).to_have_text(HOMESTEAD)
    expect(frame.locator("#cited")).to_be_in_viewport(ratio=0.9)
    if page.viewport_size["width"] > 600:  # a phone has no room for a header that stays
        expect(frame.locator("tbody.head")).to_be_in_viewport()


def test_escape_closes_the_source_though_the_focus_is_inside_it(page: Page, site: str):
    page.goto(f"{site}/ask?question=宅基地")
    page.locator("a.cite").first.click()
    page.frame_locator("#source-dialog-frame iframe").locator("#cited").click()
    page.keyboard.press("Escape")
    expect(page.locator("#source-dialog")).to_be_hidden()


def test_the_first_view_weighs_less_than_100_kilobytes(page: Page, site: str):
    page.goto(site, wait_until="networkidle")
    moved = page.evaluate("""() => ["navigation", "resource"].flatMap((kind) =>
        performance.getEntriesByType(kind).map((entry) => entry.transferSize))""")
    assert len(moved) > 5
    assert sum(moved) < 100_000


def test_every_script_that_the_page_needs_is_asked_for_at_once(page: Page, site: str):
    page.goto(site, wait_until="networkidle")
    named = {
        script.get_attribute("src") or script.get_attribute("href")
        for script in page.locator("script[src], link[rel=modulepreload]").all()
    }
    loaded = page.evaluate(
        "performance.getEntriesByType('resource').map((entry) => new URL(entry.name).pathname)"
    )
    assert {path for path in loaded if path.endswith(".js")} == named


def test_an_answer_and_its_source_are_printed_without_what_is_only_pressed(page: Page, site: str):
    page.emulate_media(media="print")
    page.goto(f"{site}/ask?question=宅基地&place={WANGXI_LIUQIAO.code}")
    for shown in (".holder", ".text", ".chain", ".citations blockquote"):
        expect(page.locator(shown).first).to_be_visible()
    for hidden in (".ask-panel", ".feedback", ".keep", ".related", ".look"):
        expect(page.locator(hidden)).to_be_hidden()
    page.goto(site + (page.locator("a.source").first.get_attribute("href") or ""))
    expect(page.locator("td#cited mark")).to_be_visible()
    expect(page.locator(".links")).to_be_hidden()
    assert page.locator(".sheet").evaluate("sheet => sheet.scrollHeight <= sheet.clientHeight + 1")


def test_a_choice_keeps_the_conversation_and_sets_the_place(
    page: Page, site: str, fake: FakeAssistant
):
    _open(page, site)
    page.get_by_role("button", name="柳桥镇盖房找谁？").click()
    page.get_by_role("button", name=SHICHUAN_LIUQIAO.full_name).click()
    expect(page.locator(".holder")).to_be_visible()
    assert fake.asked[-1].place == SHICHUAN_LIUQIAO.code
    assert fake.asked[-1].conversation_id == "会话1"
    assert fake.asked[-1].text == "柳桥镇盖房找谁？"
    expect(page.locator("#place-button")).to_have_text(SHICHUAN_LIUQIAO.full_name)
    assert _place(page) == SHICHUAN_LIUQIAO.code
    expect(page.locator("details.earlier summary")).to_have_text("柳桥镇盖房找谁？")


def test_the_place_is_remembered_on_this_device_only(page: Page, site: str):
    _open(page, site)
    _choose(page, "望溪县", "柳桥镇")
    page.reload()
    expect(page.locator("#place-button")).to_have_text(WANGXI_LIUQIAO.full_name)
    assert _place(page) == WANGXI_LIUQIAO.code
    assert page.context.cookies() == []


def test_the_address_after_asking_gives_the_same_answer_again(page: Page, site: str):
    _open(page, site)
    page.fill("#question", "秸秆归谁管")
    page.click("button.primary")
    expect(page.locator(".holder .body")).to_have_text(["望溪县农业农村局", "望溪县柳桥镇人民政府"])
    drawn = page.locator("article.answer > .said").inner_text()
    page.reload()
    expect(page.locator(".copy")).to_be_visible()
    assert page.locator("article.answer > .said").inner_text() == drawn


def test_what_goes_wrong_is_said_beside_the_question(browser: Browser, site: str):
    page = browser.new_page()
    _open(page, site)
    page.fill("#question", "出错")
    page.click("button.primary")
    expect(page.locator("#problem")).to_have_text("回答时出了差错，请稍后再试。")
    expect(page.locator("button.primary")).to_be_enabled()
    page.close()


def test_whatever_is_pressed_is_large_enough_for_a_thumb(page: Page, site: str):
    for path in ("/", "/ask?question=柳桥镇", "/ask?question=宅基地"):
        page.goto(site + path)
        page.wait_for_selector("#place-button")
        for pressed in page.locator("button:visible, select:visible, summary:visible").all():
            box = pressed.bounding_box()
            assert box is not None
            assert box["height"] >= TOUCH_PX, pressed.inner_text()


@pytest.mark.parametrize("path", ["/", "/ask?question=宅基地", "/ask?question=柳桥镇"])
def test_nothing_hangs_over_the_side(page: Page, site: str, path: str):
    page.goto(site + path)
    assert fits(page)


def test_without_a_script_a_question_back_is_answered_by_its_buttons(
    browser: Browser, site: str, fake: FakeAssistant
):
    context = browser.new_context(java_script_enabled=False, viewport=SIZES["phone"])
    page = context.new_page()
    page.goto(site)
    page.fill("#question", "柳桥镇盖房找谁")
    page.click("button.primary")
    page.get_by_role("button", name=WANGXI_LIUQIAO.full_name).click()
    expect(page.locator(".holder .body")).to_have_text("望溪县柳桥镇人民政府")
    assert (fake.asked[-1].place, fake.asked[-1].conversation_id) == (
        WANGXI_LIUQIAO.code,
        "会话1",
    )
    page.locator("a.source").first.click()
    expect(page.locator("td#cited")).to_be_in_viewport()
    expect(page.locator("td#cited mark")).to_have_text(HOMESTEAD)
    context.close()


def test_an_answer_is_copied_with_its_sources(browser: Browser, site: str):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{site}/ask?question=宅基地")
    page.get_by_role("button", name="复制答复").click()
    expect(page.locator(".copy")).to_have_text("已复制")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "由望溪县柳桥镇人民政府负责。[1]" in copied
    assert "柳政〔2025〕3号" in copied
    assert "（A25:I25）" in copied
    context.close()
