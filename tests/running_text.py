"""Papers in running text for tests: written out in a test, or the sample city's own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import yaml

from index.documents import Block, Document, Grid
from index.model import Clause, PaperKind, SourceDocument

PROVISIONS = Path(__file__).parent / "sample_city" / "provisions"


def document_of(*parts: str | tuple[str, int] | Grid) -> Document:
    """Paragraphs (with their page where given) and tables, numbered in order."""
    built: list[Block | Grid] = []
    number = 0
    for part in parts:
        if isinstance(part, Grid):
            built.append(part)
            continue
        number += 1
        text, page = part if isinstance(part, tuple) else (part, None)
        built.append(Block(text, number, page))
    return Document("text", tuple(built))


def source_of(
    title: str, body: str = "", *, publisher: str = "", kind: PaperKind = PaperKind.OTHER
) -> SourceDocument:
    return SourceDocument(
        "S", "某文件.docx", "", title, kind, "990121", publisher=publisher, body=body
    )


def grid_of(rows: Iterable[Iterable[str]], name: str = "表1") -> Grid:
    cells = {
        (r, c): str(text)
        for r, row in enumerate(rows, start=1)
        for c, text in enumerate(row, start=1)
        if text
    }
    return Grid(name, cells)


def sample_papers(prefix: str = "") -> list[Path]:
    return sorted(PROVISIONS.glob(f"{prefix}*.yaml"))


def load_sample(path: Path) -> tuple[Document, SourceDocument, dict]:
    """A sample paper's document (title first), its source, and all else that its file states."""
    spec = yaml.safe_load(path.read_text(encoding="utf-8"))
    body = spec["body"] if isinstance(spec["body"], str) else ""
    source = source_of(spec["title"], body, publisher=spec["publisher"])
    tables = [grid_of(spec["table"])] if "table" in spec else []
    title = [] if spec["paragraphs"][0] == spec["title"] else [spec["title"]]
    return document_of(*title, *spec["paragraphs"], *tables), source, spec


def brief(clauses: Iterable[Clause]) -> list[tuple[str, str, str]]:
    """(path, kind, office) of each clause."""
    return [(clause.id.partition("#")[2], clause.kind.value, clause.office) for clause in clauses]


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def every_line_stands_in(document: Document, clauses: Iterable[Clause]) -> bool:
    """The law of quotation: each line of each clause stands so in a paragraph or a cell."""
    places = [block.text for block in document.blocks]
    places += [text for grid in document.grids for text in grid.texts.values()]
    return all(
        any(line in place for place in places)
        for clause in clauses
        for line in clause.text.split("\n")
    )


def paragraphs_missing_or_doubled(
    document: Document, clauses: Iterable[Clause], title: str
) -> list[str]:
    """The law of completeness: after the title, the clauses hold every paragraph exactly once."""
    after = [block.text for block in document.blocks if bare(block.text) != bare(title)]
    lines = [line for clause in clauses if clause.locator.cells is None for line in [clause.text]]
    held, wanted = bare("".join(lines)), bare("".join(after))
    return [] if held == wanted else [text for text in after if held.count(bare(text)) != 1]
