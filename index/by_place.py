"""Which records speak for which place: arrays of a version, read in microseconds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.model import Clause, DutyItem

Ordinals = npt.NDArray[np.int32]


class ByPlace:
    """Ordinals of the records of each place."""

    def __init__(self, path: Path) -> None:
        with np.load(path) as stored:
            self._ordinals: Ordinals = stored["ordinals"]
            ends = [int(end) for end in stored["ends"]]
            codes = [str(code) for code in stored["codes"]]
        self._spans = dict(zip(codes, pairwise([0, *ends]), strict=True))

    def ordinals(self, places: Iterable[str]) -> Ordinals:
        """Ordinals of the records that speak for any of the places, each once, ascending."""
        spans = [self._spans[code] for code in dict.fromkeys(places) if code in self._spans]
        parts = [self._ordinals[start:end] for start, end in spans]
        return np.unique(np.concatenate(parts)) if parts else np.empty(0, np.int32)


def write_by_place(path: Path, records: Iterable[DutyItem | Clause]) -> None:
    """Store the places of records given in the order of their ordinals."""
    found: dict[str, list[int]] = defaultdict(list)
    for ordinal, record in enumerate(records):
        places = record.places if isinstance(record, DutyItem) else (record.place,)
        for place in dict.fromkeys(places):
            found[place].append(ordinal)
    ordinals = [np.array(part, np.int32) for part in found.values()]
    np.savez(
        path,
        codes=np.array(list(found), np.str_),
        ends=np.cumsum([len(part) for part in ordinals], dtype=np.int64),
        ordinals=np.concatenate(ordinals) if ordinals else np.empty(0, np.int32),
    )
