"""Files that editors uploaded and that wait to be published; what leaves with the next version."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from uuid import uuid4

import yaml

from index.errors import DutyDeskError
from index.manifest import MANIFEST_NAME, Entry, Manifest, load_manifest

MAX_UPLOAD_BYTES = 64 * 1024 * 1024  # the largest real list is 3 MB; scans are larger
MOST_WAITING = 200
_TABLES = (".xlsx", ".xls", ".xlsm", ".et", ".csv")
_PAPERS = (".docx", ".doc", ".wps", ".pdf", ".html", ".htm", ".txt")
PICTURES = (".png", ".jpg", ".jpeg", ".tif", ".tiff")
_SUFFIXES = frozenset((*_TABLES, *_PAPERS, *PICTURES, ".zip"))
_FORBIDDEN = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
_LONGEST_NAME = 120


class ShelfError(DutyDeskError):
    """A file cannot be taken; the text says why."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that waits: its name, size, what the editor stated of it, why it was not read if so."""

    name: str
    n_bytes: int
    stated: Entry
    unread: str = ""


class Shelf:
    """The waiting files of one corpus. Every change is whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "waiting"
        self._leaving = folder / "leaving.json"
        self._unread = folder / "unread.json"

    def files(self) -> tuple[Waiting, ...]:
        """The files, by name."""
        if not self.folder.is_dir():
            return ()
        stated = {entry.file: entry for entry in load_manifest(self.folder).files}
        unread = self._why_unread()
        found = (p for p in sorted(self.folder.iterdir()) if p.name != MANIFEST_NAME)
        return tuple(
            Waiting(
                p.name,
                p.stat().st_size,
                stated.get(p.name, Entry(file=p.name)),
                unread.get(p.name, ""),
            )
            for p in found
            if p.is_file() and not p.name.startswith(".")
        )

    def add(self, name: str, content: bytes, stated: Mapping[str, str]) -> str:
        """Take a file; one of the same name is replaced. Returns its name here.

        Raises:
            ShelfError: it is empty, too large, of no kind that is read, or stated wrongly.
        """
        name = _FORBIDDEN.sub("_", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .")
        if not name or len(name) > _LONGEST_NAME:
            raise ShelfError(f"文件名要有，最长 {_LONGEST_NAME} 个字。")
        if Path(name).suffix.lower() not in _SUFFIXES:
            raise ShelfError(
                f"“{name}”不是能读的格式；可用 Excel、Word、PDF、网页、csv、txt、zip、图片。"
            )
        if not content:
            raise ShelfError(f"“{name}”是空的。")
        if len(content) > MAX_UPLOAD_BYTES:
            raise ShelfError(f"“{name}”超过 {MAX_UPLOAD_BYTES // 1024 // 1024} MB。")
        if len(self.files()) >= MOST_WAITING:
            raise ShelfError(f"等待发布的文件最多 {MOST_WAITING} 份，请先发布或打成 zip。")
        entry = _entry(name, stated)
        self.folder.mkdir(parents=True, exist_ok=True)
        _replace(self.folder / name, content)
        self._note_unread({k: v for k, v in self._why_unread().items() if k != name})
        self._state([*(e for e in self._stated() if e.file != name), entry])
        return name

    def remove(self, name: str) -> None:
        """Take a waiting file away.

        Raises:
            ShelfError: there is none of this name.
        """
        self.path(name).unlink()
        self._note_unread({k: v for k, v in self._why_unread().items() if k != name})
        self._state([entry for entry in self._stated() if entry.file != name])

    def path(self, name: str) -> Path:
        """Where a waiting file lies.

        Raises:
            ShelfError: there is none of this name.
        """
        if name not in {waiting.name for waiting in self.files()}:
            raise ShelfError(f"没有等待发布的“{name}”，可能已经发布或移走。")
        return self.folder / name

    def leaving(self) -> frozenset[str]:
        """Ids of the published sources that the next version leaves out."""
        if not self._leaving.is_file():
            return frozenset()
        return frozenset(json.loads(self._leaving.read_text("utf-8")))

    def set_leaving(self, source_id: str, *, is_leaving: bool) -> None:
        """Mark a published source to be left out, or to stay."""
        others = self.leaving() - {source_id}
        wanted = others | {source_id} if is_leaving else others
        self._leaving.parent.mkdir(parents=True, exist_ok=True)
        _replace(self._leaving, json.dumps(sorted(wanted)).encode())

    def published(
        self,
        files: Mapping[str, bytes],
        leaving: frozenset[str],
        unread: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Forget what a version now holds; what was changed meanwhile goes on waiting.

        So do files that could not be read, `unread` with the reasons: no version holds them.
        """
        for name, content in files.items():
            path = self.folder / name
            if path.is_file() and path.read_bytes() == content and name not in unread:
                self.remove(name)
        self._note_unread({name: why for name, why in unread.items() if name in files})
        for source_id in leaving:
            self.set_leaving(source_id, is_leaving=False)

    def _why_unread(self) -> dict[str, str]:
        if not self._unread.is_file():
            return {}
        reasons: dict[str, str] = json.loads(self._unread.read_text("utf-8"))
        return reasons

    def _note_unread(self, reasons: Mapping[str, str]) -> None:
        if reasons or self._unread.is_file():
            _replace(self._unread, json.dumps(dict(reasons), ensure_ascii=False).encode())

    def _stated(self) -> list[Entry]:
        return load_manifest(self.folder).files

    def _state(self, entries: list[Entry]) -> None:
        values = Manifest(files=entries).model_dump(mode="json", exclude_defaults=True)
        text = yaml.safe_dump(values, allow_unicode=True, sort_keys=False)
        _replace(self.folder / MANIFEST_NAME, text.encode())


def _entry(name: str, stated: Mapping[str, str]) -> Entry:
    """What the form says of a file; empty fields say nothing."""
    try:
        return Entry.model_validate(
            {**{k: v for k, v in stated.items() if v.strip()}, "file": name}
        )
    except ValueError as exc:
        raise ShelfError("日期要写成 2025-01-31，文件类型要从列表里选。") from exc


def _replace(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{uuid4().hex}")
    temporary.write_bytes(content)
    temporary.replace(path)
