"""Files made to burst or break a reader: each costs one message, in bounded time and memory."""

from __future__ import annotations

import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document as WordDocument
from reportlab.pdfgen.canvas import Canvas
from workbooks import save_xls, save_xlsx

from index.errors import ReadingError
from index.readers.limits import Limits
from index.readers.process import ReaderProcess

ROWS = [["序号", "事项名称"], ["1", "取水许可"]]
MOST_SECONDS = 100


def _pdf_bomb(path: Path) -> None:
    """One page whose content, 1 MB in the file, unpacks to 1 GB."""
    packer = zlib.compressobj(9)
    piece = b"0 0 m " * 2**18
    content = b"".join(packer.compress(piece) for _ in range(650)) + packer.flush()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(content), content),
    ]
    body = b"%PDF-1.4\n"
    for number, data in enumerate(objects, start=1):
        body += b"%d 0 obj%sendobj\n" % (number, data)
    path.write_bytes(body + b"trailer<</Root 1 0 R>>\n%%EOF")


def _docx_bomb(path: Path) -> None:
    word = WordDocument()
    word.save(str(path))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/extra.xml", b" " * (300 * 2**20))


def _docx_entities(path: Path) -> None:
    word = WordDocument()
    word.save(str(path))
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["word/document.xml"] = f'<!DOCTYPE d [<!ENTITY e0 "ha">{levels}]><d>&e11;</d>'.encode()
    with zipfile.ZipFile(path, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)


def _deep_html(path: Path) -> None:
    path.write_text("<table><tr><td>" * 20_000 + "取水许可", "utf-8")


def _commas(path: Path) -> None:
    path.write_bytes("序号".encode() + b",x" * 3_000_000)


def _long_line(path: Path) -> None:
    path.write_bytes("│".encode() * 5_000_000)


def _torn(make: Callable[[Path], object]) -> Callable[[Path], None]:
    def torn(path: Path) -> None:
        make(path)
        data = path.read_bytes()
        path.write_bytes(data[: len(data) * 2 // 3])

    return torn


def _pdf(path: Path) -> None:
    canvas = Canvas(str(path))
    canvas.drawString(100, 100, "x")
    canvas.save()


BAD = {
    "炸弹.pdf": _pdf_bomb,
    "炸弹.docx": _docx_bomb,
    "实体.docx": _docx_entities,
    "嵌套.html": _deep_html,
    "逗号.csv": _commas,
    "长行.txt": _long_line,
    "残.xlsx": _torn(lambda path: save_xlsx(path, ROWS)),
    "残.xls": _torn(lambda path: save_xls(path, ROWS * 300)),
    "残.docx": _torn(lambda path: WordDocument().save(str(path))),
    "残.pdf": _torn(_pdf),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_costs_one_message_and_the_next_is_read(tmp_path: Path, name: str) -> None:
    BAD[name](tmp_path / name)
    good = save_xlsx(tmp_path / "清单.xlsx", ROWS)
    with ReaderProcess(Limits(megabytes=1000)) as process:
        began = time.monotonic()
        with pytest.raises(ReadingError, match=f"^{name}：") as said:
            process.read(tmp_path / name)
        assert time.monotonic() - began < MOST_SECONDS
        assert "请" in str(said.value)
        assert process.read(good).grids
