"""A damaged version, a missing encoder, a full disk: said plainly, with the command that mends it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import put_in_service

from assistant.app import build_assistant
from assistant.settings import Settings
from index.errors import CorpusError, DutyDeskError
from index.records import RecordFile
from index.versions import CorpusFolder

FILES = (
    "catalog.sqlite",
    "records.jsonl",
    "records.npz",
    "links.npz",
    "places.npz",
    "meta.json",
    "lexical",
)


@pytest.fixture
def copied(tmp_path: Path, sample_version: Path) -> Path:
    """A home whose one version may be damaged."""
    put_in_service(sample_version, tmp_path)
    return tmp_path


def _settings(home: Path, encoder: str = "none") -> Settings:
    return Settings(home=home, corpus="sample", encoder=encoder)


def _damage(path: Path, how: str) -> None:
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    for file in files:
        content = file.read_bytes()
        if how == "gone":
            file.unlink()
        elif how == "half":
            file.write_bytes(content[: len(content) // 2])
        else:
            file.write_bytes(b"\0" * len(content))


@pytest.mark.parametrize("how", ["gone", "half", "zeros"])
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_version_is_refused_and_the_way_back_named(copied, name: str, how: str) -> None:
    folder = CorpusFolder(copied, "sample").current()
    _damage(folder / name, how)
    with pytest.raises(DutyDeskError, match=r"dutydesk (versions|build)|读不了目录库") as told:
        build_assistant(_settings(copied))
    assert folder.name in str(told.value)


def test_a_damaged_record_is_told_with_the_way_back(copied: Path) -> None:
    folder = CorpusFolder(copied, "sample").current()
    lines = (folder / "records.jsonl").read_bytes()
    (folder / "records.jsonl").write_bytes(b"\0" + lines[1:])
    records = RecordFile(folder)
    assert records[1].id
    with pytest.raises(CorpusError, match="dutydesk build 路径 --corpus sample") as told:
        records[0]
    assert folder.name in str(told.value)


def test_a_record_that_cannot_be_read_any_more_is_told_alike(copied: Path, tmp_path: Path) -> None:
    records = RecordFile(CorpusFolder(copied, "sample").current())
    folder = os.open(tmp_path, os.O_RDONLY)  # reading it fails, as on a share that is gone
    os.dup2(folder, records._file)
    os.close(folder)
    with pytest.raises(CorpusError, match="dutydesk build 路径 --corpus sample"):
        records[0]


def test_a_version_built_with_another_encoder_is_refused(copied: Path) -> None:
    meta = CorpusFolder(copied, "sample").current() / "meta.json"
    meta.write_text(meta.read_text().replace('"none"', '"st:other"'))
    with pytest.raises(DutyDeskError, match=r"编码器|编码"):
        build_assistant(_settings(copied, encoder="st:/nonexistent/model"))
