"""What browser tests share: a site on a port of its own, the system's Chromium, axe, pictures."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
PHONE, DESKTOP = {"width": 375, "height": 780}, {"width": 1280, "height": 860}
PICTURES = Path(
    os.environ.get("DUTYDESK_PICTURES", Path(__file__).parent.parent / "test-artifacts")
)


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The address of an app that runs in a thread."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as play:
        flags = ["--no-sandbox", "--disable-background-networking"]
        opened = play.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield opened
        opened.close()


def barriers(page: Page) -> list[str]:
    """What axe-core finds wrong with a page as it stands: rule, and the first element hit."""
    from axe_playwright_python.sync_playwright import Axe

    page.evaluate("() => Promise.all(document.getAnimations().map((one) => one.finished))")
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]


def picture(page: Page, name: str) -> None:
    """Keep a picture of the whole page in `test-artifacts/`."""
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
