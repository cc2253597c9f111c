"""Which records speak for which place."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from index.by_place import ByPlace, write_by_place
from index.model import Clause, ClauseKind, Locator

CODES = ("990121", "990121100", "云岫市临溪县城关镇", "")


def clause(place: str) -> Clause:
    return Clause("c", "s", Locator(), ClauseKind.DUTY, "局", place, "文")


@given(
    places=st.lists(st.sampled_from(CODES), max_size=30),
    asked=st.lists(st.sampled_from((*CODES, "无此地")), max_size=4),
)
def test_every_record_of_the_places_is_found_once_in_order(places: list, asked: list) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "places.npz"
        write_by_place(path, map(clause, places))
        found = ByPlace(path).ordinals(asked)
    assert found.tolist() == [n for n, place in enumerate(places) if place in asked]
