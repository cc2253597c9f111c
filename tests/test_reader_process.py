"""Reading in a process of its own: accidents cost one file, never the build."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from workbooks import save_xlsx

from index.errors import ReadingError
from index.readers import read
from index.readers.limits import Limits
from index.readers.process import ReaderProcess

ROWS = [["序号", "事项名称"], ["1", "取水许可"]]


def test_a_document_comes_over_as_it_was_read(tmp_path: Path) -> None:
    path = save_xlsx(tmp_path / "清单.xlsx", ROWS, hidden=[2], merges=["A1:A2"])
    with ReaderProcess() as process:
        assert process.read(path) == read(path)


def test_an_error_comes_over_in_its_own_words(tmp_path: Path) -> None:
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04 broken")
    with ReaderProcess() as process, pytest.raises(ReadingError, match=r"坏\.xlsx：压缩结构不完整"):
        process.read(tmp_path / "坏.xlsx")


def test_a_reader_that_dies_costs_one_file(tmp_path: Path) -> None:
    path = save_xlsx(tmp_path / "清单.xlsx", ROWS)
    with ReaderProcess() as process:
        process.read(path)
        os.kill(process.pid, signal.SIGKILL)
        with pytest.raises(ReadingError, match=r"清单\.xlsx：.*已停止"):
            process.read(path)
        assert process.read(path).grids


def test_a_file_that_hangs_its_reader_is_given_up(tmp_path: Path) -> None:
    fifo = tmp_path / "不来.txt"  # nobody writes to it: reading waits for ever
    os.mkfifo(fifo)
    began = time.monotonic()
    with ReaderProcess(Limits(seconds=1)) as process:
        with pytest.raises(ReadingError, match="超过 1 秒"):
            process.read(fifo)
        assert time.monotonic() - began < 30
        assert process.read(save_xlsx(tmp_path / "清单.xlsx", ROWS)).grids


def test_a_file_that_wants_all_memory_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "大.csv"
    path.write_text("a,b\n" * 8_000_000, "utf-8")
    with (
        ReaderProcess(Limits(megabytes=400)) as process,
        pytest.raises(ReadingError, match="内存不足"),
    ):
        process.read(path)
