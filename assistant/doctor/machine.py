"""Checks of the machine: home folder, disk, optional parts, port."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from assistant.doctor.result import Result, Site, failed, passed, warned

_GB = 1 << 30
_LEAST, _COMFORTABLE = _GB // 4, 2 * _GB
_SECRET_FILES = ("tokens.json", "session.key")
_OTHERS_MAY_READ = stat.S_IRGRP | stat.S_IROTH
# Prefix of a URL that was set → the module that opens it and the extra that brings it.
_OPENERS = (
    ("postgresql", "psycopg", "postgresql"),
    ("milvus", "pymilvus", "milvus"),
)


def home(site: Site) -> Iterator[Result]:
    """Everything is kept there, so it must be writable, and by nobody else."""
    folder = site.settings.home
    topic, where = "数据文件夹", f"{folder.resolve()}"
    if not folder.is_dir():
        yield warned(
            topic, f"{where} 还没有。", "第一次 dutydesk build 时会建立；请核对 DUTYDESK_HOME。"
        )
        return
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-"):
            pass
    except OSError as exc:
        yield failed(
            topic, f"{where} 写不进去：{exc.strerror}。", "让运行服务的账号拥有这个文件夹。"
        )
        return
    if folder.stat().st_mode & stat.S_IWOTH:
        yield failed(topic, f"{where} 谁都能改。", f"运行 chmod o-w {where}。")
        return
    yield passed(topic, f"{where} 可以读写。")


def secret_files(site: Site) -> Iterator[Result]:
    """Files that hold keys are their owner's only."""
    files = [site.settings.home / name for name in _SECRET_FILES]
    files += [
        Path(v) for n, v in site.environ.items() if n.startswith("DUTYDESK_") and "_FILE" in n
    ]
    open_ones = [f for f in files if f.is_file() and f.stat().st_mode & _OTHERS_MAY_READ]
    for file in open_ones:
        yield warned("密钥文件", f"{file} 别的账号也能读。", f"运行 chmod 600 {file}。")
    if not open_ones:
        yield passed("密钥文件", "别的账号读不到。")


def disk(site: Site) -> Iterator[Result]:
    """A build needs room beside the version in service."""
    folder = next(
        p
        for p in (site.settings.home.resolve(), *site.settings.home.resolve().parents)
        if p.exists()
    )
    free = shutil.disk_usage(folder).free
    found = f"{folder} 所在的磁盘还有 {free / _GB:.1f} GB。"
    if free < _LEAST:
        yield failed(
            "磁盘",
            found,
            "请腾出空间：旧版本在 corpora/…/versions，日志保存天数见 DUTYDESK_JOURNAL_DAYS。",
        )
    elif free < _COMFORTABLE:
        yield warned("磁盘", found, "重建语料库时可能不够，请留出 2 GB 以上。")
    else:
        yield passed("磁盘", found)


def extras(site: Site) -> Iterator[Result]:
    """What the settings name must be installed."""
    urls = {
        "DUTYDESK_CATALOG": site.settings.catalog,
        "DUTYDESK_VECTORS": site.settings.vectors,
        "DUTYDESK_STATE": site.settings.state.get_secret_value(),
    }
    n_missing = 0
    for variable, url in urls.items():
        for prefix, module, extra in _OPENERS:
            if url.startswith(prefix) and find_spec(module) is None:
                n_missing += 1
                yield failed(
                    "附加组件",
                    f"{variable} 要用 {module}，还没有安装。",
                    f'pip install "dutydesk[{extra}]"',
                )
    if not n_missing:
        yield passed("附加组件", "设置用到的都已安装。")


def office(_site: Site) -> Iterator[Result]:
    """Old Word files are read through LibreOffice."""
    path = shutil.which("soffice") or shutil.which("libreoffice")
    if not path:
        yield warned(
            "LibreOffice",
            "没有安装，旧版 Word 文件（.doc、.wps）读不了。",
            "有这种文件时：apt install libreoffice-writer-nogui",
        )
        return
    yield passed("LibreOffice", path)
    if (fonts := _chinese_fonts()) == 0:
        yield warned(
            "中文字体",
            "没有中文字体，LibreOffice 转换时版面可能走样。",
            "apt install fonts-wqy-zenhei",
        )
    elif fonts:
        yield passed("中文字体", f"{fonts} 种。")


def _chinese_fonts() -> int | None:
    """How many there are; None if nobody can tell."""
    if not shutil.which("fc-list"):
        return None
    listed = subprocess.run(
        ["fc-list", ":lang=zh", "family"], capture_output=True, text=True, timeout=30, check=False
    )
    return len(set(listed.stdout.splitlines()))


def recognition(_site: Site) -> Iterator[Result]:
    """Scans are read by an optional extra."""
    if find_spec("rapidocr") is None:
        yield warned(
            "文字识别",
            "没有安装，扫描件和图片读不了。",
            '有这种文件时：pip install "dutydesk[ocr]"',
        )
    else:
        yield passed("文字识别", "已安装。")


def port(site: Site) -> Iterator[Result]:
    """The port is free, or held by this very service."""
    host, number = site.settings.host, site.settings.port
    topic, where = "端口", f"{host}:{number}"
    try:
        family = socket.getaddrinfo(host, number, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            if os.name == "posix":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, number))
    except PermissionError:
        yield failed(
            topic, f"这个账号不能监听 {where}。", "1024 以下的端口交给反向代理，这里用 8000。"
        )
    except OSError as exc:
        if _is_ours(host, number):
            yield passed(topic, f"职责台正在 {where} 运行。")
        else:
            yield failed(
                topic,
                f"{where} 用不了：{exc.strerror or exc}。",
                "停掉占用它的程序，或改 DUTYDESK_HOST、DUTYDESK_PORT。",
            )
    else:
        yield passed(topic, f"{where} 可以监听。")


def _is_ours(host: str, number: int) -> bool:
    from assistant.doctor.network import is_our_site

    reachable = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)
    return is_our_site(f"http://{reachable}:{number}") == ""
