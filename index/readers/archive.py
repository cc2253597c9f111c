"""`.zip` archives: unpacked within limits, names in GBK or UTF-8, nothing outside the target."""

from __future__ import annotations

import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

from index.errors import ReadingError
from index.readers.sniff import Format, sniff

_MAX_FILES = 2000
_MAX_BYTES = 512 * 1024 * 1024
# Text packs to a tenth; past this the archive was made to burst.
_MAX_RATIO = 200
_SMALL_BYTES = 10 * 1024 * 1024
_MAX_DEPTH = 2
_CHUNK_BYTES = 1024 * 1024
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
# ValueError: names that are not the UTF-8 they claim to be, and offsets that cannot be.
_DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError, struct.error)


def unpack(path: Path, into: Path) -> tuple[Path, ...]:
    """Unpack an archive and the archives inside it; returns the files in the archive's order.

    Raises:
        ReadingError: protected, broken, unsafe or beyond a limit; names the archive.
    """
    return tuple(_Unpacking(path.name).files(path, into, depth=1))


class _Unpacking:
    """One archive with all that is inside it; the limits hold for the whole."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._n_files = 0
        self._n_bytes = 0

    def files(self, path: Path, into: Path, *, depth: int) -> Iterator[Path]:
        where = self._name if depth == 1 else f"{self._name} 里的 {path.name}"
        try:
            into.mkdir(parents=True, exist_ok=True)
            with zipfile.ZipFile(path) as archive:
                members = _members(archive, where)
                self._refuse(path, [info for _, info in members], where)
                files = [self._write(archive, info, into / name) for name, info in members]
        except _DAMAGED as exc:
            raise ReadingError(f"{where}：压缩包已损坏，请重新下载。（{exc}）") from exc
        except NotImplementedError as exc:
            raise ReadingError(f"{where}：压缩方式不支持，请解压后再放入。（{exc}）") from exc
        except OSError as exc:
            reason = exc.strerror or exc
            raise ReadingError(f"{where}：无法展开，请解压后再放入。（{reason}）") from exc
        for file in files:
            yield from self._opened(file, where, depth)

    def _refuse(self, path: Path, members: list[zipfile.ZipInfo], where: str) -> None:
        """Stop before anything is written, as far as the archive tells the truth about itself."""
        self._n_files += len(members)
        if self._n_files > _MAX_FILES:
            raise ReadingError(f"{where}：文件超过 {_MAX_FILES} 个的上限，请分几个压缩包放入。")
        total = sum(info.file_size for info in members)
        # Members may share their packed bytes, so the size on disk counts, not their sum.
        ratio = total / max(path.stat().st_size, 1)
        if total > _SMALL_BYTES and ratio > _MAX_RATIO:
            raise ReadingError(
                f"{where}：展开后是原来的 {ratio:.0f} 倍，超过 {_MAX_RATIO} 倍的上限，"
                "请解压检查后再放入。"
            )
        self._check_bytes(self._n_bytes + total, where)

    def _check_bytes(self, n_bytes: int, where: str) -> None:
        if n_bytes > _MAX_BYTES:
            raise ReadingError(
                f"{where}：展开后超过 {_MAX_BYTES // 2**20} MB 的上限，请分几个压缩包放入。"
            )

    def _write(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> Path:
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(info) as source, target.open("xb") as file:
            while chunk := source.read(_CHUNK_BYTES):
                self._n_bytes += len(chunk)
                self._check_bytes(self._n_bytes, self._name)
                file.write(chunk)
        return target

    def _opened(self, file: Path, where: str, depth: int) -> Iterator[Path]:
        """The file, or what it holds if it is an archive; unreadable files are left to readers."""
        try:
            is_archive = sniff(file) is Format.ZIP
        except ReadingError:
            is_archive = False
        if not is_archive:
            yield file
            return
        if depth >= _MAX_DEPTH:
            raise ReadingError(f"{where}：压缩包套了 {_MAX_DEPTH} 层以上，请解压后再放入。")
        yield from self.files(file, file.with_name(f"{file.name}.d"), depth=depth + 1)
        file.unlink()


def _members(archive: zipfile.ZipFile, where: str) -> list[tuple[PurePosixPath, zipfile.ZipInfo]]:
    """The files with their names below the target, each name safe and used once."""
    found: dict[PurePosixPath, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        shown = _shown_name(info)
        if shown.endswith("/"):
            continue
        name = PurePosixPath(shown)
        if info.flag_bits & _ENCRYPTED:
            raise ReadingError(f"{where}：压缩包设有密码，请解压后再放入。")
        if name.is_absolute() or PureWindowsPath(shown).drive or ".." in name.parts:
            raise ReadingError(f"{where}：包内文件名“{shown}”指向包外，请解压检查后再放入。")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise ReadingError(f"{where}：包内“{shown}”是链接而不是文件，请换成文件后再放入。")
        if name in found:
            raise ReadingError(f"{where}：包内有两个“{shown}”，请改名后再放入。")
        found[name] = info
    if not found:
        raise ReadingError(f"{where}：压缩包里没有文件，请重新打包。")
    return list(found.items())


def _shown_name(info: zipfile.ZipInfo) -> str:
    """Names without the UTF-8 flag are GBK in archives made by Chinese Windows."""
    if not info.flag_bits & _UTF8_NAME:
        try:
            raw = info.filename.encode("cp437")
        except UnicodeEncodeError:  # An extra field held the name, already decoded.
            return info.filename.replace("\\", "/")
        for encoding in ("utf-8", "gb18030"):
            try:
                return raw.decode(encoding).replace("\\", "/")
            except UnicodeDecodeError:
                continue
    return info.filename.replace("\\", "/")
