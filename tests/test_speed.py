"""What makes answers quick changes none of them, and serving imports nothing that it never needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from queries import query

from assistant.pipeline import Assistant
from assistant.retrieve.retriever import Retriever

ROOT = Path(__file__).parent.parent
MATTERS = ("最低生活保障审核确认", "占道经营", "路灯坏了找谁", "养老院备案", "天气怎么样")
_SERVE = """
import json, sys
from assistant.corpus import Corpus
from assistant.model import Question
from assistant.pipeline import Assistant
from index.encoder import load_encoder
import assistant.service.worker, uvicorn
from pathlib import Path
encoder = load_encoder("embedded", cache_dir=Path(sys.argv[2]))
assistant = Assistant(Corpus(Path(sys.argv[1]), encoder))
assistant.warm_up()
before = set(sys.modules)
answer = assistant.answer(Question("最低生活保障审核确认由谁负责", "临溪县城关镇"))
heavy = {"torch", "transformers", "sentence_transformers", "chromadb", "pandas", "openpyxl"}
json.dump([answer.status, sorted(heavy & set(sys.modules)), sorted(set(sys.modules) - before)], sys.stdout)
"""


@pytest.mark.parametrize("matter", MATTERS)
@pytest.mark.parametrize("name", ["临溪县城关镇", "云岫市", ""])
def test_no_record_is_nearer_than_the_bound_that_spares_the_search(
    sample: Assistant, matter: str, name: str
) -> None:
    retriever = Retriever(sample.corpus)
    places = tuple(
        upper.code
        for place in sample.locate(name)
        for upper in sample.corpus.gazetteer.chain(place.code)
    )
    found = retriever.retrieve(query(matter), places).pool
    assert found
    bound = retriever.nearest(query(matter), places)
    assert max(candidate.stages["dense"] for candidate in found) <= bound


def test_records_come_in_the_order_asked_for_whether_kept_or_read(sample: Assistant) -> None:
    corpus = sample.corpus
    ordinals = [7, 3, corpus.n_records - 1, 3]
    stored = corpus.catalog.records(ordinals)
    for _ in range(2):
        assert corpus.records(ordinals) == [stored[ordinal] for ordinal in ordinals]


def test_a_warm_service_imports_nothing_more_for_an_answer(sample: Assistant, home: Path) -> None:
    folder = home / "corpora" / "sample" / "versions" / sample.corpus_version
    run = subprocess.run(
        [sys.executable, "-c", _SERVE, folder, os.environ.get("DUTYDESK_CACHE") or home / "models"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    status, heavy, late = json.loads(run.stdout)
    assert status == "answered"
    assert heavy == []
    assert late == []
