"""Rates, the fair queue, and what is told when there is too much to do."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from bench.load import _problems, growth_mb_an_hour
from fake_assistant import FakeAssistant
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from assistant.http.access import Gate
from assistant.http.app import create_app
from assistant.http.fair_queue import FairQueue, OverloadedError
from assistant.service.access import Role, Tokens
from assistant.service.operations import Operations
from assistant.state.database import open_state
from assistant.state.limits import SqlLimits
from assistant.state.rates import MemoryLimits, Rate, address_key


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["memory", "sql"])
def limits(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock):
    if request.param == "memory":
        return MemoryLimits(clock)
    return SqlLimits(open_state(f"sqlite:///{tmp_path / 'state.sqlite'}"), "secret", clock)


SIXTY = Rate(per_minute=60, burst=5)


def test_a_burst_passes_then_one_a_second(limits, clock: Clock) -> None:
    assert [limits.wait_s("a", SIXTY) for _ in range(5)] == [0] * 5
    assert limits.wait_s("a", SIXTY) == pytest.approx(1)
    assert limits.wait_s("b", SIXTY) == 0
    clock.now += 1
    assert limits.wait_s("a", SIXTY) == 0
    assert limits.wait_s("a", SIXTY) > 0


def test_being_refused_costs_nothing(limits, clock: Clock) -> None:
    for _ in range(50):
        limits.wait_s("a", SIXTY)
    clock.now += 5
    assert [limits.wait_s("a", SIXTY) for _ in range(5)] == [0] * 5


@pytest.mark.parametrize("jump", [-3650 * 86_400.0, 3650 * 86_400.0])
def test_a_clock_that_jumped_shuts_nobody_out(limits, clock: Clock, jump: float) -> None:
    for _ in range(6):
        limits.wait_s("a", SIXTY)
    clock.now += jump
    assert limits.wait_s("a", SIXTY) == 0


@given(st.lists(st.floats(0, 30), max_size=60), st.integers(1, 600), st.integers(1, 50))
def test_never_more_than_the_burst_and_the_rate(gaps, per_minute: int, burst: int) -> None:
    clock, rate = Clock(), Rate(per_minute, burst)
    limits, start, passed = MemoryLimits(clock), clock.now, 0
    for gap in gaps:
        clock.now += gap
        passed += limits.wait_s("a", rate) == 0
    assert passed <= burst + (clock.now - start) * per_minute / 60 + 1e-6


def test_no_address_is_stored(tmp_path: Path) -> None:
    SqlLimits(open_state(f"sqlite:///{tmp_path / 's.sqlite'}"), "secret").wait_s("10.1.2.3", SIXTY)
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"10.1.2.3" not in stored


def test_a_household_of_ipv6_counts_as_one() -> None:
    assert address_key("2001:db8:1:2::1") == address_key("2001:db8:1:2:ffff::9")
    assert address_key("2001:db8:1:3::1") != address_key("2001:db8:1:2::1")
    assert address_key("::ffff:10.0.0.1") == address_key("10.0.0.1") == "10.0.0.1"
    assert address_key("testclient") == "testclient"


def _in_turn(queue: FairQueue, lanes: list[str]) -> list[str]:
    """Which lane got its turn when, with everybody waiting at once behind one that runs."""

    async def main() -> list[str]:
        order: list[str] = []

        async def one(lane: str) -> None:
            await queue.turn(lane)
            order.append(lane)
            await asyncio.sleep(0)
            queue.release()

        await queue.turn("first")
        tasks = [asyncio.create_task(one(lane)) for lane in lanes]
        await asyncio.sleep(0)
        queue.release()
        await asyncio.gather(*tasks)
        return order

    return asyncio.run(main())


def test_one_with_many_questions_delays_nobody() -> None:
    queue = FairQueue(n_running=1, n_waiting=100, wait_s=5)
    order = _in_turn(queue, ["many"] * 20 + ["old lady", "farmer"])
    assert {order.index("old lady"), order.index("farmer")} <= {1, 2}
    assert queue.n_running == queue.n_waiting == 0


def test_with_the_queue_full_the_longest_lane_loses_its_newest() -> None:
    queue = FairQueue(n_running=1, n_waiting=3, wait_s=5)

    async def main() -> list[object]:
        await queue.turn("first")
        greedy = [asyncio.create_task(queue.turn("many")) for _ in range(3)]
        await asyncio.sleep(0)
        other = asyncio.create_task(queue.turn("farmer"))
        await asyncio.sleep(0)
        with pytest.raises(OverloadedError):
            await queue.turn("many")
        for _ in range(4):
            queue.release()
            await asyncio.sleep(0)
        return await asyncio.gather(*greedy, other, return_exceptions=True)

    outcome = asyncio.run(main())
    assert [type(one) for one in outcome] == [type(None)] * 2 + [OverloadedError, type(None)]


def test_waiting_too_long_or_going_away_leaves_no_hole() -> None:
    queue = FairQueue(n_running=1, n_waiting=10, wait_s=0.02)

    async def main() -> None:
        await queue.turn("first")
        gone = asyncio.create_task(queue.turn("gone"))
        await asyncio.sleep(0)
        gone.cancel()
        with pytest.raises(OverloadedError, match="queue_timeout"):
            await queue.turn("late")
        assert queue.n_waiting == 0
        queue.release()
        await queue.turn("next")
        assert queue.n_running == 1

    asyncio.run(main())


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 0.003)), max_size=30))
def test_every_turn_is_given_back_whatever_happens(asked) -> None:
    queue = FairQueue(n_running=2, n_waiting=4, wait_s=0.002)

    async def one(lane: str, busy_s: float) -> None:
        try:
            await queue.turn(lane)
        except OverloadedError:
            return
        assert queue.n_running <= 2
        await asyncio.sleep(busy_s)
        queue.release()

    async def main() -> None:
        await asyncio.gather(*(one(*asking) for asking in asked))

    asyncio.run(main())
    assert (queue.n_running, queue.n_waiting) == (0, 0)


def _ask(client: TestClient, **more):
    return client.post("/api/ask", json={"question": "宅基地盖房找谁"}, **more)


def test_asking_too_fast_is_told_when_to_come_back(tmp_path: Path, clock: Clock) -> None:
    tokens = Tokens(tmp_path / "tokens.json")
    operations = Operations(gate=Gate(tokens), limits=MemoryLimits(clock), per_minute=4)
    client = TestClient(create_app(FakeAssistant(tmp_path), operations))
    assert [_ask(client).status_code for _ in range(3)] == [200, 200, 429]
    refused = _ask(client)
    assert refused.json()["code"] == "too_many"
    assert 1 <= int(refused.headers["retry-after"]) <= 15
    assert refused.headers["content-security-policy"]
    assert client.get("/api/places").status_code == 200
    assert client.get("/healthz").status_code == 200
    token = {"authorization": f"Bearer {tokens.add('大厅', Role.STAFF)}"}
    assert _ask(client, headers=token).status_code == 200
    page = client.get("/ask?question=x", headers={"accept": "text/html"})
    assert page.status_code == 429
    assert "问得太快了" in page.text
    clock.now += 15
    assert _ask(client).status_code == 200


def test_a_platform_that_speaks_for_many_is_not_one_asker(tmp_path: Path, clock: Clock) -> None:
    operations = Operations(limits=MemoryLimits(clock), per_minute=2)
    client = TestClient(create_app(FakeAssistant(tmp_path), operations))
    assert {client.post("/channels/wecom").status_code for _ in range(9)} == {404}


def test_counting_that_fails_closes_nothing(tmp_path: Path) -> None:
    engine = open_state(f"sqlite:///{tmp_path / 'state.sqlite'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("drop table limits")
    operations = Operations(limits=SqlLimits(engine, "secret"), per_minute=1)
    client = TestClient(create_app(FakeAssistant(tmp_path), operations))
    assert [_ask(client).status_code for _ in range(3)] == [200, 200, 200]


class SlowAssistant(FakeAssistant):
    """Answers when it is let."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.go = Event()

    def answer(self, question):
        self.go.wait(10)
        return super().answer(question)


