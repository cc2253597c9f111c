"""Small sheets, each with one trouble met in published lists, and the rows they must give."""

from __future__ import annotations

import pytest
from workbooks import grid_of, save_xls, save_xlsx

from index.documents import Grid
from index.extract.rows import Row, read_rows
from index.extract.tables import find_tables
from index.readers import read

HEADER = ("序号", "事项名称", "实施依据", "责任主体", "承办机构")
WELL = ("1", "取水许可", "《水法》第四十八条", "县水利局", "水政股")
SAND = ("2", "河道采砂许可", "《水法》第三十九条", "县水利局", "河湖股")
WELL_FIELDS = dict(
    number="1", name="取水许可", basis="《水法》第四十八条", body="县水利局", office="水政股"
)
SAND_FIELDS = dict(
    number="2", name="河道采砂许可", basis="《水法》第三十九条", body="县水利局", office="河湖股"
)


def rows_of(grid: Grid) -> list[Row]:
    return [row for table in find_tables(grid) for row in read_rows(table)]


def fields(row: Row) -> dict[str, str]:
    return {str(cell.field): row.text(cell.field) for cell in row.cells}


def records(grid: Grid) -> list[tuple[str | None, dict[str, str]]]:
    """(range, fields) of each row read."""
    return [(row.locator.cells, fields(row)) for row in rows_of(grid)]


def test_title_rows_belong_to_the_list_and_are_no_items() -> None:
    title, imprint = ("清源县水利局权责清单",), ("单位：清源县水利局", "", "", "日期：2024年5月")
    grid = grid_of([title, (), imprint, HEADER, WELL, SAND], merges=["A1:E1"])
    (table,) = find_tables(grid)
    assert (table.titles, table.header, table.body) == ((1, 3), range(4, 5), (5, 6))
    assert records(grid) == [("A5:E5", WELL_FIELDS), ("A6:E6", SAND_FIELDS)]


def test_header_of_two_rows_reads_group_and_leaf() -> None:
    grid = grid_of(
        [
            ("序号", "事项名称", "实施依据", "责任事项", "", "承办机构"),
            ("", "", "", "责任内容", "依据", ""),
            ("1", "取水许可", "《水法》", "受理、审查", "《许可法》", "水政股"),
        ],
        merges=["A1:A2", "B1:B2", "C1:C2", "D1:E1", "F1:F2"],
    )
    expected = dict(
        number="1",
        name="取水许可",
        basis="《水法》",
        duty="受理、审查",
        duty_basis="《许可法》",
        office="水政股",
    )
    assert records(grid) == [("A3:F3", expected)]


def test_header_of_three_rows_ends_where_its_number_cell_ends() -> None:
    grid = grid_of(
        [
            ("序号", "职权事项", "", "责任主体"),
            ("", "事项", "", ""),
            ("", "名称", "子项", ""),
            ("1", "取水许可", "新办", "县水利局"),
        ],
        merges=["A1:A3", "B1:C1", "B2:C2", "D1:D3"],
    )
    assert find_tables(grid)[0].header == range(1, 4)
    expected = dict(number="1", name="取水许可", sub_item="新办", body="县水利局")
    assert records(grid) == [("A4:D4", expected)]


def test_header_whose_cells_do_not_span_down_goes_on_below_its_wide_cell() -> None:
    grid = grid_of(
        [
            ("序号", "事项名称", "责任事项", ""),
            ("", "", "责任内容", "依据"),
            ("1", "取水许可", "受理、审查", "《许可法》"),
        ],
        merges=["C1:D1"],
    )
    expected = dict(number="1", name="取水许可", duty="受理、审查", duty_basis="《许可法》")
    assert records(grid) == [("A3:D3", expected)]


def test_header_ends_with_its_number_cell_whatever_stands_beside_it() -> None:
    grid = grid_of(
        [
            ("序号", "事项名称", "责任主体", "实施依据"),
            ("", "", "", "（照录原文）"),
            ("1", "取水许可", "县水利局", "《水法》"),
        ],
        merges=["A1:A2", "B1:B2", "C1:C2"],
    )
    expected = dict(number="1", name="取水许可", body="县水利局", basis="《水法》")
    assert records(grid) == [("A3:D3", expected)]


def test_header_broken_inside_a_word_is_still_that_header() -> None:
    broken = ("序\n号", "事项名\n称", "实施依 据", "责任\n主体", "承办机\r\n构")
    assert records(grid_of([broken, WELL])) == [("A2:E2", WELL_FIELDS)]


def test_header_printed_again_on_each_page_is_no_item() -> None:
    grid = grid_of(
        [("权责清单",), HEADER, WELL, ("权责清单",), HEADER, SAND], merges=["A1:E1", "A4:E4"]
    )
    assert len(find_tables(grid)) == 1
    assert records(grid) == [("A3:E3", WELL_FIELDS), ("A6:E6", SAND_FIELDS)]


