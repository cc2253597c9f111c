"""Plain words and the official terms behind them: the shipped data, its loader and its matcher."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import LexiconError
from index.lexicon import Lexicon, Wish, load_entries, shipped_entries
from index.lexicon.overlap import Overlap

SHIPPED = Lexicon(shipped_entries())
OVERLAP = Overlap(shipped_entries())


def _load(tmp_path: Path, text: str):
    path = tmp_path / "words.yaml"
    path.write_text(text, "utf-8")
    return load_entries([path])


def test_the_shipped_lexicon_is_valid_and_wide() -> None:
    entries = shipped_entries()
    assert len(entries) >= 800
    assert len({entry.origin.split(":")[0] for entry in entries}) >= 20
    assert sum(len(entry.say) for entry in entries) >= 3000


def test_every_shipped_phrase_finds_its_own_entry() -> None:
    for entry in shipped_entries():
        for phrase in entry.say:
            assert SHIPPED.match(phrase.replace("…", "的")), phrase


def test_an_entry_keeps_what_it_says_and_where_it_stands(tmp_path: Path) -> None:
    entries = _load(
        tmp_path, "# 注\n- {say: [吃低保], terms: [最低生活保障], wish: apply, body: 民政}\n"
    )
    assert entries[0].wish is Wish.APPLY
    assert entries[0].bodies == ("民政",)
    assert entries[0].origin == "words.yaml:2"


def test_a_body_is_known_by_what_its_name_contains_in_other_cities(tmp_path: Path) -> None:
    (entry,) = _load(tmp_path, "- {say: [打机井], terms: [取水许可], body: [水利, 镇人民政府]}\n")
    named = ["某县水利局", "某市水务局", "某镇人民政府", "某乡人民政府"]
    assert all(any(part in name for part in entry.bodies) for name in named)
    assert not any(part in "某县民政局" for part in entry.bodies)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {say: [吃低保], terms: [低保], spoken: 1}", "spoken"),
        ("- {say: [吃低保]}", "缺少 terms"),
        ("- {say: [], terms: [低保]}", "缺少 say"),
        ("- {say: [吃低保, ''], terms: [低保]}", "空的"),
        ("- {say: [吃低保, 吃低保], terms: [低保]}", "重复"),
        ("- {say: [吃], terms: [低保]}", "太短"),
        ("- {say: [吃低保], terms: [低保], wish: beg}", "wish"),
        ("- {say: [吃低保], terms: [a]}\n- {say: [吃低保], terms: [b]}", "words.yaml:1"),
        ("say: [吃低保]", "一列"),
        ("- 吃低保", "条目"),
        ("- {say: [吃低保", "读不出"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(LexiconError, match=said) as caught:
        _load(tmp_path, text)
    assert "words.yaml" in str(caught.value)


def test_the_longest_reading_wins(tmp_path: Path) -> None:
    lexicon = Lexicon(
        _load(tmp_path, "- {say: [低保], terms: [甲]}\n- {say: [骗低保], terms: [乙]}\n")
    )
    assert [m.phrase for m in lexicon.match("村里有人骗低保")] == ["骗低保"]
    assert [m.phrase for m in lexicon.match("有人骗低保，我家低保没批")] == ["骗低保", "低保"]


def test_words_beside_a_phrase_can_rule_it_out(tmp_path: Path) -> None:
    lexicon = Lexicon(_load(tmp_path, "- {say: [办离婚], terms: [离婚登记], not: [起诉]}\n"))
    assert lexicon.match("想办离婚")
    assert not lexicon.match("起诉怎么办离婚")


def test_parts_of_a_phrase_may_stand_apart_but_not_far(tmp_path: Path) -> None:
    lexicon = Lexicon(_load(tmp_path, "- {say: [楼顶…漏], terms: [维修资金]}\n"))
    assert lexicon.match("小区楼顶一下雨就漏")
    assert not lexicon.match("楼顶上晒的被子被风吹走了水也漏")
    assert not lexicon.match("漏水的楼顶")


@given(st.text(max_size=60))
def test_matches_lie_in_the_text_and_none_within_another(text: str) -> None:
    matches = SHIPPED.match(text)
    for match in matches:
        assert {text[i] for i in match.at} == set(match.phrase.replace("…", ""))
    assert not any(a.at < b.at for a in matches for b in matches)


def test_words_alone_find_the_entry_whose_phrase_is_said_in_other_words() -> None:
    entries = shipped_entries()
    nearest = entries[int(np.argmax(OVERLAP.to_entries("邻居在楼顶偷偷加了一层")))]
    assert any("楼顶" in phrase for phrase in nearest.say)
    assert OVERLAP.to_entries("qqqq").max() == 0


@given(st.text(max_size=40))
def test_shares_of_words_are_cosines(question: str) -> None:
    cosines = OVERLAP.to_entries(question)
    assert cosines.shape == (len(shipped_entries()),)
    assert 0 <= cosines.min() <= cosines.max() <= 1.0001
