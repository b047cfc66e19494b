"""Arithmetic of half-open intervals ``(start, end)``, in nanoseconds. Imports nothing of ours; never numpy."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate
from typing import TypeAlias

Interval: TypeAlias = tuple[int, int]


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the same moments as intervals that do not overlap, in order; those that touch become one."""
    out: list[Interval] = []
    begin = until = None
    for start, end in sorted(intervals):
        if until is None or begin is None:
            begin, until = start, end
        elif start > until:
            out.append((begin, until))
            begin, until = start, end
        elif end > until:
            until = end
    if until is not None and begin is not None:
        out.append((begin, until))
    return out


def length(intervals: Iterable[Interval]) -> int:
    """Return how long intervals that do not overlap are together."""
    return sum(end - start for start, end in intervals)


def most_at_once(intervals: Iterable[Interval]) -> int:
    """Return how many intervals there are at one moment, at the most; one that ends when another begins does not count with it."""
    changes = sorted(change for start, end in intervals for change in ((start, 1), (end, -1)))
    return max(accumulate(change for _time, change in changes), default=0)


class Covered:
    """Tells, without going through them, how much of an interval lies in others.

    Args:
        intervals: the others; a moment in several of them counts once.
    """

    __slots__ = ("_before", "_parts", "_starts")

    def __init__(self, intervals: Iterable[Interval]) -> None:
        self._parts = merged(intervals)
        self._starts = [start for start, _ in self._parts]
        self._before = [0, *accumulate(end - start for start, end in self._parts)]

    def _until(self, t_ns: int) -> int:
        at = bisect_right(self._starts, t_ns)
        if not at:
            return 0
        start, end = self._parts[at - 1]
        return self._before[at - 1] + min(t_ns, end) - start

    def ns(self, start_ns: int, end_ns: int) -> int:
        """Return how much of an interval they cover."""
        return self._until(end_ns) - self._until(start_ns) if start_ns < end_ns else 0
