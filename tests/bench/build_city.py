"""One build of an invented province, in a process of its own: `python -m bench.build_city 60000 direct`.

`direct` starts from records, `files` from workbooks. Prints one line of JSON.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.city import Province
from bench.city_files import write_files

from assistant.app import build_encoder
from assistant.settings import Settings
from index.build import build, index_contents
from index.versions import CorpusFolder


class Stages:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def stage(self, name: str, total: int) -> Callable[[int], None]:
        start = time.perf_counter()

        def tell(n_done: int) -> None:
            self.seconds[name] = round(time.perf_counter() - start, 1)

        return tell


def main() -> None:
    size, way = int(sys.argv[1]), sys.argv[2]
    settings, stages = Settings(), Stages()
    encoder = build_encoder(settings)
    cache = settings.home / "cache"
    with TemporaryDirectory() as files:
        province = Province(size)
        folder = CorpusFolder(settings.home, f"city{size}{'-files' if way == 'files' else ''}")
        if way == "files":
            write_files(province, Path(files))
        else:
            contents = province.contents()
        before_mb = _peak_mb()
        start = time.perf_counter()
        if way == "files":
            report = build([Path(files)], folder, encoder, cache, stages)
            n_records = len(report.contents.records)
            n_passages, n_new = report.n_passages, report.n_embedded
        else:
            with folder.staging() as staged:
                n_passages, n_new = index_contents(contents, staged, encoder, cache, stages)
                folder.publish(staged, "bench")
            n_records = len(contents.records)
        seconds = time.perf_counter() - start
    row = {
        "what": "建库" + ("（读文件）" if way == "files" else ""),
        "rows": n_records,
        "秒": round(seconds, 1),
        "条每秒": round(n_records / seconds),
        "不同文本": n_passages,
        "新编码": n_new,
        "编码秒": stages.seconds.get("向量编码", 0.0),
        "峰值MB": _peak_mb(),
        "开始时MB": before_mb,
    }
    sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