def test_two_lists_in_one_sheet_keep_their_own_columns() -> None:
    grid = grid_of(
        [
            ("行政许可",),
            HEADER,
            WELL,
            (),
            ("行政检查",),
            ("序号", "责任主体", "事项名称"),
            ("1", "县民政局", "殡葬检查"),
        ]
    )
    first, second = find_tables(grid)
    assert (first.titles, second.titles) == ((1,), (5,))
    assert records(grid) == [
        ("A3:E3", WELL_FIELDS),
        ("A7:C7", dict(number="1", body="县民政局", name="殡葬检查")),
    ]


def test_the_same_header_under_another_title_opens_another_list() -> None:
    grid = grid_of(
        [("行政许可",), HEADER, WELL, ("行政检查",), HEADER, SAND], merges=["A1:E1", "A4:E4"]
    )
    assert [table.titles for table in find_tables(grid)] == [(1,), (4,)]
    assert records(grid) == [("A3:E3", WELL_FIELDS), ("A6:E6", SAND_FIELDS)]


def test_merged_category_is_quoted_from_where_it_stands() -> None:
    grid = grid_of(
        [
            ("权力类型", "序号", "事项名称"),
            ("行政许可", "1", "取水许可"),
            ("", "2", "河道采砂许可"),
        ],
        merges=["A2:A3"],
    )
    second = rows_of(grid)[1]
    assert fields(second) == dict(power="行政许可", number="2", name="河道采砂许可")
    assert [cell.address for cell in second.cells] == ["A2", "B3", "C3"]


def test_category_on_a_row_of_its_own_heads_the_rows_below() -> None:
    heading = ("一、行政许可",)
    rows = rows_of(grid_of([HEADER, heading, WELL, SAND], merges=["A2:E2"]))
    assert [(row.heading, row.text("name")) for row in rows] == [
        ("一、行政许可", "取水许可"),
        ("一、行政许可", "河道采砂许可"),
    ]


def test_item_cut_over_physical_rows_is_one_and_its_text_goes_on() -> None:
    grid = grid_of(
        [HEADER, (*WELL[:2], "《水法》第四", *WELL[3:]), ("", "", "十八条"), SAND],
        merges=["A2:A3", "B2:B3", "D2:D3", "E2:E3"],
    )
    first, second = rows_of(grid)
    assert (first.n_rows, second.n_rows) == (2, 1)
    assert (first.locator.cells, fields(first)) == ("A2:E3", WELL_FIELDS)
    assert [c.address for c in first.cells if c.field == "basis"] == ["C2", "C3"]


def test_text_going_on_without_any_merge_belongs_to_the_item_above() -> None:
    rows = rows_of(grid_of([HEADER, WELL, ("", "", "（续）第二款"), SAND]))
    assert [row.text("basis") for row in rows] == ["《水法》第四十八条（续）第二款", SAND[2]]


SUB_HEADER = ("序号", "事项名称", "子项", "承办机构")


def test_sub_items_under_a_merged_name_each_carry_it() -> None:
    grid = grid_of(
        [SUB_HEADER, ("1", "取水许可", "新办", "水政股"), ("", "", "延续", "水政股")],
        merges=["A2:A3", "B2:B3"],
    )
    expected = dict(number="1", name="取水许可", office="水政股")
    assert records(grid) == [
        ("A2:D2", {**expected, "sub_item": "新办"}),
        ("A3:D3", {**expected, "sub_item": "延续"}),
    ]
    assert [cell.address for cell in rows_of(grid)[1].cells] == ["A2", "B2", "C3", "D3"]


def test_sub_item_whose_name_is_empty_takes_the_name_above() -> None:
    grid = grid_of(
        [SUB_HEADER, ("1", "取水许可", "新办", "水政股"), ("", "", "注销", "政务股")],
        merges=["A2:A3"],
    )
    last = rows_of(grid)[1]
    expected = dict(number="1", name="取水许可", sub_item="注销", office="政务股")
    assert fields(last) == expected
    assert next(cell.address for cell in last.cells if cell.field == "name") == "B2"


def test_empty_sub_item_between_two_items_takes_nothing_from_the_next() -> None:
    grid = grid_of(
        [SUB_HEADER, ("1", "取水许可", "", "水政股"), ("2", "河道采砂许可", "", "河湖股")]
    )
    assert records(grid) == [
        ("A2:D2", dict(number="1", name="取水许可", office="水政股")),
        ("A3:D3", dict(number="2", name="河道采砂许可", office="河湖股")),
    ]


def test_hidden_rows_are_kept_and_marked() -> None:
    rows = rows_of(grid_of([HEADER, WELL, SAND], hidden=[2]))
    assert [(row.text("name"), row.is_hidden) for row in rows] == [
        ("取水许可", True),
        ("河道采砂许可", False),
    ]


