"""`diff`: what was added, removed, reworded and moved between two sides, one row to one row."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from conftest import TODAY, Silent
from hypothesis import given
from hypothesis import strategies as st

from index.build import build
from index.diff import DiffSide, changes, edition, files, match, version
from index.diff.changes import Kind
from index.diff.report import as_sheets, as_values, counts, marked
from index.errors import CorpusError
from index.gazetteer import Gazetteer
from index.model import Cell, DutyItem, Level, Locator, PaperKind, Place, Role, SourceDocument
from index.versions import CorpusFolder
from index.workbook import write_workbook

SAMPLE = Path(__file__).parent.parent / "index" / "sample"
CIVIL = "临溪县民政局权责清单（{}年版）"
PLACES = Gazetteer(
    Place(code, name, f"清源县{name}", Level.TOWNSHIP)
    for code, name in (("1", "甲镇"), ("2", "乙镇"))
)


def paper(
    body: str = "清源县水利局", kind: PaperKind = PaperKind.DEPARTMENT_LIST
) -> SourceDocument:
    name = f"{body}{kind}"
    return SourceDocument(f"{name}", f"{name}.xlsx", "", name, kind, "990121", body=body)


def row(name: str, source: SourceDocument, number: int = 1, **facts: object) -> DutyItem:
    given = {
        "id": f"{source.id}#{number}",
        "source_id": source.id,
        "locator": Locator(sheet="清单", row=number, cells=f"A{number}:C{number}"),
        "paper": source.kind,
        "body": source.body,
        "role": Role.LEAD,
        "places": (source.place,),
        "cells": (Cell("name", f"B{number}", name),),
    }
    return DutyItem(name=name, **(given | facts))


def side(*rows: DutyItem, papers: tuple[SourceDocument, ...], one: bool = False) -> DiffSide:
    return DiffSide("边", rows, {p.id: p for p in papers}, PLACES, is_one_list=one)


def one_list(*rows: tuple[str, dict]) -> DiffSide:
    source = paper()
    items = (row(name, source, n, **facts) for n, (name, facts) in enumerate(rows, start=1))
    return side(*items, papers=(source,))


def kinds(old: DiffSide, new: DiffSide) -> list[tuple[str, str]]:
    return [(c.kind.value, (c.new or c.old).name) for c in changes(old, new)]


def test_added_removed_reworded_and_moved_are_told_apart() -> None:
    old = one_list(
        ("取水许可", {"office": "水政股"}),
        ("河道采砂许可证核发", {}),
        ("水库降等审批", {}),
        ("水利工程验收", {}),
    )
    new = one_list(
        ("取水许可", {"office": "水资源股"}),
        ("河道采砂许可证审核发放", {}),
        ("水利工程验收", {}),
        ("农村饮水补助给付", {}),
    )
    assert kinds(old, new) == [
        ("调整", "取水许可"),
        ("改写", "河道采砂许可证审核发放"),
        ("新增", "农村饮水补助给付"),
        ("取消", "水库降等审批"),
    ]


def test_changed_words_are_shown_between_the_unchanged() -> None:
    old, new = one_list(("河道采砂许可证核发", {})), one_list(("河道采砂许可证审核发放", {}))
    (change,) = changes(old, new)
    (field,) = change.fields
    assert (field.label, field.before, field.after) == (
        "事项名称",
        old.records[0].name,
        new.records[0].name,
    )
    assert marked(field) == "河道采砂许可证【增：审】核发【增：放】"
    assert "".join(text for op, text in field.words if op != "+") == field.before
    assert "".join(text for op, text in field.words if op != "-") == field.after


def test_a_power_that_goes_to_another_department_has_moved() -> None:
    water, nature = paper(), paper("清源县自然资源局")
    old = side(row("河道采砂许可", water), papers=(water, nature))
    new = side(row("河道采砂许可", nature), papers=(water, nature))
    (change,) = changes(old, new)
    assert change.kind is Kind.MOVED
    assert [(f.label, f.before, f.after) for f in change.fields] == [
        ("部门", "清源县水利局", "清源县自然资源局")
    ]


def test_equal_rows_of_two_townships_are_no_move() -> None:
    first = paper("清源县甲镇人民政府", PaperKind.TOWNSHIP_LIST)
    second = paper("清源县乙镇人民政府", PaperKind.TOWNSHIP_LIST)
    old = side(row("生育登记", first), papers=(first, second))
    new = side(row("生育登记", second), papers=(first, second))
    assert kinds(old, new) == [("新增", "生育登记"), ("取消", "生育登记")]


def test_a_delegation_to_other_townships_and_another_mode_are_moves() -> None:
    catalog = paper("清源县人民政府", PaperKind.DELEGATION_CATALOG)
    old = side(
        row("低保审核确认", catalog, places=("1", "2"), role=Role.DELEGATED), papers=(catalog,)
    )
    new = side(row("低保审核确认", catalog, places=("2",), role=Role.ENTRUSTED), papers=(catalog,))
    (change,) = changes(old, new)
    assert {(f.label, f.before, f.after) for f in change.fields} == {
        ("适用地方", "清源县乙镇、清源县甲镇", "清源县乙镇"),
        ("责任方式", "赋权", "委托"),
    }


def test_a_column_that_one_edition_lacks_changes_no_row() -> None:
    coded = (Cell("name", "B1", "取水许可"), Cell("code", "C1", "0001"))
    assert kinds(one_list(("取水许可", {})), one_list(("取水许可", {"cells": coded}))) == []


NAMES = st.lists(
    st.text("取水许可采砂处罚登记备案河道工程验收", min_size=2, max_size=10), max_size=8
)


@given(NAMES, NAMES)
def test_matching_is_one_to_one_and_whole(before: list[str], after: list[str]) -> None:
    old, new = (one_list(*((name, {}) for name in names)) for names in (before, after))
    found = match(old, new)
    assert Counter(p.old.id for p in found if p.old) == Counter(r.id for r in old.records)
    assert Counter(p.new.id for p in found if p.new) == Counter(r.id for r in new.records)
    assert match(old, new) == found


@given(NAMES)
def test_nothing_differs_from_itself(names: list[str]) -> None:
    same = one_list(*((name, {}) for name in names))
    assert changes(same, same) == ()


@given(NAMES, NAMES)
def test_what_is_added_one_way_is_removed_the_other(before: list[str], after: list[str]) -> None:
    old, new = (one_list(*((name, {}) for name in names)) for names in (before, after))
    there = Counter(c.kind for c in changes(old, new))
    back = Counter(c.kind for c in changes(new, old))
    assert there[Kind.ADDED] - there[Kind.REMOVED] == back[Kind.REMOVED] - back[Kind.ADDED]


def test_two_editions_of_a_list_in_one_corpus(sample_version: Path) -> None:
    old, new = (edition(sample_version, CIVIL.format(year)) for year in (2021, 2024))
    found = {(c.new or c.old).name: c for c in reversed(changes(old, new))}
    benefit = found["孤儿基本生活保障对象认定"]
    moved = {f.label: (f.before, f.after) for f in benefit.fields if f.is_move}
    assert moved == {
        "科室": ("社会事务股", "养老服务和儿童福利股"),
        "权力类型": ("行政确认", "行政给付"),
    }
    assert found["村民委员会设立、撤销、范围调整审核"].kind is Kind.REMOVED
    assert found["慈善组织认定"].kind is Kind.ADDED
    assert (
        found["社会团体成立、变更、注销登记及修改章程核准"].old.name
        == "社会团体成立、变更、注销登记"
    )


def test_two_files_say_the_same_as_their_editions(sample_version: Path) -> None:
    folder = SAMPLE / "临溪县" / "临溪县民政局"
    read = [files(folder / f"{CIVIL.format(year)}.xlsx") for year in (2021, 2024)]
    stored = [edition(sample_version, CIVIL.format(year)) for year in (2021, 2024)]
    assert [(c.kind, c.fields) for c in changes(*read)] == [
        (c.kind, c.fields) for c in changes(*stored)
    ]


def test_two_versions_are_compared_as_they_count_on_a_day(tmp_path: Path) -> None:
    folder = CorpusFolder(tmp_path, "c")
    civil = SAMPLE / "临溪县" / "临溪县民政局"
    first = build([civil / f"{CIVIL.format(2021)}.xlsx"], folder, None, tmp_path, Silent()).version
    second = build([civil], folder, None, tmp_path, Silent()).version
    sides = [version(folder.folder_of(name), TODAY) for name in (first, second)]
    found = Counter(change.kind for change in changes(*sides))
    assert found[Kind.REMOVED] >= 1  # rows of 2021 that the list of 2024 has not
    assert changes(*[version(folder.folder_of(first), date(2022, 1, 1))] * 2) == ()


def test_an_edition_that_is_not_there_or_not_clear_is_said(sample_version: Path) -> None:
    with pytest.raises(CorpusError, match="没有这个文件"):
        edition(sample_version, "火星清单")
    with pytest.raises(CorpusError, match="都符合"):
        edition(sample_version, "民政局")


def test_report_counts_by_list_and_writes_a_workbook(sample_version: Path, tmp_path: Path) -> None:
    old, new = (edition(sample_version, CIVIL.format(year)) for year in (2021, 2024))
    found = changes(old, new)
    ((name, counted),) = counts(found, new)
    assert name == "临溪县民政局 部门权责清单"
    assert sum(counted.values()) == len(found)
    write_workbook(tmp_path / "变化.xlsx", as_sheets(found, old, new))
    book = openpyxl.load_workbook(tmp_path / "变化.xlsx")
    assert book.sheetnames == ["汇总", "变化"]
    assert book["变化"].max_row == len(found) + 1
    values = [as_values(change, old, new) for change in found]
    assert {value["change"] for value in values} <= {kind.value for kind in Kind}
