"""Arithmetic of intervals, against counting moment by moment."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from async_magics.analysis.intervals import Covered, length, merged, most_at_once

MOMENTS = st.integers(0, 30)
INTERVALS = st.lists(st.tuples(MOMENTS, MOMENTS).map(lambda pair: (min(pair), max(pair))), max_size=8)


def test_merged() -> None:
    assert merged([(5, 7), (0, 2), (1, 3), (3, 4), (6, 6)]) == [(0, 4), (5, 7)]
    assert merged([]) == []


def test_most_at_once() -> None:
    assert most_at_once([]) == 0
    assert most_at_once([(0, 2), (2, 4), (3, 5), (1, 2)]) == 2


@given(INTERVALS)
def test_merged_covers_the_same_moments(intervals: list[tuple[int, int]]) -> None:
    found = merged(intervals)
    assert {t for start, end in found for t in range(start, end)} == {t for start, end in intervals for t in range(start, end)}
    assert all(one[1] < other[0] for one, other in pairwise(found))
    assert length(found) == sum(end - start for start, end in found)


@given(INTERVALS, MOMENTS, MOMENTS)
def test_covered_counts_moments(intervals: list[tuple[int, int]], start: int, end: int) -> None:
    moments = {t for begin, until in intervals for t in range(begin, until)}
    assert Covered(intervals).ns(start, end) == len(moments & set(range(start, end)))
