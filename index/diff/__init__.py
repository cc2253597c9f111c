"""What changed between two corpus versions, two files, or two editions of one list.

`sides` loads what is compared · `match` pairs rows one to one · `changes` says what differs in a
pair · `report` as plain values and as the sheets of a workbook.
"""

from index.diff.changes import Change, FieldChange, changes
from index.diff.match import SAME_MATTER, Pair, match
from index.diff.sides import DiffSide, edition, files, version

__all__ = [
    "SAME_MATTER",
    "Change",
    "DiffSide",
    "FieldChange",
    "Pair",
    "changes",
    "edition",
    "files",
    "match",
    "version",
]
