"""Two workers over separate connections to one PostgreSQL: whatever one has noted, the other knows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import engines
import pytest
from fake_assistant import FakeAssistant
from pydantic import SecretStr
from starlette.testclient import TestClient

from assistant.app import build_conversations
from assistant.corpus import Corpus
from assistant.http.app import create_app
from assistant.pipeline import Assistant
from assistant.service.access import Role, Tokens
from assistant.service.operations import Operations, build_operations
from assistant.settings import Settings
from assistant.state.database import open_state
from assistant.state.journal import JournalStore
from assistant.state.limits import SqlLimits
from assistant.state.notes import Notes
from assistant.state.rates import Rate

N_AT_ONCE = 16


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with engines.postgresql(tmp_path_factory.mktemp("pg")) as server:
        yield server.url


@pytest.fixture
def settings(url: str, tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, encoder="none", state=SecretStr(url), workers=2, rate=0)


Worker = tuple[TestClient, Operations]


@pytest.fixture
def started() -> Iterator[Callable[..., Worker]]:
    """Starts a worker with parts and connections of its own; ends all of them."""
    with ExitStack() as stack:

        def start(settings: Settings, assistant=None) -> Worker:
            operations = build_operations(settings)
            app = create_app(assistant or FakeAssistant(settings.home), operations)
            client = TestClient(app, follow_redirects=False)
            return stack.enter_context(client), operations

        yield start


def test_a_conversation_goes_on_at_the_other_worker(
    settings: Settings, started, sample_version: Path
) -> None:
    opened = [
        Assistant(Corpus(sample_version, None), conversations=build_conversations(settings))
        for _ in range(2)
    ]
    (one, _), (other, _) = (started(settings, assistant) for assistant in opened)
    asked = {"question": "最低生活保障审核确认由谁负责", "place": "临溪县城关镇"}
    first = one.post("/api/ask", json=asked).json()
    assert first["status"] == "answered"
    follow = {"question": "依据是什么", "conversation_id": first["conversation_id"]}
    second = other.post("/api/ask", json=follow).json()
    assert second["understood"]["matter"] == first["understood"]["matter"]


def test_an_address_has_one_rate_at_both_workers(settings: Settings, started) -> None:
    limited = settings.model_copy(update={"rate": 8})  # four at once
    (one, _), (other, _) = started(limited), started(limited)
    asked = {"question": "宅基地盖房找谁", "place": "990101101"}
    codes = [client.post("/api/ask", json=asked).status_code for client in (one, other) * 3]
    assert codes == [200] * 4 + [429] * 2


def test_whoever_asks_everywhere_at_once_is_still_counted_exactly(url: str) -> None:
    limits = [SqlLimits(open_state(url), "a key of the test") for _ in range(2)]
    rate = Rate(per_minute=1, burst=6)
    assert limits[0].wait_s("somebody", rate) == 0
    with ThreadPoolExecutor(N_AT_ONCE) as pool:
        waits = list(pool.map(lambda n: limits[n % 2].wait_s("somebody", rate), range(N_AT_ONCE)))
    assert waits.count(0) == 5


def test_who_signed_in_at_one_is_known_to_the_other_until_the_token_is_revoked(
    settings: Settings, started
) -> None:
    tokens = Tokens(settings.home / "tokens.json")
    token = tokens.add("张三", Role.EDITOR)
    (one, _), (other, _) = started(settings), started(settings)
    form = {"csrf": _csrf(one), "token": token}
    other.cookies.update(one.cookies)
    assert other.post("/signin", data=form).status_code == 303  # the form came from the first
    one.cookies = other.cookies
    assert "已登录：张三" in one.get("/signin").text
    tokens.revoke("张三")
    assert "已登录" not in one.get("/signin").text


def _csrf(client: TestClient) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/signin").text)
    assert found
    return found[1]


def test_the_journal_is_one_with_one_salt_a_day(settings: Settings, started, url: str) -> None:
    (one, kept_by_one), (other, kept_by_other) = started(settings), started(settings)
    asked = {"question": "宅基地盖房找谁", "place": "990101101"}
    ids = [client.post("/api/ask", json=asked).json()["answer_id"] for client in (one, other)]
    assert kept_by_one.journal.flush()
    assert kept_by_other.journal.flush()
    said = {"answer_id": ids[0], "verdict": "wrong", "reason": "不是这里"}
    assert other.post("/api/feedback", json=said).status_code == 202
    assert kept_by_other.journal.flush()
    rows = {row["id"]: row for row in JournalStore(open_state(url)).export()}
    assert rows[ids[0]]["verdict"] == "wrong"
    assert rows[ids[0]]["caller"] == rows[ids[1]]["caller"] != ""
    assert other.delete(f"/api/answers/{ids[0]}").status_code == 204
    assert one.delete(f"/api/answers/{ids[0]}").status_code == 404


def test_only_one_of_all_workers_claims_a_message(url: str) -> None:
    notes = [Notes(open_state(url)) for _ in range(2)]
    with ThreadPoolExecutor(N_AT_ONCE) as pool:
        for message in range(5):
            claimed = pool.map(
                lambda n, key=f"message:{message}": notes[n % 2].claim(key, ttl_s=60),
                range(N_AT_ONCE),
            )
            assert list(claimed).count(True) == 1
    notes[0].keep("answer", "第一句", ttl_s=60)
    assert notes[1].find("answer") == "第一句"
    notes[1].forget("answer")
    assert notes[0].find("answer") is None


def test_a_version_is_the_same_folder_for_both(settings: Settings, started, sample_version) -> None:
    """Nothing that a worker writes lies in the version: it may be shared read-only."""
    before = {path: path.stat().st_mtime_ns for path in sample_version.rglob("*")}
    assistant = Assistant(Corpus(sample_version, None))
    client, _ = started(settings, assistant)
    assert client.post("/api/ask", json={"question": "占道经营归谁管"}).status_code == 200
    assert {path: path.stat().st_mtime_ns for path in sample_version.rglob("*")} == before
