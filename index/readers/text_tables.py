"""Tables drawn with box characters in plain text (┌─┬ │ ├) → a Grid, merges included."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.documents import Grid, Merge
from index.readers.cells import clean_text

_RULES = "─━═╌╍┄┅┈┉╴╶╸╺"
# Every box character with an upright stroke parts one cell from the next.
_WALL = re.compile("[\u2502\u2503\u2506\u2507\u250a-\u254b\u254e\u254f\u2551-\u2570]")
_ASCII_DRAWN = re.compile(r"[|+].*[|+]$")
_STARTS_ITEM = re.compile(r"[（(]?[一二三四五六七八九十\d]+[）)、.．]|[①-⑳]")
# A page of tables is some 200 columns wide.
_MAX_LINE_CHARS = 5_000
_SENTENCE_ENDS = ("。", "；", "：", ";", ":")


@dataclass(frozen=True, slots=True)
class _Piece:
    """What stands between two walls of a line; `left` and `right` are 0-based columns."""

    left: int
    right: int
    text: str

    @property
    def is_rule(self) -> bool:
        return bool(self.text) and not self.text.strip(_RULES)


_Line = tuple[_Piece, ...]
_Cell = tuple[int, int]


def as_drawn(line: str) -> str:
    """A line drawn with + - | (as databases and Markdown print tables) in box characters."""
    bare = line.strip()
    if len(bare) > _MAX_LINE_CHARS or not _ASCII_DRAWN.match(bare):
        return line
    if not bare.strip("+-=|: "):
        return re.sub(r"[-=: ]", "─", re.sub(r"[+|]", "┼", bare))
    return bare.replace("|", "│") if bare[0] == "|" else line


def is_drawn(line: str) -> bool:
    """True for a line of a drawn table: it begins with a corner or an upright."""
    return len(line) <= _MAX_LINE_CHARS and bool(_WALL.match(line.strip()))


def drawn_grid(lines: Sequence[str], name: str) -> Grid | None:
    """The table that consecutive drawn lines show; None if its columns do not line up."""
    pieces = _pieces([line.strip() for line in lines])
    if pieces is None or not any(not piece.is_rule for line in pieces for piece in line):
        return None
    owners, said = _cells(_one_row_a_line(pieces))
    texts = {cell: text for cell, parts in said.items() if (text := _joined(parts))}
    return Grid(name, texts, tuple(_merges(owners)))


def _pieces(lines: list[str]) -> list[_Line] | None:
    """Every line cut at its walls; lines with fewer walls are placed by the fullest line's."""
    walls = [[match.start() for match in _WALL.finditer(line)] for line in lines]
    n_walls = max(map(len, walls))
    wide = min((True, False), key=lambda is_wide: len(_positions(lines, walls, wide=is_wide)))
    fullest = next(i for i, at in enumerate(walls) if len(at) == n_walls)
    measure = [_width(lines[fullest][:at], wide=wide) for at in walls[fullest]]
    found: list[_Line] = []
    for line, at in zip(lines, walls, strict=True):
        places = list(range(n_walls))
        if len(at) < n_walls:
            xs = [_width(line[:index], wide=wide) for index in at]
            places = [_nearest(measure, x) for x in xs]
        if len(at) < 2 or len(set(places)) < len(places) or at[-1] != len(line) - 1:
            return None
        if (places[0], places[-1]) != (0, n_walls - 1):
            return None
        found.append(_cut(line, at, places))
    return found


def _nearest(measure: list[int], x: int) -> int:
    return min(range(len(measure)), key=lambda i: abs(measure[i] - x))


def _cut(line: str, at: list[int], places: list[int]) -> _Line:
    return tuple(
        _Piece(places[i], places[i + 1] - 1, clean_text(line[at[i] + 1 : at[i + 1]]))
        for i in range(len(at) - 1)
    )


def _positions(lines: list[str], walls: list[list[int]], *, wide: bool) -> set[int]:
    return {
        _width(line[:index], wide=wide)
        for line, at in zip(lines, walls, strict=True)
        for index in at
    }


def _width(text: str, *, wide: bool) -> int:
    """Width in half-width columns; Chinese fonts draw box characters `wide`, others do not."""
    full = "FWA" if wide else "FW"
    return sum(2 if unicodedata.east_asian_width(char) in full else 1 for char in text)


def _one_row_a_line(lines: list[_Line]) -> list[_Line]:
    """Where only the header is ruled off, lines that fill every cell are rows of their own."""
    inner = [line for line in lines[1:-1] if any(piece.is_rule for piece in line)]
    if len(inner) > 1:
        return lines
    spread: list[_Line] = []
    for before, line in zip([(), *lines], lines, strict=False):
        if _is_full(before) and _is_full(line):
            rule = tuple(_Piece(piece.left, piece.right, _RULES[0]) for piece in line)
            spread.append(rule)
        spread.append(line)
    return spread


def _is_full(line: _Line) -> bool:
    return bool(line) and all(piece.text and not piece.is_rule for piece in line)


def _cells(lines: list[_Line]) -> tuple[dict[_Cell, _Cell], dict[_Cell, list[str]]]:
    """Every place (row, column), 1-based → the cell that owns it; and the lines of each cell."""
    owners: dict[_Cell, _Cell] = {}
    said: dict[_Cell, list[str]] = {}
    row, ruled = 0, {piece.left + 1 for piece in lines[0]}
    is_new = True
    for line in lines:
        if any(piece.is_rule for piece in line):
            ruled = {c for piece in line if piece.is_rule for c in _columns(piece)}
            for piece in line:
                if not piece.is_rule and row:
                    _say(said, owners.get((row, piece.left + 1)), piece.text)
            is_new = True
            continue
        row += is_new
        for piece in line:
            first = _columns(piece)[0]
            goes_on = is_new and first not in ruled and (row - 1, first) in owners
            owner = owners[row - 1, first] if goes_on else (row, first)
            for column in _columns(piece):
                owner = owners.setdefault((row, column), owner)
            _say(said, owners[row, first], piece.text)
        is_new = False
    return owners, said


def _columns(piece: _Piece) -> range:
    return range(piece.left + 1, piece.right + 2)


def _say(said: dict[_Cell, list[str]], owner: _Cell | None, text: str) -> None:
    if owner and text:
        said.setdefault(owner, []).append(text)


def _merges(owners: dict[_Cell, _Cell]) -> Iterator[Merge]:
    covered: dict[_Cell, list[_Cell]] = {}
    for place, owner in owners.items():
        covered.setdefault(owner, []).append(place)
    for (top, left), places in covered.items():
        if len(places) > 1:
            bottom, right = max(row for row, _ in places), max(column for _, column in places)
            yield Merge(top, left, bottom, right)


def _joined(parts: list[str]) -> str:
    """Lines of a cell: wrapped words are joined again, sentences and list items stay apart."""
    text = parts[0]
    for part in parts[1:]:
        if text.endswith(_SENTENCE_ENDS) or _STARTS_ITEM.match(part):
            text += "\n"
        elif text[-1].isascii() and part[0].isascii():
            text += " "
        text += part
    return text
