"""The slices that have a bar in a lane, found by time. Imports ``model`` and this folder."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Protocol

from ..model import State, TaskKind, Trace
from .facts import Facts
from .scene import Lane, Role
from .window import Window


class LaneRows(Protocol):
    """The rows of ``Trace.slices`` with a bar in one lane."""

    def within(self, window: Window) -> Sequence[int]:
        """Return those that show, in order of time."""


class OfTask:
    """The rows of one task follow each other and never overlap: nothing has to be sorted."""

    def __init__(self, facts: Facts, task: int) -> None:
        self._table = facts.trace.slices
        self._rows = facts.rows(task)

    def within(self, window: Window) -> Sequence[int]:
        first, stop = self._rows.start, self._rows.stop
        low = bisect_right(self._table.end_ns, window.after_ns, first, stop)
        return range(low, max(low, bisect_left(self._table.start_ns, window.before_ns, low, stop)))


class Mixed:
    """The rows of several tasks, which may overlap."""

    def __init__(self, facts: Facts, rows: Iterable[int]) -> None:
        table = facts.trace.slices
        self._rows = sorted(rows, key=table.start_ns.__getitem__)
        self._starts = [table.start_ns[row] for row in self._rows]
        self._latest = list(accumulate((table.end_ns[row] for row in self._rows), max))  # in order, so that it can be searched
        self._ends = table.end_ns

    def within(self, window: Window) -> Sequence[int]:
        low, high = bisect_right(self._latest, window.after_ns), bisect_left(self._starts, window.before_ns)
        return [row for row in self._rows[low:high] if self._ends[row] > window.after_ns]


def lane_rows(facts: Facts, lane: Lane) -> LaneRows:
    """Return the rows of a lane that stands for one task at a time."""
    own = facts.rows(lane.tasks[0])
    if lane.role is Role.WORKER:
        return Mixed(facts, _of_worker(facts, lane, own))
    if lane.role is Role.POOL:
        return Mixed(facts, [*own, *_of_queue(facts, lane)])
    return OfTask(facts, lane.tasks[0])


def every_row(facts: Facts, lane: Lane) -> Sequence[int]:
    """Return all rows with a bar in a lane that stands for one task at a time, in order of time."""
    return lane_rows(facts, lane).within(Window.all(facts.trace.end_ns))


def _of_worker(facts: Facts, lane: Lane, own: range) -> Iterator[int]:
    """Yield what a worker did, its jobs in place of its own running; how long they queued would overlap with other jobs."""
    state = facts.trace.slices.state
    jobs = [task for task in lane.inner if is_job(facts.trace, task)]
    yield from (row for row in own if state[row] != State.RUNNING or not jobs)
    for job in jobs:
        yield from (row for row in facts.rows(job) if state[row] == State.RUNNING)


def _of_queue(facts: Facts, lane: Lane) -> Iterator[int]:
    """Yield when some job that nobody began was ready, none that lies within another."""
    table = facts.trace.slices
    ready = [row for job in lane.inner for row in facts.rows(job) if table.state[row] == State.RUNNABLE]
    last = -1
    for row in sorted(ready, key=lambda row: (table.start_ns[row], -table.end_ns[row])):
        if table.end_ns[row] > last:
            last = table.end_ns[row]
            yield row


def is_job(trace: Trace, task: int) -> bool:
    """Whether a task is a job of a pool."""
    return trace.tasks[task].kind is TaskKind.JOB
