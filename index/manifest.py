"""`manifest.yaml` beside the files: what a paper does not say of itself, stated by its keeper."""

from __future__ import annotations

from datetime import date
from pathlib import Path, PurePosixPath
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator

from index.errors import BuildError
from index.gazetteer import short_name
from index.model import Level, PaperKind, Place

MANIFEST_NAME = "manifest.yaml"


_LEVELS = {"province": Level.PROVINCE, "city": Level.CITY, "county": Level.COUNTY}


class Entry(BaseModel):
    """What the manifest states of one file; everything but the path is optional.

    `place` is a code of `places` or a name; `also` lists further kinds of paper in the same book.
    """

    model_config = ConfigDict(extra="forbid")

    file: str = ""
    title: str = ""
    document_number: str = ""
    publisher: str = ""
    body: str = ""
    place: str = ""
    published_on: date | None = None
    effective_on: date | None = None
    expires_on: date | None = None
    replaces: list[str] = Field(default_factory=list)
    url: str = ""
    kind: PaperKind | None = None
    also: list[PaperKind] = Field(default_factory=list)

    @field_validator("replaces", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return [value] if isinstance(value, str) else value

    @property
    def kinds(self) -> frozenset[PaperKind]:
        """Kinds that tables of this file may have, as far as stated."""
        return frozenset(filter(None, (self.kind, *self.also)))


class FormerName(BaseModel):
    """A name that a place had until a day."""

    model_config = ConfigDict(extra="forbid")

    name: str
    until: date | None = None
    by: str = ""


class PlaceEntry(BaseModel):
    """A place that the national standard does not know, or its aliases."""

    model_config = ConfigDict(extra="forbid")

    code: str
    name: str
    level: Literal["province", "city", "county", "township"]
    parent: str | None = None
    aliases: list[str] = Field(default_factory=list)
    formerly: FormerName | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Everything else it is or was called."""
        former = (self.formerly.name,) if self.formerly else ()
        return tuple(dict.fromkeys((*self.aliases, *former, short_name(self.name))))


class Manifest(BaseModel):
    """A whole manifest; paths are relative to its folder."""

    model_config = ConfigDict(extra="forbid")

    notice: str = ""
    places: list[PlaceEntry] = Field(default_factory=list)
    files: list[Entry] = Field(default_factory=list)

    def entry(self, relative: PurePosixPath) -> Entry:
        """The entry of a file, or an empty one."""
        return next((e for e in self.files if e.file == str(relative)), Entry())

    def place_values(self) -> tuple[Place, ...]:
        """The places, parents first, with full names put together."""
        full: dict[str, str] = {}
        places = []
        for entry in self.places:
            full[entry.code] = full.get(entry.parent or "", "") + entry.name
            level = _LEVELS.get(entry.level, Level.TOWNSHIP)
            aliases = tuple(name for name in entry.names if name != entry.name)
            places.append(
                Place(entry.code, entry.name, full[entry.code], level, entry.parent, aliases)
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
    except (yaml.YAMLError, ValueError, RecursionError) as exc:
        raise BuildError(f"{path}：清单文件写法有误，请对照 README 修改。\n{exc}") from exc
