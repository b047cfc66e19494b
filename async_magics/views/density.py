"""How many tasks were in which state, column by column: what a lane shows that has more slices than pixels, or many tasks.

Besides ``mpl*`` and the page's ``detail`` the one place that may import numpy; ``compose`` imports it only for a lane that needs it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..model import SliceTable, State
from .scene import Band


def band(table: SliceTable, tasks: Sequence[int], *, lane: int, end_ns: int, count: int, text: str = "") -> Band:
    """Return the mean number of the given tasks in each state, for ``count`` columns from 0 to ``end_ns``."""
    chosen = _rows(table, tasks)
    start = np.frombuffer(table.start_ns, dtype=np.int64)[chosen].astype(np.float64)
    end = np.frombuffer(table.end_ns, dtype=np.int64)[chosen].astype(np.float64)
    state = np.frombuffer(table.state, dtype=np.int8)[chosen]
    width = max(end_ns, 1) / count
    means = {kind: _mean(start[state == kind], end[state == kind], width, count) for kind in State}
    total = sum(means.values(), np.zeros(count))
    return Band(
        lane=lane,
        start_ns=0.0,
        column_ns=width,
        running=tuple(means[State.RUNNING].tolist()),
        ready=tuple(means[State.RUNNABLE].tolist()),
        waiting=tuple(means[State.WAITING].tolist()),
        peak=max(1.0, float(total.max(initial=0.0))),
        text=text,
    )


def _rows(table: SliceTable, tasks: Sequence[int]) -> slice | NDArray[np.bool_]:
    """Select the rows of some tasks; those of neighbouring tasks follow each other, as the table is ordered by task."""
    owner = np.frombuffer(table.task, dtype=np.int64)
    low, high = min(tasks), max(tasks)
    if high - low == len(tasks) - 1:
        return slice(int(np.searchsorted(owner, low, "left")), int(np.searchsorted(owner, high, "right")))
    wanted = np.zeros(int(owner.max(initial=-1)) + 2, dtype=np.bool_)
    wanted[[task for task in tasks if task < len(wanted)]] = True
    chosen: NDArray[np.bool_] = wanted[owner]
    return chosen


def _mean(start: NDArray[np.float64], end: NDArray[np.float64], width: float, count: int) -> NDArray[np.float64]:
    """Return for every column how many of the intervals cover it, on average over its width.

    An interval's beginning adds 1 to every later column and the rest of its own; its end takes that away again.
    """
    covered = np.zeros(count)
    for times, sign in ((start, 1.0), (end, -1.0)):
        column = np.minimum((times / width).astype(np.int64), count - 1)
        rest = (column + 1) - times / width
        begun = np.bincount(column, minlength=count)
        covered += sign * (np.bincount(column, weights=rest, minlength=count) + np.concatenate(([0], np.cumsum(begun)[:-1])))
    covered[covered < 1e-9] = 0.0
    return covered
