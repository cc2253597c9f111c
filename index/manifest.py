"""`manifest.yaml` beside the files: what a paper does not say of itself, stated by its keeper."""

from __future__ import annotations

from datetime import date
from pathlib import Path, PurePosixPath

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from index.errors import BuildError
from index.model import Level, PaperKind, Place

MANIFEST_NAME = "manifest.yaml"


class Entry(BaseModel):
    """What the manifest states of one file; everything is optional."""

    model_config = ConfigDict(extra="forbid")

    title: str = ""
    document_number: str = ""
    publisher: str = ""
    body: str = ""
    place: str = ""
    published_on: date | None = None
    effective_on: date | None = None
    expires_on: date | None = None
    replaces: str | list[str] = Field(default_factory=list)
    url: str = ""
    kind: PaperKind | None = None
    note: str = ""


class PlaceEntry(BaseModel):
    """A place that the national standard does not know, or its aliases."""

    model_config = ConfigDict(extra="forbid")

    code: str
    name: str
    level: Level
    parent: str | None = None
    aliases: list[str] = Field(default_factory=list)
    formerly: list[str] = Field(default_factory=list)


class Manifest(BaseModel):
    """A whole manifest; `files` by path relative to the manifest's folder."""

    model_config = ConfigDict(extra="forbid")

    notice: str = ""
    places: list[PlaceEntry] = Field(default_factory=list)
    files: dict[str, Entry] = Field(default_factory=dict)

    def entry(self, relative: PurePosixPath) -> Entry:
        """The entry of a file, or an empty one."""
        return self.files.get(str(relative), Entry())

    def place_values(self) -> tuple[Place, ...]:
        """The places with full names put together from their parents."""
        full: dict[str, str] = {}
        places = []
        for entry in self.places:
            full[entry.code] = full.get(entry.parent or "", "") + entry.name
            aliases = tuple(dict.fromkeys((*entry.aliases, *entry.formerly)))
            places.append(
                Place(entry.code, entry.name, full[entry.code], entry.level, entry.parent, aliases)
            )
        return tuple(places)


def load_manifest(folder: Path) -> Manifest:
    """The manifest of a folder; an empty one if there is none.

    Raises:
        BuildError: the manifest is not valid; names the file and the key.
    """
    path = folder / MANIFEST_NAME
    if not path.is_file():
        return Manifest()
    try:
        return Manifest.model_validate(yaml.safe_load(path.read_text("utf-8")) or {})
    except (yaml.YAMLError, ValidationError) as exc:
        raise BuildError(f"{path}：清单文件写法有误，请对照 README 修改。\n{exc}") from exc
