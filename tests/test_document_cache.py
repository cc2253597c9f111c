"""Incremental builds: what has not changed is not read or embedded again; damage is noticed."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest
from conftest import Silent
from test_build import save_list

from index.build import build
from index.document_cache import DocumentCache, readers_version
from index.documents import Document
from index.errors import ReadingError
from index.readers import read
from index.vector_cache import embed_cached
from index.versions import CorpusFolder


class Counting:
    """Reads for real and counts."""

    def __init__(self) -> None:
        self.n = 0

    def __call__(self, path: Path) -> Document:
        self.n += 1
        return read(path)


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    save_list(tmp_path / "清单.xlsx")
    return tmp_path / "清单.xlsx"


def test_equal_content_is_read_once_whatever_it_is_called(paper: Path, tmp_path: Path) -> None:
    reading = Counting()
    first = DocumentCache(tmp_path / "cache", reading).read(paper)
    copy = tmp_path / "改名.xlsx"
    copy.write_bytes(paper.read_bytes())
    again = DocumentCache(tmp_path / "cache", reading)
    assert again.read(copy) == first
    assert (reading.n, again.n_reused) == (1, 1)


def test_changed_content_is_read_anew(paper: Path, tmp_path: Path) -> None:
    reading = Counting()
    documents = DocumentCache(tmp_path / "cache", reading)
    before = documents.read(paper)
    save_list(paper, "清源县水利局权责清单（2025年版）")
    assert documents.read(paper) != before
    assert reading.n == 2


def test_other_readers_read_anew_and_old_entries_go(paper: Path, tmp_path: Path) -> None:
    reading = Counting()
    DocumentCache(tmp_path / "cache", reading, readers="1").read(paper)
    DocumentCache(tmp_path / "cache", reading, readers="2").read(paper)
    assert reading.n == 2
    assert [p.name for p in (tmp_path / "cache" / "documents").iterdir()] == ["2"]
    assert readers_version() == readers_version()


@pytest.mark.parametrize("damage", [b"", b"x", b"x" * 5_000], ids=["empty", "short", "long"])
def test_a_damaged_entry_is_noticed_and_mended(paper: Path, tmp_path: Path, damage: bytes) -> None:
    reading = Counting()
    first = DocumentCache(tmp_path / "cache", reading).read(paper)
    (entry,) = (p for p in (tmp_path / "cache" / "documents").rglob("*") if p.is_file())
    entry.write_bytes(damage)
    documents = DocumentCache(tmp_path / "cache", reading)
    assert documents.read(paper) == first
    assert (documents.n_damaged, documents.n_reused, reading.n) == (1, 0, 2)
    assert DocumentCache(tmp_path / "cache", reading).read(paper) == first
    assert reading.n == 2


def test_one_flipped_bit_is_noticed(paper: Path, tmp_path: Path) -> None:
    reading = Counting()
    DocumentCache(tmp_path / "cache", reading).read(paper)
    (entry,) = (p for p in (tmp_path / "cache" / "documents").rglob("*") if p.is_file())
    content = bytearray(entry.read_bytes())
    content[-20] ^= 1
    entry.write_bytes(content)
    DocumentCache(tmp_path / "cache", reading).read(paper)
    assert reading.n == 2


def test_what_cannot_be_read_is_tried_again(tmp_path: Path) -> None:
    bad = tmp_path / "空.xlsx"
    bad.write_bytes(b"")
    reading = Counting()
    for _ in range(2):
        with pytest.raises(ReadingError):
            DocumentCache(tmp_path / "cache", reading).read(bad)
    assert reading.n == 2


def test_a_second_build_reuses_all_and_one_new_file_is_read(tmp_path: Path) -> None:
    inbox = tmp_path / "in"
    inbox.mkdir()
    save_list(inbox / "清源县水利局权责清单.xlsx")
    folder = CorpusFolder(tmp_path, "c")

    def run():
        return build([inbox], folder, None, tmp_path / "cache", Silent())

    first, second = run(), run()
    assert (first.n_files, first.n_reused) == (1, 0)
    assert (second.n_files, second.n_reused) == (1, 1)
    assert second.contents == first.contents
    save_list(inbox / "清源县农业局权责清单.xlsx", "清源县农业局权责清单")
    third = run()
    assert (third.n_files, third.n_reused) == (2, 1)
    assert third.seconds > 0


class Numbers:
    """An encoder of three dimensions that counts what it embeds."""

    id, dimensions = "numbers", 3

    def __init__(self) -> None:
        self.n = 0

    def encode_passages(self, texts):
        self.n += len(texts)
        return np.array([[len(t), t.count("的"), 1] for t in texts], np.float32)


def test_a_damaged_vector_is_embedded_again(tmp_path: Path) -> None:
    encoder = Numbers()
    texts = ("取水许可", "河道的管理")
    before, _ = embed_cached(texts, encoder, tmp_path)
    with sqlite3.connect(tmp_path / "numbers.sqlite") as store:
        ((key, value),) = store.execute("SELECT key, value FROM vectors LIMIT 1").fetchall()
        bad = bytes([value[0] ^ 255]) + value[1:]
        store.execute("UPDATE vectors SET value = ? WHERE key = ?", (bad, key))
    after, n_new = embed_cached(texts, encoder, tmp_path)
    assert n_new == 1
    assert np.array_equal(before, after)
    assert embed_cached(texts, encoder, tmp_path)[1] == 0


def test_a_vector_cache_that_is_no_database_is_begun_anew(tmp_path: Path) -> None:
    encoder = Numbers()
    before, _ = embed_cached(("取水许可",), encoder, tmp_path)
    (tmp_path / "numbers.sqlite").write_bytes(b"not a database at all" * 100)
    after, n_new = embed_cached(("取水许可",), encoder, tmp_path)
    assert n_new == 1
    assert np.array_equal(before, after)
