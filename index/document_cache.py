"""Documents by content: a file that was read once, by these readers, is never read again.

<cache>/documents/<version of the readers>/<sha-256 of the file>.<suffix>

An entry is the SHA-256 of its payload, then the payload, a compressed pickle. What does not fit
its digest is read anew; entries of other readers are removed.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import pickle
import shutil
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from uuid import uuid4

from index.documents import Document

_DIGEST_BYTES = 32
_ROOT = Path(__file__).parent
# What decides how a file is read, beside our own readers.
_LIBRARIES = ("openpyxl", "xlrd", "lxml", "pdfplumber", "pdfminer.six", "olefile", "rapidocr")
_PROGRAMS = ("soffice", "libreoffice")


class DocumentCache:
    """Reads through a cache folder. `n_reused` and `n_damaged` count entries met."""

    def __init__(
        self, folder: Path, read: Callable[[Path], Document], readers: str | None = None
    ) -> None:
        self._read = read
        self._folder = folder / "documents" / (readers or readers_version())
        self.n_reused = self.n_damaged = 0
        self._forget_other_readers()

    def read(self, path: Path) -> Document:
        """What the file says, from the cache if its content was read before.

        Raises:
            ReadingError: it cannot be read; failures are not remembered.
        """
        entry = self._folder / _name(path)
        if (document := self._stored(entry)) is not None:
            self.n_reused += 1
            return document
        document = self._read(path)
        _store(entry, document)
        return document

    def _stored(self, entry: Path) -> Document | None:
        try:
            content = entry.read_bytes()
        except OSError:
            return None
        digest, payload = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
        if hashlib.sha256(payload).digest() != digest:
            self.n_damaged += 1
            return None
        document = pickle.loads(gzip.decompress(payload))
        return document if isinstance(document, Document) else None

    def _forget_other_readers(self) -> None:
        for other in self._folder.parent.glob("*"):
            if other != self._folder:
                shutil.rmtree(other, ignore_errors=True)


@cache
def readers_version() -> str:
    """A digest of the readers' source, of the libraries and programs they use."""
    digest = hashlib.sha256()
    for source in sorted([_ROOT / "documents.py", *(_ROOT / "readers").rglob("*.py")]):
        digest.update(source.read_bytes())
    for name in _LIBRARIES:
        digest.update(f"{name} {_version(name)}".encode())
    for name in _PROGRAMS:
        digest.update(f"{name} {shutil.which(name)}".encode())
    return digest.hexdigest()[:16]


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "absent"


def _name(path: Path) -> str:
    """The content's digest and the suffix, which some formats are told by."""
    return f"{hashlib.sha256(path.read_bytes()).hexdigest()}{path.suffix.lower()}"


def _store(entry: Path, document: Document) -> None:
    """Write aside, then rename: a killed build leaves no half entry. A full disk only costs time."""
    payload = gzip.compress(pickle.dumps(document, pickle.HIGHEST_PROTOCOL), 3)
    aside = entry.with_name(f"{entry.name}.{os.getpid()}-{uuid4().hex[:8]}")
    with suppress(OSError):
        entry.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(hashlib.sha256(payload).digest() + payload)
        aside.replace(entry)
