"""Sentences on what differs between two editions of a list: how much, and the first few by name."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.compose.proofs import Proofs
from assistant.model import Segment
from assistant.resolve.findings import Compared
from index.diff.changes import Change, Kind
from index.passages import title_text

_LONGEST_NAME = 40
_NAMED = 3


def compared(found: Compared, proofs: Proofs) -> Iterable[Segment]:
    """How many matters came, went or changed; a few of each; where to see them all."""
    titles = "》与《".join(proofs.source(record).title for record in reversed(found.firsts))
    labels = tuple(proofs.cite(record) for record in reversed(found.firsts))
    by_kind = {kind: [c for c in found.changes if c.kind is kind] for kind in Kind}
    counts = "，".join(f"{kind.value}{len(same)}项" for kind, same in by_kind.items() if same)
    yield Segment(f"《{titles}》相比：{counts or '逐项相同'}。", labels)
    for kind, same in by_kind.items():
        if same:
            yield _few(kind, same, proofs)
    if found.changes:
        yield Segment("逐项对照见职责台的“新旧版对比”。")


def _few(kind: Kind, same: list[Change], proofs: Proofs) -> Segment:
    """The first few of one kind, cited on each side that has them."""
    shown = same[:_NAMED]
    records = [record for change in shown for record in (change.old, change.new) if record]
    more = f"等{len(same)}项" if len(same) > len(shown) else ""
    names = "、".join(map(_named, shown))
    labels = dict.fromkeys(proofs.cite(record) for record in records)
    return Segment(f"{kind.value}的有：{names}{more}。", tuple(labels))


def _named(change: Change) -> str:
    """The matter, and which of its fields differ."""
    record = change.new or change.old
    name = f"“{title_text(record)[:_LONGEST_NAME]}”" if record else ""
    fields = "、".join(dict.fromkeys(field.label for field in change.fields))
    return f"{name}（{fields}）" if fields else name
