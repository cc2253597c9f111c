"""The `dutydesk` command as a user runs it: data on stdout, reports on stderr, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from test_build import save_list


def dutydesk(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"DUTYDESK_HOME": str(home), "DUTYDESK_ENCODER": "none"}
    command = [sys.executable, "-m", "assistant.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    (folder / "in").mkdir()
    save_list(folder / "in" / "清源县水利局权责清单.xlsx")
    done = dutydesk(folder, "build", str(folder / "in"), "--corpus", "c", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["n_items"] == 2
    return folder


def test_ask_prints_the_contract(home: Path) -> None:
    done = dutydesk(home, "ask", "取水许可谁管", "--place", "清源县", "--corpus", "c", "--json")
    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert answer["status"] == "answered"
    assert answer["holders"][0]["body"] == "清源县水利局"
    assert answer["holders"][0]["office"] == "水政股"
    citation = answer["citations"][0]
    assert citation["locator"]["sheet"] == "Sheet"
    assert citation["locator"]["row"] == 3
    assert citation["locator"]["cells"] == "A3:F3"
    assert citation["quote"] == "取水许可\n《水法》"
    assert {"understood", "segments", "related", "corpus_version", "timings_ms"} <= set(answer)


def test_items_prints_a_record_a_line(home: Path) -> None:
    done = dutydesk(home, "items", "--corpus", "c", "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["name"] for line in lines] == ["取水许可", "河道采砂许可"]
    assert lines[0]["source"]["file"] == "清源县水利局权责清单.xlsx"
    assert lines[0]["kind"] == "行政许可"


def test_papers_are_shown_audited_covered_and_compared_as_json(home: Path, tmp_path: Path) -> None:
    def answer(*arguments: str) -> dict:
        done = dutydesk(home, *arguments, "--corpus", "c", "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    shown = answer("show", "取水许可")
    assert [field["address"] for field in shown["fields"]][:2] == ["A3", "B3"]
    assert shown["source"]["file"] == "清源县水利局权责清单.xlsx"
    book = tmp_path / "核查.xlsx"
    assert answer("audit", "--xlsx", str(book), "--rule", "listed_twice")["alarms"] == []
    assert book.stat().st_size > 0
    (county,) = (p for p in answer("coverage")["places"] if p["name"].endswith("清源县"))
    assert county["holdings"][0]["n_records"] == 2
    save_list(tmp_path / "新.xlsx", "清源县水利局权责清单（2025年版）")
    paper = "清源县水利局权责清单.xlsx"
    assert answer("diff", paper, str(tmp_path / "新.xlsx"))["changes"] == []
    assert dutydesk(home, "audit", "--rule", "nonsense", "--corpus", "c").returncode == 2


def test_evaluate_prints_a_line_a_question_and_figures(home: Path, tmp_path: Path) -> None:
    case = {
        "id": "1",
        "question": "挖河沙要谁批",
        "place": "清源县",
        "bodies": ["清源县水利局"],
        "offices": ["河湖股"],
        "evidence": "清源县水利局权责清单.xlsx#Sheet!R4",
    }
    file = tmp_path / "questions.jsonl"
    file.write_text(json.dumps(case | {"question": "河道采砂谁批"}), "utf-8")
    done = dutydesk(home, "evaluate", str(file), "--corpus", "c", "--json")
    line, figures = map(json.loads, done.stdout.splitlines())
    assert line["row_rank"] == 1
    assert figures["summary"]["body_right"] == 1


def test_exit_codes_tell(home: Path, tmp_path: Path) -> None:
    assert dutydesk(home, "ask", "取水", "--corpus", "none-such").returncode == 1
    assert dutydesk(home, "ask").returncode == 2
    bad = tmp_path / "bad"
    bad.mkdir()
    save_list(bad / "好.xlsx")
    (bad / "空.xlsx").write_bytes(b"")
    partly = dutydesk(home, "build", str(bad), "--corpus", "partly", "--json")
    assert partly.returncode == 1
    assert json.loads(partly.stdout)["n_items"] == 2
    assert dutydesk(home, "items", "--corpus", "partly").returncode == 0
    strict = dutydesk(home, "build", str(bad), "--corpus", "strict", "--strict")
    assert strict.returncode == 1
    assert "空.xlsx" in strict.stderr
    assert dutydesk(home, "items", "--corpus", "strict").returncode == 1


def test_help_loads_no_heavy_library(home: Path) -> None:
    code = (
        "import sys, assistant.cli\n"
        "heavy = {'torch', 'chromadb', 'sentence_transformers', 'onnxruntime', 'fastapi', 'pandas'}\n"
        "sys.exit(len(heavy & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
