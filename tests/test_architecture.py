"""The shape of the house, read from the syntax tree."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCES = sorted([*(ROOT / "index").rglob("*.py"), *(ROOT / "assistant").rglob("*.py")])
ONE_FILE_EACH = {"chromadb", "openpyxl", "xlrd", "bm25s", "rjieba", "opencc", "pdfplumber", "typer"}


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def test_index_never_imports_assistant() -> None:
    for path in (ROOT / "index").rglob("*.py"):
        assert not any(name.split(".")[0] == "assistant" for name in _imports(path)), path


def test_stages_never_import_the_flow_or_the_surface() -> None:
    above = {"assistant.pipeline", "assistant.app", "assistant.api", "assistant.pages", "assistant.cli"}
    for stage in ("understand", "retrieve", "resolve", "decide", "compose", "corpus", "model"):
        assert not above & _imports(ROOT / "assistant" / f"{stage}.py"), stage


def test_each_outside_library_has_one_adapter() -> None:
    users = defaultdict(set)
    for path in SOURCES:
        for name in _imports(path):
            if (library := name.split(".")[0]) in ONE_FILE_EACH:
                users[library].add(path.name)
    assert set(users) == ONE_FILE_EACH
    assert {library: files for library, files in users.items() if len(files) > 1} == {}


def test_files_and_functions_stay_small() -> None:
    for path in SOURCES:
        lines = path.read_text("utf-8").splitlines()
        assert len(lines) <= 400, path
        for node in ast.walk(ast.parse("\n".join(lines))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                doc = ast.get_docstring(node, clean=False) or ""
                length = (node.end_lineno or 0) - node.lineno + 1 - len(doc.splitlines())
                assert length <= 50, (path, node.name, length)
