"""A real model behind an OpenAI-compatible server: how much of what it says passes, and how soon.

Start one, for example `llama-server -m model.gguf --port 8081`, and name it:
`DUTYDESK_LIVE=http://127.0.0.1:8081/v1#model pytest -m live -s`.
"""

from __future__ import annotations

import os
import statistics
import time

import pytest
from conftest import TODAY

from assistant.model import Answer, Question, Status
from assistant.phrase.llm import load_chat
from assistant.phrase.phraser import Phraser
from assistant.pipeline import Assistant

SPEC = os.environ.get("DUTYDESK_LIVE", "")
SECONDS = float(os.environ.get("DUTYDESK_LLM_SECONDS", "30"))
_MATTERS = ("低保", "临时救助", "高龄津贴", "残疾人补贴", "养老机构备案", "生育登记", "结婚登记")
_PLACES = ("临溪县城关镇", "临溪县青石镇", "望川县柳林镇")


@pytest.mark.live
@pytest.mark.skipif(not SPEC, reason="no real model is named by DUTYDESK_LIVE")
def test_a_real_model_changes_no_finding(
    sample: Assistant, capsys: pytest.CaptureFixture[str]
) -> None:
    chat = load_chat(
        SPEC, api_key=os.environ.get("DUTYDESK_LLM_KEY", ""), seconds=SECONDS, retries=0
    )
    assert chat is not None
    phraser = Phraser(chat, seconds=SECONDS)
    phrased = Assistant(sample.corpus, lambda: TODAY, phraser=phraser)
    n_kept = n_dropped = 0
    firsts = []
    for question in (Question(f"{m}找谁", p) for m in _MATTERS for p in _PLACES):
        plain, start = sample.answer(question), time.monotonic()
        stream = phrased.stream(question)
        first = next(stream)
        firsts.append(time.monotonic() - start)
        *_, last = (first, *stream)
        assert isinstance(last, Answer)
        assert (last.status, last.holders) == (plain.status, plain.holders)
        if plain.status is Status.ANSWERED:
            assert last.citations == plain.citations
        n_kept += last.phrasing.n_kept
        n_dropped += last.phrasing.n_dropped
    with capsys.disabled():
        share = n_kept / max(n_kept + n_dropped, 1)
        print(f"\n{chat.name}: {n_kept} sentences pass, {n_dropped} do not ({share:.0%});")
        print(dict(phraser.counts.snapshot()))
        print(f"first sentence: median {statistics.median(firsts):.2f} s, most {max(firsts):.2f} s")
