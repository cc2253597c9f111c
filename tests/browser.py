"""A real browser over a real server, for tests: pages, pictures kept of them, axe's findings."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 860}}
PATIENCE_MS = 20_000  # a machine that does other things as well takes its time
expect.set_options(timeout=PATIENCE_MS)
TOUCH_PX = 44  # what a thumb hits
PICTURES = Path(
    os.environ.get("DUTYDESK_PICTURES") or Path(__file__).parent.parent / "test-artifacts"
)
needs_browser = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no chromium on this machine"),
]


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as play:
        flags = ["--no-sandbox", "--disable-background-networking"]
        opened = play.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield opened
        opened.close()


@contextmanager
def page_of(browser: Browser, size: str, **how) -> Iterator[Page]:
    """A page that must not log an error: a script or style blocked by the policy would be one.

    A page that says by its status that something failed may log just that.
    """
    context = browser.new_context(viewport=SIZES[size], **how)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    wrong: list[str] = []

    def note(said: ConsoleMessage) -> None:
        if said.type == "error" and said.location["url"] != page.url:
            wrong.append(said.text)

    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", note)
    yield page
    context.close()
    assert wrong == []


def picture(page: Page, name: str) -> None:
    """Keep a picture of the whole page in `test-artifacts/`."""
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


def wear(page: Page, site: str, look: str) -> None:
    """Have pages look as a person chose before: "large-dark", "hant", "" for as usual."""
    page.context.add_cookies([{"name": "look", "value": look, "url": site}])


def fits(page: Page) -> bool:
    """True if nothing hangs over the side of the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


# A colour on its way from one look to the next is neither's.
_SETTLED = """() => document.getAnimations()
    .filter(running => running instanceof CSSTransition).forEach(running => running.finish())"""


def axe_findings(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 A and AA, with the elements; empty is right."""
    import axe_playwright_python

    script = Path(axe_playwright_python.__file__).parent / "axe.min.js"
    page.evaluate(script.read_text("utf-8"))
    page.evaluate(_SETTLED)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", tags)
    return [
        f"{v['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for v in found["violations"]
        for node in v["nodes"][:3]
    ]
