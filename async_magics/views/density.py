"""How many tasks were in which state, column by column: what a lane shows that has more slices than pixels, or many tasks.

Besides ``mpl*`` and the page's ``detail`` and ``profile`` the one place that may import numpy; imported only for a lane that needs it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..model import SliceTable, State
from .scene import Band
from .window import Window

Times: TypeAlias = NDArray[np.int64]


class Density:
    """The slices of some tasks, made ready so that any part of the time axis costs the same, however many they are.

    Up to a moment ``t`` the intervals of one state have lasted ``sum(t - start)`` over those begun, less ``sum(t - end)`` over those
    ended: with sorted times and their running sums that is two searches. Whole numbers wrap around at 64 bits, and so do the
    differences, which are right again.
    """

    def __init__(self, table: SliceTable, tasks: Sequence[int]) -> None:
        chosen = _rows(table, tasks)
        start, end = (np.frombuffer(column, dtype=np.int64)[chosen] for column in (table.start_ns, table.end_ns))
        state = np.frombuffer(table.state, dtype=np.int8)[chosen]
        self._sums = {kind: (Sums(start[state == kind]), Sums(end[state == kind])) for kind in State}

    def band(self, window: Window, *, lane: int, count: int) -> Band:
        """Return the mean number of tasks in each state, for ``count`` columns."""
        width = max(window.span_ns, 1) / count
        edges: NDArray[np.float64] = window.start_ns + width * np.arange(count + 1, dtype=np.float64)
        means = {kind: self._mean(kind, edges, width) for kind in State}
        total = sum(means.values(), np.zeros(count))
        return Band(
            lane=lane,
            start_ns=float(window.start_ns),
            column_ns=width,
            running=tuple(means[State.RUNNING].tolist()),
            ready=tuple(means[State.RUNNABLE].tolist()),
            waiting=tuple(means[State.WAITING].tolist()),
            peak=max(1.0, float(total.max(initial=0.0))),
        )

    def _mean(self, kind: State, edges: NDArray[np.float64], width: float) -> NDArray[np.float64]:
        begun, ended = self._sums[kind]
        floor = np.floor(edges)
        whole, part = floor.astype(np.int64), edges - floor
        since_begun, open_begun = begun.until(whole)
        since_ended, open_ended = ended.until(whole)
        lasted = np.diff(since_begun - since_ended) + np.diff((open_begun - open_ended) * part)
        lasted[lasted < 1e-9 * max(width, 1.0)] = 0.0
        found: NDArray[np.float64] = lasted / width
        return found


class Sums:
    """Moments in order, and their running sums.

    Attributes:
        times: the moments.
    """

    def __init__(self, times: Times) -> None:
        self.times = np.sort(times, kind="stable")  # quick on what is in order task by task
        self._sums = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(self.times, dtype=np.int64)))

    def until(self, moments: Times) -> tuple[Times, Times]:
        """Return for each moment how long ago all earlier times are, together, and how many they are."""
        count = np.searchsorted(self.times, moments, "right")
        return count * moments - self._sums[count], count


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
