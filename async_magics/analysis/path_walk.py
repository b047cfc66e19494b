"""From the end of a trace back to its beginning, along whatever had to be over before the next thing could go on.

While a task ran, the path is on it. While it was ready, on whatever had its loop or its worker. While it waited, on whoever woke it,
or on what it waited for; on the wait itself where that was a time, a file or something that the trace does not hold. Imports
``model`` and this folder only; never numpy.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from ..model import Cause, Outcome, State, TaskKind, Trace, Wait, WaitKind
from ..model.slices import NONE
from .blocking import LOOPED
from .occupied import Inner, Occupied, loops, workers
from .path_steps import PathRow, Why

_NEVER_LAST: Final = frozenset((TaskKind.POOL, TaskKind.WORKER, TaskKind.GENERATOR, TaskKind.CALL))
"""What stays as long as somebody wants it, and what runs inside something else."""
_RUNNING: Final = State.RUNNING.value
_RUNNABLE: Final = State.RUNNABLE.value
_OWN: Final = {Cause.TIMER: Why.TIMER, Cause.IO: Why.IO, Cause.THREAD: Why.THREAD}
"""Why a wait stands on the path itself, by what ended it."""


def walk(trace: Trace) -> list[PathRow]:
    """Return the rows of the path, in order of time; they tile the time from 0 to the end of whatever ended last."""
    if not trace.tasks:
        return []
    rows = _Walk(trace).rows()
    inner = Inner(trace)
    return list(_refined(trace, rows, inner)) if inner else rows


def _refined(trace: Trace, rows: list[PathRow], inner: Inner) -> Iterator[PathRow]:
    """Put what ran inside a step in its place: a call, a generator, a greenlet, the making of a pool."""
    table = trace.slices
    for found in rows:
        task, start_ns, end_ns, row, why = found
        if row == NONE or table.state[row] != _RUNNING:
            yield found
            continue
        for begin, end, part in inner.of(task, start_ns, end_ns):
            if start_ns < begin:
                yield task, start_ns, begin, row, why
            yield table.task[part], begin, end, part, why if table.state[part] == _RUNNING else Why.STARTED
            start_ns = end
        if start_ns < end_ns:
            yield task, start_ns, end_ns, row, why


class _Walk:
    """One way back. ``_at`` is the moment up to which everything later is explained, ``_task`` the task that the path is on."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._table, self._tasks = trace.slices, trace.tasks
        self._task, self._at = self._last()
        self._rows: list[PathRow] = []
        self._ranges: dict[int, tuple[int, int]] = {}
        self._here: set[int] = set()  # the tasks that were on the path at this very moment
        self._loops: Occupied | None = None
        self._workers: Occupied | None = None
        self._works: defaultdict[int, list[tuple[int, int]]] | None = None
        self._created: defaultdict[int, list[int]] | None = None

    def rows(self) -> list[PathRow]:
        """Return the path, the earliest first."""
        while self._at > 0:
            self._back()
        self._rows.reverse()
        return self._rows

    def _last(self) -> tuple[int, int]:
        """Return what ended last, and when: the cell where nothing outlived it but what was told to stop."""
        trace = self._trace
        cell_end = trace.cell_end_ns if trace.cell_end_ns is not None else trace.tasks[0].ended_ns
        best = (0, trace.end_ns if cell_end is None else min(cell_end, trace.end_ns))
        for task in trace.tasks[1:]:
            stopped = task.older or task.kind in _NEVER_LAST or task.outcome is Outcome.CANCELLED
            if not stopped and task.ended_ns is not None and best[1] < task.ended_ns <= trace.end_ns:
                best = (task.id, task.ended_ns)
        return best

    # ------------------------------------------------------------------ moving
    def _add(self, task: int, start_ns: int, row: int, why: Why) -> None:
        """Put a stretch up to now on the path."""
        if start_ns < self._at:
            self._rows.append((task, start_ns, self._at, row, why))
            self._at = start_ns
            self._here.clear()

    def _go(self, task: int) -> None:
        self._here.add(self._task)
        self._task = task

    def _range(self, task: int) -> tuple[int, int]:
        found = self._ranges.get(task)
        if found is None:
            owner = self._table.task
            found = self._ranges[task] = (bisect_left(owner, task), bisect_right(owner, task))
        return found

    def _before(self, task: int, t_ns: int) -> int:
        """Return the row of a task that began last before a moment, or ``NONE``."""
        low, high = self._range(task)
        row = bisect_left(self._table.start_ns, t_ns, low, high) - 1
        return row if row >= low else NONE

    def _back(self) -> None:
        """Explain a stretch before now, and go on where that began."""
        table, task = self._table, self._task
        row, low = self._before(task, self._at), self._range(task)[0]
        if row == NONE:
            self._born(task)
        elif table.end_ns[row] < self._at:  # some of its slices were dropped
            self._add(task, table.end_ns[row], NONE, Why.UNKNOWN)
        else:
            self._explain(task, row)
            while self._task == task and row > low and table.end_ns[row - 1] == self._at == table.start_ns[row]:
                row -= 1  # the commonest case, for which nothing needs to be looked up
                self._explain(task, row)

    def _explain(self, task: int, row: int) -> None:
        """Explain why a slice lasted until now."""
        state = self._table.state[row]
        if state == _RUNNING:
            self._add(task, self._table.start_ns[row], row, Why.RAN)
        elif state == _RUNNABLE:
            self._ready(task, row)
        elif task in self._here:  # it waits for something that waits for it
            self._add(task, self._table.start_ns[row], row, Why.UNKNOWN)
        else:
            self._waited(task, row)

    def _born(self, task: int) -> None:
        """Nothing of the task lies before now: go on with its creator."""
        found = self._tasks[task]
        if found.created_ns < self._at:
            self._add(task, max(0, found.created_ns), NONE, Why.UNKNOWN)
        if found.parent is None:
            self._add(task, 0, NONE, Why.UNKNOWN)
        else:
            self._go(found.parent)

    # ------------------------------------------------------------------ ready
    def _ready(self, task: int, row: int) -> None:
        kind, start_ns = self._tasks[task].kind, self._table.start_ns[row]
        if kind in LOOPED:
            self._busy(task, start_ns, row)
        elif kind is TaskKind.JOB:
            self._queued(task, start_ns, row)
        else:
            self._add(task, start_ns, row, Why.STARTED)

    def _busy(self, task: int, start_ns: int, row: int) -> None:
        """Whatever had the loop meanwhile is on the path."""
        if self._loops is None:
            self._loops = loops(self._trace)
        for begin, _end, other in self._loops.before(self._tasks[task].track, start_ns, self._at):
            if other is None:
                self._add(task, begin, row, Why.READY)
            else:
                self._add(self._table.task[other], begin, other, Why.LOOP_BUSY)

    def _queued(self, job: int, start_ns: int, row: int) -> None:
        """Whatever the job's worker did meanwhile is on the path."""
        if self._workers is None:
            self._workers = workers(self._trace)
        for begin, _end, other in self._workers.before(self._tasks[job].track, start_ns, self._at):
            if other is None:
                self._add(job, begin, row, Why.QUEUED)
            else:
                started = self._table.state[other] == _RUNNABLE
                self._add(self._table.task[other], begin, other, Why.STARTED if started else Why.WORKER_BUSY)

    # ------------------------------------------------------------------ waiting
    def _waited(self, task: int, row: int) -> None:
        table = self._table
        start_ns = table.start_ns[row]
        cause, waker = self._woken(row)
        wait = None if table.wait[row] == NONE else table.waits[table.wait[row]]
        found = None
        if waker not in (NONE, task):
            found = waker, self._last_run(waker)
        elif wait is not None and cause is not Cause.TIMER and table.end_ns[row] == self._at:
            found = self._awaited(task, wait, row)
        if found is not None and found[1] > start_ns:
            self._told(task, row, *found)
        elif found is not None and cause is Cause.TASK and self._tasks[task].kind in LOOPED:
            self._busy(task, start_ns, row)  # what woke it lies before its wait: the loop was not quicker
        else:
            self._add(task, start_ns, row, self._own(wait, cause, self._at - start_ns))

    def _woken(self, row: int) -> tuple[Cause, int]:
        """Return what ended a wait and which task did, as far as that was seen and happened now."""
        table = self._table
        after = row + 1
        if table.end_ns[row] != self._at or after == len(table) or table.task[after] != table.task[row]:
            return Cause.UNKNOWN, NONE
        if table.start_ns[after] != self._at or table.state[after] == State.WAITING:
            return Cause.UNKNOWN, NONE
        return Cause(table.cause[after]), table.waker[after]

    def _last_run(self, task: int) -> int:
        """Return the last moment up to now at which a task ran; -1 where it never did."""
        row, (low, _high) = self._before(task, self._at), self._range(task)
        while row >= low and self._table.state[row] != _RUNNING:
            row -= 1
        return min(self._at, self._table.end_ns[row]) if row >= low and row != NONE else -1

    def _told(self, task: int, row: int, other: int, over_ns: int) -> None:
        """Go on with the task that was waited for; on the way from its end until now the news travelled."""
        if over_ns < self._at:
            if self._tasks[task].kind in LOOPED and self._tasks[other].kind in LOOPED:
                self._busy(task, over_ns, row)
            else:
                self._add(task, over_ns, row, Why.RESULT)
        self._go(other)

    def _awaited(self, task: int, wait: Wait, row: int) -> tuple[int, int] | None:
        """Return which of the tasks waited for was over last since then, and when; one that never was, where nothing followed."""
        targets, start_ns = self._targets(task, wait), self._table.start_ns[row]
        best: tuple[int, int] | None = None
        for target in targets:
            ended = self._tasks[target].ended_ns
            if ended is not None and start_ns < ended <= self._at and (best is None or ended > best[1]):
                best = (target, ended)
        if best is not None or row + 1 < self._range(task)[1]:
            return best
        return next(((target, self._at) for target in targets if self._goes_on(target)), None)

    def _goes_on(self, target: int) -> bool:
        ended = self._tasks[target].ended_ns
        return (ended is None or ended > self._at) and target not in self._here and target != self._task

    def _targets(self, task: int, wait: Wait) -> list[int]:
        """Return the tasks waited for: of a pool its jobs, of a loop's run the tasks that were made for it."""
        if wait.kind is WaitKind.LOOP:
            if self._created is None:
                self._created = defaultdict(list)
                for found in self._tasks:
                    if found.parent is not None and found.kind in LOOPED:
                        self._created[found.parent].append(found.id)
            return self._created[task]
        out: list[int] = []
        for target in wait.targets:
            if self._tasks[target].kind is TaskKind.POOL:
                out += self._jobs_back(target)
            elif self._tasks[target].kind is not TaskKind.WORKER:  # it leaves when it is told to
                out.append(target)
        return out

    def _jobs_back(self, pool: int) -> list[int]:
        """Return the job of a pool whose result was back last until now, and those that are not over."""
        if self._works is None:
            self._works = defaultdict(list)
            for found in self._tasks:
                if found.pool is not None and found.kind is TaskKind.JOB:
                    over = found.delivered_ns if found.delivered_ns is not None else found.ended_ns
                    self._works[found.pool].append((self._trace.end_ns + 1 if over is None else over, found.id))
            for jobs in self._works.values():
                jobs.sort(key=lambda job: (job[0], self._tasks[job[1]].ended_ns or 0))
        jobs = self._works[pool]
        at = bisect_right(jobs, self._at, key=lambda job: job[0])
        return [number for _over, number in jobs[max(0, at - 1) : at + 1]]

    def _own(self, wait: Wait | None, cause: Cause, lasted_ns: int) -> Why:
        """Return why a wait itself is on the path."""
        if wait is None:
            return _OWN.get(cause, Why.UNKNOWN)
        if wait.kind is WaitKind.LOOP:
            return Why.READY
        if wait.kind is WaitKind.SLEEP and cause in (Cause.TIMER, Cause.UNKNOWN):
            cut = wait.delay_ns is not None and lasted_ns < wait.delay_ns
            return Why.TIMEOUT if cut and wait.deadline_ns is not None and wait.deadline_ns <= self._at else Why.TIMER
        if cause is Cause.TIMER and (wait.delay_ns is not None or wait.deadline_ns is not None):
            return Why.TIMEOUT
        return _OWN.get(cause, Why.UNKNOWN)
