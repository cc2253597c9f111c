"""What a file really is, told from its bytes: names lie (`.xlsx` with OLE inside, HTML as `.xls`)."""

from __future__ import annotations

import re
import zipfile
from enum import StrEnum
from pathlib import Path

from index.errors import ReadingError

_HEAD_BYTES = 4096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"BM")
_HTML = re.compile(rb"<(!doctype\s+html|html|head|body|table|meta|div|p)\b", re.I)


class Format(StrEnum):
    """A format that some reader understands; the value names it in reports."""

    XLSX = "xlsx"
    XLS = "xls"
    DOCX = "docx"
    DOC = "doc"
    PDF = "pdf"
    HTML = "html"
    CSV = "csv"
    TEXT = "txt"
    IMAGE = "图片"
    ZIP = "zip"


def sniff(path: Path) -> Format:
    """Tell the format of a file from its content.

    Raises:
        ReadingError: empty, password-protected, or nothing that we know.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head.strip(b"\x00 \t\r\n"):
        raise ReadingError(f"{path.name}：文件是空的，请重新下载或另存后再放入。")
    if head.startswith(_OLE):
        return _sniff_ole(path)
    if head.startswith(b"PK"):
        return _sniff_zip(path)
    if b"%PDF-" in head[:1024]:
        return Format.PDF
    if head.startswith(_IMAGES):
        return Format.IMAGE
    return _sniff_text(path, head)


def _sniff_ole(path: Path) -> Format:
    import olefile

    try:
        with olefile.OleFileIO(path) as ole:
            streams = {"/".join(entry).lower() for entry in ole.listdir()}
    except Exception as exc:
        raise ReadingError(f"{path.name}：OLE 文件已损坏，请重新下载。（{exc}）") from exc
    if "encryptedpackage" in streams:
        raise ReadingError(f"{path.name}：文件设有打开密码，请去掉密码另存后再放入。")
    if streams & {"workbook", "book"}:
        return Format.XLS
    if "worddocument" in streams:
        return Format.DOC
    raise ReadingError(f"{path.name}：不是 Excel 或 Word 文件，无法读取。")


def _sniff_zip(path: Path) -> Format:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile as exc:
        raise ReadingError(f"{path.name}：压缩结构不完整（可能没有下载完），请重新下载。") from exc
    if any(name.startswith("xl/") for name in names):
        return Format.XLSX
    if "word/document.xml" in names:
        return Format.DOCX
    return Format.ZIP


def _sniff_text(path: Path, head: bytes) -> Format:
    if _HTML.search(head):
        return Format.HTML
    is_utf16 = head[:2] in (b"\xff\xfe", b"\xfe\xff")
    if b"\x00" in head and not is_utf16:
        raise ReadingError(f"{path.name}：认不出的二进制文件，支持 Excel、Word、PDF、网页和文本。")
    return Format.CSV if path.suffix.lower() in {".csv", ".tsv"} else Format.TEXT
