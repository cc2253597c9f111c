"""Text → the views of it that rules look at: disguises undone, encodings decoded."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

from index.words import to_simplified

# Letters of other scripts that look like Latin ones.
_LOOKALIKE = str.maketrans(
    "аеорсухіјѕԁһӏοανρτκΑΒΕΗΙΚΜΝΟΡΤΧАВЕКМНОРСТХ", "aeopcyxijsdhloavptkabehikmnoptxabekmhopctx"
)
_DIGIT_LETTERS = str.maketrans("0134578@$", "oieastba" + "s")
_NOT_WORD = re.compile(r"[\W_]+")
_HIDDEN = frozenset({"Cf", "Cc", "Co", "Cs", "Cn"})
# Of no width, though Unicode counts them among letters and marks.
_FILLER = re.compile("[\u115f\u1160\u3164\uffa0\u034f\ufe00-\ufe0f]")
# Seen as room, though Python does not call them printable.
_SPACES = dict.fromkeys(map(ord, "\n\t\u3000"))
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX = re.compile(r"(?:(?:\\x|0x|%)?[0-9a-fA-F]{2}[\s,]?){8,}")
_UNICODE = re.compile(r"(?:\\u[0-9a-fA-F]{4}|&#x?[0-9a-fA-F]{2,6};){2,}")
_CODE_POINT = re.compile(r"\\u([0-9a-fA-F]{4})|&#x([0-9a-fA-F]{2,6});|&#(\d{2,7});")
_LATIN = re.compile(r"[a-z]{2}")
_MIXED = re.compile(r"[a-z][0134578@$]|[0134578@$][a-z]")
# Longer than any question that a page lets in, decoded or not.
_LONGEST = 4000


def without_hidden(text: str) -> str:
    """The text without characters that nobody sees: zero-width, direction marks, tags, controls."""
    if text.translate(_SPACES).isprintable() and not _FILLER.search(text):
        return text
    return "".join(c for c in text if c in "\n\t" or not _is_hidden(c))


def _is_hidden(char: str) -> bool:
    return bool(_FILLER.match(char)) or unicodedata.category(char) in _HIDDEN


def folded(text: str) -> str:
    """Half width, simplified, lower case, nothing hidden, look-alike letters made Latin."""
    flat = unicodedata.normalize("NFKC", without_hidden(text[:_LONGEST]))
    return to_simplified(flat).casefold().translate(_LOOKALIKE)


def squeezed(text: str) -> str:
    """Folded text, only its letters, digits and Han characters: 忽 略—指.令 → 忽略指令."""
    return _NOT_WORD.sub("", folded(text))


def views(text: str) -> Iterator[str]:
    """Squeezed readings of a text: as it is, letters for digits, backwards, decoded."""
    plain = squeezed(text)
    yield plain
    if _MIXED.search(plain):
        yield plain.translate(_DIGIT_LETTERS)
    yield plain[::-1]
    for hidden in _decoded(text):
        yield squeezed(hidden)


def _decoded(text: str) -> Iterator[str]:
    flat = unicodedata.normalize("NFKC", without_hidden(text[:_LONGEST]))
    if _UNICODE.search(flat):
        yield _CODE_POINT.sub(_character, flat)
    if "%" in flat:
        yield unquote(flat)
    for match in _BASE64.finditer(flat):
        yield from _bytes_of(match.group())
    for match in _HEX.finditer(flat):
        digits = re.sub(r"\\x|0x|[^0-9a-fA-F]", "", match.group())
        yield from _readable(bytes.fromhex(digits[: len(digits) // 2 * 2]))


def _character(match: re.Match[str]) -> str:
    short, hexadecimal, decimal = match.groups()
    number = int(decimal) if decimal else int(short or hexadecimal, 16)
    return chr(number) if number <= 0x10FFFF else ""


def _bytes_of(letters: str) -> Iterator[str]:
    bare = letters.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        yield from _readable(base64.b64decode(bare + "=" * (-len(bare) % 4)))
    except (ValueError, binascii.Error):
        return


def _readable(raw: bytes) -> Iterator[str]:
    """The text that bytes hold, in the encodings of Chinese text."""
    for encoding in ("utf-8", "gb18030"):
        try:
            yield raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        return
