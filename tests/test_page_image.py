"""A page of a PDF is drawn as it was printed, with a box around what is quoted."""

from __future__ import annotations

import io
import os
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from assistant.evidence.drawing import Drawing
from assistant.evidence.pdf_page import MAX_WIDTH, page_image
from index.errors import ReadingError
from index.readers.limits import Limits

LINES = (
    "第三条 柳桥镇设下列内设机构：",
    "（一）社会事务办公室。负责民政、残疾",
    "人服务和殡葬管理的日常事务。",
)


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(tmp_path / "paper.pdf"), pagesize=(595, 842))
    for _ in range(2):
        canvas.setFont("STSong-Light", 16)
        for at, line in enumerate(LINES):
            canvas.drawString(72, 700 - 40 * at, line)
        canvas.showPage()
    canvas.save()
    return tmp_path / "paper.pdf"


def _marked_rows(image: bytes) -> set[int]:
    """Rows of the picture that hold the mark's yellow, at some 100 pixels a step."""
    picture = Image.open(io.BytesIO(image)).convert("RGB")
    assert picture.width == MAX_WIDTH
    found = set()
    for y in range(picture.height):
        row = [picture.getpixel((x, y)) for x in range(130, 700, 5)]
        if sum(r - b > 40 for r, _, b in row) > 5:  # type: ignore[misc]
            found.add(y // 74)  # a step of 40 points
    return found


def test_the_words_are_boxed_on_each_line_they_run_over(paper: Path):
    quoted = "负责民政、残疾人服务和殡葬管理的日常事务。"
    assert len(_marked_rows(page_image(paper, 2, quoted))) >= 2
    assert _marked_rows(page_image(paper, 1, "别处的话")) == set()


def test_words_that_a_page_says_twice_are_not_boxed(paper: Path):
    quoted = "第三条 柳桥镇设下列内设机构：\n机构"
    assert len(_marked_rows(page_image(paper, 1, quoted))) == 1
    assert _marked_rows(page_image(paper, 1, "事务")) == set()


def test_a_page_that_is_not_there_is_said(paper: Path):
    with pytest.raises(ReadingError, match="第3页"):
        page_image(paper, 3, "")


def test_a_file_that_is_no_pdf_is_said(tmp_path: Path):
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    with pytest.raises(ReadingError, match="画不出来"):
        page_image(tmp_path / "broken.pdf", 1, "")


def test_pictures_come_out_of_another_process_as_they_are_drawn(paper: Path):
    with closing(Drawing()) as drawing:
        assert drawing.page(paper, 2, LINES[2]) == page_image(paper, 2, LINES[2])
        assert drawing.n_pages(paper) == 2
        with pytest.raises(ReadingError, match="第3页"):
            drawing.page(paper, 3, "")


def test_a_picture_that_unpacks_to_all_memory_costs_only_itself(paper: Path, tmp_path: Path):
    bomb = tmp_path / "bomb.png"
    Image.new("L", (13_000, 13_000)).save(bomb)
    assert bomb.stat().st_size < 1_000_000
    with closing(Drawing(Limits(seconds=20, megabytes=400))) as drawing:
        with pytest.raises(ReadingError):
            drawing.picture(bomb)
        assert drawing.page(paper, 1, "")


def test_a_file_whose_drawing_never_ends_is_given_up(paper: Path, tmp_path: Path):
    never = tmp_path / "never.png"
    os.mkfifo(never)  # nobody writes to it: opening waits for ever
    with closing(Drawing(Limits(seconds=1))) as drawing:
        with pytest.raises(ReadingError, match="超过 1 秒"):
            drawing.picture(never)
        assert drawing.page(paper, 1, "")
