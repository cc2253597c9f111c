"""`.zip` archives: unpacked within limits, names in GBK or UTF-8, nothing outside the target."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path, PurePosixPath

from index.errors import ReadingError
from index.readers.sniff import Format, sniff

_MOST_FILES = 2000
_MOST_BYTES = 512 * 1024 * 1024
# Text packs to a tenth; past this the archive was made to burst.
_MOST_RATIO = 200
_SMALL_BYTES = 10 * 1024 * 1024
_DEEPEST = 2
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1


def unpack(path: Path, into: Path, *, depth: int = 1) -> tuple[Path, ...]:
    """Unpack an archive and archives inside it; returns the files in the archive's order.

    Raises:
        ReadingError: protected, broken, or beyond a limit; names the archive.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            _refuse(path, members)
            files = [_member(archive, info, into) for info in members]
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as exc:
        raise ReadingError(f"{path.name}：压缩包已损坏，请重新下载。（{exc}）") from exc
    return tuple(inner for file in files for inner in _opened(file, path, depth))


def _refuse(path: Path, members: list[zipfile.ZipInfo]) -> None:
    if any(info.flag_bits & _ENCRYPTED for info in members):
        raise ReadingError(f"{path.name}：压缩包设有密码，请解压后再放入。")
    if len(members) > _MOST_FILES:
        raise ReadingError(f"{path.name}：有 {len(members)} 个文件，超过 {_MOST_FILES} 个的上限。")
    total = sum(info.file_size for info in members)
    packed = sum(info.compress_size for info in members) or 1
    if total > _MOST_BYTES or (total > _SMALL_BYTES and total / packed > _MOST_RATIO):
        raise ReadingError(
            f"{path.name}：展开后有 {total // 2**20} MB，超过上限，请解压检查后再放入。"
        )


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, into: Path) -> Path:
    """Write one member below `into`; the parts of its name that lead out are dropped."""
    parts = [p for p in PurePosixPath(_name(info)).parts if p not in {"/", "..", "."}]
    target = into.joinpath(*parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(info) as source, target.open("wb") as file:
        shutil.copyfileobj(source, file)
    return target


def _name(info: zipfile.ZipInfo) -> str:
    """Names without the UTF-8 flag are GBK in archives made by Chinese Windows."""
    if info.flag_bits & _UTF8_NAME:
        return info.filename.replace("\\", "/")
    raw = info.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding).replace("\\", "/")
        except UnicodeDecodeError:
            continue
    return info.filename


def _opened(file: Path, archive: Path, depth: int) -> tuple[Path, ...]:
    """The file, or what it holds if it is an archive itself; unreadable files are left to readers."""
    try:
        is_archive = sniff(file) is Format.ZIP
    except ReadingError:
        return (file,)
    if not is_archive:
        return (file,)
    if depth >= _DEEPEST:
        raise ReadingError(f"{archive.name}：压缩包套了三层以上，请解压后再放入。")
    into = file.with_name(f"{file.name}.d")
    into.mkdir()
    return unpack(file, into, depth=depth + 1)
