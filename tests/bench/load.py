"""Many people at once over an invented city: a steady crowd, too large a crowd, a long day.

    make load                              200 people for 5 minutes, then an overload, then rest
    make load LOAD="--soak 30"             and 30 minutes of an even load, for memory

Before the soak the crowd asks until the caches of records and of words are full, at full speed and
each entry of the lexicon by its name: at an even ten questions a second that alone would take the
half hour. In the soak no question comes twice.

Server and askers share this machine, so the askers' own work is in the figures.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np
from bench.city import Province
from bench.city_questions import Asked, mixed_questions
from rich.console import Console

from assistant.settings import Settings
from index.lexicon import shipped_entries
from index.versions import CorpusFolder

PORT = 18_766
ROWS = 60_000
N_PEOPLE = 200
# Reading an answer and wording the next question takes longer; this is an impatient crowd.
THINK_S = 10.0
OVERLOAD_S = 45
SOAK_PER_S, SOAK_SEED = 10, 12
N_QUESTIONS = 2000
# Of ten questions a second each may leave less than a kilobyte behind.
_GROWS_MB_AN_HOUR = 35.0
# What is left of the caches to fill fills until then.
_SETTLED = 1 / 3
# Asked before the soak; each worker keeps some 16,000 records, ten or twenty a question.
N_FILLING, _FILLERS, _WORKERS_FILLED = 6000, 8, 3
# Fewer than five minutes' looks draw no line.
_FEWEST_LOOKS = 10
_GAVE_WAY = {429, 503}
# Told to come back later, this crowd presses the button again after two seconds.
_AGAIN_S = 2.0

console = Console(stderr=True)


@dataclass
class Tally:
    """What came of many questions."""

    ms: list[float] = field(default_factory=list)
    codes: Counter[int | str] = field(default_factory=Counter)
    without_retry_after: int = 0
    started: float = field(default_factory=time.perf_counter)
    seconds: float = 0.0

    def figures(self) -> dict[str, object]:
        p50, p95, p99 = np.percentile(self.ms or [0.0], [50, 95, 99]).round(1)
        broken = {k: n for k, n in self.codes.items() if k != 200 and k not in _GAVE_WAY}
        return {
            "提问": self.codes.total(),
            "答上": self.codes[200],
            "请稍后再来": sum(self.codes[code] for code in _GAVE_WAY),
            "没说何时再来": self.without_retry_after,
            "出错": broken,
            "每秒": round(self.codes[200] / self.seconds, 1),
            "p50毫秒": float(p50),
            "p95毫秒": float(p95),
            "p99毫秒": float(p99),
        }


class Person:
    """One asker with a connection of its own; a library's pool of hundreds would be the bottleneck."""

    def __init__(self, number: int) -> None:
        self._address = f"10.{number // 250}.{number % 250}.7"
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, asked: Asked, tally: Tally) -> None:
        """One question; the time counts from pressing the button, connecting included."""
        start = time.perf_counter()
        try:
            async with asyncio.timeout(60):
                code, headers = await self._post({"question": asked.text, "place": asked.place})
        except (OSError, EOFError, TimeoutError) as error:
            tally.codes[type(error).__name__] += 1
            self.leave()
            return
        tally.codes[code] += 1
        if code == 200:
            tally.ms.append((time.perf_counter() - start) * 1000)
        elif code in _GAVE_WAY and "retry-after" not in headers:
            tally.without_retry_after += 1

    def leave(self) -> None:
        """Close the connection."""
        if self._streams:
            self._streams[1].close()
            self._streams = None

    async def _post(self, body: dict[str, str]) -> tuple[int, dict[str, str]]:
        if self._streams and self._streams[0].at_eof():  # idle too long, so the server hung up
            self.leave()
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", PORT)
        reader, writer = self._streams
        content = json.dumps(body).encode()
        head = f"POST /api/ask HTTP/1.1\r\nhost: x\r\nx-forwarded-for: {self._address}\r\n"
        head += f"content-type: application/json\r\ncontent-length: {len(content)}\r\n\r\n"
        writer.write(head.encode() + content)
        answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {k.lower(): v.strip() for k, _, v in (h.partition(":") for h in answer[1:])}
        await reader.readexactly(int(headers["content-length"]))
        if headers.get("connection") == "close":
            self.leave()
        return int(answer[0].split()[1]), headers


