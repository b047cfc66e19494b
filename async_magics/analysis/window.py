"""Where the time of each task went between two moments, for a reader who looks at a part of a trace.

One pass over the columns of ``Trace.slices``. Imports ``model`` and this folder; never numpy.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..model import State, Trace
from .stats import HOSTS


@dataclass(slots=True, kw_only=True)
class WindowTime:
    """What one task did in a window; a slice counts with the part of it that lies inside.

    Attributes:
        task: its id.
        busy_ns, ready_ns, waiting_ns: how long it was ``RUNNING``, ``RUNNABLE`` and ``WAITING`` there.
        steps: how many of its ``RUNNING`` slices lie in the window, at least with a part.
    """

    task: int
    busy_ns: int = 0
    ready_ns: int = 0
    waiting_ns: int = 0
    steps: int = 0


def window_times(trace: Trace, from_ns: int, to_ns: int) -> list[WindowTime]:
    """Return one entry per task with slices in the window, by id; pools and workers, which only carry work, have none."""
    found: dict[int, WindowTime] = {}
    carried = {task.id for task in trace.tasks if task.kind in HOSTS}
    table = trace.slices
    for task, start, end, state in zip(table.task, table.start_ns, table.end_ns, table.state, strict=True):
        took = min(end, to_ns) - max(start, from_ns)
        if took < 0 or (took == 0 and end > start) or task in carried:
            continue
        times = found.get(task) or found.setdefault(task, WindowTime(task=task))
        if state == State.RUNNING:
            times.busy_ns += took
            times.steps += 1
        elif state == State.WAITING:
            times.waiting_ns += took
        else:
            times.ready_ns += took
    return list(found.values())
