"""What a file really is, told from its bytes: names lie (`.xlsx` with OLE inside, HTML as `.xls`)."""

from __future__ import annotations

import re
import zipfile
from enum import StrEnum
from pathlib import Path

from index.errors import ReadingError

_HEAD_BYTES = 4096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"GIF8")
# .webp and .bmp: RIFF files hold sound and films too, and words may begin with BM.
_MORE_IMAGES = re.compile(rb"RIFF....WEBP|BM....\0\0\0\0", re.DOTALL)
_ARCHIVES = {b"Rar!\x1a\x07": "RAR", b"7z\xbc\xaf\x27\x1c": "7z", b"\x1f\x8b\x08": "gzip"}
_MACRO_STORAGES = {"_vba_project_cur", "macros", "_vba_project_cur/vba", "macros/vba"}
_OTHER_PACKAGES = {
    "xl/workbook.bin": "是二进制工作簿（.xlsb），请用 Excel 另存为 .xlsx",
    "content.xml": "是 OpenDocument 文件，请用 WPS 或 LibreOffice 另存为 .xlsx 或 .docx",
    "OFD.xml": "是 OFD 版式文件，请用 OFD 阅读器导出为 PDF",
    "ppt/presentation.xml": "是演示文稿（.pptx），请把其中的清单另存为 .xlsx 或 .docx",
}
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
    if head.startswith(_IMAGES) or _MORE_IMAGES.match(head):
        return Format.IMAGE
    for mark, kind in _ARCHIVES.items():
        if head.startswith(mark):
            raise ReadingError(f"{path.name}：{kind} 压缩包不能读取，请解压后放入，或改用 .zip。")
    return _sniff_text(path, head)


def ole_has_macros(path: Path) -> bool:
    """True for an OLE file with a VBA project (of which nothing is run); False for other files."""
    try:
        return bool(_ole_entries(path) & _MACRO_STORAGES)
    except ReadingError:
        return False


def _ole_entries(path: Path) -> set[str]:
    """Paths of storages and streams, in small letters."""
    import olefile

    try:
        with olefile.OleFileIO(path) as ole:
            entries = ole.listdir(streams=True, storages=True)
    except Exception as exc:
        raise ReadingError(f"{path.name}：OLE 文件已损坏，请重新下载。（{exc}）") from exc
    return {"/".join(entry).lower() for entry in entries}


def _sniff_ole(path: Path) -> Format:
    streams = _ole_entries(path)
    if "encryptedpackage" in streams:
        raise ReadingError(f"{path.name}：文件设有打开密码，请去掉密码另存后再放入。")
    if streams & {"workbook", "book"}:
        return Format.XLS
    if "worddocument" in streams:
        return Format.DOC
    raise ReadingError(f"{path.name}：不是 Excel 或 Word 文件，请另存为 .docx 或 .xlsx 后再放入。")


def _sniff_zip(path: Path) -> Format:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as exc:
        raise ReadingError(f"{path.name}：压缩结构不完整（可能没有下载完），请重新下载。") from exc
    for part, advice in _OTHER_PACKAGES.items():
        if part in names:
            raise ReadingError(f"{path.name}：{advice}后再放入。")
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
