"""The shape of the house, read from the syntax tree."""

from __future__ import annotations

import ast
from collections import defaultdict
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCES = sorted([*(ROOT / "index").rglob("*.py"), *(ROOT / "assistant").rglob("*.py")])
ONE_FILE_EACH = {"chromadb", "xlrd", "bm25s", "rjieba", "opencc", "pdfplumber"}
ONE_FILE_EACH |= {"olefile", "onnxruntime", "sentence_transformers", "jinja2"}
ONE_FILE_EACH |= {"msgspec", "pypinyin", "uvicorn", "prometheus_client", "opentelemetry"}
ONE_FILE_EACH |= {"langchain_openai", "pypdfium2"}
# Bottom up: files and folders of `assistant`. One not named here is a surface, above all of them.
LAYERS = (
    {"model", "settings", "corpus", "holdings", "caller", "guard"},
    {"check", "understand", "retrieve", "conversation", "state"},
    {"resolve"},
    {"decide", "compose"},
    {"phrase"},
    {"pipeline"},
    {"app", "contract", "evaluation"},
)


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def test_index_never_imports_assistant() -> None:
    for path in (ROOT / "index").rglob("*.py"):
        assert not any(name.split(".")[0] == "assistant" for name in _imports(path)), path


def test_assistant_imports_only_downwards() -> None:
    rooms = defaultdict(set)
    for path in (ROOT / "assistant").rglob("*.py"):
        room = path.relative_to(ROOT / "assistant").parts[0].removesuffix(".py")
        rooms[room] |= _imports(path)
    below: set[str] = set()
    upward = {}
    for layer in LAYERS:
        below |= layer
        for room in layer & rooms.keys():
            used = {name.split(".")[1] for name in rooms[room] if name.startswith("assistant.")}
            if used - below:
                upward[room] = used - below
    assert upward == {}


def test_no_module_imports_itself_by_a_detour() -> None:
    modules = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in SOURCES}
    graph = {name: _imports(path) & modules.keys() - {name} for name, path in modules.items()}
    assert len(list(TopologicalSorter(graph).static_order())) == len(modules)


def test_each_outside_library_has_one_adapter() -> None:
    users = defaultdict(set)
    for path in SOURCES:
        for name in _imports(path):
            if (library := name.split(".")[0]) in ONE_FILE_EACH:
                users[library].add(path.name)
    assert set(users) == ONE_FILE_EACH
    assert {library: files for library, files in users.items() if len(files) > 1} == {}


def test_commands_stay_in_the_command_line() -> None:
    for path in SOURCES:
        if path.name != "cli.py" and path.parent.name != "commands":
            used = _imports(path)
            assert not any(name.startswith(("typer", "assistant.commands")) for name in used), path


def test_workbooks_are_read_in_one_file_and_written_in_another() -> None:
    users = {p.name for p in SOURCES if any(n.split(".")[0] == "openpyxl" for n in _imports(p))}
    assert users == {"excel_zip.py", "workbook.py"}


def test_sql_is_spoken_by_the_catalog_and_by_the_state_of_the_service() -> None:
    users = {p for p in SOURCES if any(n.split(".")[0] == "sqlalchemy" for n in _imports(p))}
    assert {p.name for p in users if p.parent.name != "state"} == {"catalog.py"}


def test_connections_go_out_from_few_files_and_only_to_what_the_settings_name() -> None:
    """Whoever adds one has to say in deploy/THREATS.md where its address comes from."""
    clients = ("httpx", "requests", "urllib.request", "aiohttp", "http.client")
    users = {p.name for p in SOURCES if any(n.startswith(clients) for n in _imports(p))}
    surfaces = {"oidc.py", "dingtalk.py", "checks.py", "network.py", "webhook.py"}
    assert users <= {"encoder.py", "rerank.py", "chroma.py", *surfaces}


def test_files_and_functions_stay_small() -> None:
    too_long = {}
    for path in SOURCES:
        text = path.read_text("utf-8")
        if (n_lines := len(text.splitlines())) > 400:
            too_long[path.name] = n_lines
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                doc = ast.get_docstring(node, clean=False) or ""
                length = (node.end_lineno or 0) - node.lineno + 1 - len(doc.splitlines())
                if length > 50:
                    too_long[f"{path.name}:{node.name}"] = length
    assert too_long == {}
