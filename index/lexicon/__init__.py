"""Plain words → official terms: reviewed data (`terms/*.yaml`), read once and matched by scanning."""

from index.lexicon.load import (
    TERMS,
    Entry,
    Wish,
    check_entries,
    entries_with,
    load_entries,
    shipped_entries,
)
from index.lexicon.match import Lexicon, Match
from index.lexicon.nearness import Nearness, lexicon_texts, write_nearness

__all__ = [
    "TERMS",
    "Entry",
    "Lexicon",
    "Match",
    "Nearness",
    "Wish",
    "check_entries",
    "entries_with",
    "lexicon_texts",
    "load_entries",
    "shipped_entries",
    "write_nearness",
]
