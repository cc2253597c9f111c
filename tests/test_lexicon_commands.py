"""`dutydesk lexicon`: checked by file and line; new entries proposed from what went unanswered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from test_build import save_list
from test_cli import dutydesk

from assistant.state.database import open_state
from assistant.state.journal import Asked, JournalStore
from index.lexicon import load_entries


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lexicon")
    (folder / "in").mkdir()
    save_list(folder / "in" / "清源县水利局权责清单.xlsx")
    done = dutydesk(folder, "build", str(folder / "in"), "--corpus", "c", "--json")
    assert done.returncode == 0, done.stderr
    return folder


def test_the_shipped_lexicon_is_sound_and_large(home: Path) -> None:
    done = dutydesk(home, "lexicon", "check", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["problems"] == []
    assert sum(found["files"].values()) >= 600


def test_what_is_wrong_is_told_by_file_and_line(home: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(
        "- {say: [捞河沙], terms: [河道采砂许可]}\n- {say: [捞河沙], terms: [取水许可]}\n"
        "- {say: [], terms: [取水许可]}\n- {say: [打井], terms: [取水许可], colour: red}\n",
        "utf-8",
    )
    done = dutydesk(home, "lexicon", "check", str(bad), "--json")
    assert done.returncode == 1
    problems = json.loads(done.stdout)["problems"]
    assert {problem.split("：")[0] for problem in problems} >= {
        "bad.yaml:2",
        "bad.yaml:3",
        "bad.yaml:4",
    }


def test_unanswered_questions_that_share_words_become_one_entry(home: Path, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    asked = ["取水许可谁管", "鼓捣蛐蛐罐归谁", "蛐蛐罐哪里领"]
    lines = [
        json.dumps({"question": text, "place": "清源县"}, ensure_ascii=False) for text in asked
    ]
    questions.write_text("\n".join(lines), "utf-8")
    done = dutydesk(home, "lexicon", "propose", str(questions), "--corpus", "c", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["n_questions"] == 3
    (proposal,) = found["proposals"]
    assert proposal["questions"] == asked[1:]
    assert any("蛐蛐" in said for said in proposal["say"])


def test_what_is_printed_can_be_loaded_once_a_person_accepts_it(home: Path, tmp_path: Path) -> None:
    questions = tmp_path / "questions.txt"
    questions.write_text("蛐蛐罐哪里领\n", "utf-8")
    done = dutydesk(
        home, "lexicon", "propose", str(questions), "--corpus", "c", "--place", "清源县"
    )
    (entry,) = yaml.safe_load(done.stdout)
    accepted = tmp_path / "accepted.yaml"
    accepted.write_text(
        yaml.safe_dump([entry | {"terms": ["取水许可"]}], allow_unicode=True), "utf-8"
    )
    (loaded,) = load_entries([accepted])
    assert loaded.terms == ("取水许可",)


def test_a_line_that_cannot_be_read_is_named(home: Path, tmp_path: Path) -> None:
    questions = tmp_path / "broken.jsonl"
    questions.write_text('{"question": "取水许可谁管"}\n{"question": \n', "utf-8")
    done = dutydesk(home, "lexicon", "propose", str(questions), "--corpus", "c")
    assert done.returncode == 1
    assert "broken.jsonl:2" in done.stderr


def test_without_a_file_the_journal_is_asked_what_went_unanswered(home: Path) -> None:
    store = JournalStore(open_state(f"sqlite:///{home / 'state.sqlite'}"))
    asked = [("无名的事", "no_evidence"), ("无名的事", "no_evidence"), ("取水许可找谁", "answered")]
    entries = [Asked(f"id-{n}", float(n), "page", *one) for n, one in enumerate(asked)]
    store.write(entries, [])
    done = dutydesk(home, "lexicon", "propose", "--corpus", "c", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["n_questions"] == 1
