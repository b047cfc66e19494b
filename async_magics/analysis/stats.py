"""The figures of a trace: how long, how many at once, how busy the loop was.

One pass over the columns of ``Trace.slices``; a million slices take about a second. Imports ``model`` only; never numpy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ..model import State, Task, TaskKind, Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskTime:
    """Where the time of one task went.

    Attributes:
        task: its id.
        busy_ns: sum of its ``RUNNING`` slices. Counts all wall time between resume and suspend, also time in which the
            thread waited for a core or for the GIL.
        ready_ns: sum of its ``RUNNABLE`` slices: it could have run, the loop was busy elsewhere.
        waiting_ns: sum of its ``WAITING`` slices.
        steps: number of ``RUNNING`` slices.
    """

    task: int
    busy_ns: int
    ready_ns: int
    waiting_ns: int
    steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopTime:
    """How long some task ran on one track.

    Attributes:
        track: id of the loop or thread.
        busy_ns: length of the union of the ``RUNNING`` slices of all tasks on it, the cell's own among them; a moment in
            which two of them overlap (a step that runs a loop inside it) counts once. The loop's own work between steps
            does not count.
    """

    track: int
    busy_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """Figures of one trace.

    Attributes:
        wall_ns: from the beginning of the recording to the last moment recorded.
        cell_ns: from the beginning of the recording to the end of the traced code; ``None`` while it runs.
        tasks: number of tasks, the cell itself not counted.
        steps: number of ``RUNNING`` slices of those tasks and of the cell.
        per_task: one entry per task of the trace, by id, the cell first.
        loops: one entry per track on which a task ran, by id.
        mean_concurrency: sum of the tasks' lifetimes divided by ``wall_ns``, that is how many tasks were alive on average. A
            task is alive from its creation until it has finished, whatever its state; one that never finished, until the end
            of the recording. The cell is not counted.
        max_concurrency: the largest number of tasks alive at one moment. A task that ends at the very moment at which another
            is created does not count together with it.
    """

    wall_ns: int
    cell_ns: int | None
    tasks: int
    steps: int
    per_task: tuple[TaskTime, ...]
    loops: tuple[LoopTime, ...]
    mean_concurrency: float
    max_concurrency: int

    @property
    def utilisation(self) -> float:
        """Share of the wall time, 0 to 1, in which some task ran on the busiest loop."""
        busiest = max((loop.busy_ns for loop in self.loops), default=0)
        return min(1.0, busiest / self.wall_ns) if self.wall_ns else 0.0


def stats(trace: Trace) -> Stats:
    """Return the figures of a trace."""
    per_task = _task_times(trace)
    lives = [_life(task, trace.end_ns) for task in trace.tasks if task.kind is not TaskKind.CELL]
    return Stats(
        wall_ns=trace.end_ns,
        cell_ns=trace.cell_end_ns,
        tasks=len(lives),
        steps=sum(times.steps for times in per_task),
        per_task=per_task,
        loops=_loop_times(trace),
        mean_concurrency=sum(end - start for start, end in lives) / trace.end_ns if trace.end_ns else 0.0,
        max_concurrency=_most_at_once(lives),
    )


def _life(task: Task, end_ns: int) -> tuple[int, int]:
    return task.created_ns, end_ns if task.ended_ns is None else task.ended_ns


def _task_times(trace: Trace) -> tuple[TaskTime, ...]:
    totals = [[0] * len(trace.tasks) for _ in State]
    steps = [0] * len(trace.tasks)
    table = trace.slices
    running = State.RUNNING.value
    for task, start, end, state in zip(table.task, table.start_ns, table.end_ns, table.state, strict=True):
        totals[state][task] += end - start
        if state == running:
            steps[task] += 1
    return tuple(
        TaskTime(task=task, busy_ns=busy, ready_ns=ready, waiting_ns=waiting, steps=count)
        for task, (busy, ready, waiting, count) in enumerate(zip(*totals, steps, strict=True))
    )


def _loop_times(trace: Trace) -> tuple[LoopTime, ...]:
    table = trace.slices
    track = [task.track for task in trace.tasks]
    running = State.RUNNING.value
    spans: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for task, start, end, state in zip(table.task, table.start_ns, table.end_ns, table.state, strict=True):
        if state == running:
            spans[track[task]].append((start, end))
    return tuple(LoopTime(track=loop, busy_ns=_union(spans[loop])) for loop in sorted(spans))


def _union(spans: list[tuple[int, int]]) -> int:
    """Return the length covered by at least one of the spans."""
    spans.sort()
    covered, last = 0, 0
    for start, end in spans:
        if end > last:
            covered += end - max(start, last)
            last = end
    return covered


def _most_at_once(lives: Iterable[tuple[int, int]]) -> int:
    changes = sorted(change for start, end in lives for change in ((start, 1), (end, -1)))
    alive = most = 0
    for _time, change in changes:
        alive += change
        most = max(most, alive)
    return most