def test_overload_is_shed_and_passes(tmp_path: Path) -> None:
    slow = SlowAssistant(tmp_path)
    queue = FairQueue(n_running=1, n_waiting=2, wait_s=5)
    with (
        TestClient(create_app(slow, Operations(queue=queue))) as client,
        ThreadPoolExecutor(8) as pool,
    ):
        asked = [pool.submit(_ask, client) for _ in range(8)]
        while sum(one.done() for one in asked) < 5:
            pass
        assert client.get("/healthz").status_code == 200
        slow.go.set()
        replies = [one.result() for one in asked]
        assert sorted(reply.status_code for reply in replies) == [200] * 3 + [503] * 5
        shed = next(reply for reply in replies if reply.status_code == 503)
        assert shed.json()["code"] == "overloaded"
        assert shed.headers["retry-after"]
        assert _ask(client).status_code == 200


def test_a_question_that_breaks_gives_its_turn_back(tmp_path: Path) -> None:
    queue = FairQueue(n_running=1, n_waiting=1, wait_s=1)
    client = TestClient(create_app(FakeAssistant(tmp_path), Operations(queue=queue)))
    for _ in range(3):
        client.post("/api/ask", json={"question": "损坏"})
    assert _ask(client).status_code == 200


def _looks(mb_an_hour: float) -> list[tuple[float, float]]:
    """Thirty minutes of looks at memory: caches fill first, and each look is off by some MB."""
    seconds = range(0, 1800, 30)
    return [
        (s, 900 + min(s, 500) * 0.4 + mb_an_hour * s / 3600 + (2 if s % 60 else -2))
        for s in seconds
    ]


@pytest.mark.parametrize(("mb_an_hour", "is_flat"), [(0, True), (10, True), (60, False)])
def test_a_soak_fails_when_memory_grows(mb_an_hour: float, is_flat: bool) -> None:
    measured = growth_mb_an_hour(_looks(mb_an_hour))
    assert measured == pytest.approx(mb_an_hour, abs=5)
    soak = {"出错": {}, "没说何时再来": 0, "请稍后再来": 0, "每小时增长MB": measured}
    assert (_problems({"久跑": soak}) == []) is is_flat


def test_a_soak_too_short_to_say_fails() -> None:
    assert growth_mb_an_hour(_looks(0)[:12]) is None
    soak = {"出错": {}, "没说何时再来": 0, "请稍后再来": 0, "每小时增长MB": None}
    assert _problems({"久跑": soak})
