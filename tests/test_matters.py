"""Which rows are one matter, however their papers word it; one piece for lists and answers."""

from __future__ import annotations

import pytest

from index.matters import is_called, is_of_thing, is_same_matter, is_within, without_area
from index.model import DutyItem, Locator, PaperKind, PowerKind, Role


def _row(name: str, sub_item: str = "", power: PowerKind | None = None) -> DutyItem:
    paper = PaperKind.DEPARTMENT_LIST
    at = Locator(row=1)
    return DutyItem(
        "s#1", "s", at, paper, name, "某局", Role.LEAD, (), (), sub_item=sub_item, power=power
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (_row("最低生活保障审核审批"), _row("最低生活保障审核确认")),
        (_row("对占道经营行为的处罚"), _row("占道经营", power=PowerKind.PENALTY)),
        (_row("小额临时救助审批"), _row("临时救助", "小额临时救助审批")),
        (_row("林木采伐许可"), _row("林木采伐许可证核发", power=PowerKind.LICENCE)),
    ],
)
def test_one_matter_in_the_words_of_two_papers(one: DutyItem, other: DutyItem) -> None:
    assert is_same_matter(one, other)
    assert is_same_matter(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (_row("就业困难人员认定初审"), _row("就业困难人员认定")),
        (_row("临时救助申请受理、审核"), _row("临时救助")),
        (_row("养老机构备案"), _row("对养老机构的监督检查")),
        (_row("药品经营（零售）许可"), _row("药品经营（批发）许可")),
        (_row("临时救助", "临时救助审批"), _row("临时救助", "小额临时救助审批")),
    ],
)
def test_other_steps_and_parts_are_other_matters(one: DutyItem, other: DutyItem) -> None:
    assert not is_same_matter(one, other)
    assert not is_same_matter(other, one)


def test_a_matter_is_called_by_its_name_whatever_is_done_with_it() -> None:
    assert is_called("取水", "取水许可")
    assert not is_called("取水许可", "取水检查")


def test_a_sentence_holds_the_powers_whose_thing_and_acts_it_names() -> None:
    sentence = "负责最低生活保障、特困人员救助供养的审核确认和动态管理"
    assert is_within("最低生活保障审核确认", sentence)
    assert not is_within("最低生活保障申请受理、初审", sentence)
    assert not is_within("临时救助审核确认", sentence)
    assert not is_within("河道检查", "河道、水库的检查")  # too short to be sure


def test_steps_of_one_matter_are_of_one_thing() -> None:
    assert is_of_thing("最低生活保障申请受理、初审", "最低生活保障审核确认")
    assert not is_of_thing("临时救助申请受理、审核", "最低生活保障审核确认")


def test_the_area_of_a_body_is_no_part_of_a_matter() -> None:
    assert without_area("本行政区域宗教事务管理") == "宗教事务管理"
    assert without_area("河道管理") == "河道管理"
