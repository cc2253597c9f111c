"""What a version was built from, kept in it: so that it can be built again with a file more or less."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from index.collect import InputFile
from index.errors import BuildError
from index.manifest import MANIFEST_NAME, Manifest

_FILE = "inputs.json"


def keep_inputs(
    staged: Path, manifests: Sequence[Manifest], files: Iterable[tuple[InputFile, str]]
) -> None:
    """Note the manifests of all roots, and each file that was read with the id of its source."""
    kept = {
        "roots": [m.model_dump(mode="json", exclude_defaults=True) for m in manifests],
        "files": [
            {"root": file.root, "name": str(file.name), "source": source} for file, source in files
        ],
    }
    (staged / _FILE).write_text(json.dumps(kept, ensure_ascii=False), "utf-8")


def restore_inputs(version: Path, into: Path, without: Collection[str] = ()) -> list[Path]:
    """Lay a version's files out again, one folder a root; leaves out the sources of some ids.

    Raises:
        BuildError: the version does not say what it was built from.
    """
    kept = read_inputs(version)
    roots: list[Path] = []
    for number, manifest in enumerate(kept["roots"]):
        root = into / f"{number:04}"
        root.mkdir(parents=True)
        text = yaml.safe_dump(manifest, allow_unicode=True, sort_keys=False)
        (root / MANIFEST_NAME).write_text(text, "utf-8")
        roots.append(root)
    for file in kept["files"]:
        if file["source"] not in without:
            path = roots[file["root"]] / PurePosixPath(file["name"])
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(version / "originals" / file["source"], path)
    return roots


def read_inputs(version: Path) -> dict[str, Any]:
    """The roots' manifests (`roots`) and the files (`files`: root, name, source) of a version.

    Raises:
        BuildError: the version does not say.
    """
    try:
        kept: dict[str, Any] = json.loads((version / _FILE).read_text("utf-8"))
    except FileNotFoundError as exc:
        raise BuildError(
            "这个版本没有记下它由哪些文件建成。请先用 dutydesk build 路径 重建一次，再在网页上增减文件。"
        ) from exc
    return kept
