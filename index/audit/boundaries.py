"""Boundary clauses of two 三定 provisions that give the same thing to different bodies."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from index.audit.alarm import Alarm, alarm, side_of
from index.audit.papers import Papers
from index.extract.parties import PaperNames
from index.extract.shares import Share, shares_in
from index.matters import similarity
from index.model import Clause, ClauseKind

# Two provisions word one division alike; the planted contradiction's halves share 0.7 of their pairs.
_SAME_THING = 0.55
_SHORTEST_THING = 6
_HEAD = re.compile(
    r"^[（(]?[\d一二三四五六七八九十]+[)）、.．]?.{0,60}?(?:职责|职能)(?:分工|边界|划分)[。：:]"
)


def boundary_contradictions(papers: Papers) -> Iterator[Alarm]:
    """Pairs of boundary clauses on the same bodies that name different leads for the same thing."""
    by_parties: dict[frozenset[str], list[Clause]] = defaultdict(list)
    for clause in papers.clauses:
        if clause.kind is ClauseKind.BOUNDARY and len(clause.bodies) > 1:
            for pair in combinations(sorted(set(clause.bodies)), 2):
                if clause.body in pair:
                    by_parties[frozenset(pair)].append(clause)
    for clauses in by_parties.values():
        for one, other in combinations(clauses, 2):
            if one.body != other.body:
                yield from _between(papers, one, other)


def _between(papers: Papers, one: Clause, other: Clause) -> Iterator[Alarm]:
    here, there = _shares(papers, one), _shares(papers, other)
    worst: tuple[float, Share, Share] | None = None
    for share in here:
        rivals = [(similarity(share.thing, s.thing), s) for s in there]
        likeness, best = max(rivals, key=lambda rival: rival[0], default=(0.0, share))
        if likeness < _SAME_THING or best.body == share.body:
            continue
        if any(s.body == best.body and similarity(s.thing, best.thing) > likeness for s in here):
            continue  # this paper gives that very thing to the same body elsewhere
        if worst is None or likeness > worst[0]:
            worst = (likeness, share, best)
    if worst:
        likeness, mine, yours = worst
        message = (
            f"“{mine.thing}”：{one.body}的“三定”写由{mine.body}负责，"
            f"{other.body}的“三定”写由{yours.body}负责"
        )
        sides = (side_of(papers, one), side_of(papers, other))
        yield alarm(papers, "boundary_contradiction", message, *sides, likeness=likeness)


def _shares(papers: Papers, clause: Clause) -> list[Share]:
    """Who gets what by a boundary clause: "…由甲牵头", "甲负责…"."""
    names = PaperNames.from_paper(
        papers.sources[clause.source_id], papers.provision_text(clause.body)
    )
    sentences = re.split(r"[。；;\n]", _HEAD.sub("", clause.text))
    found = (share for text in sentences for share in shares_in(text, list(names.spans(text))))
    return [share for share in found if len(share.thing) >= _SHORTEST_THING]
