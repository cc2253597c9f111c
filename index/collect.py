"""Paths → the files to read, each with its name in the corpus and what a manifest states of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from index.errors import BuildError, ReadingError
from index.manifest import MANIFEST_NAME, Entry, Manifest, load_manifest
from index.model import Finding
from index.readers.sniff import Format, sniff

# What systems and editors leave beside the files.
_NOT_PAPERS = ("~$", ".", "Thumbs.db", "desktop.ini", "__MACOSX")
_NOT_PAPER_NAMES = frozenset({MANIFEST_NAME, "README.md", "README.txt"})
_NOT_PAPER_SUFFIXES = frozenset({".jsonl", ".md", ".py", ".yaml", ".yml"})


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file to read; `name` is its path in the corpus, `stated` its manifest entry.

    `root` is the position of the path, of those given, below which it was found.
    """

    path: Path
    name: PurePosixPath
    stated: Entry
    root: int = 0


@dataclass(frozen=True, slots=True)
class Collected:
    """All input files, the manifests met, and what could not even be opened."""

    files: tuple[InputFile, ...]
    manifests: tuple[Manifest, ...]
    findings: tuple[Finding, ...]


def collect(paths: Sequence[Path], unpacked: Path) -> Collected:
    """Walk files and folders; archives are unpacked below `unpacked`.

    Raises:
        BuildError: a path does not exist or a manifest is not valid.
    """
    files: list[InputFile] = []
    manifests: list[Manifest] = []
    findings: list[Finding] = []
    for root, path in enumerate(paths):
        if not path.exists():
            raise BuildError(f"{path}：没有这个文件或文件夹。")
        folder = path if path.is_dir() else path.parent
        manifest = load_manifest(folder)
        manifests.append(manifest)
        for file in _papers_below(path):
            name = PurePosixPath(file.relative_to(folder).as_posix())
            try:
                files.extend(_expand(InputFile(file, name, manifest.entry(name), root), unpacked))
            except ReadingError as exc:
                findings.append(Finding("error", "unreadable", str(name), str(exc)))
    return Collected(tuple(files), tuple(manifests), tuple(findings))


def _papers_below(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for file in sorted(path.rglob("*")):
        inner = file.relative_to(path).parts
        if any(part.startswith(_NOT_PAPERS) for part in inner):
            continue
        if file.name in _NOT_PAPER_NAMES or file.suffix.lower() in _NOT_PAPER_SUFFIXES:
            continue
        if file.is_file():
            yield file


def _expand(file: InputFile, unpacked: Path) -> Iterator[InputFile]:
    """The file itself, or what its archive holds."""
    if sniff(file.path) is not Format.ZIP:
        yield file
        return
    from index.readers.archive import unpack

    into = unpacked / str(len(list(unpacked.iterdir())))
    into.mkdir()
    for inner in unpack(file.path, into):
        name = file.name / inner.relative_to(into).as_posix()
        if not any(part.startswith(_NOT_PAPERS) for part in name.parts):
            yield InputFile(inner, name, Entry(), file.root)
