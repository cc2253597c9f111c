"""The page over the sample city in a real browser: ask, read the cited answer, open the source row."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from assistant.http.app import create_app
from assistant.pipeline import Assistant

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no chromium on this machine"),
]
QUESTION = "临溪县城关镇路边摆摊占道谁管"
MATTER = "对擅自在街道两侧和公共场地堆放物料、摆摊设点等占道经营行为的处罚"


@pytest.fixture(scope="module")
def site(sample: Assistant) -> Iterator[str]:
    config = uvicorn.Config(create_app(sample), host="127.0.0.1", port=0, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        flags = ["--no-sandbox", "--disable-background-networking"]
        opened = play.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield opened
        opened.close()


@pytest.fixture(params=[(375, 812), (1280, 900)], ids=["phone", "desktop"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height})
    yield context.new_page()
    context.close()


def _ask(page: Page, site: str, question: str) -> None:
    page.goto(site)
    page.fill("#question", question)
    page.click("button.primary")
    page.wait_for_selector("article.answer")


def test_ask_read_and_open_the_source_row(page: Page, site: str) -> None:
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    _ask(page, site, QUESTION)
    answer = page.locator("article.answer")
    assert "临溪县城关镇人民政府" in answer.inner_text()
    page.locator("a.cite").first.click()
    sheet = page.frame_locator("#source-dialog-frame iframe")
    sheet.locator("td.cited", has_text=MATTER).first.wait_for()
    assert sheet.locator("td.cited mark").first.inner_text() in MATTER
    assert problems == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_question_back_is_answered_by_a_choice(page: Page, site: str) -> None:
    _ask(page, site, "城关镇路边摆摊占道谁管")
    choice = page.locator("button.choice", has_text="临溪县城关镇")
    choice.click()
    page.wait_for_selector("section.holder")
    assert "临溪县城关镇人民政府" in page.locator("section.holder").first.inner_text()


def test_it_works_without_a_script(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 375, "height": 812})
    page = context.new_page()
    page.goto(site)
    page.fill("#question", QUESTION)
    page.click("button.primary")
    assert "临溪县城关镇人民政府" in page.locator("article.answer").inner_text()
    page.locator("a.cite").first.click()
    assert page.locator("td.cited", has_text=MATTER).count() == 1
    context.close()