async def _crowd(questions: list[Asked], n_people: int, seconds: float, think_s: float) -> Tally:
    """People who each ask, read and ask again; without thinking they only press the button."""
    tally, end = Tally(), time.perf_counter() + seconds
    draw = random.Random(5)

    async def person(number: int) -> None:
        asker = Person(number)
        await asyncio.sleep(draw.uniform(0, think_s or 1))
        while time.perf_counter() < end:
            await asker.ask(draw.choice(questions), tally)
            await asyncio.sleep(draw.expovariate(1 / think_s) if think_s else _AGAIN_S)
        asker.leave()

    await asyncio.gather(*(person(n) for n in range(n_people)))
    tally.seconds = time.perf_counter() - tally.started
    return tally


def _by_entry(place: str) -> list[Asked]:
    """A question for every entry of the lexicon, often enough for each worker to get one."""
    return [Asked(f"{entry.say[0]}找谁", place) for entry in shipped_entries()] * _WORKERS_FILLED


async def _filled(questions: list[Asked]) -> None:
    """Ask them all, a few at a time, without a pause."""
    left = iter(questions)

    async def filler(number: int) -> None:
        asker = Person(number)
        for asked in left:
            await asker.ask(asked, Tally())
        asker.leave()

    await asyncio.gather(*(filler(n) for n in range(_FILLERS)))


async def _soak(questions: list[Asked], per_s: float, pid: int) -> dict[str, object]:
    """An even load of questions that all differ; memory is looked at every half minute."""
    await _filled([*_by_entry(questions[0].place), *questions[:N_FILLING]])
    tally, memory = Tally(), []
    tasks: set[asyncio.Task[None]] = set()
    next_look = 0.0
    askers = [Person(n) for n in range(500)]
    for asked in questions[N_FILLING:]:
        if (now := time.perf_counter()) >= next_look:
            memory.append((round(now - tally.started), *_memory_mb(pid)))
            next_look = now + 30
        asker = askers.pop(0)  # whoever asked longest ago, so no connection has two at once
        task = asyncio.create_task(asker.ask(asked, tally))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        askers.append(asker)
        await asyncio.sleep(1 / per_s)
    await asyncio.gather(*tasks)
    tally.seconds = time.perf_counter() - tally.started
    own = [(seconds, own) for seconds, _, own in memory]
    return {
        **tally.figures(),
        "秒、内存MB、其中自有": memory,
        "每小时增长MB": growth_mb_an_hour(own),
    }


def growth_mb_an_hour(memory: list[tuple[float, float]]) -> float | None:
    """Slope of (seconds, MB) once caches are filled; None where too little was looked at to say.

    Of memory of the processes' own: pages of the index are the system's to keep or to drop.
    """
    settled = memory[int(len(memory) * _SETTLED) :]
    if len(settled) < _FEWEST_LOOKS:
        return None
    return round(float(np.polyfit(*zip(*settled, strict=True), 1)[0]) * 3600, 1)


_URL = f"http://127.0.0.1:{PORT}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--people", type=int, default=N_PEOPLE)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--think", type=float, default=THINK_S)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--soak", type=float, default=0, help="minutes")
    parser.add_argument("--soak-rate", type=float, default=SOAK_PER_S, help="questions a second")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    _ensure_built(options.rows)
    questions = mixed_questions(Province(options.rows), N_QUESTIONS)
    server = _serve(options.rows, options.workers)
    try:
        figures = _measured(options, questions, server.pid)
    finally:
        server.terminate()
        server.wait()
    console.print_json(json.dumps(figures, ensure_ascii=False))
    if options.json:
        options.json.write_text(json.dumps(figures, ensure_ascii=False, indent=1), "utf-8")
    if problems := _problems(figures):
        sys.exit("；".join(problems))


