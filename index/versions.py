"""Corpus versions: immutable folders, built aside; a pointer file, swapped last, names the one in service.

    <home>/corpora/<corpus>/versions/<version>/   catalog.sqlite records.jsonl vectors.npy lexical/ …
    <home>/corpora/<corpus>/current               the version in service

Chroma has no atomic rename and other processes do not see its writes, so nothing is ever written
into a version that is in service.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from index.engines import Engines
from index.errors import CorpusError

log = logging.getLogger(__name__)

_NAME = re.compile(r"[\w\u4e00-\u9fff][\w\u4e00-\u9fff.-]{0,63}")
_STAGING = ".building-"
# What a version's folder holds and how; raised whenever folders of before can no longer be read.
FORMAT = 8
# Kept for rolling back; older ones go when a new one is published.
_KEPT_VERSIONS = 5


def lexicon_of(version: Path) -> Path:
    """The lexicon that a corpus's own editors have accepted; it outlives versions."""
    return version.parent.parent / "lexicon.yaml"


class CorpusFolder:
    """One corpus on disk."""

    def __init__(self, home: Path, corpus: str) -> None:
        if not _NAME.fullmatch(corpus):
            raise CorpusError(
                f"语料库名称“{corpus}”不合规：用字母、数字、汉字、点、横线，最长 64 个字。"
            )
        self.corpus = corpus
        self._root = home / "corpora" / corpus
        self._versions = self._root / "versions"
        self._pointer = self._root / "current"

    def current(self) -> Path:
        """Folder of the version in service.

        Raises:
            CorpusError: nothing was published yet, or the version is gone.
        """
        try:
            version = self._pointer.read_text("utf-8").strip()
        except FileNotFoundError as exc:
            raise CorpusError(
                f"还没有语料库“{self.corpus}”。先运行：dutydesk build 路径 --corpus {self.corpus}"
            ) from exc
        folder = self._versions / version
        if not version or not folder.is_dir():
            raise CorpusError(f"语料库“{self.corpus}”的版本 {version} 不见了，请重新 build。")
        return folder

    def versions(self) -> tuple[str, ...]:
        """Published versions, oldest first."""
        if not self._versions.is_dir():
            return ()
        names = (p.name for p in self._versions.iterdir() if not p.name.startswith(_STAGING))
        return tuple(sorted(names))

    def folder_of(self, version: str) -> Path:
        """Folder of one published version."""
        return self._versions / version

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """A folder to build in; removed unless `publish` has taken it."""
        self._versions.mkdir(parents=True, exist_ok=True)
        folder = self._versions / f"{_STAGING}{os.getpid()}-{uuid4().hex[:8]}"
        folder.mkdir()
        try:
            yield folder
        finally:
            _remove(folder)

    def publish(self, staged: Path, fingerprint: str) -> str:
        """Turn a staged folder into a version and put it in service; returns the version's name."""
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")[:-3]
        version = f"{stamp}-{fingerprint}"
        staged.rename(self._versions / version)
        self.point_to(version)
        self._prune()
        return version

    def point_to(self, version: str) -> None:
        """Put a published version in service (also: roll back)."""
        if version not in self.versions():
            raise CorpusError(
                f"语料库“{self.corpus}”没有版本 {version}；现有：{'、'.join(self.versions())}"
            )
        temporary = self._pointer.with_suffix(f".{uuid4().hex[:8]}")
        with temporary.open("w", encoding="utf-8") as file:
            file.write(version)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._pointer)

    def _prune(self) -> None:
        """Remove versions beyond those kept, and what killed builds left behind."""
        in_service = self.current().name
        for version in self.versions()[:-_KEPT_VERSIONS]:
            if version != in_service:
                _remove(self._versions / version)
        for folder in self._versions.glob(f"{_STAGING}*"):
            if not _is_alive(int(folder.name.removeprefix(_STAGING).split("-")[0])):
                _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a version with what engines keep of it; one that does not answer is asked next time."""
    engines = Engines.of_version(folder)
    try:
        if engines.catalog:
            from index.catalog import drop_catalog

            drop_catalog(engines.catalog)
        if engines.vectors:
            from index.vectors import drop_vectors

            drop_vectors(engines.vectors)
    except Exception as exc:  # an engine's own error of any kind must not stop a publication
        log.warning("version %s could not be removed from its engine: %s", folder.name, exc)
        return
    shutil.rmtree(folder, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
