"""What would be read of a waiting file: the table as it stands, the records, what is doubtful."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from index.build import read_contents
from index.catalog import Contents
from index.documents import Document
from index.inputs import read_inputs
from index.manifest import MANIFEST_NAME, Entry
from index.readers.process import ReaderProcess


@dataclass(frozen=True, slots=True)
class Preview:
    """The file as its reader saw it, and what was made of it."""

    document: Document
    contents: Contents


def preview(path: Path, stated: Entry, version: Path) -> Preview:
    """Read one file beside the places that the version in service knows; in a process of its own.

    Raises:
        ReadingError: the file cannot be read.
        BuildError: no record was found in it.
    """
    places = [place for root in read_inputs(version)["roots"] for place in root.get("places", ())]
    with ReaderProcess() as process:
        document = process.read(path)
    with TemporaryDirectory() as folder:
        shutil.copyfile(path, Path(folder) / path.name)
        entry = stated.model_dump(mode="json", exclude_defaults=True) | {"file": path.name}
        manifest = {"places": places, "files": [entry]}
        text = yaml.safe_dump(manifest, allow_unicode=True, sort_keys=False)
        (Path(folder) / MANIFEST_NAME).write_text(text, "utf-8")
        with TemporaryDirectory() as unpacked:
            return Preview(document, read_contents([Path(folder)], Path(unpacked)))
