"""`doctor`: is everything set right, and what to mend."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from assistant.commands.terminal import CorpusOption, JsonOption, err, out, print_json

if TYPE_CHECKING:
    from assistant.doctor.result import Result

_COLOURS = {"通过": "green", "提醒": "yellow", "不通过": "red"}


def doctor(corpus: CorpusOption = "", as_json: JsonOption = False) -> None:
    """检查设置、语料库、编码器、网络、时钟、密钥和各个渠道，说明要改什么；有“不通过”时退出码为 1。"""
    from assistant.doctor.result import Verdict
    from assistant.doctor.run import examine, site_of

    results: list[Result] = []
    for result in examine(site_of(corpus_name=corpus)):
        results.append(result)
        if not as_json:
            _print(result)
    counts = {verdict.value: sum(r.verdict is verdict for r in results) for verdict in Verdict}
    if as_json:
        print_json({"counts": counts, "checks": [result.as_json() for result in results]})
    err.print("　".join(f"{verdict} {count}" for verdict, count in counts.items()))
    if counts[Verdict.FAILED]:
        sys.exit(1)


def _print(result: Result) -> None:
    from rich.text import Text

    line = Text(f"{result.verdict.value}　", style=_COLOURS[result.verdict.value])
    line.append(f"{result.topic}：{result.found}", style="default")
    if result.advice:
        line.append(f"\n　　　→ {result.advice}", style="default")
    out.print(line, soft_wrap=True)
