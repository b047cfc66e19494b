"""The figures of a trace: how long, how many at once, how busy the loop and the cores were.

One pass over the columns of ``Trace.slices``; a million slices take about a second. Imports ``model`` and this folder only;
never numpy.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from itertools import compress
from typing import Final

from ..model import InstantKind, State, Task, TaskKind, Trace, WaitKind
from .blocking import LOOPED
from .intervals import Interval, length, merged, most_at_once
from .task_times import TaskTime, task_times

HOSTS: Final = frozenset((TaskKind.POOL, TaskKind.WORKER))
"""They carry work and are none themselves."""
NO_WORK: Final = HOSTS | {TaskKind.CELL}
ALIVE: Final = frozenset((TaskKind.ASYNCIO, TaskKind.GREENLET))
"""Tasks that count from their creation to their end, whatever their state: many of them share one thread."""
_NEVER_PENDING: Final = NO_WORK | {TaskKind.GENERATOR}
"""What need not be over: pools and workers stay as long as somebody wants them, and generators are seldom used up."""
_INSIDE: Final = frozenset((TaskKind.CALL, TaskKind.GENERATOR))
_ON_THEIR_OWN: Final = frozenset((TaskKind.PROCESS, TaskKind.SUBPROCESS))


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopTime:
    """How long some task ran on one track.

    Attributes:
        track: id of the loop or thread.
        busy_ns: length of the union of the ``RUNNING`` slices of the cell and of all tasks that a loop runs there; a moment in
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
        tasks: number of tasks; the cell itself, pools and their workers not counted.
        counts: how many of them there are of each kind.
        workers: number of workers that ran at least one job.
        steps: number of ``RUNNING`` slices of those tasks and of the cell.
        per_task: one entry per task of the trace, by id, the cell first.
        loops: one entry per track on which the cell or a loop's task ran, by id.
        mean_concurrency: how many tasks were at work at once, on average over ``wall_ns``. A task of a loop counts from its
            creation until it has finished, whatever its state; one that never finished, until the end of the recording. While
            it awaits a job of the trace, the job counts in its place.
            Threads, processes, programs and jobs count while they are ``RUNNING``. Calls and generators count while they are
            ``RUNNING`` in the cell; inside anything else they are part of what runs them. One thread counts once.
            The cell is not counted.
        max_concurrency: the largest number of tasks at work at one moment. A task that ends at the very moment at which another
            is created does not count together with it.
        cores_busy: CPU time of this process and its children divided by ``wall_ns``; ``None`` where it was not measured.
        cores: how many cores there are for them; ``None``: unknown.
        waits: what the tasks and the cell waited for, in all, by kind: while ten tasks sleep for a second, ten seconds. Pools and workers
            without work do not count.
        longest: the entry of ``per_task`` with the longest step among the cell and what a loop runs, for only there a long step can
            hold up others; its ``longest_ns`` and ``longest_at`` tell of it. ``None`` where nothing ran.
    """

    wall_ns: int
    cell_ns: int | None
    tasks: int
    steps: int
    per_task: tuple[TaskTime, ...]
    loops: tuple[LoopTime, ...]
    mean_concurrency: float
    max_concurrency: int
    counts: Mapping[TaskKind, int] = field(default_factory=dict)
    workers: int = 0
    cores_busy: float | None = None
    cores: int | None = None
    waits: Mapping[WaitKind, int] = field(default_factory=dict)
    longest: TaskTime | None = None

    @property
    def utilisation(self) -> float:
        """Share of the wall time, 0 to 1, in which some task ran on the busiest loop."""
        busiest = max((loop.busy_ns for loop in self.loops), default=0)
        return min(1.0, busiest / self.wall_ns) if self.wall_ns else 0.0


def stats(trace: Trace) -> Stats:
    """Return the figures of a trace."""
    per_task = task_times(trace)
    works = works_of(trace)
    spans = [*_alive(trace), *_at_work(trace)]
    return Stats(
        wall_ns=trace.end_ns,
        cell_ns=trace.cell_end_ns,
        tasks=len(works),
        counts=dict(Counter(task.kind for task in works)),
        workers=len({(task.pool, task.track) for task in works if task.kind is TaskKind.JOB and task.begun_ns is not None}),
        steps=sum(times.steps for times in per_task if trace.tasks[times.task].kind not in HOSTS),
        per_task=per_task,
        loops=loop_times(trace),
        mean_concurrency=length(spans) / trace.end_ns if trace.end_ns else 0.0,
        max_concurrency=most_at_once(spans),
        cores_busy=None if trace.cpu_ns is None or not trace.end_ns else trace.cpu_ns / trace.end_ns,
        cores=trace.cores,
        waits=_waits(trace, per_task),
        longest=_longest(trace, per_task),
    )


def _waits(trace: Trace, per_task: Iterable[TaskTime]) -> dict[WaitKind, int]:
    found: Counter[WaitKind] = Counter()
    for times in per_task:
        if trace.tasks[times.task].kind not in HOSTS:
            found.update(times.waits)
    return dict(found.most_common())


def _longest(trace: Trace, per_task: Iterable[TaskTime]) -> TaskTime | None:
    looped = (times for times in per_task if times.longest_ns and trace.tasks[times.task].kind in LOOPED)
    return max(looped, key=lambda times: times.longest_ns, default=None)


def works_of(trace: Trace) -> list[Task]:
    """Return the tasks that did something themselves: all but the cell, pools and their workers."""
    return [task for task in trace.tasks if task.kind not in NO_WORK]


def unfinished(trace: Trace) -> list[Task]:
    """Return what was still to come to an end when the trace was made; a job that nobody will ever run is not."""
    unbegun = {instant.task for instant in trace.instants if instant.kind is InstantKind.NEVER_BEGUN}
    return [task for task in trace.pending if task.kind not in _NEVER_PENDING and not _is_lost(task, unbegun)]


def _is_lost(job: Task, unbegun: Set[int | None]) -> bool:
    """Whether nobody is at work on a job any more, or ever was."""
    return job.kind is TaskKind.JOB and (job.ended_ns is not None or (job.begun_ns is None and job.pool in unbegun))


def _alive(trace: Trace) -> Iterator[Interval]:
    """Yield when tasks of a loop were alive, but for the time in which a job did their work."""
    table = trace.slices
    elsewhere = {number for number, wait in enumerate(table.waits) if wait.kind is WaitKind.EXECUTOR and wait.targets}
    given: defaultdict[int, list[Interval]] = defaultdict(list)
    for row, wait in enumerate(table.wait if elsewhere else ()):
        if wait in elsewhere:
            given[table.task[row]].append((table.start_ns[row], table.end_ns[row]))
    for task in trace.tasks:
        if task.kind in ALIVE:
            now = task.created_ns
            for start, end in given[task.id]:
                yield now, start
                now = end
            yield now, trace.end_ns_of(task.id)


def _at_work(trace: Trace) -> Iterator[Interval]:
    """Yield when threads, processes, jobs, and calls of the cell ran; no thread twice at a moment."""
    shared: defaultdict[int, list[Interval]] = defaultdict(list)
    table = trace.slices
    counted, running = [_counts(task, trace.tasks) for task in trace.tasks], State.RUNNING.value
    rows = zip(table.task, table.start_ns, table.end_ns, table.state, strict=True)
    for task, start, end, state in rows if any(counted) else ():
        if state == running and counted[task]:
            if trace.tasks[task].kind in _ON_THEIR_OWN:
                yield start, end
            else:
                shared[trace.tasks[task].track].append((start, end))
    for spans in shared.values():
        yield from merged(spans)


def _counts(task: Task, tasks: tuple[Task, ...]) -> bool:
    """Whether a task counts while it runs: not when something that counts already runs it."""
    if task.kind in NO_WORK or task.kind in ALIVE:
        return False
    runner: Task | None = task
    while runner is not None and runner.kind in _INSIDE:
        runner = None if runner.parent is None else tasks[runner.parent]
    return task.kind not in _INSIDE or runner is None or runner.kind is TaskKind.CELL


def loop_times(trace: Trace) -> tuple[LoopTime, ...]:
    """Return one entry per track on which the cell or a loop's task ran, by id."""
    table = trace.slices
    track = [task.track if task.kind in LOOPED else None for task in trace.tasks]
    running = State.RUNNING.value
    found: defaultdict[int, list[Interval]] = defaultdict(list)
    ran = compress(zip(table.task, table.start_ns, table.end_ns, strict=True), map(running.__eq__, table.state))
    for task, start, end in ran:
        if (loop := track[task]) is not None:
            found[loop].append((start, end))
    return tuple(LoopTime(track=loop, busy_ns=length(merged(found[loop]))) for loop in sorted(found))
