"""Discs that stand where they belong and never on each other, and spans that stack."""

from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from async_magics.views.pins import MOST_ROWS, Place, Wanted, between, levels, stack

WIDTH = 17.0


def placed(*xs: float, right: float = 800.0) -> list[Place | None]:
    return stack([Wanted(x, number) for number, x in enumerate(xs)], WIDTH, 0.0, right)


def test_discs_with_room_stand_where_they_belong_in_the_lowest_row() -> None:
    assert placed(100, 200, 300) == [Place(100, 0), Place(200, 0), Place(300, 0)]


def test_discs_of_one_moment_stand_above_each_other_and_then_aside() -> None:
    assert placed(100, 100, 100, 100) == [Place(100, 0), Place(100, 1), Place(100, 2), Place(117, 0)]


def test_discs_stay_between_the_bounds() -> None:
    assert placed(0, 800) == [Place(WIDTH / 2, 0), Place(800 - WIDTH / 2, 0)]


def test_discs_of_one_number_beside_each_other_are_one() -> None:
    found = stack([Wanted(100, 1), Wanted(104, 1, True), Wanted(110, 2), Wanted(160, 1, True)], WIDTH, 0, 800)
    assert [place is not None for place in found] == [True, False, True, True]


def test_repeated_discs_are_given_up_first() -> None:
    crowd = [Wanted(1.0 * number, number, again=number % 2 == 1) for number in range(100)]
    found = stack(crowd, WIDTH, 0, 20 * WIDTH)
    assert all(found[number] is not None for number in range(0, 100, 2))
    assert any(found[number] is None for number in range(1, 100, 2))


def test_repeated_discs_stand_near_their_moment() -> None:
    crowd = [Wanted(1.0 * number, number % 10, again=number >= 10) for number in range(600)]
    for disc, place in zip(crowd, stack(crowd, WIDTH, 0, 700), strict=True):
        assert place is None or not disc.again or abs(place.x - disc.x) <= WIDTH


@given(st.lists(st.tuples(st.floats(0, 700), st.integers(1, 99)), max_size=200), st.floats(60, 700))
def test_no_disc_stands_on_another_or_outside(wanted: list[tuple[float, int]], right: float) -> None:
    found = stack([Wanted(min(x, right), number, True) for x, number in sorted(wanted)], WIDTH, 0, right)
    places = [place for place in found if place is not None]
    for one, other in combinations(places, 2):
        assert one.row != other.row or abs(one.x - other.x) >= WIDTH - 1e-6
    assert all(WIDTH / 2 - 1e-6 <= place.x <= right - WIDTH / 2 + 1e-6 and 0 <= place.row < MOST_ROWS for place in places)


@given(st.lists(st.floats(0, 700), min_size=1, max_size=60))
def test_every_number_has_a_disc_where_there_is_room_for_all(xs: list[float]) -> None:
    assert None not in stack([Wanted(x, number) for number, x in enumerate(sorted(xs))], WIDTH, 0, 700)


def test_nested_spans_have_levels_and_those_that_follow_share_one() -> None:
    assert levels([(0, 100), (10, 50), (20, 30), (60, 90), (100, 120)]) == [0, 1, 2, 1, 0]


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 30)), max_size=30))
def test_spans_of_one_level_never_overlap(found: list[tuple[int, int]]) -> None:
    spans = sorted(((start, start + length) for start, length in found), key=lambda span: (span[0], -span[1]))
    numbers = levels(spans)
    for level in set(numbers):
        same = [span for span, number in zip(spans, numbers, strict=True) if number == level]
        assert all(before[1] <= after[0] for before, after in pairwise(same))


def test_a_name_stands_between_the_stems_if_it_can() -> None:
    assert between([], 20, 0, 100) == 50
    assert between([45], 20, 0, 100) == 55
    assert between([10, 50, 90], 30, 0, 100) in (35, 65)
    assert between([20, 40, 60, 80], 30, 0, 100) == 50
