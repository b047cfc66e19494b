"""Which steps hold up their loop: long ones, while another task on the same loop could have gone on.

Only what a loop schedules, and the cell that it runs in, can hold up a loop or be held up: threads, processes and what runs in
a pool share no loop. Imports ``model`` only; never numpy.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from itertools import compress
from operator import sub
from typing import Final

from ..model import State, TaskKind, Trace

LOOPED: Final = frozenset((TaskKind.CELL, TaskKind.ASYNCIO, TaskKind.GREENLET))
"""Tasks that a loop runs, one at a time."""


def blocking_rows(trace: Trace) -> frozenset[int]:
    """Return the rows of ``trace.slices`` that hold up a loop.

    A step does so when some other task is alive on the same track for at least the step's last ``trace.threshold_ns``. A task
    that does nothing but wait for the long one, directly or through others, is not held up: ``await`` on a long computation
    alone is slow, but blocks nobody. (A wait ends inside the step that ends it, shortly before that step is over.)
    """
    table = trace.slices
    long = map(trace.threshold_ns.__le__, map(sub, table.end_ns, table.start_ns))  # no line of Python for each of a million slices
    rows = [
        row
        for row in compress(range(len(table)), long)
        if table.state[row] == State.RUNNING and trace.tasks[table.task[row]].kind in LOOPED
    ]
    if not rows:
        return frozenset()
    alive, waiters = _Alive(trace), _Waiters(trace)
    return frozenset(row for row in rows if _holds_up(row, trace, alive, waiters))


def _holds_up(row: int, trace: Trace, alive: _Alive, waiters: _Waiters) -> bool:
    table = trace.slices
    task, start, end = table.task[row], table.start_ns[row], table.end_ns[row] - trace.threshold_ns
    others = alive.during(trace.tasks[task].track, start, end) - 1
    return others > 0 and others > waiters.of(task, start, end)


class _Alive:
    """Counts the tasks of a loop that are alive."""

    def __init__(self, trace: Trace) -> None:
        self._born: defaultdict[int, list[int]] = defaultdict(list)
        self._gone: defaultdict[int, list[int]] = defaultdict(list)
        for task in trace.tasks:
            if task.kind not in LOOPED:
                continue
            self._born[task.track].append(task.created_ns)
            if task.ended_ns is not None:
                self._gone[task.track].append(task.ended_ns)
        for times in (*self._born.values(), *self._gone.values()):
            times.sort()

    def during(self, track: int, start_ns: int, end_ns: int) -> int:
        """Return how many were created by the interval's end and had not finished at its start."""
        return bisect_right(self._born[track], end_ns) - bisect_right(self._gone[track], start_ns)


class _Waiters:
    """Knows who waits for whom, and when."""

    def __init__(self, trace: Trace) -> None:
        table = trace.slices
        aimed = {number for number, wait in enumerate(table.waits) if wait.targets}
        self._track = [task.track if task.kind in LOOPED else None for task in trace.tasks]
        self._spans: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for row, wait in enumerate(table.wait):
            if wait in aimed:
                for target in table.waits[wait].targets:
                    self._spans[target].append((table.start_ns[row], table.end_ns[row], table.task[row]))

    def of(self, task: int, start_ns: int, end_ns: int) -> int:
        """Return how many tasks of the same track wait for ``task`` throughout the interval, directly or through others."""
        found, todo = {task}, [task]
        while todo:
            for start, end, waiter in self._spans[todo.pop()]:
                if start <= start_ns and end >= end_ns and waiter not in found:
                    found.add(waiter)
                    todo.append(waiter)
        return sum(self._track[other] == self._track[task] for other in found) - 1
