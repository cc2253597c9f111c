"""Texts within a platform's bytes."""

from __future__ import annotations

import re
from dataclasses import replace

from fake_assistant import CITE_OFFICE, CITE_ROW
from hypothesis import given
from hypothesis import strategies as st

from assistant.channels.layout import (
    MOST_CHOICES,
    Block,
    card_of,
    choices_of,
    markdown_link,
    markdown_signs,
    pack,
    plain_link,
    plain_signs,
    short_labels,
    sources_of,
)
from assistant.channels.message import Way

PLAIN = Way("plain", "文字", 2048, True, False, 60, plain_signs, plain_link)
MARKDOWN = Way("markdown", "标记", 2048, True, False, 60, markdown_signs, markdown_link)

WORDS = st.text(st.sampled_from("由镇政府办理，县局；👍x <b>&[]。！\n"), max_size=900)
BLOCKS = st.lists(
    st.builds(
        Block,
        st.builds(lambda text, n: f"{text}[{n}]", WORDS, st.integers(1, 120)),
        st.sampled_from(["", "\n", "\n\n"]),
    ),
    max_size=12,
)


@given(BLOCKS, st.integers(60, 2048))
def test_messages_keep_to_the_limit_and_lose_nothing(blocks: list[Block], limit: int) -> None:
    messages = pack(blocks, limit)
    assert all(0 < len(message.encode()) <= limit for message in messages)

    def said(text: str) -> str:
        return re.sub(r"\n", "", text)

    assert said("".join(messages)) == said("".join(block.text for block in blocks))


@given(BLOCKS, st.integers(60, 2048))
def test_what_fits_into_a_message_is_never_parted(blocks: list[Block], limit: int) -> None:
    messages = pack(blocks, limit)
    for block in blocks:
        if len(block.text.encode()) <= limit:
            whole = block.text.lstrip("\n")
            assert any(whole in message for message in messages)


@given(st.text(st.sampled_from("字a1"), min_size=200), st.integers(1, 999))
def test_a_label_is_never_cut(text: str, n: int) -> None:
    messages = pack([Block(f"{text}[{n}]{text}[{n}]")], 60)
    assert "".join(messages).count(f"[{n}]") == sum(m.count(f"[{n}]") for m in messages) == 2


def test_a_sentence_ends_a_message_rather_than_half_of_one() -> None:
    long = "甲" * 15 + "。" + "乙" * 15 + "。"
    assert pack([Block(long)], 60) == ("甲" * 15 + "。", "乙" * 15 + "。")


def test_a_source_is_title_place_and_link_and_shrinks_before_it_breaks_the_limit() -> None:
    near, far = (sources_of([CITE_ROW], way, "https://x")[0].text for way in (PLAIN, MARKDOWN))
    assert near.startswith(
        "[1]《望溪县柳桥镇权责清单（2025年版）》“权责清单”第25行（A25:I25）\nhttps://x/source/"
    )
    assert far.startswith(
        "[1][《望溪县柳桥镇权责清单（2025年版）》“权责清单”第25行（A25:I25）](https://x/source/"
    )
    assert "\n" not in sources_of([CITE_OFFICE], PLAIN, "")[0].text
    endless = replace(CITE_ROW, source=replace(CITE_ROW.source, title="权责清单" * 500))
    short = sources_of([endless], PLAIN, "https://x")[0].text
    assert len(short.encode()) <= PLAIN.limit_bytes // 2
    assert short.startswith("[1]《权责清单")
    assert "…》“权责清单”第25行" in short


def test_published_words_are_never_markup() -> None:
    assert plain_signs('<a href="http://x">点我</a>') == '＜a href="http://x"＞点我＜/a＞'  # noqa: RUF001
    assert markdown_signs("**急** `x` # 1|2 ~") == "＊＊急＊＊ ｀x｀ ＃ 1｜2 ～"  # noqa: RUF001
    assert markdown_link("[甲](乙)", "https://x/(1)") == "[［甲］(乙)](https://x/%281%29)"  # noqa: RUF001


def test_many_choices_are_cut_and_the_person_may_write_a_name() -> None:
    blocks = choices_of([f"第{n}镇" for n in range(50)], PLAIN)
    assert len(blocks) == MOST_CHOICES + 1
    assert blocks[-1].text == "（回复序号即可；没有列出的，直接写名称）"
    assert choices_of([], PLAIN) == []


def test_buttons_leave_out_the_levels_that_all_share() -> None:
    assert short_labels(["云岫市临溪县城关镇", "云岫市望川县城关镇"]) == (
        "临溪县城关镇",
        "望川县城关镇",
    )
    assert short_labels(["云岫市临溪县城关镇", "云岫市临溪县青石镇"]) == ("城关镇", "青石镇")
    assert short_labels(["云岫市"]) == ("云岫市",)
    assert short_labels(["民政局", "住建局"]) == ("民政局", "住建局")


def test_buttons_leave_the_names_of_matters_whole() -> None:
    matters = ("城市供水许可（临溪县水利局）", "城市道路占用许可（临溪县住建局）")
    assert short_labels(matters) == matters


def test_a_choice_too_long_for_its_button_is_written_out_above_it() -> None:
    asked = [Block("是哪一件？")]
    long = "在公路两侧建筑控制区内设置非公路标志许可（临溪县交通运输局）"
    assert card_of(asked, ["河道采砂许可", long], PLAIN).split("\n")[1:] == [
        "1. 河道采砂许可",
        f"2. {long}",
    ]
    assert card_of(asked, ["城关镇", "青石镇"], PLAIN) == "是哪一件？"