def test_hidden_column_does_not_speak_for_its_field() -> None:
    texts = {**grid_of([HEADER, WELL]).texts, (1, 6): "备注", (2, 6): "旧文", (1, 7): "监督电话"}
    grid = Grid("清单", texts, hidden_columns=frozenset({6}))
    assert "remark" not in fields(rows_of(grid)[0])


def test_footnote_row_is_marked_and_ends_no_item() -> None:
    note = ("备注：包括市、区两级行使的事项。",)
    rows = rows_of(grid_of([HEADER, WELL, note], merges=["A3:E3"]))
    assert [(row.is_note, fields(row)) for row in rows] == [
        (False, WELL_FIELDS),
        (True, {"remark": note[0]}),
    ]
    assert rows[1].cells[0].address == "A3"


def test_footnote_in_a_column_that_starts_no_item_is_still_no_part_of_the_item_above() -> None:
    header, item = ("权力类型", "序号", "事项名称"), ("行政许可", "1", "取水许可")
    rows = rows_of(grid_of([header, item, ("注：数据截至五月。",)], merges=["A3:C3"]))
    assert [(row.n_rows, row.is_note) for row in rows] == [(1, False), (1, True)]


def test_body_and_office_anew_beside_merged_keys_are_an_item_of_their_own() -> None:
    grid = grid_of(
        [HEADER, WELL, ("", "", "", "镇人民政府", "农业农村办")],
        merges=["A2:A3", "B2:B3", "C2:C3"],
    )
    assert records(grid) == [
        ("A2:E2", WELL_FIELDS),
        ("A3:E3", {**WELL_FIELDS, "body": "镇人民政府", "office": "农业农村办"}),
    ]


def test_a_second_office_alone_is_still_the_same_item() -> None:
    grid = grid_of(
        [HEADER, WELL, ("", "", "", "", "、河湖股")],
        merges=["A2:A3", "B2:B3", "C2:C3", "D2:D3"],
    )
    assert records(grid) == [("A2:E3", {**WELL_FIELDS, "office": "水政股、河湖股"})]


def test_sheet_of_256_columns_is_read_to_its_last_known_header() -> None:
    far = dict(grid_of([HEADER, WELL]).texts) | {(1, 256): "备注", (2, 256): "试行"}
    assert records(Grid("清单", far)) == [("A2:IV2", {**WELL_FIELDS, "remark": "试行"})]


def test_merges_that_run_over_256_empty_columns_and_a_million_rows_add_nothing() -> None:
    title = ("权责清单",)
    grid = grid_of([title, HEADER, WELL], merges=["A1:IV1", "E3:E1048576"])
    assert grid.n_columns == 5
    assert records(grid) == [("A3:E3", WELL_FIELDS)]


def test_number_with_a_comma_stays_as_it_stands() -> None:
    grid = grid_of([HEADER, ("2,3", *WELL[1:])])
    assert records(grid) == [("A2:E2", {**WELL_FIELDS, "number": "2,3"})]


@pytest.mark.parametrize("merges", [["D1:E1"], []], ids=["merged", "unlabelled"])
def test_one_header_over_two_columns_is_level_then_scope(merges: list[str]) -> None:
    grid = grid_of(
        [
            ("序号", "事项名称", "责任主体", "实施层级及权限", ""),
            ("1", "取水许可", "县水利局", "市、县级", "县级负责辖区内审批"),
        ],
        merges=merges,
    )
    expected = dict(
        number="1",
        name="取水许可",
        body="县水利局",
        level="市、县级",
        scope="县级负责辖区内审批",
    )
    assert records(grid) == [("A2:E2", expected)]


@pytest.mark.parametrize(
    "rows",
    [[("取水许可", "县水利局")], [("序号", "金额", "单价", "数量"), ("1", "2", "3", "4")]],
    ids=["no header", "header of something else"],
)
def test_sheet_without_a_lists_header_gives_no_table(rows: list[tuple[str, ...]]) -> None:
    assert find_tables(grid_of(rows)) == ()


@pytest.mark.parametrize(("save", "suffix"), [(save_xlsx, "xlsx"), (save_xls, "xls")])
def test_both_workbook_formats_give_the_same_rows(save, suffix: str, tmp_path) -> None:
    rows = [("权责清单", "", "", "", ""), HEADER, WELL, ("", "", "第二款", "", ""), SAND]
    odd = dict(merges=["A1:E1", "A3:A4", "B3:B4"], hidden=[5])
    document = read(save(tmp_path / f"清单.{suffix}", rows, **odd))
    (grid,) = document.grids
    assert records(grid) == records(grid_of(rows, **odd))
    assert [(row.n_rows, row.is_hidden) for row in rows_of(grid)] == [(2, False), (1, True)]
