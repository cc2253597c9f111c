"""Text → token ids while serving, without the `tokenizers` library.

The library's table of 250,002 pieces takes 280 MB in every process, this one 50 MB; a text of 400
characters takes 0.4 ms, the network then 30 ms. `tokenizer` builds the library's
form of the same rules, and the tests hold the two together.
"""

import re
import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

from index.embedded.layout import PIECES_FILE, SCORES_FILE

MAX_TOKENS = 512  # positions the model was trained with, <s> and </s> counted
BEGIN, PADDING, END, UNKNOWN, MASK = "<s>", "<pad>", "</s>", "<unk>", "<mask>"
SPACE_MARK = "\u2581"

# The packed file's normaliser table is NFKC, but for these.
DROPPED = "".join(map(chr, (*range(9), 0x0B, *range(0x0E, 0x20), 0x7F, 0x8F, 0x9F)))
SPACES = "\t\n\x0c\r\u1680\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u2581\ufeff\ufffd"
WAVE, WAVE_STAND_IN = "\uff5e", "\ue000"  # NFKC would make the full-width tilde an ASCII one

_MAX_CHARACTERS = MAX_TOKENS * 16  # no piece is longer than 16: what follows would be cut anyway
_UNKNOWN_PENALTY = 10.0  # below the worst piece, as SentencePiece has it
_BEFORE_NFKC = str.maketrans(
    {**dict.fromkeys(DROPPED), **dict.fromkeys(SPACES, " "), WAVE: WAVE_STAND_IN}
)


class UnigramTokenizer:
    """Cuts a text into its likeliest pieces (Kudo 2018): Viterbi over unigram log probabilities.

    Markup such as ``<mask>`` inside a text is text: only this class writes special tokens.
    """

    def __init__(self, pieces: Sequence[str], scores: "array[float]") -> None:
        ids = {piece: number for number, piece in enumerate(pieces)}
        self._begin, self._end, self._unknown = (ids[name] for name in (BEGIN, END, UNKNOWN))
        for name in (BEGIN, PADDING, END, UNKNOWN, MASK):
            del ids[name]
        self._ids, self._scores = ids, scores
        self._unknown_score = min(scores) - _UNKNOWN_PENALTY
        self._longest: dict[str, int] = {}  # first character -> length of its longest piece
        for piece in ids:
            if len(piece) > self._longest.get(piece[0], 0):
                self._longest[piece[0]] = len(piece)

    @classmethod
    def from_path(cls, folder: Path) -> "UnigramTokenizer":
        """Read what `save_vocabulary` wrote."""
        scores = array("d")
        scores.frombytes((folder / SCORES_FILE).read_bytes())
        return cls((folder / PIECES_FILE).read_text("utf-8").split("\n"), scores)

    def encode(self, text: str) -> list[int]:
        """Token ids between ``<s>`` and ``</s>``, at most 512 in all."""
        content = chain.from_iterable(map(self._segment, _words(text[:_MAX_CHARACTERS])))
        return [self._begin, *islice(content, MAX_TOKENS - 2), self._end]

    def _segment(self, word: str) -> list[int]:
        """The ids of one word; neighbouring unknown characters become one token."""
        ids, scores, longest = self._ids, self._scores, self._longest
        best = [0.0] + [-1e300] * len(word)
        came_by = [(0, self._unknown)] * (len(word) + 1)  # where the last piece begins, and its id
        for begin, first in enumerate(word):
            so_far = best[begin]
            for end in range(begin + 1, min(begin + longest.get(first, 0), len(word)) + 1):
                piece = ids.get(word[begin:end])
                if piece is not None and so_far + scores[piece] > best[end]:
                    best[end], came_by[end] = so_far + scores[piece], (begin, piece)
            if first not in ids and so_far + self._unknown_score > best[begin + 1]:
                best[begin + 1] = so_far + self._unknown_score
                came_by[begin + 1] = begin, self._unknown
        return self._backtrack(came_by)

    def _backtrack(self, came_by: list[tuple[int, int]]) -> list[int]:
        found: list[int] = []
        end = len(came_by) - 1
        while end > 0:
            end, piece = came_by[end]
            if not (piece == self._unknown and found and found[-1] == piece):
                found.append(piece)
        return found[::-1]


def save_vocabulary(folder: Path, pieces: Sequence[tuple[str, float]]) -> None:
    """Write the table that `UnigramTokenizer.from_path` reads."""
    (folder / PIECES_FILE).write_text("\n".join(piece for piece, _ in pieces), "utf-8")
    (folder / SCORES_FILE).write_bytes(array("d", (score for _, score in pieces)).tobytes())


def _words(text: str) -> Iterator[str]:
    """Normalised words, each opening with the space mark."""
    normal = unicodedata.normalize("NFKC", text.translate(_BEFORE_NFKC))
    single_spaced = re.sub(" {2,}", " ", normal.replace(WAVE_STAND_IN, WAVE))
    return (SPACE_MARK + word for word in single_spaced.removeprefix(" ").split(" "))
