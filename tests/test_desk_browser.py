"""The desk in a real browser: by keyboard, on a phone, without a script, and under axe's eyes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import (
    TOUCH_PX,
    axe_findings,
    fits,
    needs_browser,
    page_of,
    picture,
    wear,
)
from conftest import TODAY
from loopback import serving
from playwright.sync_api import Browser, Page, expect

from assistant.corpus import Corpus
from assistant.http.app import create_app
from assistant.pipeline import Assistant

pytestmark = needs_browser
VIEWS = {
    "search": "/desk?q=低保",
    "nothing": "/desk?q=无此事项无此事项",
    "places": "/desk?place=城关镇",
    "township": "/desk/township?place=临溪县城关镇&power=行政许可",
    "compare": "/desk/compare?a=临溪县民政局&b=望川县民政局",
    "editions": "/desk/editions",
    "matrix": "/desk/matrix?q=低保&place=临溪县",
    "boundary": "/desk/boundary?a=临溪县农业农村局&b=临溪县市场监督管理局&q=农产品",
    "charts": "/desk/charts",
}


@pytest.fixture(scope="module")
def site(sample_version: Path) -> Iterator[str]:
    assistant = Assistant(Corpus(sample_version, None), today=lambda: TODAY)
    with serving(create_app(assistant)) as address:
        yield address


@pytest.mark.parametrize("name", VIEWS)
def test_axe_finds_nothing_and_nothing_hangs_over_the_side(
    page: Page, site: str, name: str, size: str
):
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        page.goto(site + VIEWS[name])
        assert axe_findings(page) == []
    picture(page, f"desk-{name}-{size}")
    assert fits(page)


@pytest.mark.parametrize("look", ["", "large", "large-dark", "hant"])
def test_nothing_hangs_over_at_200_percent_nor_in_large_type(
    browser: Browser, site: str, look: str
):
    """A desktop's 1280 pixels at 200 % are 640, a phone's 390 are 195."""
    with page_of(browser, "phone") as page:
        wear(page, site, look)
        for name, path in VIEWS.items():
            page.goto(site + path)
            for width in (640, 195):
                page.set_viewport_size({"width": width, "height": 400})
                assert fits(page), (name, width)
            assert axe_findings(page) == [], name
            picture(page, f"desk-{name}-195-{look or 'usual'}")


def test_the_tab_of_the_page_is_in_sight_on_a_phone(browser: Browser, site: str):
    with page_of(browser, "phone") as page:
        for view in ("boundary", "charts"):
            page.goto(site + VIEWS[view])
            expect(page.locator(".desk-nav [aria-current]")).to_be_in_viewport(ratio=0.9)


def test_a_row_and_two_editions_are_found_by_following_links(page: Page, site: str, size: str):
    page.goto(site + "/desk/editions")
    page.locator(".lines-of-lists a").first.click()
    expect(page.locator("ins, del").first).to_be_visible()
    assert axe_findings(page) == []
    picture(page, f"desk-changes-{size}")
    page.locator("table.grid td a").first.click()
    expect(page.get_by_role("heading", name="各版本里的这一条")).to_be_visible()
    assert axe_findings(page) == []
    picture(page, f"desk-row-{size}")


def test_everything_is_done_by_keyboard(page: Page, site: str):
    page.goto(site + "/desk")
    page.keyboard.press("/")
    page.keyboard.type("占道")
    expect(page.locator("#count")).to_contain_text("条")
    expect(page.locator(".hit-link").first).to_contain_text("占道")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".hit-link").nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    title = page.locator(".hit-link").first.inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(title)
    page.keyboard.press("Tab")
    expect(page.locator("a.proof")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#q")).to_have_value("占道")
    expect(page.locator(".hit-link").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#q")).to_have_value("")


def test_the_arrows_lead_on_to_the_next_page_and_the_stroke_leads_back_from_any_view(
    page: Page, site: str
):
    page.goto(site + "/desk?q=审批")
    first = page.locator(".hit-link").first.inner_text()
    page.locator(".hit-link").last.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".pager [rel=next]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="回到开头")).to_be_visible()
    assert page.locator(".hit-link").first.inner_text() != first
    page.goto(site + VIEWS["boundary"])
    page.keyboard.press("/")
    expect(page.locator("#desk-form #q")).to_be_focused()


def test_a_clerk_takes_a_township_s_permits_away(page: Page, site: str):
    page.goto(site + "/desk/township")
    page.locator("#place").focus()
    page.keyboard.type("临溪县城关镇")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="行政许可").click()
    expect(page.locator(".lines .soft", has_text="依据：").first).to_contain_text("条")
    for name, ending in (("导出 Excel", ".xlsx"), ("导出 Word", ".docx")):
        with page.expect_download() as taken:
            page.get_by_role("link", name=name).click()
        assert taken.value.suggested_filename.endswith(f"城关镇自己能办的行政许可{ending}")


def test_a_facet_fills_the_form_and_the_address(page: Page, site: str):
    page.goto(site + "/desk?q=审批")
    value = page.locator('a[data-set="power"]').first
    n = value.locator(".n").inner_text()
    value.click()
    expect(page.locator("#count strong")).to_have_text(n)
    expect(page.locator('a[data-set="power"][aria-current]')).to_be_focused()
    expect(page.locator("#power")).not_to_have_value("")
    assert "power=" in page.url
    page.reload()
    expect(page.locator("#count strong")).to_have_text(n)
    page.get_by_role("link", name="去掉条件：权力类型").click()
    expect(page.locator("#power")).to_have_value("")


def test_without_a_script_the_form_and_the_counts_work(browser: Browser, site: str):
    with page_of(browser, "phone", java_script_enabled=False) as page:
        page.goto(site + "/desk")
        page.fill("#q", "占道")
        page.click("button.primary")
        expect(page.locator("#count")).to_contain_text("共")
        page.locator('a[data-set="power"]').first.click()
        expect(page.locator(".chosen a")).to_be_visible()
        page.locator(".hit-link").first.click()
        expect(page.get_by_role("heading", name="原文各栏")).to_be_visible()


def test_whatever_is_pressed_is_large_enough_for_a_thumb(browser: Browser, site: str):
    with page_of(browser, "phone") as page:
        page.goto(site + "/desk?q=审批")
        for pressed in page.locator("button:visible, select:visible, summary:visible").all():
            box = pressed.bounding_box()
            assert box is not None
            assert box["height"] >= TOUCH_PX, pressed.inner_text()
