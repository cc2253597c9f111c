"""The page over the sample city in a real browser: ask, read the cited answer, open the source row."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browser import fits, needs_browser, page_of
from loopback import serving
from playwright.sync_api import Browser, Page

from assistant.http.app import create_app
from assistant.pipeline import Assistant

pytestmark = needs_browser
QUESTION = "临溪县城关镇路边摆摊占道谁管"
MATTER = "对擅自在街道两侧和公共场地堆放物料、摆摊设点等占道经营行为的处罚"


@pytest.fixture(scope="module")
def site(sample: Assistant) -> Iterator[str]:
    with serving(create_app(sample)) as address:
        yield address


def _ask(page: Page, site: str, question: str) -> None:
    page.goto(site)
    page.fill("#question", question)
    page.click("button.primary")
    page.wait_for_selector("article.answer")


def test_ask_read_and_open_the_source_row(page: Page, site: str) -> None:
    _ask(page, site, QUESTION)
    answer = page.locator("article.answer")
    assert "临溪县城关镇人民政府" in answer.inner_text()
    page.locator("a.cite").first.click()
    sheet = page.frame_locator("#source-dialog-frame iframe")
    sheet.locator("td.cited", has_text=MATTER).first.wait_for()
    assert sheet.locator("td.cited mark").first.inner_text() in MATTER
    assert fits(page)


def test_the_question_back_is_answered_by_a_choice(page: Page, site: str) -> None:
    _ask(page, site, "城关镇路边摆摊占道谁管")
    choice = page.locator("button.choice", has_text="临溪县城关镇")
    choice.click()
    page.wait_for_selector("section.holder")
    assert "临溪县城关镇人民政府" in page.locator("section.holder").first.inner_text()


def test_it_works_without_a_script(browser: Browser, site: str) -> None:
    with page_of(browser, "phone", java_script_enabled=False) as page:
        page.goto(site)
        page.fill("#question", QUESTION)
        page.click("button.primary")
        assert "临溪县城关镇人民政府" in page.locator("article.answer").inner_text()
        page.locator("a.cite").first.click()
        assert page.locator("td.cited", has_text=MATTER).count() == 1
