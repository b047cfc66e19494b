"""Who had a loop, or a worker, at a moment. Imports ``model`` and this folder only; never numpy."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Set
from itertools import accumulate
from typing import Final

from ..model import State, Task, TaskKind, Trace
from .blocking import LOOPED
from .tracks import thread_of

NESTED: Final = frozenset((TaskKind.CALL, TaskKind.GENERATOR, TaskKind.GREENLET))
"""They run inside a step of whatever runs on their thread."""
_LOOK_BACK: Final = 64
"""How many slices an earlier one that encloses them is looked for behind."""


class Occupied:
    """Finds what ran on a track, going backwards in time.

    Args:
        trace: what happened.
        kinds: of tasks whose ``RUNNING`` slices occupy their track.
        starting: kinds whose ``RUNNABLE`` slices do.
    """

    def __init__(self, trace: Trace, kinds: Set[TaskKind], starting: Set[TaskKind] = frozenset()) -> None:
        table, tasks = trace.slices, trace.tasks
        state_of = [
            State.RUNNING.value if task.kind in kinds else State.RUNNABLE.value if task.kind in starting else None for task in tasks
        ]
        self._table = table
        self._rows: defaultdict[int, list[int]] = defaultdict(list)
        for row, (task, state) in enumerate(zip(table.task, table.state, strict=True)):
            if state_of[task] == state:
                self._rows[tasks[task].track].append(row)
        self._columns: dict[int, tuple[list[int], list[int], list[int], list[int]]] = {}

    def _of(self, track: int) -> tuple[list[int], list[int], list[int], list[int]]:
        """Return rows, starts, ends, and the latest end so far, in order of the starts."""
        found = self._columns.get(track)
        if found is None:
            table = self._table
            rows = sorted(self._rows.pop(track, ()), key=table.start_ns.__getitem__)
            ends = [table.end_ns[row] for row in rows]
            found = self._columns[track] = (rows, [table.start_ns[row] for row in rows], ends, list(accumulate(ends, max)))
        return found

    def before(self, track: int, start_ns: int, end_ns: int) -> Iterator[tuple[int, int, int | None]]:
        """Yield ``(begin, end, row)`` that tile an interval, the last first; ``None`` where nothing ran."""
        rows, starts, ends, latest = self._of(track)
        at, now = bisect_left(starts, end_ns) - 1, end_ns
        while now > start_ns:
            found = self._covering(at, now, ends, latest)
            if found is None:
                edge = start_ns if at < 0 else latest[at] if latest[at] < now else ends[at]
                begin = max(start_ns, edge)
                yield begin, now, None
            else:  # what lies inside an enclosing slice and ended before, comes next
                begin = max(start_ns, starts[found] if found == at else ends[at])
                yield begin, now, rows[found]
            now = begin
            while at >= 0 and starts[at] >= now:
                at -= 1

    @staticmethod
    def _covering(at: int, now: int, ends: list[int], latest: list[int]) -> int | None:
        """Return the last slice that had begun and was not over just before a moment."""
        if at < 0 or latest[at] < now:
            return None
        if ends[at] >= now:
            return at
        return next((number for number in range(at - 1, max(-1, at - _LOOK_BACK), -1) if ends[number] >= now), None)


class Inner:
    """Finds which call, generator or greenlet ran inside a step, and which pool was made in it."""

    def __init__(self, trace: Trace) -> None:
        table = trace.slices
        self._thread = [thread_of(trace, task.track) for task in trace.tasks]
        within = [_within(trace, task) for task in trace.tasks]
        found: defaultdict[int, list[int]] = defaultdict(list)
        if any(within):
            for row, (task, state) in enumerate(zip(table.task, table.state, strict=True)):
                if (inside := within[task]) is not None and state == inside[0]:
                    found[self._thread[inside[1]]].append(row)
        self._parts = {thread: list(_innermost(trace, rows)) for thread, rows in found.items()}
        self._starts = {thread: [part[0] for part in parts] for thread, parts in self._parts.items()}

    def __bool__(self) -> bool:
        return bool(self._parts)

    def of(self, task: int, start_ns: int, end_ns: int) -> Iterator[tuple[int, int, int]]:
        """Yield ``(begin, end, row)`` of what ran inside a step in that interval, in order, none overlapping."""
        thread = self._thread[task]
        parts = self._parts.get(thread, [])
        at = max(0, bisect_left(self._starts.get(thread, []), start_ns) - 1)
        while at < len(parts) and parts[at][0] < end_ns:
            begin, end, row = parts[at]
            if max(begin, start_ns) < min(end, end_ns):
                yield max(begin, start_ns), min(end, end_ns), row
            at += 1


def _within(trace: Trace, task: Task) -> tuple[State, int] | None:
    """Return in which state a task is a part of somebody's step, and a task on whose thread that is."""
    if task.kind in NESTED:
        return State.RUNNING, task.id
    if task.kind is TaskKind.POOL and task.parent is not None:
        return State.RUNNABLE, task.parent
    return None


def _innermost(trace: Trace, rows: list[int]) -> Iterator[tuple[int, int, int]]:
    """Yield stretches in which the same slice was the innermost; the one that began last counts where they cross."""
    table = trace.slices
    stack: list[int] = []
    now = 0
    for row in sorted(rows, key=lambda row: (table.start_ns[row], -table.end_ns[row])):
        start = table.start_ns[row]
        while stack:
            stop = min(start, table.end_ns[stack[-1]])
            if now < stop:
                yield now, stop, stack[-1]
            now = max(now, stop)
            if table.end_ns[stack[-1]] > start:
                break
            stack.pop()
        stack.append(row)
        now = max(now, start)
    while stack:
        row = stack.pop()
        if now < table.end_ns[row]:
            yield now, table.end_ns[row], row
            now = table.end_ns[row]


def loops(trace: Trace) -> Occupied:
    """Return who had which loop."""
    return Occupied(trace, LOOPED)


def workers(trace: Trace) -> Occupied:
    """Return what every worker did: start up, and run its jobs."""
    return Occupied(trace, frozenset((TaskKind.JOB,)), frozenset((TaskKind.WORKER,)))
