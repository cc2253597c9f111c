"""What every test shares: no network beyond this machine, one encoder, one sample corpus."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from browser import PICTURES, SIZES, chromium, page_of
from playwright.sync_api import Browser, Page

from assistant.corpus import Corpus
from assistant.pipeline import Assistant
from index.build import build
from index.encoder import Encoder, load_encoder
from index.versions import CorpusFolder

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared" / "data"
TODAY = date(2026, 1, 15)


class Silent:
    """Progress that shows nothing."""

    def stage(self, name, total):
        return lambda n_done: None


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write golden files anew")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def guarded(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in {
            "127.0.0.1",
            "::1",
            "localhost",
        }:
            raise AssertionError(f"a test tried to reach {address}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    cache = os.environ.get("DUTYDESK_CACHE") or tmp_path_factory.mktemp("models")
    loaded = load_encoder("embedded", cache_dir=Path(cache), threads=2)
    assert loaded is not None
    return loaded


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def sample(home: Path, encoder: Encoder) -> Assistant:
    """An assistant over the sample city, on a day after all its papers."""
    folder = CorpusFolder(home, "sample")
    report = build([ROOT / "index" / "sample"], folder, encoder, home / "cache", Silent())
    assert report.unread == ()
    return Assistant(Corpus(folder.current(), encoder), today=lambda: TODAY)


@pytest.fixture(scope="session")
def sample_version(home: Path) -> Path:
    """The sample city's records in service, without vectors: for what the papers say."""
    folder = CorpusFolder(home, "sample-records")
    build([ROOT / "index" / "sample"], folder, None, home / "cache", Silent())
    return folder.current()


def put_in_service(version: Path, home: Path) -> Path:
    """A copy of a version, in service as the corpus "sample" of a home; returns the corpus's folder."""
    root = home / "corpora" / "sample"
    shutil.copytree(version, root / "versions" / version.name)
    (root / "current").write_text(version.name)
    return root


@pytest.fixture(scope="session")
def real_version(home: Path, real_lists: Path) -> Path:
    """The real published lists in service, without vectors."""
    folder = CorpusFolder(home, "real-records")
    build([real_lists], folder, None, home / "cache", Silent())
    return folder.current()


@pytest.fixture(scope="session")
def real_lists() -> Path:
    folder = SHARED / "real-lists"
    if not folder.is_dir():
        pytest.skip("the real published lists are not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def real(home: Path, encoder: Encoder, real_lists: Path) -> Assistant:
    """An assistant over the real published lists."""
    folder = CorpusFolder(home, "real")
    build([real_lists], folder, encoder, home / "cache", Silent())
    return Assistant(Corpus(folder.current(), encoder), today=lambda: TODAY)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for a file's tests; one for all would keep its event loop from other tests."""
    with chromium() as opened:
        yield opened


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> str:
    """Whose screen the test's page has: a phone's, then a desktop's."""
    return str(request.param)


@pytest.fixture
def page(browser: Browser, size: str) -> Iterator[Page]:
    with page_of(browser, size) as opened:
        yield opened


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say where the browser tests left their pictures."""
    if PICTURES.is_dir():
        terminalreporter.write_line(f"截图：{PICTURES}")
