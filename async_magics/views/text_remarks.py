"""Remarks and named operations in a chart of letters. Imports ``lang.plain`` and ``annotations``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import pairwise

from ..lang.plain import columns, cut
from .annotations import Annotations, Bracket, sign


def numbers(found: Annotations, lane: int | None, at: Callable[[float], int], cells: int, taken: Collection[int]) -> dict[int, str]:
    """Return the signs of a lane's remarks by their columns: none on another, none on what is taken; empty where a sign goes on."""
    out: dict[int, str] = {}
    for disc in found.discs:
        if disc.lane == lane:
            text = sign(disc.number)
            start = _free(at(disc.t_ns), len(text), cells, {*taken, *out})
            if start is not None:
                out |= {start: text, **{start + further: "" for further in range(1, len(text))}}
    return out


def _free(wanted: int, wide: int, cells: int, taken: Collection[int]) -> int | None:
    """Return the column nearest to the one wanted from which on there is room."""
    places = sorted(range(cells - wide + 1), key=lambda start: (abs(start - wanted), start))
    return next((start for start in places if not any(start + number in taken for number in range(wide))), None)


def put(cells: list[str], signs: Mapping[int, str]) -> None:
    """Write signs into the cells of a lane."""
    for at, text in signs.items():
        cells[at] = text


def longest_free(first: int, last: int, taken: Collection[int]) -> tuple[int, int]:
    """Return the longest part of a run of columns that is not taken."""
    stops = [first - 1, *sorted(number for number in taken if first <= number <= last), last + 1]
    return max(((low + 1, high - 1) for low, high in pairwise(stops)), key=lambda run: run[1] - run[0])


def rows(found: Annotations, lane: int, at: Callable[[float], int], cells: int) -> Iterator[str]:
    """Yield the lines above a lane, with its named operations, the outermost first."""
    here = [bracket for bracket in found.brackets if bracket.lane == lane and bracket.text]
    for level in sorted({bracket.level for bracket in here}):
        yield _row([bracket for bracket in here if bracket.level == level], at, cells)


def _row(brackets: Sequence[Bracket], at: Callable[[float], int], cells: int) -> str:
    line = [" "] * cells
    for bracket in brackets:
        first, last = at(bracket.start_ns), max(at(bracket.start_ns), at(bracket.end_ns) - 1)
        wide = last - first + 1
        text = cut(bracket.text, wide - 4) if wide > 6 else ""
        if wide == 1:
            line[first] = "╵"
            continue
        line[first : last + 1] = ["╭", *"─" * (wide - 2), "→" if bracket.open_end else "╮"]
        if text:
            start = first + (wide - columns(text) - 2) // 2
            line[start : start + columns(text) + 2] = [f" {text} ", *[""] * (columns(text) + 1)]
    return "".join(line)
