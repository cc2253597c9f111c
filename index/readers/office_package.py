"""Zip packages of office files (.xlsx, .docx): refused if made to burst, macros and links told."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from index.errors import ReadingError

# A published list of 5,000 rows unpacks to about 20 MB; past this it is a bomb or no list.
MAX_UNPACKED_BYTES = 256 * 1024 * 1024
_MAX_PARTS = 10_000
# A DTD may only stand before the first element.
_PROLOG_BYTES = 64 * 1024
_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_RELATIONSHIP = re.compile(rb"<[^<>]*\bTargetMode\s*=\s*[\"']External[\"'][^<>]*>")
# A hyperlink is text to click on; every other outward link is content that lies elsewhere.
_HYPERLINK = re.compile(rb"\bType\s*=\s*[\"'][^\"']*/hyperlink[\"']")


def inspect(path: Path) -> tuple[str, ...]:
    """What a package holds besides text, as Chinese sentences for the report.

    Raises:
        ReadingError: damaged, or beyond a limit; nothing has been unpacked then.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_bombs(archive, path.name)
            return tuple(_remarks(archive))
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError) as exc:
        raise ReadingError(
            f"{path.name}：文件不完整或已损坏，请重新下载，或用 Office、WPS 打开后另存。（{exc}）"
        ) from exc
    except RuntimeError as exc:
        raise ReadingError(f"{path.name}：文件设有密码，请去掉密码另存后再放入。") from exc


def _refuse_bombs(archive: zipfile.ZipFile, file: str) -> None:
    """A part never unpacks to more than its entry declares, so the sum of these is a bound."""
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > _MAX_PARTS or unpacked > MAX_UNPACKED_BYTES:
        raise ReadingError(
            f"{file}：展开后有 {len(parts)} 个部分、{unpacked // 2**20} MB，"
            f"超过 {_MAX_PARTS} 个、{MAX_UNPACKED_BYTES // 2**20} MB 的上限，"
            "请删去空白区域和无关内容后另存。"
        )
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            with archive.open(part) as stream:
                if _DTD.search(stream.read(_PROLOG_BYTES)):
                    raise ReadingError(
                        f"{file}：内部的 {part.filename} 含有不允许的 DTD 声明（可能是恶意文件），"
                        "已拒绝读取；请用 Office、WPS 打开后另存。"
                    )


def _remarks(archive: zipfile.ZipFile) -> Iterator[str]:
    names = archive.namelist()
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        yield MACROS
    outward = [name for name in names if name.endswith(".rels") and _leads_out(archive, name)]
    if outward:
        yield LINKS


def _leads_out(archive: zipfile.ZipFile, name: str) -> bool:
    links = _RELATIONSHIP.findall(archive.read(name))
    return any(not _HYPERLINK.search(link) for link in links)


MACROS = "文件含有宏，没有运行，只读了文字"
LINKS = "文件链接到别的文件，没有打开链接，只读了文件里存下的内容"
