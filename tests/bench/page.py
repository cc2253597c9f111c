"""What the citizens' page costs on a slow phone: bytes, requests, first view, first answer.

`python -m bench.page` over the sample city, or `--url` of a site that runs. The phone is
Lighthouse's: 412 × 823, four times slower than this machine, 1.6 Mbit/s with 150 ms round trips
(slow 4G). Every figure is the median of `--runs` fresh browsers with empty caches.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from browser import chromium
from loopback import serving
from playwright.sync_api import Browser, CDPSession

ROOT = Path(__file__).parent.parent.parent
PHONE = {"width": 412, "height": 823}
NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 750e3 / 8,
}
SLOWER = 4
QUESTION = "低保最后由谁审核确认"
_PAINTS = """() => new Promise((done) => new PerformanceObserver((list) => {
  const largest = list.getEntries().at(-1).startTime;
  const first = performance.getEntriesByName("first-contentful-paint")[0].startTime;
  done({ first, largest });
}).observe({ type: "largest-contentful-paint", buffered: true }))"""
_BLOCKED = """
  globalThis.blocked = 0;
  globalThis.shifted = 0;
  const watch = (type, add) =>
    new PerformanceObserver((list) => list.getEntries().forEach(add)).observe({ type, buffered: true });
  watch("longtask", (task) => { globalThis.blocked += Math.max(0, task.duration - 50); });
  watch("layout-shift", (shift) => { if (!shift.hadRecentInput) globalThis.shifted += shift.value; });
"""
_UNTIL_ANSWER = """() => new Promise((done) => {
  const start = performance.now();
  let sentence = 0;
  new MutationObserver(() => {
    if (!sentence && document.querySelector(".answer .text p")) sentence = performance.now() - start;
    if (document.querySelector(".answer .citations, .answer .clarify"))
      done({ sentence, whole: performance.now() - start });
  }).observe(document.getElementById("answers"), { childList: true, subtree: true });
  document.getElementById("ask").requestSubmit();
})"""


def measure(browser: Browser, url: str) -> dict[str, float]:
    """One visit with an empty cache: the first view, then one question."""
    context = browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True)
    page = context.new_page()
    page.add_init_script(_BLOCKED)
    session = context.new_cdp_session(page)
    moved = _count(session)
    session.send("Network.emulateNetworkConditions", NETWORK)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(url, wait_until="networkidle")
    paints = page.evaluate(_PAINTS)
    blocked, shifted = page.evaluate("[blocked, shifted]")
    view = dict(moved)
    page.fill("#question", QUESTION)
    answer = page.evaluate(_UNTIL_ANSWER)
    context.close()
    return {
        "bytes": view["bytes"],
        "requests": view["requests"],
        "first_paint_ms": paints["first"],
        "largest_paint_ms": paints["largest"],
        "blocked_ms": blocked,
        "layout_shift": shifted,
        "first_sentence_ms": answer["sentence"],
        "whole_answer_ms": answer["whole"],
    }


def _count(session: CDPSession) -> dict[str, int]:
    """Bytes over the wire, heads included, and requests; counted while the page loads."""
    moved = {"bytes": 0, "requests": 0}

    def ended(event: dict[str, float]) -> None:
        moved["bytes"] += int(event["encodedDataLength"])
        moved["requests"] += 1

    session.send("Network.enable")
    session.on("Network.loadingFinished", ended)
    return moved


@contextmanager
def site(url: str) -> Iterator[str]:
    """The site asked for, or the sample city on a port of its own."""
    if url:
        yield url
        return
    from assistant.app import build_encoder
    from assistant.corpus import Corpus
    from assistant.http.app import create_app
    from assistant.pipeline import Assistant
    from assistant.settings import Settings
    from index.build import build
    from index.versions import CorpusFolder

    class Silent:
        def stage(self, name, total):
            return lambda n_done: None

    with tempfile.TemporaryDirectory() as home:
        encoder = build_encoder(Settings())
        folder = CorpusFolder(Path(home), "sample")
        build([ROOT / "index" / "sample"], folder, encoder, Path(home) / "cache", Silent())
        with serving(create_app(Assistant(Corpus(folder.current(), encoder)))) as address:
            yield address


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="", help="a site that runs")
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    with site(asked.url) as url, chromium() as browser:
        measure(browser, url)  # the site's own caches
        visits = [measure(browser, url) for _ in range(asked.runs)]
    figures = {name: statistics.median(visit[name] for visit in visits) for name in visits[0]}
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}, indent=1))


if __name__ == "__main__":
    main()
