"""Scans and pictures made here, read by the recogniser itself; each test named after its trouble."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from index.errors import ReadingError
from index.extract.rows import read_rows
from index.extract.tables import find_tables
from index.readers import read
from index.readers.paged_text import DOUBTFUL

FONT = Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc")
HEADER = ["序号", "事项名称", "权力类型", "行使主体"]
ROWS = [
    ["1", "取水许可", "行政许可", "县水利局"],
    ["2", "河道管理范围内\n建设项目审批", "行政许可", "县水利局"],
    ["3", "对未经批准取水的处罚", "行政处罚", "县水利局"],
]
COLUMNS = (100, 220, 620, 860, 1120)
SIZE = 32


@pytest.fixture(autouse=True)
def _needs() -> None:
    pytest.importorskip("rapidocr", reason="the extra dutydesk[ocr] is not installed")
    if not FONT.exists():
        pytest.skip(f"{FONT} is not installed: no picture of Chinese text can be made")


def _page(
    rows: Sequence[Sequence[str]],
    *,
    upright: bool = True,
    level: bool = True,
    title: str = "清源县水利局权责清单",
    left: int = 0,
) -> Image.Image:
    page = Image.new("RGB", (1240, 900), "white")
    draw = ImageDraw.Draw(page)
    draw.text((380 + left, 60), title, font=ImageFont.truetype(FONT, 44), fill="black")
    font = ImageFont.truetype(FONT, SIZE)
    xs, y = [x + left for x in COLUMNS], 180
    edges = [y]
    for row in rows:
        height = 28 + 44 * max(text.count("\n") + 1 for text in row)
        for x, text in zip(xs, row, strict=False):
            draw.multiline_text((x + 14, y + 16), text, font=font, fill="black", spacing=10)
        y += height
        edges.append(y)
    for edge in edges if level else ():
        draw.line((xs[0], edge, xs[-1], edge), fill="black", width=3)
    for x in xs if upright else ():
        draw.line((x, edges[0], x, edges[-1]), fill="black", width=3)
    return page


def _items(path: Path) -> list[tuple[str, ...]]:
    tables = [table for grid in read(path).grids for table in find_tables(grid)]
    fields = ("name", "power", "body")
    return [tuple(row.text(f) for f in fields) for table in tables for row in read_rows(table)]


WANTED = [(name.replace("\n", ""), power, body) for _, name, power, body in ROWS]


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif", "bmp", "webp"])
def test_a_ruled_table_in_a_picture_of_any_format(tmp_path: Path, suffix: str) -> None:
    _page([HEADER, *ROWS]).save(tmp_path / f"清单.{suffix}")
    assert _items(tmp_path / f"清单.{suffix}") == WANTED


@pytest.mark.parametrize(
    ("upright", "level"), [(False, True), (False, False)], ids=["level lines only", "no lines"]
)
def test_a_table_without_all_its_lines_is_told_by_alignment(
    tmp_path: Path, upright: bool, level: bool
) -> None:
    _page([HEADER, *ROWS], upright=upright, level=level).save(tmp_path / "清单.png")
    assert _items(tmp_path / "清单.png") == WANTED


def test_a_sheet_laid_askew_is_set_straight(tmp_path: Path) -> None:
    page = _page([HEADER, *ROWS]).rotate(1.2, Image.Resampling.BICUBIC, fillcolor="white")
    page.save(tmp_path / "斜.png")
    assert _items(tmp_path / "斜.png") == WANTED


def test_a_scanned_pdf_goes_on_over_pages_that_lie_differently(tmp_path: Path) -> None:
    pages = [_page([HEADER, *ROWS[:2]]), _page([HEADER, ROWS[2]], title="", left=18)]
    pages[0].save(tmp_path / "扫描.pdf", save_all=True, append_images=pages[1:], resolution=150)
    document = read(tmp_path / "扫描.pdf")
    (grid,) = document.grids
    assert _items(tmp_path / "扫描.pdf") == WANTED
    assert (document.pages, grid.pages[1], grid.pages[grid.n_rows]) == (2, 1, 2)


def test_what_was_recognised_says_so_with_its_confidence(tmp_path: Path) -> None:
    _page([HEADER, *ROWS]).save(tmp_path / "清单.png")
    document = read(tmp_path / "清单.png")
    (grid,) = document.grids
    assert set(grid.confidences) == set(grid.texts)
    assert all(0.5 <= n <= 1 for n in grid.confidences.values())
    assert document.blocks[0].confidence is not None
    assert re.match(r"文字由图片识别（OCR）得来，平均可信度 0\.9\d", document.warnings[0])


def test_a_cell_that_is_hard_to_read_is_named_by_page_and_cell(tmp_path: Path) -> None:
    page = _page([HEADER, *ROWS])
    blot = page.crop((640, 260, 850, 320)).resize((42, 12)).resize((210, 60))
    page.paste(blot, (640, 260))
    page.save(tmp_path / "糊.png")
    document = read(tmp_path / "糊.png")
    (grid,) = document.grids
    if grid.confidences.get((2, 3), 0) < DOUBTFUL:
        assert (
            any("第 1 页表1 C2" in text for text in document.warnings) or (2, 3) not in grid.texts
        )


def test_a_picture_without_text_says_so(tmp_path: Path) -> None:
    Image.new("RGB", (400, 300), "white").save(tmp_path / "白.png")
    with pytest.raises(ReadingError, match=r"白\.png：图片里没有认出文字"):
        read(tmp_path / "白.png")


def test_a_broken_picture_says_so(tmp_path: Path) -> None:
    (tmp_path / "坏.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 200)
    with pytest.raises(ReadingError, match=r"坏\.png：图片已损坏"):
        read(tmp_path / "坏.png")


def test_without_the_extra_pictures_and_scans_say_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from index.readers.ocr import load_recogniser

    monkeypatch.setitem(sys.modules, "rapidocr", None)
    load_recogniser.cache_clear()
    page = _page([HEADER, *ROWS])
    page.save(tmp_path / "清单.png")
    page.save(tmp_path / "扫描.pdf")
    try:
        for name in ("清单.png", "扫描.pdf"):
            with pytest.raises(ReadingError, match=r'pip install "dutydesk\[ocr\]"'):
                read(tmp_path / name)
    finally:
        load_recogniser.cache_clear()
