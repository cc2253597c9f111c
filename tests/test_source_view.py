"""A source as it looks: tables keep their merges, marks keep the text, windows keep the header."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from fake_assistant import DOCUMENTS, LIST, OFFICE, PROVISION, ROW
from hypothesis import given
from hypothesis import strategies as st

from assistant.evidence.marking import mark
from assistant.evidence.sheet import CellView, RowView, cited_cells, view_sheet
from assistant.evidence.text import cited_paragraphs, view_text
from index.documents import Block, Document, Grid, Merge

SHEET = DOCUMENTS[LIST.id].grids[0]
STYLE = Path(__file__).parent.parent / "web" / "static" / "style.css"
EDGE = st.integers(1, 6)
MERGES = st.lists(
    st.tuples(EDGE, EDGE, st.integers(0, 3), st.integers(0, 3)).map(
        lambda edges: Merge(edges[0], edges[1], edges[0] + edges[2], edges[1] + edges[3])
    ),
    max_size=5,
).map(tuple)


def _said(cell: CellView) -> str:
    return "".join(run.text for run in cell.runs)


def _marked(cell: CellView) -> str:
    return "".join(run.text for run in cell.runs if run.marked)


def _widths(rows: tuple[RowView, ...]) -> list[int]:
    """Columns that each table row fills, counting what hangs down from above."""
    hanging: dict[int, int] = {}
    filled = []
    for at, row in enumerate(rows):
        for cell in row.cells:
            for below in range(at, at + cell.rowspan):
                hanging[below] = hanging.get(below, 0) + cell.colspan
        filled.append(hanging[at])
    assert max(hanging) < len(rows)
    return filled


@given(MERGES, st.frozensets(EDGE, max_size=3), st.frozensets(EDGE, max_size=3))
def test_every_table_row_fills_its_columns_once_whatever_merges_and_hides(
    merges: tuple[Merge, ...], rows: frozenset[int], columns: frozenset[int]
) -> None:
    texts = {(row, column): f"{row}/{column}" for row in range(1, 8) for column in range(1, 8)}
    grid = Grid("表", texts, merges, rows, columns)
    view = view_sheet(grid, frozenset(), "", start=1)
    assert set(_widths(view.body)) == {7 - len(columns)}
    shown = [row for row in range(1, grid.n_rows + 1) if row not in rows]
    assert [row.number for row in view.body] == shown


@given(st.text("甲乙丙 \n1", max_size=30), st.text("甲乙丙 \n|1", max_size=12))
def test_marking_never_changes_the_text(text: str, quoted: str) -> None:
    assert "".join(run.text for run in mark(text, quoted)) == text


@pytest.mark.parametrize(
    ("text", "quoted", "marked"),
    [
        ("对占用 道\n路的处罚", "占用道路", ["占用 道\n路"]),
        ("对占用道路的", "对占用道路的行政处罚", ["对占用道路的"]),
        ("12", "第12条规定", []),
        ("行政许可", "盖房审批｜行政许可", ["行政许可"]),
        ("a+b(c)", "b(c)", ["b(c)"]),
        ("没有这些字", "别的话", []),
    ],
)
def test_quoted_words_are_found_across_breaks_and_pieces(text, quoted, marked) -> None:
    assert [run.text for run in mark(text, quoted) if run.marked] == marked


def test_the_cited_row_stands_under_its_header_with_the_quote_marked() -> None:
    view = view_sheet(SHEET, cited_cells(SHEET, ROW), ROW.name)
    assert [row.number for row in view.titles] == [1, 2]
    assert [row.number for row in view.head] == [3, 4]
    assert [row.number for row in view.body if row.cited] == [ROW.locator.row]
    jumps = [cell for row in view.body for cell in row.cells if cell.first]
    assert [_said(cell) for cell in jumps] == [ROW.name] == [_marked(cell) for cell in jumps]


def test_the_link_leads_to_the_name_though_a_long_basis_holds_it_too() -> None:
    law = "《社会救助暂行办法》第十一条；《最低生活保障审核确认办法》（民发〔2021〕57号）第四条"
    grid = Grid("表", {(1, 1): "1", (1, 2): "最低生活保障审核确认", (1, 3): law})
    cited = frozenset({(1, 1), (1, 2), (1, 3)})
    view = view_sheet(grid, cited, "最低生活保障审核确认\n《社会救助暂行办法》", start=1)
    assert [_said(cell) for cell in view.body[0].cells if cell.first] == ["最低生活保障审核确认"]
    assert _marked(view.body[0].cells[2])


def test_a_category_merged_over_other_rows_is_shown_but_not_lit_as_cited() -> None:
    view = view_sheet(SHEET, cited_cells(SHEET, ROW), ROW.name)
    category = next(c for row in view.body for c in row.cells if _said(c) == "自然资源与村镇建设")
    assert category.rowspan == 11  # rows 19 to 30 without the hidden one
    assert not category.cited


def test_what_the_paper_hides_is_left_out_and_said() -> None:
    view = view_sheet(SHEET, cited_cells(SHEET, ROW), ROW.name)
    assert "H" not in [letter for letter, _ in view.letters]
    assert 24 not in [row.number for row in view.body]
    assert view.notes == ("第24行在原表中隐藏，此处未列。", "H列在原表中隐藏，此处未列。")


def test_a_cited_row_that_is_hidden_is_shown_and_marked_hidden() -> None:
    view = view_sheet(SHEET, frozenset({(24, 3)}), "")
    assert [row.number for row in view.body if row.hidden] == [24]


def test_the_cited_row_is_read_out_under_its_column_names() -> None:
    view = view_sheet(SHEET, cited_cells(SHEET, ROW), ROW.name)
    fields = {field.label: "".join(run.text for run in field.runs) for field in view.fields}
    assert fields["事项名称"] == ROW.name
    assert fields["类别"] == "自然资源与村镇建设"
    assert "实施依据 / 法律、法规、规章" in fields
    assert "旧编号" not in fields


def test_windows_page_through_the_whole_sheet_without_gap_or_overlap() -> None:
    at, seen = 1, []
    while at:
        view = view_sheet(SHEET, frozenset(), "", start=at)
        above = [row.number for row in (*view.titles, *view.head)] if at == 1 else []
        seen += [*above, *(row.number for row in view.body)]
        at = view.following or 0
    assert seen == [row for row in range(1, SHEET.n_rows + 1) if row != 24]
    assert all(one < other for one, other in pairwise(seen))


def test_a_later_window_keeps_the_header_of_its_list_in_sight() -> None:
    view = view_sheet(SHEET, frozenset(), "", start=80)
    assert [row.number for row in view.head] == [3, 4]
    assert view.previous == 40
    assert view.following is None


def test_the_nearest_of_several_lists_headers_is_the_one_shown() -> None:
    header = {1: "序号", 2: "事项名称", 3: "备注"}
    texts = {(row, column): text for row in (1, 30) for column, text in header.items()}
    texts |= {(row, 2): f"第{row}件" for row in (*range(2, 30), *range(31, 90))}
    view = view_sheet(Grid("多表", texts), frozenset(), "", start=60)
    assert [row.number for row in view.head] == [30]


def test_a_clause_is_lit_where_it_stands() -> None:
    document = DOCUMENTS[PROVISION.id]
    cited = cited_paragraphs(document, OFFICE)
    view = view_text(document, cited, "受理、审查工作")
    lit = [part for part in view.parts if getattr(part, "cited", False)]
    assert [part.number for part in lit] == [OFFICE.locator.paragraph]
    assert [run.text for run in lit[0].runs if run.marked] == ["受理、审查工作"]


def test_a_long_text_opens_at_the_window_that_holds_the_clause() -> None:
    blocks = tuple(Block(f"第{n}段", n, page=1 + n // 40) for n in range(1, 401))
    view = view_text(Document("pdf", blocks), frozenset({200}), "")
    assert (view.first, view.last, view.previous, view.following) == (151, 300, 1, 301)
    first = view.parts[0]
    assert first.page == 4  # the page is said anew where the window begins


def _luminance(colour: str) -> float:
    parts = [int(pair, 16) / 255 for pair in re.findall("..", colour)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    "schemes",
    [(0,), (0, 1), (0, 2), (0, 3), (0, 1, 3), (0, 2, 3)],
    ids=["light", "dark", "dark-device", "print", "print-from-dark", "print-from-dark-device"],
)
def test_every_pair_of_colours_keeps_aa_contrast(schemes: tuple[int, ...]) -> None:
    blocks = re.findall(r":root[^{}]*\{([^{}]*--paper[^{}]*)\}", STYLE.read_text("utf-8"))
    colours: dict[str, str] = {}
    for block in (blocks[at] for at in schemes):
        found = re.findall(r"--([\w-]+): #([0-9a-f]{3,6})\b", block)
        colours |= {
            name: code if len(code) == 6 else "".join(c * 2 for c in code) for name, code in found
        }
    for back in ("paper", "sheet", "wash"):
        for ink in ("ink", "soft", "seal"):
            assert _contrast(colours[ink], colours[back]) >= 4.5, (ink, back)
    assert _contrast(colours["on-fill"], colours["fill"]) >= 4.5
    assert _contrast(colours["mark-ink"], colours["mark"]) >= 4.5
    assert _contrast(colours["edge"], colours["sheet"]) >= 3
