"""Everything that cannot be made again, in one archive: published versions, tokens, the service's state.

Caches and models are left out: they are made again by themselves. Each file's SHA-256 goes along, and
nothing is put in place before all of them are found right.
"""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
import tarfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from index.engines import IN_FOLDER, Engines
from index.errors import DutyDeskError
from index.versions import CorpusFolder, lexicon_of

_FORMAT = 1
_LIST = "backup.json"
_STATE = "state.sqlite"
_PRIVATE = ("tokens.json", "session.key")
_BLOCK = 1 << 20


class BackupError(DutyDeskError):
    """Nothing was saved, or nothing restored; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What an archive holds: versions in service by corpus, number of files, and notes for a person."""

    corpora: dict[str, str]
    n_files: int
    notes: tuple[str, ...] = ()


def back_up(home: Path, archive: Path) -> Saved:
    """Write the archive as a whole or not at all; the service may go on.

    Raises:
        BackupError: there is nothing to save, or the archive cannot be written.
    """
    corpora = _corpora(home)
    if not corpora:
        raise BackupError(f"{home} 里没有已发布的语料库，没有可备份的。")
    partial = archive.with_name(f".{archive.name}.{uuid4().hex[:8]}")
    try:
        with TemporaryDirectory(dir=archive.parent) as scratch:
            files = _files(home, corpora, Path(scratch))
            with tarfile.open(partial, "x:gz", compresslevel=1) as tar:
                _add_list(tar, files, corpora)
                for name, path in files.items():
                    tar.add(path, name)
        partial.replace(archive)
    except (OSError, sqlite3.Error) as exc:
        raise BackupError(f"备份没有写成：{exc}。请检查 {archive.parent} 的空间和权限。") from exc
    finally:
        partial.unlink(missing_ok=True)
    return Saved(corpora, len(files), _notes(home, corpora))


def restore(archive: Path, home: Path, *, force: bool = False) -> Saved:
    """Check the archive as a whole, then put everything in place. The service must not be running.

    Raises:
        BackupError: the archive is damaged, or home holds tokens or state and `force` is not given.
    """
    kept = [name for name in (*_PRIVATE, _STATE) if (home / name).exists()]
    if kept and not force:
        raise BackupError(f"{home} 里已有 {'、'.join(kept)}。确认要换成备份里的，请加 --force。")
    home.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=home, prefix=".restoring-") as scratch:
        try:
            saved = _unpacked(archive, Path(scratch))
        except (OSError, ValueError, KeyError, EOFError, tarfile.TarError) as exc:
            raise BackupError(f"备份 {archive} 不完整或已损坏（{exc}），什么也没有改动。") from exc
        _put_in_place(Path(scratch), home, saved.corpora)
    return saved


def _corpora(home: Path) -> dict[str, str]:
    """The version in service of each corpus."""
    folders = sorted((home / "corpora").glob("*/current"))
    names = [folder.parent.name for folder in folders]
    return {name: CorpusFolder(home, name).current().name for name in names}


def _files(home: Path, corpora: dict[str, str], scratch: Path) -> dict[str, Path]:
    """Name in the archive → file; the state's database as it is in this moment."""
    found = {name: home / name for name in _PRIVATE if (home / name).exists()}
    if (home / _STATE).exists():
        found[_STATE] = scratch / _STATE
        with (
            closing(sqlite3.connect(home / _STATE)) as live,
            closing(sqlite3.connect(scratch / _STATE)) as copy,
        ):
            live.backup(copy)
    for corpus, version in corpora.items():
        folder = CorpusFolder(home, corpus).folder_of(version)
        if (own := lexicon_of(folder)).is_file():
            found[f"corpora/{corpus}/{own.name}"] = own
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            found[f"corpora/{corpus}/versions/{version}/{path.relative_to(folder)}"] = path
    return found


def _add_list(tar: tarfile.TarFile, files: dict[str, Path], corpora: dict[str, str]) -> None:
    hashes = {name: _sha256(path) for name, path in files.items()}
    listed = {"format": _FORMAT, "corpora": corpora, "files": hashes}
    content = json.dumps(listed, ensure_ascii=False).encode()
    info = tarfile.TarInfo(_LIST)
    info.size = len(content)
    tar.addfile(info, io.BytesIO(content))


def _unpacked(archive: Path, scratch: Path) -> Saved:
    """Unpack and compare every file.

    Raises:
        ValueError: a file is missing, changed, or not on the list.
    """
    with tarfile.open(archive, "r:gz") as tar:
        tar.extractall(scratch, filter="data")
    listed = json.loads((scratch / _LIST).read_text("utf-8"))
    if listed["format"] != _FORMAT:
        raise ValueError(f"格式 {listed['format']}，这一版认得 {_FORMAT}")
    (scratch / _LIST).unlink()
    hashes: dict[str, str] = listed["files"]
    found = {str(p.relative_to(scratch)) for p in scratch.rglob("*") if p.is_file()}
    if found != set(hashes):
        raise ValueError(f"文件清单对不上：{sorted(found ^ set(hashes))[:3]}")
    for name, expected in hashes.items():
        if _sha256(scratch / name) != expected:
            raise ValueError(f"{name} 与备份时不一样")
    return Saved(listed["corpora"], len(hashes))


def _put_in_place(scratch: Path, home: Path, corpora: dict[str, str]) -> None:
    """Versions first, then the pointers to them, then tokens and state."""
    for corpus, version in corpora.items():
        folder = CorpusFolder(home, corpus).folder_of(version)
        if not folder.exists():
            folder.parent.mkdir(parents=True, exist_ok=True)
            (scratch / "corpora" / corpus / "versions" / version).rename(folder)
        own = lexicon_of(folder)
        if (kept := scratch / "corpora" / corpus / own.name).is_file():
            kept.replace(own)
        CorpusFolder(home, corpus).point_to(version)
    for name in (*_PRIVATE, _STATE):
        if (scratch / name).exists():
            for leftover in (home / f"{name}-wal", home / f"{name}-shm"):
                leftover.unlink(missing_ok=True)
            (scratch / name).chmod(0o600)
            (scratch / name).replace(home / name)


def _notes(home: Path, corpora: dict[str, str]) -> tuple[str, ...]:
    elsewhere = [
        corpus
        for corpus, version in corpora.items()
        if Engines.of_version(CorpusFolder(home, corpus).folder_of(version)) != IN_FOLDER
    ]
    if not elsewhere:
        return ()
    return (
        f"语料库 {'、'.join(elsewhere)} 的目录库或向量在别的引擎里，请用那个引擎自己的办法备份（如 pg_dump）。",
    )


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
