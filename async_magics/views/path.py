"""The critical path on the chart: along which lanes it goes, and what stands below. Imports ``analysis``, ``lang``, ``model``."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from math import ceil, log2
from typing import Final, TypeAlias

from ..analysis.critical_path import CriticalPath
from ..lang import Catalogue
from ..lang.plain import clean
from .lanes import lane_of
from .scene import Lane, Paragraph, PathPart, Tone
from .window import View, Window

NARROWEST: Final = 3.0
"""Pixels: a shorter visit to a lane is left out, for up and down within them nobody could follow."""
MOST_RUNS: Final = 20_000
"""More of them are not gone through for every picture."""
NOWHERE: Final = -1
"""The lane of a task that is not drawn."""
Run: TypeAlias = tuple[int, int, int]
"""``(lane, start_ns, end_ns)``."""


class LanePath:
    """The critical path along the lanes, ready to be drawn again and again."""

    def __init__(self, path: CriticalPath, lanes: Sequence[Lane], of_ns: int, columns: int) -> None:
        at = lane_of(lanes)
        self._runs = list(_joined((at.get(row[0], NOWHERE), row[1], row[2]) for row in path.rows))
        self._least = of_ns * NARROWEST / columns
        self._levels: dict[int, list[Run]] = {}

    def parts(self, view: View) -> tuple[PathPart, ...]:
        """Return where its line goes within a window, in order of time."""
        least = view.window.span_ns * NARROWEST / view.columns
        runs = _within(self._runs, view.window)
        if len(runs) > MOST_RUNS:
            runs = _within(self._level(least), view.window)
        shown = (run for run in _joined(_calmed(runs, least)) if run[0] != NOWHERE)
        return tuple(PathPart(lane=lane, start_ns=start, end_ns=end) for lane, start, end in shown)

    def _level(self, least: float) -> list[Run]:
        """Return all runs, calmed for a width a little less than is wanted: one list for all widths down to its half."""
        level = max(0, ceil(log2(max(1.0, self._least / max(least, 1e-9)))))
        if level not in self._levels:
            self._levels[level] = list(_joined(_calmed(self._runs, self._least / 2**level)))
        return self._levels[level]


def _within(runs: Sequence[Run], window: Window) -> list[Run]:
    """Return the part of the runs that shows."""
    if window.is_all:
        return list(runs)
    low = bisect_right(runs, window.after_ns, key=lambda run: run[2])
    high = bisect_left(runs, window.before_ns, key=lambda run: run[1])
    return [(lane, *window.clipped(start, end)) for lane, start, end in runs[low:high]]


def path_paragraphs(words: Catalogue, path: CriticalPath | None) -> Iterator[Paragraph]:
    """Yield what the critical path means, if the reader wants it."""
    text = "" if path is None else path.text(words.lang)
    if text:
        yield Paragraph(tone=Tone.PATH, text=clean(text, 600))


def _joined(runs: Iterable[Run]) -> Iterator[Run]:
    """Make one run of those that follow each other on one lane."""
    held: Run | None = None
    for lane, start, end in runs:
        if held is not None and held[0] == lane and held[2] == start:
            held = (lane, held[1], end)
            continue
        if held is not None:
            yield held
        held = (lane, start, end)
    if held is not None:
        yield held


def _calmed(runs: Iterable[Run], least: float) -> Iterator[Run]:
    """Put short runs together until they can be seen, on the lane that has most of them."""
    short: list[Run] = []
    last = NOWHERE
    for run in runs:
        if run[2] - run[1] >= least:
            if short:
                yield (last if last != NOWHERE else run[0], short[0][1], short[-1][2])
                short.clear()
            last = run[0]
            yield run
            continue
        short.append(run)
        if run[2] - short[0][1] >= least:
            last = _mostly(short)
            yield last, short[0][1], run[2]
            short.clear()
    if short:
        yield (last if last != NOWHERE else _mostly(short), short[0][1], short[-1][2])


def _mostly(runs: Sequence[Run]) -> int:
    """Return the lane that has most of the time."""
    took: dict[int, int] = {}
    for lane, start, end in runs:
        took[lane] = took.get(lane, 0) + end - start
    return max(took, key=took.__getitem__)
