"""Plain words → official terms: reviewed data (`terms/*.yaml`), read once and matched by scanning."""

from index.lexicon.load import Entry, Wish, load_entries, shipped_entries
from index.lexicon.match import Lexicon, Match
from index.lexicon.nearness import Nearness, lexicon_texts, write_nearness

__all__ = [
    "Entry",
    "Lexicon",
    "Match",
    "Nearness",
    "Wish",
    "lexicon_texts",
    "load_entries",
    "shipped_entries",
    "write_nearness",
]
