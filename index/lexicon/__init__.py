"""Plain words → official terms: reviewed data (`terms/*.yaml`), read once and matched by scanning."""

from index.lexicon.load import Entry, Wish, load_entries, shipped_entries
from index.lexicon.match import Lexicon, Match

__all__ = ["Entry", "Lexicon", "Match", "Wish", "load_entries", "shipped_entries"]