def _measured(options: argparse.Namespace, questions: list[Asked], pid: int) -> dict[str, object]:
    _until_ready()
    figures: dict[str, object] = {
        "行": options.rows,
        "进程": options.workers,
        "开始时内存MB、其中自有": _memory_mb(pid),
    }
    if options.seconds:
        steady = asyncio.run(_crowd(questions, options.people, options.seconds, options.think))
        figures["平稳"] = steady.figures()
        overload = asyncio.run(_crowd(questions, 4 * options.people, OVERLOAD_S, 0))
        figures["过载"] = overload.figures()
        time.sleep(2)
        figures["过后"] = asyncio.run(_crowd(questions, 4, 20, 1)).figures()
    if options.soak:
        n = N_FILLING + round(options.soak * 60 * options.soak_rate)
        different = mixed_questions(Province(options.rows), n, seed=SOAK_SEED)
        figures["久跑"] = asyncio.run(_soak(different, options.soak_rate, pid))
    figures["结束时内存MB、其中自有"] = _memory_mb(pid)
    figures["负载"] = round(os.getloadavg()[0], 1)
    return figures


def _problems(figures: dict[str, object]) -> list[str]:
    """What `make load` fails on: an error anywhere, shedding in the steady crowd or after the rest."""
    found = []
    for phase in ("平稳", "过载", "过后", "久跑"):
        part = figures.get(phase)
        if not isinstance(part, dict):
            continue
        if part["出错"] or part["没说何时再来"]:
            found.append(f"{phase}：出错 {part['出错']}，没说何时再来 {part['没说何时再来']}")
        if phase != "过载" and part["请稍后再来"]:
            found.append(f"{phase}：有 {part['请稍后再来']} 次没有答上")
        if "每小时增长MB" in part:
            found += _growth_problems(part["每小时增长MB"])
    return found


def _growth_problems(mb_an_hour: float | None) -> list[str]:
    if mb_an_hour is None:
        return [f"久跑：太短，看不出内存（至少 {_FEWEST_LOOKS} 次，每半分钟一次，前三分之一不算）"]
    is_flat = mb_an_hour <= _GROWS_MB_AN_HOUR
    return (
        [] if is_flat else [f"久跑：内存每小时长 {mb_an_hour} MB，最多 {_GROWS_MB_AN_HOUR:.0f} MB"]
    )


def _ensure_built(rows: int) -> None:
    if not CorpusFolder(Settings().home, f"city{rows}").versions():
        command = [sys.executable, "-m", "bench.build_city", str(rows), "direct"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _serve(rows: int, workers: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "assistant.cli", "serve", "--corpus", f"city{rows}"]
    command += ["--port", str(PORT), "--workers", str(workers)]
    settings = {**os.environ, "DUTYDESK_LOG_LEVEL": "WARNING"}
    return subprocess.Popen(command, env=settings, stdout=subprocess.DEVNULL)


def _until_ready() -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{_URL}/readyz", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    sys.exit("服务两分钟内没有就绪")


def _memory_mb(parent: int) -> tuple[int, int]:
    """Of the server and its workers, shared pages counted once: all, and what no file holds."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    found = [_kilobytes(pid) for pid in [str(parent), *children]]
    return sum(f["Pss"] for f in found) // 1024, sum(f["Pss_Anon"] for f in found) // 1024


def _kilobytes(pid: str) -> Counter[str]:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    except OSError:
        return Counter()
    return Counter(
        {name: int(rest.split()[0]) for name, _, rest in (x.partition(":") for x in lines)}
    )


if __name__ == "__main__":
    main()
