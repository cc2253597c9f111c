"""Whatever a file holds, reading it gives a document or a ReadingError, in bounded time.

`FUZZ_EXAMPLES=5000 pytest tests/test_fuzz_readers.py` looks for longer.
"""

from __future__ import annotations

import io
import os
import signal
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from docx import Document as WordDocument
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from workbooks import save_xls

from index.documents import Document
from index.errors import ReadingError
from index.readers import read
from index.readers.archive import unpack

ROWS = [["序号", "事项名称"], ["1", "取水许可"], ["2", "河道采砂许可"]]
# No file here is larger than 60 kB: on an idle machine the slowest takes half a second.
MOST_SECONDS = 60
FUZZ = settings(
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "12")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def _xlsx() -> bytes:
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    book.active.column_dimensions["B"].hidden = True
    return _saved(book.save)


def _xls() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        rows = [*ROWS[:2], ["", ROWS[2][1]]]
        return save_xls(Path(folder) / "a.xls", rows, merges=["A2:A3"], hidden=[2]).read_bytes()


def _docx() -> bytes:
    word = WordDocument()
    word.add_heading("第一条 总则")
    word.add_paragraph("县水利局负责节水。", style="List Number")
    table = word.add_table(3, 2)
    for r, row in enumerate(ROWS):
        for c, text in enumerate(row):
            table.cell(r, c).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    return _saved(word.save)


def _pdf() -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    file = io.BytesIO()
    canvas = Canvas(file, pageCompression=0)
    for top in (700, 600):
        canvas.setFont("STSong-Light", 12)
        canvas.grid([72, 172, 372], [top - 60, top - 30, top])
        for n, row in enumerate(ROWS):
            for x, text in zip((80, 180, 400), [*row, "县水利局"], strict=True):
                canvas.drawString(x, top - 20 - 30 * n, text)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _html() -> bytes:
    rows = "".join(f"<tr><td>{a}<td colspan=2 rowspan=2>{b}</tr>" for a, b in ROWS)
    style = "<style>.no{display:none}</style>"
    page = f"<html><head>{style}</head><body><h1>清单</h1><p class=no>x</p><table>{rows}</table>"
    return f"{page}<ol><li>甲<li>乙</ol></body></html>".encode("gb18030")


def _csv() -> bytes:
    return "\n".join(",".join(f'"{text}"' for text in row) for row in ROWS).encode("gb18030")


def _text() -> bytes:
    drawn = "┌──┬────┐\n│序号│事项名称│\n├──┼────┤\n│1   │取水许可│\n└──┴────┘"
    return f"一、主要职责\n{drawn}\n（一）负责节水。".encode()


def _png() -> bytes:
    return _saved(lambda file: Image.new("RGB", (32, 32), "white").save(file, "png"))


def _tif() -> bytes:
    return _saved(lambda file: Image.new("L", (32, 32), 200).save(file, "tiff"))


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("清单/甲.csv", _csv())
        archive.writestr("乙.zip", b"PK\x05\x06" + bytes(18))
    return file.getvalue()


def _saved(save: Callable[[io.BytesIO], object]) -> bytes:
    file = io.BytesIO()
    save(file)
    return file.getvalue()


SEEDS = {
    "a.xlsx": cache(_xlsx), "a.xls": cache(_xls), "a.docx": cache(_docx), "a.pdf": cache(_pdf),
    "a.html": cache(_html), "a.csv": cache(_csv), "a.txt": cache(_text), "a.png": cache(_png),
    "a.tif": cache(_tif), "a.zip": cache(_zip),
}  # fmt: skip
HEADS = [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-1.7\n", b"<html>",
         b"\x89PNG\r\n\x1a\n", b"II*\x00", b"RIFF\x10\x00\x00\x00WEBP", b"BM\x00\x00\x00\x00\x00\x00\x00\x00",
         b"\xff\xd8\xff", b"\xff\xfe", b"\xef\xbb\xbf"]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, seed: bytes) -> bytes:
    """The seed with spans flipped, cut out, doubled, swapped for noise or numbers."""
    data = bytearray(seed)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        length = draw(st.integers(1, 64) | st.integers(1, max(1, len(data))))
        span = data[at : at + length]
        kind = draw(st.sampled_from(["flip", "cut", "double", "noise", "number", "move"]))
        if kind == "flip":
            data[at : at + 1] = bytes([data[at] ^ draw(st.integers(1, 255))]) if data else b""
        elif kind == "cut":
            del data[at : at + length]
        elif kind == "double":
            data[at:at] = span * draw(st.integers(1, 3))
        elif kind == "noise":
            data[at : at + length] = draw(st.binary(max_size=16))
        elif kind == "number":
            data[at : at + 4] = draw(
                st.sampled_from([b"\xff" * 4, bytes(4), b"\xff\xff\xff\x7f", b"9999"])
            )
        else:
            other = draw(st.integers(0, len(data)))
            data[other:other] = span
        del data[200_000:]
    return bytes(data)


@contextmanager
def _bounded() -> Iterator[None]:
    def give_up(*_: object) -> None:
        raise AssertionError(f"reading took more than {MOST_SECONDS} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(MOST_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _read(name: str, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder, _bounded():
        path = Path(folder) / name
        path.write_bytes(data)
        said = name
        try:
            assert isinstance(read(path), Document)
        except ReadingError as exc:
            said = str(exc)
        assert name in said


@FUZZ
@given(st.data())
def test_any_bytes_behind_any_head(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(SEEDS)))
    _read(name, data.draw(st.sampled_from(HEADS)) + data.draw(st.binary(max_size=2000)))


@pytest.mark.parametrize("name", sorted(SEEDS.keys() - {"a.zip"}))
def test_files_changed_at_random(name: str) -> None:
    @FUZZ
    @given(mutated(SEEDS[name]()))
    def run(data: bytes) -> None:
        _read(name, data)

    run()


@pytest.mark.parametrize("name", ["a.xlsx", "a.docx"])
def test_packages_whose_parts_are_changed_at_random(name: str) -> None:
    with zipfile.ZipFile(io.BytesIO(SEEDS[name]())) as package:
        parts = {part: package.read(part) for part in package.namelist()}

    @FUZZ
    @given(st.data())
    def run(data: st.DataObject) -> None:
        changed = data.draw(st.sampled_from(sorted(parts)))
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as package:
            for part, content in parts.items():
                package.writestr(part, data.draw(mutated(content)) if part == changed else content)
        _read(name, file.getvalue())

    run()


@FUZZ
@given(mutated(SEEDS["a.zip"]()))
def test_archives_changed_at_random(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder, _bounded():
        path = Path(folder) / "a.zip"
        path.write_bytes(data)
        files: tuple[Path, ...] = ()
        said = "a.zip"
        try:
            files = unpack(path, Path(folder) / "in")
        except ReadingError as exc:
            said = str(exc)
        assert "a.zip" in said
        assert all(file.resolve().is_relative_to(Path(folder).resolve()) for file in files)
