"""Text and CSV files made here, each test named after its trouble."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.documents import Block, Document, Grid, Merge
from index.errors import ReadingError
from index.extract.rows import read_rows
from index.extract.tables import find_tables
from index.readers import read

CSV = "序号,事项名称,权力类型,行使主体\n1,取水许可,行政许可,县水利局\n2,“河道”采砂,行政许可,县水利局\n"


def _read(path: Path, data: bytes) -> Document:
    path.write_bytes(data)
    return read(path)


def _rows(grid: Grid) -> list[list[str]]:
    columns = range(1, grid.n_columns + 1)
    return [[grid.own_text(r, c) for c in columns] for r in range(1, grid.n_rows + 1)]


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "gb18030", "utf-16"],
    ids=["csv_utf8", "csv_bom", "csv_gb18030", "csv_utf16"],
)
def test_csv_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    (grid,) = _read(tmp_path / "清单.csv", CSV.encode(encoding)).grids
    assert grid.own_text(1, 1) == "序号"
    rows = [row for table in find_tables(grid) for row in read_rows(table)]
    assert [row.text("name") for row in rows] == ["取水许可", "“河道”采砂"]


@pytest.mark.parametrize(
    "separator", [",", ";", "\t", "|"], ids=["comma", "semicolon", "tab", "bar"]
)
def test_csv_separator_is_found(tmp_path: Path, separator: str) -> None:
    data = CSV.replace(",", separator).encode()
    (grid,) = _read(tmp_path / "清单.csv", data).grids
    assert _rows(grid)[1] == ["1", "取水许可", "行政许可", "县水利局"]


def test_csv_commas_inside_cells_do_not_hide_the_tabs(tmp_path: Path) -> None:
    data = "名称\t依据\n取水,用水,排水\t水法,条例,办法\n采砂\t水法\n".encode()
    (grid,) = _read(tmp_path / "清单.csv", data).grids
    assert _rows(grid) == [["名称", "依据"], ["取水,用水,排水", "水法,条例,办法"], ["采砂", "水法"]]


def test_csv_title_line_above_the_header(tmp_path: Path) -> None:
    (grid,) = _read(tmp_path / "清单.csv", f"权责清单（2024年）\n{CSV}".encode()).grids
    assert (grid.own_text(1, 1), grid.own_text(2, 2)) == ("权责清单（2024年）", "事项名称")


def test_csv_stated_separator_keeps_row_numbers(tmp_path: Path) -> None:
    (grid,) = _read(tmp_path / "清单.csv", "sep=;\r\n甲;乙,丙\r\n".encode("utf-8-sig")).grids
    assert dict(grid.texts) == {(2, 1): "甲", (2, 2): "乙,丙"}


def test_csv_line_break_inside_quotes(tmp_path: Path) -> None:
    document = _read(tmp_path / "清单.csv", '甲,乙\r\n"第一行\r\n第二行",丁\r\n'.encode("gb18030"))
    assert _rows(document.grids[0]) == [["甲", "乙"], ["第一行\n第二行", "丁"]]
    assert document.warnings == ()


def test_csv_unpaired_quote_is_told(tmp_path: Path) -> None:
    document = _read(tmp_path / "清单.csv", '甲,乙\n1,"取水\n2,采砂\n'.encode())
    assert document.warnings == ("引号不成对，可能有几行并成了一格",)


def test_txt_lines_are_paragraphs(tmp_path: Path) -> None:
    data = "标题\r\n\r\n　　一、内容。\r\n".encode("gb18030")
    blocks = _read(tmp_path / "通知.txt", data).blocks
    assert [(block.number, block.text) for block in blocks] == [(1, "标题"), (2, "一、内容。")]


BOX = """\
附表
┌──────┬────────────┬──────┐
│ 序号 │ 事项名称   │ 主体 │
├──────┼────────────┼──────┤
│ 1    │ 河道采砂许 │ 县水 │
│      │ 可         │ 利局 │
├──────┼────────────┤      │
│ 2    │ 取水许可   │      │
├──────┴────────────┼──────┤
│ 合计              │ 2    │
└───────────────────┴──────┘
完
"""


def test_txt_big5_is_not_taken_for_gb18030(tmp_path: Path) -> None:
    text = "權責清單由縣水利局負責辦理，各鄉鎮公所配合。岫巖之處理事宜。"
    (block,) = _read(tmp_path / "繁.txt", text.encode("big5")).blocks
    assert block.text == text


def test_txt_box_drawing(tmp_path: Path) -> None:
    document = _read(tmp_path / "表.txt", BOX.encode("gb18030"))
    before, grid, after = document.parts
    assert (before, after) == (Block("附表", 1), Block("完", 2))
    assert isinstance(grid, Grid)
    assert _rows(grid) == [
        ["序号", "事项名称", "主体"],
        ["1", "河道采砂许可", "县水利局"],
        ["2", "取水许可", ""],
        ["合计", "", "2"],
    ]
    assert grid.merges == (Merge(2, 3, 3, 3), Merge(4, 1, 4, 2))
    assert grid.text(3, 3) == "县水利局"


def test_txt_box_drawing_in_a_font_with_wide_strokes(tmp_path: Path) -> None:
    box = "┏━━┳━━━┓\n┃合计┃ 二项 ┃\n┣━━┻━━━┫\n┃　备注　　　　┃\n┗━━━━━━┛\n"
    (grid,) = _read(tmp_path / "表.txt", box.encode()).grids
    assert (_rows(grid), grid.merges) == ([["合计", "二项"], ["备注", ""]], (Merge(2, 1, 2, 2),))


def test_txt_box_drawing_with_only_the_header_ruled_off(tmp_path: Path) -> None:
    box = "┌──┬──┐\n│序│名│\n├──┼──┤\n│1│取水│\n│2│采砂│\n└──┴──┘\n"
    (grid,) = _read(tmp_path / "表.txt", box.encode()).grids
    assert _rows(grid) == [["序", "名"], ["1", "取水"], ["2", "采砂"]]


def test_txt_box_sentences_of_a_cell_stay_apart(tmp_path: Path) -> None:
    box = "┌──┬──┐\n│职责│局│\n│1.取│　│\n│水；│　│\n│2.采│　│\n│砂。│　│\n└──┴──┘\n"
    (grid,) = _read(tmp_path / "表.txt", box.encode()).grids
    assert _rows(grid) == [["职责\n1.取水；\n2.采砂。", "局"]]


def test_txt_crooked_box_is_read_as_text_and_told(tmp_path: Path) -> None:
    document = _read(tmp_path / "树.txt", "目录\n├── 水利局\n└── 民政局\n".encode())
    assert [block.text for block in document.blocks] == ["目录", "├── 水利局", "└── 民政局"]
    assert document.warnings == ("第2行起的表格线没有对齐，已按文字读取",)


SENTENCE = "权责清单由县水利局负责办理，依据水法第四十八条。"


@pytest.mark.parametrize(
    "broken",
    [
        SENTENCE.encode().decode("gbk", "replace") * 3,
        SENTENCE.encode("gbk").decode("latin-1") * 3,
        "锟斤拷锟斤拷县水利局锟斤拷",
    ],
    ids=["utf8_read_as_gbk", "gbk_read_as_latin1", "replaced_and_saved"],
)
def test_mojibake_refused(tmp_path: Path, broken: str) -> None:
    with pytest.raises(ReadingError, match=r"乱\.txt：文字是乱码"):
        _read(tmp_path / "乱.txt", broken.encode())


TABLE = [
    ["序号", "事项名称", "行使主体"],
    ["1", "取水许可", "县水利局"],
    ["2", "采砂许可", "县水利局"],
]


@pytest.mark.parametrize(
    "text",
    [
        "序号\t事项名称\t行使主体\n1\t取水许可\t县水利局\n2\t采砂许可\t县水利局",
        "序号  事项名称  行使主体\n1     取水许可  县水利局\n2     采砂许可  县水利局",
        "序号　　事项名称　　行使主体\n１　　　取水许可　　县水利局\n２　　　采砂许可　　县水利局",
        "| 序号 | 事项名称 | 行使主体 |\n|---|---|---|\n| 1 | 取水许可 | 县水利局 |\n| 2 | 采砂许可 | 县水利局 |",
        "+----+--------+--------+\n|序号|事项名称|行使主体|\n+----+--------+--------+\n"
        "|1   |取水许可|县水利局|\n+----+--------+--------+\n|2   |采砂许可|县水利局|\n"
        "+----+--------+--------+",
    ],
    ids=["tabs", "blanks", "ideographic blanks", "markdown", "plus and minus"],
)
def test_txt_flattened_table(tmp_path: Path, text: str) -> None:
    document = _read(
        tmp_path / "清单.txt", f"县水利局权责清单\n\n{text}\n\n注：由县水利局负责。".encode()
    )
    (grid,) = document.grids
    rows = [
        [grid.text(r, c).translate({0xFF11: "1", 0xFF12: "2"}) for c in (1, 2, 3)]
        for r in range(1, 4)
    ]
    assert rows == TABLE
    assert [block.text for block in document.blocks] == ["县水利局权责清单", "注：由县水利局负责。"]


def test_txt_flattened_table_with_a_wrapped_cell(tmp_path: Path) -> None:
    text = (
        "序号  事项名称          行使主体\n1     河道管理范围内建  县水利局\n"
        "      设项目审批\n2     采砂许可          县水利局\n"
    )
    (grid,) = _read(tmp_path / "清单.txt", text.encode()).grids
    assert (grid.n_rows, grid.text(2, 2)) == (3, "河道管理范围内建设项目审批")


def test_txt_aligned_names_and_articles_are_no_table(tmp_path: Path) -> None:
    text = "局  长：1名\n副局长：3名\n第一条  根据规定，制定本规定。\n第二条  县水利局负责节水。\n"
    assert _read(tmp_path / "三定.txt", text.encode()).grids == ()
