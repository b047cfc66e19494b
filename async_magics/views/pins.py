"""Where numbered discs stand above a lane, none on another, and how nested spans stack. Pure geometry; imports nothing of ours."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

RADIUS: Final = 8.0
"""Of a disc, in pixels at scale 1."""
APART: Final = 1.0
"""Pixels between two discs."""
MOST_ROWS: Final = 3
"""Discs stand above each other up to so many; then they move aside."""
SAME: Final = 1.5
"""Discs of one number nearer to each other than so many widths are one."""
ASIDE: Final = 0.75
"""Repeated discs that would have to move aside further than so many widths are left out."""
STEM: Final = 4.0
"""Pixels from a lane's bars to the lowest disc."""
SPAN_ROW: Final = 14.0
"""Height of the row of a bracket."""
LEVELS: Final = 3
"""Spans nested deeper are told by numbers only."""


class Wanted(NamedTuple):
    """A disc that is to stand at ``x``; ``again``: its number stands elsewhere already, it may be left out."""

    x: float
    number: int
    again: bool = False


class Place(NamedTuple):
    """Where a disc's middle stands, and in which row, the lowest being 0."""

    x: float
    row: int


def stack(wanted: Sequence[Wanted], width: float, left: float, right: float) -> list[Place | None]:
    """Return a place for every disc, ``None`` where it is left out: beside another of its number, or for want of room.

    Those wanted come in order of ``x``. Each takes the row in which it has to move aside least; no two are nearer than ``width`` in one
    row, and none stands across the bounds ``left`` and ``right``.
    """
    each = max(1, int((right - left) / width))
    chosen = _apart(wanted, width)
    spare = each * MOST_ROWS - sum(not wanted[index].again for index in chosen)
    rows: list[list[int]] = [[] for _ in range(MOST_ROWS)]
    at = {index: min(max(wanted[index].x, left + width / 2), right - width / 2) for index in chosen}
    for index in chosen:
        free = [row for row in range(MOST_ROWS) if len(rows[row]) < each]
        if not free or (wanted[index].again and spare <= 0):
            continue
        row = min(free, key=lambda row: (_nudge(rows[row], at, index, width), row))
        if wanted[index].again and _nudge(rows[row], at, index, width) > ASIDE * width:
            continue
        spare -= wanted[index].again
        at[index] += _nudge(rows[row], at, index, width)
        rows[row].append(index)
    places: list[Place | None] = [None] * len(wanted)
    for row, found in enumerate(rows):
        bound = right - width / 2
        for index in reversed(found):
            at[index] = min(at[index], bound)
            bound = at[index] - width
            places[index] = Place(at[index], row)
    return places


def _nudge(row: Sequence[int], at: dict[int, float], index: int, width: float) -> float:
    """Return how far a disc would have to move to the right in a row."""
    return max(0.0, at[row[-1]] + width - at[index]) if row else 0.0


def _apart(wanted: Sequence[Wanted], width: float) -> list[int]:
    """Return which discs do not stand beside another of their number."""
    near: dict[int, float] = {}
    found = []
    for index, disc in enumerate(wanted):
        if disc.number not in near or disc.x - near[disc.number] >= SAME * width:
            near[disc.number] = disc.x
            found.append(index)
    return found


def between(stems: Sequence[float], width: float, left: float, right: float) -> float:
    """Return the middle of a text so wide between two bounds, as near to their middle as the stems allow, which it is not to cover."""
    middle = (left + right) / 2
    stops = [left, *sorted(x for x in stems if left < x < right), right]
    gaps = [(low, high) for low, high in pairwise(stops) if high - low >= width]
    return min((min(max(middle, low + width / 2), high - width / 2) for low, high in gaps), key=lambda x: abs(x - middle), default=middle)


def levels(spans: Sequence[tuple[int, int]]) -> list[int]:
    """Return the level of every span, given in order of start, the longer first: 0 for one that stands within no other."""
    until: list[int] = []
    out = []
    for start, end in spans:
        level = next((number for number, busy in enumerate(until) if busy <= start), len(until))
        until[level : level + 1] = [max(end, start + 1)]
        out.append(level)
    return out
