"""A backup comes back as it was, or not at all."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest
import sqlalchemy as sa
from conftest import put_in_service

from assistant.app import build_assistant
from assistant.model import Question
from assistant.service.access import Role, Tokens
from assistant.service.backup import BackupError, back_up, restore
from assistant.settings import Settings
from assistant.state.database import open_state
from assistant.state.journal import Asked, JournalStore

ASKED = Question("最低生活保障审核确认由谁负责", "临溪县城关镇")


@pytest.fixture
def served(tmp_path: Path, sample_version: Path) -> Path:
    """A home in use: a version, a token, an open database with something in its write-ahead log."""
    home = tmp_path / "home"
    put_in_service(sample_version, home)
    Tokens(home / "tokens.json").add("张三", Role.EDITOR)
    return home


def _store(home: Path) -> JournalStore:
    return JournalStore(open_state(f"sqlite:///{home / 'state.sqlite'}"))


def _answer(home: Path) -> str:
    settings = Settings(home=home, corpus="sample", encoder="none")
    return build_assistant(settings).answer(ASKED).text


def test_what_was_saved_answers_the_same_elsewhere(served: Path, tmp_path: Path) -> None:
    _store(served).write([Asked("a1", 1.0, "page", "低保", "answered")], [])
    own = Path("corpora/sample/lexicon.yaml")
    (served / own).write_text("- {say: [领老漂补贴], terms: [随迁老人补贴发放]}\n", "utf-8")
    saved = back_up(served, tmp_path / "b.tar.gz")
    other = tmp_path / "other"
    assert restore(tmp_path / "b.tar.gz", other).corpora == saved.corpora
    assert _answer(other) == _answer(served)
    assert [row["id"] for row in _store(other).export()] == ["a1"]
    assert [token.name for token in Tokens(other / "tokens.json").all()] == ["张三"]
    assert (other / own).read_bytes() == (served / own).read_bytes()
    assert [path.name for path in other.glob(".restoring-*")] == []


def test_a_backup_while_the_journal_is_written_is_whole(served: Path, tmp_path: Path) -> None:
    store = _store(served)
    for n in range(300):
        store.write([Asked(f"a{n}", float(n), "page", "低保", "answered")], [])
        if n == 150:
            back_up(served, tmp_path / "b.tar.gz")
    restore(tmp_path / "b.tar.gz", tmp_path / "other")
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'other' / 'state.sqlite'}")
    with engine.connect() as connection:
        assert connection.scalar(sa.text("pragma integrity_check")) == "ok"
        assert connection.scalar(sa.text("select count(*) from questions")) == 151


def test_what_is_there_is_not_replaced_unless_asked(served: Path, tmp_path: Path) -> None:
    back_up(served, tmp_path / "b.tar.gz")
    Tokens(served / "tokens.json").add("李四", Role.ADMIN)
    with pytest.raises(BackupError, match="--force"):
        restore(tmp_path / "b.tar.gz", served)
    assert len(Tokens(served / "tokens.json").all()) == 2
    restore(tmp_path / "b.tar.gz", served, force=True)
    assert [token.name for token in Tokens(served / "tokens.json").all()] == ["张三"]


@pytest.mark.parametrize("cut", [0, 1, 100, 5000, -2000])
def test_a_cut_archive_restores_nothing(served: Path, tmp_path: Path, cut: int) -> None:
    back_up(served, tmp_path / "b.tar.gz")
    whole = (tmp_path / "b.tar.gz").read_bytes()
    (tmp_path / "cut.tar.gz").write_bytes(whole[:cut])
    with pytest.raises(BackupError, match="不完整"):
        restore(tmp_path / "cut.tar.gz", tmp_path / "other")
    assert list((tmp_path / "other").iterdir()) == []


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "corpora/added"])
def test_an_archive_with_more_than_its_list_restores_nothing(served, tmp_path, name: str) -> None:
    back_up(served, tmp_path / "b.tar.gz")
    with (
        tarfile.open(tmp_path / "b.tar.gz") as old,
        tarfile.open(tmp_path / "c.tar.gz", "w:gz") as new,
    ):
        for member in old.getmembers():
            new.addfile(member, old.extractfile(member))
        new.addfile(tarfile.TarInfo(name), io.BytesIO())
    with pytest.raises(BackupError):
        restore(tmp_path / "c.tar.gz", tmp_path / "other")
    assert not (tmp_path / "outside").exists()
    assert list((tmp_path / "other").iterdir()) == []


def test_a_changed_file_is_noticed(served: Path, tmp_path: Path) -> None:
    back_up(served, tmp_path / "b.tar.gz")
    with (
        tarfile.open(tmp_path / "b.tar.gz") as old,
        tarfile.open(tmp_path / "c.tar.gz", "w:gz") as new,
    ):
        for member in old.getmembers():
            file = old.extractfile(member)
            if member.name.endswith("meta.json"):
                content = file.read().replace(b"none", b"nine")
                member.size, file = len(content), io.BytesIO(content)
            new.addfile(member, file)
    with pytest.raises(BackupError, match=r"meta\.json"):
        restore(tmp_path / "c.tar.gz", tmp_path / "other")


def test_a_backup_that_cannot_be_written_leaves_nothing_behind(served: Path, tmp_path) -> None:
    with pytest.raises(BackupError, match="没有写成"):
        back_up(served, tmp_path / "no such folder" / "b.tar.gz")
    with pytest.raises(BackupError, match="没有可备份"):
        back_up(tmp_path / "empty", tmp_path / "b.tar.gz")
    assert list(tmp_path.glob("*.tar.gz*")) == []
