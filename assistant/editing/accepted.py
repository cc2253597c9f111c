"""The corpus's own lexicon: entries that an editor accepted, checked before they are kept."""

from __future__ import annotations

import threading
from pathlib import Path
from uuid import uuid4

import yaml

from index.errors import LexiconError
from index.lexicon import TERMS, check_entries

_LOCK = threading.Lock()


def accept(path: Path, entry: dict[str, str | list[str]]) -> None:
    """Add an entry to the file.

    Raises:
        LexiconError: it is malformed, or says what the lexicon has already; the file stays.
    """
    with _LOCK:
        before = path.read_text("utf-8") if path.is_file() else ""
        written = yaml.safe_dump(
            [entry], allow_unicode=True, default_flow_style=None, sort_keys=False
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{uuid4().hex}.yaml")
        try:
            temporary.write_text(before + written, "utf-8")
            _, problems = check_entries([*sorted(TERMS.glob("*.yaml")), temporary])
            if problems:
                raise LexiconError(problems[0].replace(temporary.name, path.name))
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
