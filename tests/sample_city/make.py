"""Render the invented city into real files: `python -m tests.sample_city.make [--out FOLDER]`."""

from __future__ import annotations

import argparse
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.sample_city.department_papers import department_papers
from tests.sample_city.papers import Paper, load
from tests.sample_city.provision_papers import provision_papers
from tests.sample_city.render_docx import to_docx
from tests.sample_city.render_html import to_html
from tests.sample_city.render_pdf import to_pdf
from tests.sample_city.render_xlsx import to_xls, to_xlsx
from tests.sample_city.township_papers import TOWNSHIPS, township_papers

SAMPLE = Path(__file__).resolve().parents[2] / "index" / "sample"
_SITES = {"990100": "云岫市人民政府", "990121": "临溪县人民政府", "990122": "望川县人民政府"}


def main(arguments: list[str] | None = None) -> int:
    """Write every paper and the manifest; files that are no longer made are removed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=SAMPLE)
    parser.add_argument("--no-pdf", action="store_true", help="leave the .pdf files as they are")
    chosen = parser.parse_args(arguments)
    papers = all_papers()
    for paper in papers:
        if paper.format == "pdf" and chosen.no_pdf:
            continue
        _write(chosen.out / paper.file, render(paper))
    _write(chosen.out / "manifest.yaml", manifest(papers).encode())
    _remove_others(chosen.out, {chosen.out / paper.file for paper in papers})
    sys.stderr.write(f"{len(papers)} files in {chosen.out}\n")
    return 0


def all_papers() -> list[Paper]:
    """Every paper of the city, in the order of the manifest."""
    city = load("city.yaml")
    upper = {p["name"]: p["code"] for p in city["places"] if p["level"] != "township"}
    # Counties before the city: 云岫市 also begins the names of the city's own bodies only.
    upper = dict(sorted(upper.items(), key=lambda entry: entry[1], reverse=True))
    towns = [load(f"townships/{name}.yaml") for name in TOWNSHIPS]
    bodies = {town["body"]: str(town["place"]) for town in towns}
    folders = {town["body"]: f"{town['county']}/{town['short']}" for town in towns}
    papers = [
        *department_papers(upper, city["notice"]),
        *township_papers(),
        *provision_papers({**upper, **bodies}, folders),
    ]
    return sorted(papers, key=lambda paper: (paper.place[:6], paper.file))


def render(paper: Paper) -> bytes:
    """The bytes of one paper's file."""
    notice = load("city.yaml")["notice"]
    if paper.format == "html":
        return to_html(paper, _SITES[paper.place[:6]], notice)
    if paper.format == "docx":
        return to_docx(paper, notice)
    if paper.format == "pdf":
        return to_pdf(paper, notice)
    return to_xls(paper) if paper.format == "xls" else to_xlsx(paper)


def manifest(papers: list[Paper]) -> str:
    """What the files cannot say of themselves: places with codes, and a description a file."""
    city = load("city.yaml")
    content = {
        "notice": city["notice"],
        "places": city["places"],
        "files": [_entry(paper) for paper in papers],
    }
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120)


def _entry(paper: Paper) -> dict[str, Any]:
    optional = {
        "file": paper.file,
        "title": paper.title,
        "kind": paper.kind,
        "also": list(paper.also),
        "document_number": paper.document_number,
        "publisher": paper.publisher,
        "place": paper.place,
        "published_on": paper.published_on,
        "effective_on": paper.effective_on,
        "expires_on": paper.expires_on,
        "replaces": paper.replaces,
    }
    entry: dict[str, Any] = {key: text for key, text in optional.items() if text}
    # A number that does not change when other papers come or go, as addresses do not.
    number = zlib.crc32(paper.file.encode()) % 10_000_000
    day = paper.published_on.replace("-", "")
    entry["url"] = f"https://example.invalid/{paper.place}/{day[:6]}/t{day}_{number:07d}.html"
    return entry


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_bytes() != data:
        path.write_bytes(data)


def _remove_others(folder: Path, kept: set[Path]) -> None:
    for path in _files(folder):
        if path not in kept and path.name != "manifest.yaml":
            path.unlink()


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


if __name__ == "__main__":
    sys.exit(main())
