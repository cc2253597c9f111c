"""The records of a version as they were read: JSON in one file, a line each, found by ordinal.

Every answer reads some two dozen of them. Where each line ends is known, so that takes no database:
a read a record, a fifth of the time.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import numpy as np

from index.errors import CorpusError
from index.model import Clause, DutyItem
from index.values import DecodeError, decoder, encoded

Record = DutyItem | Clause

_ITEM = decoder(DutyItem)
_CLAUSE = decoder(Clause)
_LINES, _ENDS = "records.jsonl", "records.npz"


class RecordFile:
    """Reads the records of one version. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        """Open the file.

        Raises:
            CorpusError: it is not the one that was written.
        """
        self._path = folder / _LINES
        with np.load(folder / _ENDS) as stored:
            self._ends = stored["ends"]
            self._n_items = int(stored["n_items"])
        self._file = os.open(self._path, os.O_RDONLY)
        weakref.finalize(self, os.close, self._file)
        size = int(self._ends[-1])
        if os.fstat(self._file).st_size != size or (size and self._bytes(size - 1, size) != b"\n"):
            raise self._damaged()

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, ordinal: int) -> Record:
        """One record.

        Raises:
            CorpusError: the file is damaged, or cannot be read any more.
        """
        decode = (_ITEM if ordinal < self._n_items else _CLAUSE).decode
        try:
            return decode(self._bytes(int(self._ends[ordinal]), int(self._ends[ordinal + 1])))
        except (DecodeError, OSError) as exc:
            raise self._damaged() from exc

    def __iter__(self) -> Iterator[Record]:
        return map(self.__getitem__, range(len(self)))

    def _bytes(self, start: int, end: int) -> bytes:
        return os.pread(self._file, end - start, start)

    def _damaged(self) -> CorpusError:
        version, corpus = self._path.parent.name, self._path.parent.parent.parent.name
        return CorpusError(
            f"语料库“{corpus}”的版本 {version} 的 {_LINES} 已损坏或读不了。请用 dutydesk versions "
            f"--corpus {corpus} --use 以前的版本 改回去，或重新 dutydesk build 路径 --corpus {corpus}。"
        )


def write_records(folder: Path, items: Sequence[DutyItem], clauses: Sequence[Clause]) -> None:
    """Store a version's records: items, then clauses."""
    ends = [0]
    with (folder / _LINES).open("wb") as file:
        for record in chain(items, clauses):
            ends.append(ends[-1] + file.write(encoded(record) + b"\n"))
    np.savez(folder / _ENDS, ends=np.array(ends, np.int64), n_items=len(items))
