"""Laws of reading a question: where the place stands, script, punctuation and strangers change nothing."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented_province import TODAY, places, province
from opencc import OpenCC
from test_understand import CASES

from assistant.model import Query, Question
from assistant.understand import Names, understand
from assistant.understand.dates import read_date, spell_out
from assistant.understand.wording import plain
from index.model import Level, Place
from index.words import to_simplified

QUESTIONS = [(case.values[0]["q"], case.values[0].get("at", "")) for case in CASES]
WISHES = (
    "低保谁审批",
    "占道摆摊归哪个局管",
    "采伐证的依据是什么",
    "森林防火谁配合",
    "2023年6月宅基地谁批",
)
# Written so that none of these characters is in the names or the questions of the province.
STRANGE = "魍魉魑魅饕餮鼋鼍"

# The dictionary loads within the first example, and many build a province.
unhurried = settings(deadline=None, max_examples=60)


@cache
def names() -> Names:
    return province()


def read(text: str, place: str = "", known: Names | None = None) -> Query:
    """The query without the words it was read from."""
    query = understand(Question(text, place), known or names(), today=TODAY)
    return replace(query, text="")


@pytest.mark.parametrize("wish", WISHES)
def test_a_place_in_the_words_or_beside_them_is_the_same(wish: str) -> None:
    for place in places():
        beside = read(wish, place.full_name)
        assert beside.places == (place,)
        assert read(f"{place.full_name}{wish}") == beside
        assert read(f"我在{place.full_name}，{wish}？") == beside
        assert read(wish, place.code) == beside


@unhurried
@given(st.sampled_from(QUESTIONS))
def test_traditional_characters_are_read_as_simplified_ones(asked: tuple[str, str]) -> None:
    text, place = asked
    traditional = OpenCC("s2t").convert(text)
    if to_simplified(traditional) == to_simplified(text):
        assert read(traditional, place) == read(text, place)


@unhurried
@given(st.sampled_from(QUESTIONS), st.data())
def test_punctuation_never_matters(asked: tuple[str, str], data: st.DataObject) -> None:
    text, place = asked
    free = [n for n in range(len(text) + 1) if not text[max(n - 1, 0) : n + 1].isascii()]
    # Where a clause ends tells the days of a story from the day asked for, and names apart.
    bare = spell_out(plain(text))
    has_days = read_date(bare, TODAY).rest != bare
    ends = "" if has_days or read(bare, place).unloaded_place else "，。？！；"
    marks = st.sampled_from(f"{ends}、… ~“”")
    for position in sorted(data.draw(st.lists(st.sampled_from(free), max_size=4)), reverse=True):
        text = f"{text[:position]}{data.draw(marks)}{text[position:]}"
    assert read(text, place) == read(*asked)


@st.composite
def strangers(draw: st.DrawFn) -> list[Place]:
    """A county and townships whose names no question holds."""
    stems = draw(
        st.lists(st.text(STRANGE, min_size=2, max_size=3), min_size=1, max_size=6, unique=True)
    )
    county = Place("stranger", f"{stems[0]}县", f"{stems[0]}县", Level.COUNTY, None, (stems[0],))
    towns = [
        Place(
            f"stranger/{stem}",
            f"{stem}{kind}",
            f"{county.name}{stem}{kind}",
            Level.TOWNSHIP,
            county.code,
            (stem,),
        )
        for stem in stems[1:]
        for kind in draw(st.sampled_from(["镇", "乡", "街道"]))[:2]
    ]
    return [county, *towns]


@settings(deadline=None, max_examples=25)
@given(strangers(), st.lists(st.sampled_from(QUESTIONS), min_size=5, max_size=10))
def test_places_that_a_question_does_not_name_change_nothing(
    more: list[Place], asked: list[tuple[str, str]]
) -> None:
    known = province(more)
    for text, place in asked:
        assert read(text, place, known) == read(text, place)


@unhurried
@given(st.text(max_size=200))
def test_any_text_is_read_without_fault(text: str) -> None:
    query = read(text)
    assert query.matter == query.matter.strip()
