"""What brought a task to where it is: who woke it, who had woken that one, who created it, back to the cell.

Imports ``model`` only; never numpy.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import Final

from ..model import Cause, EdgeKind, State, Trace
from ..model.slices import NONE

MOST: Final = 200
"""Two tasks that wake each other a thousand times tell nothing more after so many steps; then only creators follow."""


@dataclass(frozen=True, slots=True)
class Step:
    """One task brought another to go on.

    Attributes:
        kind: ``WAKE`` or ``SPAWN``.
        source: id of the task that did it.
        target: id of the task that could go on.
        t_ns: when.
    """

    kind: EdgeKind
    source: int
    target: int
    t_ns: int


def causes(trace: Trace, task: int, t_ns: int) -> tuple[Step, ...]:
    """Return the chain that led to what a task did at a moment, the last cause first; empty for the cell.

    Where a timer or a file woke a task, what counts is who had woken it before, for that led to its waiting.
    """
    found: list[Step] = []
    now, at = task, t_ns
    while True:
        step = _woken(trace, now, at) if len(found) < MOST else None
        step = step or _created(trace, now)
        if step is None:
            return tuple(found)
        found.append(step)
        now, at = step.source, step.t_ns


def _woken(trace: Trace, task: int, t_ns: int) -> Step | None:
    """Return the last time that another task woke this one, up to a moment."""
    table = trace.slices
    first = bisect_left(table.task, task)
    stop = bisect_right(table.task, task, first)
    for row in range(bisect_right(table.start_ns, t_ns, first, stop) - 1, first - 1, -1):
        waker = table.waker[row]
        if waker not in (NONE, task) and table.cause[row] != Cause.SPAWN and trace.tasks[waker].created_ns < table.start_ns[row] < t_ns:
            if row > first and table.state[row - 1] == State.RUNNABLE and table.waker[row - 1] == waker:
                row -= 1  # it was ready before it ran
            return Step(EdgeKind.WAKE, waker, task, table.start_ns[row])
    return None


def _created(trace: Trace, task: int) -> Step | None:
    parent = trace.tasks[task].parent
    return None if parent is None else Step(EdgeKind.SPAWN, parent, task, trace.tasks[task].created_ns)
