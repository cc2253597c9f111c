"""Engines that others keep: where a version's catalog and vectors lie when not in its folder.

A version says so itself, in `engines.json`, written before anything is stored, so that a failed or
killed build leaves no schema or collection that nobody knows. Passwords are never written there:
PostgreSQL's come from PGPASSWORD or ~/.pgpass, Chroma's and Milvus's from their own variables.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from index.errors import BuildError

_FILE = "engines.json"


@dataclass(frozen=True, slots=True)
class Kept:
    """A part of one version in an engine: its URL, and the schema or collection it has there."""

    url: str
    name: str


@dataclass(frozen=True, slots=True)
class Engines:
    """What of a version is kept elsewhere; None for what lies in its folder."""

    catalog: Kept | None = None
    vectors: Kept | None = None

    @classmethod
    def for_new_version(cls, catalog: str, vectors: str) -> Engines:
        """Engines by URL, "" for the version's own folder; each version gets a name of its own.

        Raises:
            BuildError: a URL carries a password, which would be stored with the version.
        """
        name = f"dutydesk_{uuid4().hex[:12]}"
        parts = [Kept(_without_password(url), name) if url else None for url in (catalog, vectors)]
        return cls(*parts)

    @classmethod
    def of_version(cls, folder: Path) -> Engines:
        """The engines that a version names."""
        path = folder / _FILE
        stored = json.loads(path.read_text("utf-8")) if path.exists() else {}
        return cls(**{part: Kept(**kept) for part, kept in stored.items() if kept})

    def note_in(self, folder: Path) -> None:
        """Write into a version which engines it uses."""
        if self != IN_FOLDER:
            (folder / _FILE).write_text(json.dumps(asdict(self)), "utf-8")


IN_FOLDER = Engines()


def _without_password(url: str) -> str:
    if urlsplit(url).password:
        where = "PGPASSWORD 或 ~/.pgpass" if url.startswith("postgresql") else "引擎自己的环境变量"
        raise BuildError(f"引擎的地址里不要写密码，它会随版本保存下来。请把密码放进{where}。")
    return url
