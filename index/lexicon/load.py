"""Reads the reviewed lexicon, and says by file and line what is wrong with it.

An entry is a mapping under no other key than these; a file is a list of entries:

    - say: [吃低保, 低保户]          # how people say it; "老板…跑" allows a few words between
      terms: [最低生活保障审核确认]   # how lists say it, best first
      wish: apply                    # optional: apply, complain
      body: 民政                     # optional: what the responsible body's name contains;
                                     # what it contains in other cities stands in fields.yaml
      not: [起诉]                    # optional: with these words beside it, something else is meant
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import yaml

from index.errors import LexiconError

log = logging.getLogger(__name__)

TERMS = Path(__file__).parent / "terms"
_FIELDS = Path(__file__).parent / "fields.yaml"
GAP = "…"
_KEYS = {"say", "terms", "wish", "body", "not"}
_SHORTEST = 2


class Wish(StrEnum):
    """What a person wants of the administration: to be given something, or others stopped."""

    APPLY = "apply"
    COMPLAIN = "complain"


@dataclass(frozen=True, slots=True)
class Entry:
    """Ways of saying one matter and its official names, with where it stands ("food.yaml:12")."""

    say: tuple[str, ...]
    terms: tuple[str, ...]
    wish: Wish | None
    bodies: tuple[str, ...]
    excluded: tuple[str, ...]
    origin: str


@cache
def shipped_entries() -> tuple[Entry, ...]:
    """The lexicon that comes with the program."""
    return load_entries(sorted(TERMS.glob("*.yaml")))


def entries_with(own: Path) -> tuple[Entry, ...]:
    """The shipped lexicon and the sound entries of an own file, if there is one."""
    if not own.is_file():
        return shipped_entries()
    entries, problems = check_entries([own])
    for problem in problems:
        log.warning("an accepted lexicon entry is left out: %s", problem)
    return (*shipped_entries(), *entries)


def load_entries(paths: Sequence[Path]) -> tuple[Entry, ...]:
    """Entries of several files.

    Raises:
        LexiconError: Something is unknown, empty, malformed or said twice; names file and line.
    """
    entries, problems = check_entries(paths)
    if problems:
        raise LexiconError(problems[0])
    return entries


def check_entries(paths: Sequence[Path]) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """The sound entries of several files, and what is wrong with the others, by file and line."""
    entries: list[Entry] = []
    problems: list[str] = []
    for path in paths:
        try:
            nodes = _nodes(path)
        except LexiconError as exc:
            problems.append(str(exc))
            continue
        for node in nodes:
            try:
                entries.append(_entry(node, f"{path.name}:{node.start_mark.line + 1}"))
            except LexiconError as exc:
                problems.append(str(exc))
    return tuple(entries), (*problems, *_said_twice(entries))


def _said_twice(entries: Iterable[Entry]) -> Iterator[str]:
    first: dict[str, str] = {}
    for entry in entries:
        for phrase in entry.say:
            origin = first.setdefault(phrase, entry.origin)
            if origin is not entry.origin:
                yield f"{entry.origin}：“{phrase}”在 {origin} 已经写过，请合并成一条。"


def _nodes(path: Path) -> Sequence[yaml.Node]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's is eight times quicker
    try:
        root = yaml.compose(path.read_text("utf-8"), Loader=loader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as exc:
        raise LexiconError(f"{path.name}：读不出（{exc}）。") from exc
    if root is None:
        return ()
    if not isinstance(root, yaml.SequenceNode):
        raise LexiconError(f"{path.name}：文件应是一列“- say: …”条目。")
    nodes: Sequence[yaml.Node] = root.value
    return nodes


def _entry(node: yaml.Node, origin: str) -> Entry:
    if not isinstance(node, yaml.MappingNode):
        raise LexiconError(f"{origin}：条目应写成 say: …、terms: …。")
    values = {key.value: _texts(value, key.value, origin) for key, value in node.value}
    if len(values) != len(node.value):
        raise LexiconError(f"{origin}：同一个键写了两次。")
    if unknown := values.keys() - _KEYS:
        raise LexiconError(f"{origin}：不认识的键 {'、'.join(sorted(unknown))}。")
    for needed in ("say", "terms"):
        if not values.get(needed):
            raise LexiconError(f"{origin}：缺少 {needed}。")
    for phrase in values["say"]:
        if any(len(part) < 1 for part in phrase.split(GAP)) or len(phrase) < _SHORTEST:
            raise LexiconError(f"{origin}：“{phrase}”太短，至少两个字。")
    return Entry(
        say=values["say"],
        terms=values["terms"],
        wish=_wish(values.get("wish", ()), origin),
        bodies=_of_any_city(values.get("body", ())),
        excluded=values.get("not", ()),
        origin=origin,
    )


def _of_any_city(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Parts of bodies' names, and what names of the same field contain in other cities."""
    known = _other_names()
    return tuple(
        dict.fromkeys((*parts, *(other for part in parts for other in known.get(part, ()))))
    )


@cache
def _other_names() -> Mapping[str, tuple[str, ...]]:
    read: dict[str, list[str]] = yaml.safe_load(_FIELDS.read_text("utf-8"))
    return {part: tuple(others) for part, others in read.items()}


def _texts(node: yaml.Node, key: str, origin: str) -> tuple[str, ...]:
    nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
    texts = tuple(str(n.value).strip() for n in nodes if isinstance(n, yaml.ScalarNode))
    if len(texts) != len(nodes) or not all(texts):
        raise LexiconError(f"{origin}：{key} 里有空的或不是文字的内容。")
    if len(set(texts)) != len(texts):
        raise LexiconError(f"{origin}：{key} 里有重复的内容。")
    return texts


def _wish(values: tuple[str, ...], origin: str) -> Wish | None:
    try:
        return Wish(values[0]) if values else None
    except ValueError as exc:
        raise LexiconError(
            f"{origin}：wish 只能是 {'、'.join(Wish)}，写的是 {values[0]}。"
        ) from exc
