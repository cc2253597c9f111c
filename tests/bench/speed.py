"""How fast and how large: builds, starts and answers over an invented province, beside the limits.

    make bench-speed                       10 k and 60 k rows
    make bench-speed SIZES="300000 1000000"

Other work on the machine slows everything, so each answer is timed next to the encoder alone on the
same question: read the ratio, not the milliseconds.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
from bench.city import Province
from bench.city_questions import Asked, mixed_questions, placeless_questions, township_questions
from rich.console import Console
from rich.table import Table

from assistant.app import build_assistant, build_encoder
from assistant.model import Question
from assistant.settings import Settings
from index.versions import CorpusFolder

FILES_SIZE = 10_000  # rows of the one build that goes through files
PORT = 18_765
N_ASKED = 200
# A morning's questions, which nobody measures: what questions share (entries of the lexicon, a
# county's rows) is read when it is first met.
N_WARM = 400
_MB = 1024 * 1024

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of many runs."""

    ms: list[float]

    @property
    def p50(self) -> float:
        return round(statistics.median(self.ms), 1)

    @property
    def p95(self) -> float:
        return round(float(np.percentile(self.ms, 95)), 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 60_000])
    parser.add_argument("--rebuild", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    settings = Settings()
    rows: list[Row] = []
    for size in options.sizes:
        if options.rebuild or not _is_built(settings, f"city{size}"):
            rows.append(_measured_build(size, "direct"))
        if size == FILES_SIZE:
            rows.append(_measured_build(size, "files"))
        rows += [_served(settings, size), *_asked(settings, size)]
    _show(rows)
    if options.json:
        options.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1), "utf-8")


def _is_built(settings: Settings, corpus: str) -> bool:
    return bool(CorpusFolder(settings.home, corpus).versions())


def _measured_build(size: int, way: str) -> Row:
    """A build in a process of its own, so that its peak memory is its own."""
    command = [sys.executable, "-m", "bench.build_city", str(size), way]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def _served(settings: Settings, size: int) -> Row:
    """Start `dutydesk serve`, wait until it is ready, and ask it as one and as eight clients."""
    asked = mixed_questions(Province(size), N_WARM + 2 * N_ASKED)
    first, second = asked[N_WARM:-N_ASKED], asked[-N_ASKED:]  # no question is asked twice
    command = [sys.executable, "-m", "assistant.cli", "serve"]
    command += ["--corpus", f"city{size}", "--port", str(PORT)]
    start = time.perf_counter()
    unlimited = {**os.environ, "DUTYDESK_RATE": "0"}
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=unlimited)
    try:
        ready_s = _until_ready(start)
        first_ms = _post(asked[0])
        for question in asked[1:N_WARM]:
            _post(question)
        alone, seconds = _clients(first, 1)
        before_s = _processor_s(server.pid)
        crowd, crowd_seconds = _clients(second, 8)
        busy_s = _processor_s(server.pid) - before_s
        memory = _memory(server.pid)
    finally:
        server.terminate()
        server.wait()
    return {
        "what": "网络",
        "rows": size,
        "启动秒": round(ready_s, 2),
        "首问毫秒": round(first_ms),
        "p50": alone.p50,
        "p95": alone.p95,
        "每秒": round(N_ASKED / seconds, 1),
        "8人p50": crowd.p50,
        "8人p95": crowd.p95,
        "8人每秒": round(N_ASKED / crowd_seconds, 1),
        "处理器ms": round(busy_s / N_ASKED * 1000, 1),
        "峰值MB": memory["VmHWM"],
        "自有MB": memory["RssAnon"],
    }


def _until_ready(start: float) -> float:
    while True:
        try:
            httpx.get(f"http://127.0.0.1:{PORT}/healthz", timeout=5).raise_for_status()
            return time.perf_counter() - start
        except httpx.HTTPError:
            if time.perf_counter() - start > 120:
                raise
            time.sleep(0.02)


def _clients(asked: list[Asked], n: int) -> tuple[Times, float]:
    """All questions by n clients at once: each one's time, and the seconds for all."""
    start = time.perf_counter()
    with ThreadPoolExecutor(n) as pool:
        times = list(pool.map(_post, asked))
    return Times(times), time.perf_counter() - start


_CLIENT = httpx.Client(base_url=f"http://127.0.0.1:{PORT}", timeout=60)


def _post(asked: Asked) -> float:
    start = time.perf_counter()
    _CLIENT.post("/api/ask", json={"question": asked.text, "place": asked.place}).raise_for_status()
    return (time.perf_counter() - start) * 1000


def _processor_s(pid: int) -> float:
    """Processor time of a process: what an answer costs, however busy the machine is."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> dict[str, int]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    pairs = (line.split(":", 1) for line in lines)
    return {k: int(v.split()[0]) // 1024 for k, v in pairs if k in {"VmHWM", "RssAnon"}}


def _asked(settings: Settings, size: int) -> list[Row]:
    """In process: each answer beside the encoder alone on the same question, and a memory scan."""
    province = Province(size)
    encoder = build_encoder(settings)
    assert encoder is not None
    assistant = build_assistant(settings.model_copy(update={"corpus": f"city{size}"}))
    rows = []
    for what, asked in (
        ("乡镇", township_questions(province, N_ASKED + N_WARM)),
        ("混合", mixed_questions(province, N_ASKED + N_WARM)),
        ("没写地方", placeless_questions(province, N_ASKED // 4 + N_WARM)),
    ):
        answers, encodings, cpu = [], [], []
        for question in asked:
            start = time.perf_counter()
            encoder.encode_queries([question.text])
            middle, busy = time.perf_counter(), time.process_time()
            assistant.answer(Question(question.text, question.place))
            end = time.perf_counter()
            cpu.append((time.process_time() - busy) * 1000)
            encodings.append((middle - start) * 1000)
            answers.append((end - middle) * 1000)
        own, limit = Times(answers[N_WARM:]), Times(encodings[N_WARM:])
        rows.append(
            {
                "what": f"进程内 {what}",
                "rows": size,
                "p50": own.p50,
                "p95": own.p95,
                "编码p50": limit.p50,
                "倍数": round(own.p50 / limit.p50, 2),
                "处理器ms": Times(cpu[N_WARM:]).p50,
            }
        )
    rows.append(_scan(settings, size))
    return rows


def _scan(settings: Settings, size: int) -> Row:
    """The other limit: one dot product with every distinct text's vector, in memory."""
    folder = CorpusFolder(settings.home, f"city{size}").current()
    vectors = np.load(folder / "vectors.npy")
    times = []
    for i in range(30):
        start = time.perf_counter()
        vectors @ vectors[i]
        times.append((time.perf_counter() - start) * 1000)
    sizes = {p.name: _size(p) for p in sorted(folder.iterdir())}
    return {
        "what": "内存扫描",
        "rows": size,
        "p50": Times(times).p50,
        "不同文本": len(vectors),
        "索引MB": sum(sizes.values()),
    }


def _size(path: Path) -> int:
    files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
    return round(sum(p.stat().st_size for p in files) / _MB)


def _show(rows: list[Row]) -> None:
    console = Console(width=140)
    for kind in ("建库", "网络", "进程内", "内存扫描"):
        shown = [row for row in rows if str(row["what"]).startswith(kind)]
        if shown:
            table = Table(*shown[0], title=kind)
            for row in shown:
                table.add_row(*(f"{v:,}" if isinstance(v, int) else str(v) for v in row.values()))
            console.print(table)
    console.print(f"{os.cpu_count()} 核，负载 {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
