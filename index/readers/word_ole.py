"""`.doc` and `.wps`: turned into `.docx` by LibreOffice, then read as such."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from index.documents import Document
from index.errors import ReadingError
from index.readers.office_package import MACROS
from index.readers.sniff import ole_has_macros
from index.readers.word import read_docx

# A 300-page provision takes LibreOffice some 20 s on two cores, its first start 10 s more.
# Less than a reader process may take, so that this time-out speaks and ends LibreOffice.
_TIMEOUT_S = 90


def read_doc(path: Path) -> Document:
    """Read an old Word file.

    Raises:
        ReadingError: LibreOffice is not installed, fails, or takes too long.
    """
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        raise ReadingError(
            f"{path.name}：旧版 Word 文件（.doc/.wps）要借助 LibreOffice 读取。"
            "请安装 LibreOffice（如 apt install libreoffice-writer-nogui），"
            "或用 Word、WPS 另存为 .docx 后再放入。"
        )
    with tempfile.TemporaryDirectory(prefix="dutydesk-doc-") as folder:
        converted = _convert(office, path, Path(folder))
        macros = (MACROS,) if ole_has_macros(path) else ()
        try:
            document = read_docx(converted)
            return replace(document, format="doc", warnings=(*macros, *document.warnings))
        except ReadingError as exc:
            raise ReadingError(str(exc).replace(converted.name, path.name, 1)) from exc


def _convert(office: str, path: Path, folder: Path) -> Path:
    """Run LibreOffice with a profile of its own, so that it neither waits for another nor asks."""
    source = folder / "source.doc"
    shutil.copyfile(path, source)
    command = [
        office,
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--norestore",
        "--nolockcheck",
        "--convert-to",
        "docx",
        "--outdir",
        str(folder / "out"),
        str(source),
    ]
    try:
        said = _run(command)
    except subprocess.TimeoutExpired as exc:
        raise ReadingError(
            f"{path.name}：LibreOffice 转换超过 {_TIMEOUT_S} 秒，请用 Word 或 WPS 另存为 .docx。"
        ) from exc
    except OSError as exc:
        raise ReadingError(f"{path.name}：无法启动 LibreOffice（{exc}），请检查安装。") from exc
    converted = folder / "out" / "source.docx"
    if not converted.is_file():
        raise ReadingError(
            f"{path.name}：LibreOffice 未能转换，文件可能损坏或设有密码，请另存为 .docx。（{said}）"
        )
    return converted


def _run(command: list[str]) -> str:
    """Run a command with a time-out that also ends what the command started; what it said."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        _, errors = process.communicate(timeout=_TIMEOUT_S)
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return errors.decode("utf-8", "replace").strip()[-200:]
