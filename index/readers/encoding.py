"""Bytes of Chinese text files → text: the encoding found out, text decoded wrongly refused."""

from __future__ import annotations

import codecs
import re

from index.errors import ReadingError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Pages say gb2312 and hold what only its superset has.
_SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "big5": "big5hkscs"}
# Share of characters that may be lost before a decoding counts as wrong.
_MAX_LOST = 0.005
# So many characters in a row do not turn into sound Chinese by chance.
_MIN_PROOF = 9
_LOST = "\ufffd"
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
# What UTF-8 gives when read as GBK and saved again: replacement characters, 的 、 “ in pieces.
_SCARS = re.compile(r"锟斤拷|锟叫|烫烫烫|屯屯屯|鈥[淏滃檚]|銆[侀傚]|锛[屽氬]|ï¿½|â€")
# GB's codes for table lines are everyday characters in Big5: they say nothing for either.
_DRAWN = re.compile(r"[\u2500-\u257f]+")
_LATIN_LETTERS = re.compile(r"[\u0080-\u00ff]")


def decode(data: bytes, *, file: str, declared: str = "") -> str:
    """Decode a text file; `declared` is the encoding that it claims, if it does.

    Raises:
        ReadingError: no encoding fits, or the text was spoilt before it was saved.
    """
    text = _decoded(data, declared)
    if text is None:
        raise ReadingError(
            f"{file}：无法判断文字编码，请用记事本打开、确认文字正常后另存为 UTF-8，再放入。"
        )
    text = text.removeprefix("\ufeff")
    if trouble := mojibake(text):
        raise ReadingError(
            f"{file}：文字是乱码（{trouble}），保存前已经损坏，请找到原文件重新另存为 UTF-8。"
        )
    return text


def mojibake(text: str) -> str:
    """What shows that a text was once decoded wrongly, for a message; "" if nothing does."""
    sample = text[:200_000]
    if len(scars := _SCARS.findall(sample)) >= 2:
        return f"如“{scars[0]}”"
    if sample.count(_LOST) > max(2, len(sample) * _MAX_LOST):
        return f"有 {sample.count(_LOST)} 个字符已丢失"
    letters = len(_LATIN_LETTERS.findall(sample))
    if letters > 10 and letters > len(_HAN.findall(sample)):
        return f"如“{''.join(_LATIN_LETTERS.findall(sample)[:4])}”"
    if sample.count("??") > 10 and not _HAN.search(sample):
        return "文字都变成了问号"
    return _undone(sample)


def _undone(text: str) -> str:
    """A piece of text that turns into sound Chinese when its wrong decoding is undone."""
    pieces = [piece for piece in _NOT_ASCII.findall(text) if len(piece) >= 3][:200]
    for wrong, right in (("gb18030", "utf-8"), ("cp1252", "utf-8"), ("cp1252", "gb18030")):
        sound = [piece for piece in pieces if _is_sound(piece, wrong, right)]
        n_sound = sum(map(len, sound))
        if n_sound >= _MIN_PROOF and n_sound * 2 > sum(map(len, pieces)):
            return f"如“{sound[0][:6]}”"
    return ""


def _is_sound(piece: str, wrong: str, right: str) -> bool:
    undone = piece.encode(wrong, "replace").decode(right, "replace")
    good = len(_HAN.findall(undone)) + len(re.findall("[，。、；：（）《》“”]", undone))
    return good >= 2 and good * 10 >= len(undone) * 7


def _decoded(data: bytes, declared: str) -> str | None:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(encoding, "replace")
    if wide := _without_bom(data):
        return data.decode(wide, "replace")
    if (text := _strictly(data, "utf-8")) is not None:
        return text
    declared = _known(declared)
    tries = dict.fromkeys([declared, "gb18030", "big5hkscs", "utf-8"] if declared else
                          ["gb18030", "big5hkscs", "utf-8"])  # fmt: skip
    texts = [data.decode(encoding, "replace") for encoding in tries]
    best = max(texts, key=_commonness)
    lost = best.count(_LOST)
    return best if lost <= max(2, len(best) * _MAX_LOST) else None


def _known(encoding: str) -> str:
    """Python's name of an encoding, its superset where Chinese files need it; "" if unknown."""
    try:
        name = codecs.lookup(_SUPERSETS.get(encoding.strip().lower(), encoding.strip())).name
    except (LookupError, ValueError):
        return ""
    return name if name not in {"ascii", "utf-16", "utf-32", "utf-7"} else ""


def _without_bom(data: bytes) -> str:
    """UTF-16 that lacks its mark shows by NUL bytes at every second place (digits, line ends)."""
    head = data[:4096]
    if head.count(0) < max(2, len(head) // 50):
        return ""
    return "utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be"


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _commonness(text: str) -> float:
    """Share of everyday characters among those that are not ASCII, lost ones counted against."""
    sample = _DRAWN.sub("", "".join(_NOT_ASCII.findall(text[:100_000])))
    if not sample:
        return 0.0
    everyday = sum(_is_everyday(char) for char in sample)
    return (everyday - 10 * sample.count(_LOST)) / len(sample)


def _is_everyday(char: str) -> bool:
    """First level of GB 2312 or of Big5, or full-width punctuation."""
    if char in "，。、；：（）《》“”　？！—…〔〕【】①②③④⑤⑥⑦⑧⑨":
        return True
    gb = char.encode("gb2312", "ignore")
    big5 = char.encode("big5", "ignore")
    return b"\xb0" <= gb[:1] <= b"\xd7" or b"\xa4" <= big5[:1] <= b"\xc6"
