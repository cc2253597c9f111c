"""What is masked before anything is kept, and what must stay readable."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.guard.masking import mask


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("我的身份证110101199003078515，低保找谁", "我的身份证〔号码〕，低保找谁"),
        ("尾号是X的11010119900307851X", "尾号是X的〔号码〕"),
        ("电话 138-0000-1111", "电话 〔号码〕"),
        ("\uff11\uff13\uff18\uff10\uff10\uff10\uff10\uff11\uff11\uff11\uff11", "〔号码〕"),
        ("拨打0990-6221234", "拨打〔号码〕"),
        ("卡号6222 0212 3456 7890 123", "卡号〔号码〕"),
        ("幺三八零零零零幺幺幺幺", "〔号码〕"),
        ("发到a.b@mail.example.cn", "发到〔邮箱〕"),
        ("车牌豫K12345被划", "车牌〔车牌〕被划"),
        ("我叫张三丰，想办证", "我叫〔姓名〕"),
        ("王小明的电话是13800001111", "〔姓名〕的电话是〔号码〕"),
        ("幸福小区3号楼2单元501室漏水", "幸福小区〔门牌〕〔门牌〕〔门牌〕漏水"),
    ],
)
def test_personal_data_is_replaced_by_its_kind(typed: str, kept: str) -> None:
    assert mask(typed).startswith(kept)


@pytest.mark.parametrize(
    "typed",
    [
        "小区楼顶漏水想动维修基金找谁",
        "依据临政发〔2024〕9号第六十二条",
        "2024-05-10以后谁管",
        "2023.6.1 那天呢",
        "第12号令还有效吗",
        "打12345还是110",
        "一个人要几个月",
    ],
)
def test_what_says_nothing_of_a_person_stays(typed: str) -> None:
    assert mask(typed) == typed


@given(st.text(max_size=60), st.integers(10**10, 10**18))
def test_no_long_number_is_ever_left(around: str, number: int) -> None:
    assert not re.search(r"\d{9,}", mask(f"{around}，{number}，{around}").replace(around, ""))
    assert str(number) not in mask(f"{around}，{number}，{around}")


@given(st.text(max_size=100))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    once = mask(text)
    assert not re.search(r"[0-9]{7,}", once)
    assert mask(mask(once)) == mask(once)
