"""The chat on another site: one script tag, allowed origins only, focus, Escape, whole phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browser import SIZES, axe_findings, needs_browser, picture
from fake_assistant import WANGXI_LIUQIAO, FakeAssistant
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from loopback import serving
from playwright.sync_api import Browser, Page, expect

from assistant.http.app import create_app
from assistant.service.operations import Operations

pytestmark = needs_browser
PHONE, DESKTOP = SIZES["phone"], SIZES["desktop"]


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    """A town's own site; `?desk=` says where the desk runs."""
    app = FastAPI()

    @app.get("/")
    def page(desk: str) -> HTMLResponse:
        tag = f'<script src="{desk}/widget.js" data-place="{WANGXI_LIUQIAO.code}"></script>'
        head = '<!doctype html><html lang="zh-CN"><title>柳桥镇</title>'
        html = f"{head}<main><h1>柳桥镇欢迎您</h1></main>{tag}"
        policy = f"default-src 'none'; script-src {desk}; frame-src {desk}"
        return HTMLResponse(html, headers={"content-security-policy": policy})

    with serving(app) as address:
        yield address


@pytest.fixture(scope="module")
def desk(host: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    fake = FakeAssistant(tmp_path_factory.mktemp("fake"))
    with serving(create_app(fake, Operations(origins=(host,)))) as address:
        yield address


@pytest.fixture(scope="module")
def closed_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(create_app(FakeAssistant(tmp_path_factory.mktemp("closed")))) as address:
        yield address


def test_a_question_is_asked_and_proved_in_the_frame(page: Page, host: str, desk: str):
    page.goto(f"{host}/?desk={desk}")
    assert len(page.frames) == 1, "nothing of the desk but its script before a person opens it"
    page.get_by_role("button", name="这事归谁管？").click()
    frame = page.frame_locator("iframe")
    expect(frame.locator("#place-button")).to_have_text(WANGXI_LIUQIAO.full_name)
    frame.locator("#question").fill("宅基地找谁")
    frame.locator("button.primary").click()
    expect(frame.locator(".holder .body")).to_have_text("望溪县柳桥镇人民政府")
    expect(frame.locator("main")).to_contain_text("它不是行政决定")
    page.wait_for_timeout(500)  # it comes to the answer softly
    picture(page, f"widget-{page.viewport_size['width']}")  # type: ignore[index]
    assert axe_findings(page) == []
    frame.locator("a.cite").first.click()
    source = frame.frame_locator("#source-dialog-frame iframe")
    expect(source.locator("#cited mark")).to_be_visible()


def test_escape_closes_it_and_gives_the_focus_back(page: Page, host: str, desk: str):
    page.goto(f"{host}/?desk={desk}")
    page.get_by_role("button", name="这事归谁管？").click()
    frame = page.frame_locator("iframe")
    expect(frame.locator("#place-button")).to_be_visible()
    frame.locator("#question").press("Escape")
    opener = page.get_by_role("button", name="这事归谁管？")
    expect(opener).to_be_focused()
    expect(page.locator("iframe")).to_be_hidden()
    opener.press("Enter")
    expect(page.locator("iframe")).to_be_visible()


def test_it_takes_the_whole_phone(browser: Browser, host: str, desk: str):
    page = browser.new_page(viewport=PHONE)
    page.goto(f"{host}/?desk={desk}")
    page.get_by_role("button", name="这事归谁管？").click()
    box = page.locator("iframe").bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"]) == (0, 0, PHONE["width"])
    page.get_by_role("button", name="关闭").click()
    expect(page.locator("iframe")).to_be_hidden()
    page.close()


def test_a_site_that_is_not_allowed_gets_no_frame(browser: Browser, host: str, closed_desk: str):
    page = browser.new_page()
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text))
    page.goto(f"{host}/?desk={closed_desk}")
    opener = page.get_by_role("button", name="这事归谁管？")
    opener.click()
    page.wait_for_timeout(500)
    assert any("frame-ancestors" in text for text in refused)
    page.close()
